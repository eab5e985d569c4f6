using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.FollowUps;

public static class FollowUpServices
{
    public static IServiceCollection AddFollowUps(this IServiceCollection services) => services
        .AddSingleton<FollowUpStore>()
        .AddSingleton<Agenda>()
        .AddSingleton<ReminderSettingsStore>()
        .AddSingleton<OutlookReadBack>()
        .AddSingleton<IReminders, OutlookReminders>();
}
