using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Insights;

/// <summary>Says what winning a new customer costs the firm, which losing one costs too; has the insights worked out anew.</summary>
public sealed class UpdateInsightsSettings(FirmRecompute recompute, InsightsStore insights, Caller caller)
{
    [Function(nameof(UpdateInsightsSettings)), Requires(Role.Member)]
    [Says("Say what winning a new customer costs")]
    [Takes(typeof(InsightsSettings))]
    [Answers(200, typeof(InsightsPage), "It will be worked out in the background")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "insights/settings")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<InsightsSettings>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var cost = string.IsNullOrWhiteSpace(asked.WinningCost) ? null : Amounts.Read(asked.WinningCost);
        if (cost is null && !string.IsNullOrWhiteSpace(asked.WinningCost))
        {
            return Answer.Invalid("winningCost", "must be from 0 to 1000000000, with at most two decimals");
        }

        await insights.SaveSettingsAsync(caller.TenantId, cost, cancellation);
        await recompute.AskAsync(caller.TenantId, cancellation);
        return Answer.Ok(await insights.ReadAsync(caller.TenantId, cancellation));
    }
}
