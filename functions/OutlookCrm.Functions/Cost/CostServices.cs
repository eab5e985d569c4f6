using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Cost;

public static class CostServices
{
    /// <summary>What the deployment costs.</summary>
    public static IServiceCollection AddCost(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(CostOptions.From(configuration))
        .AddSingleton<AzureBill>()
        .AddSingleton<MonthCosts>();
}
