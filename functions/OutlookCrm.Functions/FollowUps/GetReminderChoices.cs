using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>How the caller is reminded.</summary>
public sealed class GetReminderChoices(ReminderChoicesPage page, Caller caller)
{
    [Function(nameof(GetReminderChoices)), Requires(Role.Reader)]
    [Says("How one is reminded, and when the firm is closed")]
    [Answers(200, typeof(ReminderChoices))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "my-day/settings")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await page.MakeAsync(caller, cancellation));
}
