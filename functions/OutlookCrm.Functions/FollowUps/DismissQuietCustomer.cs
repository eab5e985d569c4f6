using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>Not now: a customer's silence is not mentioned to the caller again. After the next contact another silence may be.</summary>
public sealed class DismissQuietCustomer(QuietAgenda quiet, Caller caller)
{
    [Function(nameof(DismissQuietCustomer)), Requires(Role.Member)]
    [Says("Hear no more of a customer's silence; answers with the others who are quiet")]
    [Answers(200, typeof(QuietCustomers)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "my-day/quiet/{id}/dismiss")] HttpRequest request,
        string id,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer)
            ? Answer.Ok(await quiet.DismissAsync(caller.TenantId, caller.UserId, customer, cancellation))
            : Answer.NotFound(GetCustomer.NotFound);
}
