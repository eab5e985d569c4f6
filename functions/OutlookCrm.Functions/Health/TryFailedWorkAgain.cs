using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>Gives the firm's work that failed too often five more tries; they go on behind the answer.</summary>
public sealed class TryFailedWorkAgain(FailedWorkQueues failed, HealthLook health, FirmHealthPage page, Caller caller)
{
    [Function(nameof(TryFailedWorkAgain)), Requires(Role.Owner)]
    [Says("Try again what failed five times and was put aside")]
    [Answers(200, typeof(FirmHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "firm/failed-work/try-again")] HttpRequest request, CancellationToken cancellation)
    {
        await failed.TryAgainAsync(caller.TenantId, cancellation);
        await health.ForgetAsync();
        return Answer.Ok(await page.MakeAsync(cancellation));
    }
}
