using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Insights;

/// <summary>Has the insights worked out now and not at night. Answers with what there is.</summary>
public sealed class AskForInsights(FirmRecompute recompute, InsightsStore insights, Caller caller)
{
    [Function(nameof(AskForInsights)), Requires(Role.Member)]
    [Answers(200, typeof(InsightsPage), "It will be worked out in the background")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "insights/recompute")] HttpRequest request, CancellationToken cancellation)
    {
        await recompute.AskAsync(caller.TenantId, cancellation);
        return Answer.Ok(await insights.ReadAsync(caller.TenantId, cancellation));
    }
}
