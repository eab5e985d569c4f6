using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Health;

/// <summary>What an owner wants to know: does it work, is anything late, how long is what kept, and what does it cost.</summary>
public sealed class GetFirmHealth(FirmHealthPage page)
{
    [Function(nameof(GetFirmHealth)), Requires(Role.Owner)]
    [Says("Whether the product works for this firm, how long what is kept, and what this month costs")]
    [Answers(200, typeof(FirmHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "firm/health")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await page.MakeAsync(cancellation));
}
