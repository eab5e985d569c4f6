using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>Takes an address away from a customer; anybody may have it then.</summary>
public sealed class RemoveAddress(CustomerStore customers, CustomerChanges changes, Caller caller)
{
    [Function(nameof(RemoveAddress)), Requires(Role.Member)]
    [Answers(200, typeof(CustomerCard)), Answers(404), Answers(409, when: "It is a person's only address")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/addresses/{address}")] HttpRequest request,
        string id,
        string address,
        CancellationToken cancellation)
    {
        AddressOutcome outcome = !CustomerId.TryParse(id, out var customerId) ? new AddressOutcome.NoSuchCustomer()
            // A slash in a path's segment is the one sign that routing leaves escaped.
            : !MailAddress.TryParse(address.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), out var parsed) ? new AddressOutcome.NoSuchAddress()
            : await changes.RemoveAddressAsync(caller.TenantId, customerId, parsed, cancellation);
        return await AddressAnswer.OfAsync(customers, caller, outcome, cancellation);
    }
}
