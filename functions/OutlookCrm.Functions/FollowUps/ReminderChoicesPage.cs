using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Makes the page of one's reminders.</summary>
public sealed class ReminderChoicesPage(ReminderSettingsStore settings)
{
    internal async Task<ReminderChoices> MakeAsync(Caller caller, CancellationToken cancellation)
    {
        var own = settings.OfAsync(caller.TenantId, caller.UserId, cancellation);
        var holidays = await settings.HolidaysAsync(caller.TenantId, cancellation);
        return new ReminderChoices((await own).Sink, (await own).TimeZone, [.. holidays.Order()], caller.Role >= Role.Owner);
    }
}
