using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Insights;

public static class InsightsServices
{
    public static IServiceCollection AddInsights(this IServiceCollection services) => services
        .AddSingleton<InsightsStore>()
        .AddSingleton<BestCustomers>()
        .AddSingleton<FirmRecompute>();
}
