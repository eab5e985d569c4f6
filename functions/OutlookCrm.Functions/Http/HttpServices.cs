using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

public static class HttpServices
{
    /// <summary>How HTTP functions read requests and answer.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Views>();
        services.AddSingleton(provider => PaneOptions.From(configuration, provider.GetRequiredService<IdentityOptions>()));
        services.AddSingleton(provider => new PaneFiles(provider.GetRequiredService<PaneOptions>()));
        services.AddHostedService<StartCheck>();
        // Letters of every script as they are: fewer bytes than entities, and the page is UTF-8.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        return services;
    }
}

/// <summary>Stops the start when something could only fail later: a wrong setting, an answer that no view draws.</summary>
internal sealed class StartCheck(PaneFiles files, IdentityOptions identity) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(identity);
        Views.CheckAll(HttpEndpoint.All.SelectMany(e => e.Answers).Select(a => a.Model).OfType<Type>());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
