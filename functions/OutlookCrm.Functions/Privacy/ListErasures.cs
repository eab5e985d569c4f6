using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Privacy;

/// <summary>That somebody was erased, when, and by whom: what an owner shows when asked. Not who it was.</summary>
public sealed class ListErasures(Erasing erasing, Caller caller)
{
    [Function(nameof(ListErasures)), Requires(Role.Owner)]
    [Answers(200, typeof(ErasureList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "erasures")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await erasing.ListAsync(caller.TenantId, cancellation));
}
