using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Opens an ended follow-up again, whatever ended it.</summary>
public sealed class ReopenFollowUp(FollowUpRequests requests, TimeProvider clock, Caller caller)
{
    [Function(nameof(ReopenFollowUp)), Requires(Role.Member)]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/follow-ups/{followUpId}/reopen")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        requests.ChangeAsync(caller, id, followUpId, now => now.Reopen(caller.Name, clock.GetUtcNow()), cancellation);
}
