using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>Wins or loses a deal, and keeps why.</summary>
public sealed class CloseDeal(DealStore deals, Caller caller)
{
    [Function(nameof(CloseDeal)), Requires(Role.Member)]
    [Takes(typeof(CloseDealRequest))]
    [Answers(200, typeof(DealList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deals/{dealId}/close")] HttpRequest request,
        string dealId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<CloseDealRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        return Guid.TryParse(dealId, out var id)
            && await deals.CloseAsync(caller.TenantId, id, asked.Outcome, DealRules.Text(asked.Why), cancellation) != DealOutcomeOfWrite.Absent
                ? Answer.Ok(await deals.ListAsync(caller.TenantId, cancellation))
                : Answer.NotFound("No deal has this id.");
    }
}
