using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Takes back the last change that a person made. When there is nothing to undo it stays as it is.</summary>
public sealed class UndoFollowUp(FollowUpRequests requests, TimeProvider clock, Caller caller)
{
    [Function(nameof(UndoFollowUp)), Requires(Role.Member)]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/follow-ups/{followUpId}/undo")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        requests.ChangeAsync(caller, id, followUpId, now => now.Undone(caller.Name, clock.GetUtcNow()), cancellation);
}
