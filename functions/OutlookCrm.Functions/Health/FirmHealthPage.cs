using OutlookCrm.Capture;
using OutlookCrm.Capture.Pages;
using OutlookCrm.Cost;
using OutlookCrm.FollowUps;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>Makes the page by which an owner sees how all is doing.</summary>
public sealed class FirmHealthPage(
    HealthLook health, FailedWorkQueues failed, MonthCosts costs, PeopleWhoLeftPage left, CaptureOptions capture, Caller caller, TimeProvider clock)
{
    internal async Task<FirmHealth> MakeAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var report = await health.NowAsync();
        var mailboxes = (await health.MailboxesOfAsync(caller.TenantId, cancellation))
            .Where(one => one.Condition is not (MailboxCondition.Off or MailboxCondition.OffForFirm)).ToList();
        return new FirmHealth(
            now,
            report,
            mailboxes.Count,
            mailboxes.Count(one => one.Condition == MailboxCondition.Good),
            mailboxes.Max(one => one.Status.Lag) is { } lag ? (int)Math.Clamp(lag.TotalSeconds, 0, int.MaxValue) : null,
            mailboxes.Count(one => one.Status.IsNotified && one.Status.SubscriptionExpiresAt > now),
            mailboxes.Min(one => one.Status.IsNotified ? one.Status.SubscriptionExpiresAt : null),
            (int)capture.PollInterval.TotalSeconds,
            CaptureReceipts.DaysKept,
            ForgetOld.MonthsCorrespondentsAreKept,
            await costs.NowAsync(cancellation))
        {
            LeftFollowUpCount = (await left.MakeAsync(caller, without: null, cancellation)).People.Sum(person => person.OpenCount),

            // Only when there is some of anybody's: whose it is, is not seen without taking each message.
            FailedWork = report.Parts.Any(part => part is { Of: HealthOf.FailedWork, State: not HealthState.Good })
                ? await failed.CountAsync(caller.TenantId, cancellation)
                : [],
        };
    }
}
