using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OutlookCrm.Firm;

public static class FirmServices
{
    /// <summary>Who is one of us, and who has been here.</summary>
    public static IServiceCollection AddFirm(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(FirmOptions.From(configuration));
        services.AddSingleton<FirmDirectory>();
        services.AddSingleton<FirmDomains>();
        services.AddSingleton<ColleagueBook>();
        services.AddHostedService(provider => provider.GetRequiredService<ColleagueBook>());
        return services;
    }

    /// <summary>Remembers each caller. Comes after what establishes the caller.</summary>
    public static IFunctionsWorkerApplicationBuilder UseFirm(this IFunctionsWorkerApplicationBuilder builder) =>
        builder.UseMiddleware<ColleagueMiddleware>();
}
