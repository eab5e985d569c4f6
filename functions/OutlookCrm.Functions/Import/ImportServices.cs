using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Import;

public static class ImportServices
{
    public static IServiceCollection AddImport(this IServiceCollection services) => services
        .AddSingleton<ImportStore>()
        .AddSingleton<CustomerMatching>()
        .AddSingleton<ImportPreviews>()
        .AddSingleton<ImportJob>()
        .AddScoped<ImportPages>();
}
