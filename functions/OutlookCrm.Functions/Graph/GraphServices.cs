using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.Graph;

public static class GraphServices
{
    /// <summary>The firm's mailboxes, if section <c>Graph</c> says how to reach them.</summary>
    public static IServiceCollection AddGraph(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(GraphOptions.From(configuration));
        services.AddSingleton<GraphCredentials>();
        services.AddSingleton(provider => new GraphClients(
            provider.GetRequiredService<GraphOptions>(), provider.GetRequiredService<GraphCredentials>().For, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GraphRequests>();
        services.AddSingleton(provider => new GraphMailboxes(provider.GetRequiredService<GraphRequests>(), provider.GetRequiredService<GraphOptions>()));
        services.AddSingleton(provider => new GraphReminders(provider.GetRequiredService<GraphRequests>(), provider.GetRequiredService<GraphOptions>()));
        services.AddHostedService<GraphStart>();
        return services;
    }
}

/// <summary>Says once whether mailboxes are read, and stops the start when the credential cannot be.</summary>
internal sealed class GraphStart(GraphOptions options, GraphCredentials credentials, ILogger<GraphStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        credentials.Check();
        if (options.IsOn)
        {
            log.LogInformation("Mail and meetings are read from {Graph}.", options.Root);
        }
        else
        {
            log.LogInformation("Mail and meetings are not logged: no Graph:Credential is set, or Graph:Enabled is false.");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
