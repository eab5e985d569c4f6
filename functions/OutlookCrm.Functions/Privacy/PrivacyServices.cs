using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Privacy;

public static class PrivacyServices
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services) => services
        .AddSingleton<ErasedPeople>()
        .AddSingleton<ErasurePreviews>()
        .AddSingleton<Erasing>()
        .AddSingleton<Traces>();
}
