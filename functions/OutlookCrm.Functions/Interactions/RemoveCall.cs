using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Takes a call away, for good.</summary>
public sealed class RemoveCall(WrittenDown written)
{
    [Function(nameof(RemoveCall)), Requires(Role.Member)]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/calls/{callId}")] HttpRequest request,
        string id,
        string callId,
        CancellationToken cancellation) =>
        written.RemoveAsync(id, callId, InteractionKind.Call, cancellation);
}
