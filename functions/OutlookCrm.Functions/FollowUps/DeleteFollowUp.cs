using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Takes a follow-up away; it can be undone.</summary>
public sealed class DeleteFollowUp(FollowUpRequests requests, TimeProvider clock, Caller caller)
{
    [Function(nameof(DeleteFollowUp)), Requires(Role.Member)]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/follow-ups/{followUpId}")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        requests.ChangeAsync(caller, id, followUpId, now => now.Delete(caller.Name, clock.GetUtcNow()), cancellation);
}
