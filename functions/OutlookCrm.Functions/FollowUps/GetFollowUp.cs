using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>One follow-up, whatever became of it.</summary>
public sealed class GetFollowUp(FollowUpStore followUps, Caller caller)
{
    [Function(nameof(GetFollowUp)), Requires(Role.Reader)]
    [Answers(200, typeof(FollowUpLine)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/follow-ups/{followUpId}")] HttpRequest request,
        string id,
        string followUpId,
        CancellationToken cancellation) =>
        FollowUpRequests.TryParse(id, followUpId, out var customer, out var followUp)
            && await followUps.GetAsync(caller.TenantId, customer, followUp, cancellation) is { } found
                ? FollowUpRequests.Ok(found, caller)
                : Answer.NotFound(FollowUpRequests.NotFound);
}
