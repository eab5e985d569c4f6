using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Customers;

public static class CustomerServices
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddSingleton<CustomerStore>()
        .AddSingleton<CustomerProjection>()
        .AddSingleton<CustomerChanges>()
        .AddSingleton<NewCustomers>()
        .AddSingleton<SenderGuess>()
        .AddSingleton(_ => new CardLooks(CardLooks.Max))
        .AddSingleton<Senders>();
}
