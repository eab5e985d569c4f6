using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>What the caller took off timelines.</summary>
public sealed class ListUndone(UndoneThings things)
{
    [Function(nameof(ListUndone)), Requires(Role.Reader)]
    [Says("What the caller took off timelines or closed to colleagues")]
    [Answers(200, typeof(UndoneList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "undone")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await things.ListAsync(cancellation));
}
