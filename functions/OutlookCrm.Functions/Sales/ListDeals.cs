using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>The firm's pipeline.</summary>
public sealed class ListDeals(DealStore deals, Caller caller)
{
    [Function(nameof(ListDeals)), Requires(Role.Reader)]
    [Answers(200, typeof(DealList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deals")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await deals.ListAsync(caller.TenantId, cancellation));
}
