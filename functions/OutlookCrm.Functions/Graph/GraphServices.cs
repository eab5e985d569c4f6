using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
        services.AddSingleton(provider => new GraphFolders(provider.GetRequiredService<GraphRequests>()));
        services.AddSingleton(provider => new GraphPlaces(provider.GetRequiredService<GraphRequests>(), provider.GetRequiredService<GraphOptions>()));
        services.AddSingleton(provider => new GraphSubscriptions(provider.GetRequiredService<GraphRequests>()));
        services.AddSingleton(provider => new GraphReminders(provider.GetRequiredService<GraphRequests>(), provider.GetRequiredService<GraphOptions>()));
        services.AddSingleton(provider => new GraphDigests(provider.GetRequiredService<GraphRequests>(), provider.GetRequiredService<GraphOptions>()));
        services.AddHostedService<GraphStart>();
        return services;
    }
}
