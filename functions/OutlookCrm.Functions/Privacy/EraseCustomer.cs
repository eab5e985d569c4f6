using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Privacy;

/// <summary>Erases a customer for good. For owners: they answer for the firm's records.</summary>
public sealed class EraseCustomer(Erasing erasing, CustomerStore customers, Caller caller)
{
    [Function(nameof(EraseCustomer)), Requires(Role.Owner)]
    [Says("Erase a customer for good: the record at once, every trace within the hour; capture does not bring them back")]
    [Takes(typeof(EraseCustomerRequest))]
    [Answers(200, typeof(CustomerErased)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/erase")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<EraseCustomerRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer) || await customers.FindAsync(caller.TenantId, customer, cancellation) is not { } found)
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        if (!string.Equals(asked.Name.Trim(), found.Name, StringComparison.OrdinalIgnoreCase))
        {
            return Answer.Invalid("name", "must be what the customer is called");
        }

        return await erasing.EraseCustomerAsync(caller, customer, asked.Purchases, cancellation)
            ? Answer.Ok(new CustomerErased(asked.Purchases))
            : Answer.NotFound(GetCustomer.NotFound);
    }
}
