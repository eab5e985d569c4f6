using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols;

namespace OutlookCrm.Identity;

public static class IdentityServices
{
    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Who calls. A function takes <see cref="Caller"/> by its constructor; in a function that anybody may call there is none,
    /// and asking is a fault.
    /// </summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(IdentityOptions.From(configuration));
        services.AddSingleton<IDocumentRetriever>(provider =>
        {
            var options = provider.GetRequiredService<IdentityOptions>();
            return new HttpDocumentRetriever(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = IssuerTimeout })
            {
                // The options allow http for this machine only.
                RequireHttps = !options.MetadataAddress.IsLoopback,
            };
        });
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddScoped<CallerSlot>();
        services.AddScoped(provider => provider.GetRequiredService<CallerSlot>().Caller
            ?? throw new InvalidOperationException("There is no caller: this function may be called by anybody."));
        return services;
    }
}
