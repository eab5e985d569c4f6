using Microsoft.Extensions.DependencyInjection;

namespace OutlookCrm.FollowUps;

public static class FollowUpServices
{
    public static IServiceCollection AddFollowUps(this IServiceCollection services) => services
        .AddSingleton<FollowUpStore>()
        .AddSingleton<FollowUpReplies>()
        .AddSingleton<FollowUpRequests>()
        .AddSingleton<FollowUpForms>()
        .AddSingleton<ReminderChoicesPage>()
        .AddSingleton<Agenda>()
        .AddSingleton<WaitingAgenda>()
        .AddSingleton<QuietAgenda>()
        .AddSingleton<SourceLinks>()
        .AddSingleton<ReminderSettingsStore>()
        .AddSingleton<DigestMarks>()
        .AddSingleton<OutlookReadBack>()
        .AddSingleton<MissingMailboxes>()
        .AddSingleton<PeopleWhoLeftPage>()
        .AddSingleton<OutlookReminders>();
}
