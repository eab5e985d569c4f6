using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Health;

public static class HealthServices
{
    /// <summary>Whether all works, for whoever asks.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<StoreProbe>()
        .AddSingleton<ClockWatch>()
        .AddSingleton<HealthLook>()
        .AddSingleton<FailedWorkQueues>()
        .AddScoped<FirmHealthPage>();
}
