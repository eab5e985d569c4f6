using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Ends a follow-up as done. Of two at once the first stays, and both are told who it was.</summary>
public sealed class CompleteFollowUp(FollowUpRequests requests, TimeProvider clock, Caller caller)
{
    [Function(nameof(CompleteFollowUp)), Requires(Role.Member)]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/follow-ups/{followUpId}/complete")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        requests.ChangeAsync(caller, id, followUpId, now => now.Complete(caller.Name, clock.GetUtcNow()), cancellation);
}
