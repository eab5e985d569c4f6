using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.Interactions;

public static class InteractionServices
{
    public static IServiceCollection AddInteractions(this IServiceCollection services) => services
        .AddSingleton<Sights>()
        .AddSingleton<InteractionStore>()
        .AddSingleton<WrittenStore>()
        .AddSingleton<UndoPlans>()
        .AddSingleton<Undoing>()
        .AddSingleton<NoAnswerNeeded>()
        .AddScoped<CapturedLines>()
        .AddScoped<NoAnswerLines>()
        .AddScoped<UndoneThings>()
        .AddScoped<WrittenDown>();
}
