using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Sales;

public static class SalesServices
{
    public static IServiceCollection AddSales(this IServiceCollection services) => services
        .AddSingleton<SalesStore>()
        .AddSingleton<FirmCurrency>()
        .AddSingleton<DealStore>()
        .AddSingleton<ProductStore>();
}
