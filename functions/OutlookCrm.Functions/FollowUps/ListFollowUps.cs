using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>A customer's open follow-ups, of all colleagues.</summary>
public sealed class ListFollowUps(FollowUpStore followUps, Caller caller)
{
    [Function(nameof(ListFollowUps)), Requires(Role.Reader)]
    [Says("A customer's open follow-ups, and the one done last")]
    [Answers(200, typeof(FollowUpList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/follow-ups")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer)
            && await followUps.ListAsync(caller.TenantId, customer, caller.UserId, cancellation) is { } list
                ? Answer.Ok(list)
                : Answer.NotFound(GetCustomer.NotFound);
}
