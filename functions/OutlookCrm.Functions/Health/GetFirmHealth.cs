using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Capture;
using OutlookCrm.Capture.Pages;
using OutlookCrm.Cost;
using OutlookCrm.FollowUps;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>What an owner wants to know: does it work, is anything late, how long is what kept, and what does it cost.</summary>
public sealed class GetFirmHealth(HealthLook health, MonthCosts costs, PeopleWhoLeftPage left, CaptureOptions capture, Caller caller, TimeProvider clock)
{
    [Function(nameof(GetFirmHealth)), Requires(Role.Owner)]
    [Says("Whether the product works for this firm, how long what is kept, and what this month costs")]
    [Answers(200, typeof(FirmHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "firm/health")] HttpRequest request, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var report = await health.NowAsync();
        var mailboxes = (await health.MailboxesOfAsync(caller.TenantId, cancellation))
            .Where(one => one.Condition is not (MailboxCondition.Off or MailboxCondition.OffForFirm)).ToList();
        return Answer.Ok(new FirmHealth(
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
        });
    }
}
