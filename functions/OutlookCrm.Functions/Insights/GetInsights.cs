using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Insights;

/// <summary>How the firm's business stands: what is stored, one row.</summary>
public sealed class GetInsights(InsightsStore insights, Caller caller)
{
    [Function(nameof(GetInsights)), Requires(Role.Reader)]
    [Answers(200, typeof(InsightsPage)), Answers(304, when: "The page is as it was (HTML only)")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "insights")] HttpRequest request, CancellationToken cancellation)
    {
        var rows = await insights.ReadRowAsync(caller.TenantId, cancellation);
        var stamp = new RowsStamp(TableKeys.Insights(caller.TenantId), TableRange.StampOf(rows), Time: 0);
        return Answer.Kept(stamp, sight: "", () => (InsightsStore.ToPage(rows), (string?)null));
    }
}
