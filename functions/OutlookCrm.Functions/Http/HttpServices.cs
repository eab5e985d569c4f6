using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

public static class HttpServices
{
    /// <summary>How HTTP functions read requests and answer.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<Views>();
        services.AddSingleton(_ => new KeptAnswers(KeptAnswers.MaxBytes));
        services.AddSingleton(provider => PaneOptions.From(configuration, provider.GetRequiredService<IdentityOptions>()));
        services.AddSingleton(provider => new PaneFiles(provider.GetRequiredService<PaneOptions>()));
        services.AddSingleton(RateLimitOptions.From(configuration));
        services.AddSingleton<RateLimits>();
        services.AddHostedService<StartCheck>();
        // Letters of every script as they are: fewer bytes than entities, and the page is UTF-8.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        return services;
    }
}

/// <summary>
/// Stops the start when something could only fail later: a wrong setting, as what is made of settings is made here, or a contract
/// that cannot be drawn or written.
/// </summary>
internal sealed class StartCheck : IHostedService
{
    // Asked for, so that their settings are read now.
    public StartCheck(PaneFiles files, AccessTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(tokens);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var models = HttpEndpoint.All.SelectMany(e => e.Answers).Select(a => a.Model).OfType<Type>().Append(typeof(Problem)).ToList();
        Views.CheckAll(models);
        foreach (var contract in models.Concat(HttpEndpoint.All.Select(e => e.Takes?.Request).OfType<Type>()))
        {
            // Throws for a record that is not listed on the context.
            _ = ContractJson.Options.GetTypeInfo(contract);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
