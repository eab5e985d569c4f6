using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Insights;

/// <summary>How the firm's business stands: what is stored, one point read.</summary>
public sealed class GetInsights(InsightsStore insights, Caller caller)
{
    [Function(nameof(GetInsights)), Requires(Role.Reader)]
    [Answers(200, typeof(InsightsPage))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "insights")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await insights.ReadAsync(caller.TenantId, cancellation));
}
