using System.Globalization;
using OutlookCrm.Graph;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Makes the page of one's reminders.</summary>
public sealed class ReminderChoicesPage(ReminderSettingsStore settings, DigestMarks marks, GraphDigests graph)
{
    internal async Task<ReminderChoices> MakeAsync(Caller caller, CancellationToken cancellation)
    {
        var mark = marks.LastAsync(caller.TenantId, caller.UserId, cancellation);
        var own = await settings.OfAsync(caller.TenantId, caller.UserId, cancellation);
        var holidays = await settings.HolidaysAsync(caller.TenantId, cancellation);
        return new ReminderChoices(own.Sink, own.TimeZone, [.. holidays.Order()], caller.Role >= Role.Owner)
        {
            DigestAt = own.Digest?.At.ToString(DigestChoice.TimeFormat, CultureInfo.InvariantCulture),
            DigestProblem = own.Digest is null ? null : graph.IsOn ? (await mark)?.Problem : DigestProblem.NotConnected,
        };
    }
}
