using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;

namespace OutlookCrm.Customers;

/// <summary>One more address for a customer, or a label or the first place for one that it has.</summary>
public sealed class AddAddress(CustomerStore customers, CustomerChanges changes, ErasedPeople erased, Caller caller, TimeProvider clock)
{
    [Function(nameof(AddAddress)), Requires(Role.Member)]
    [Takes(typeof(AddAddressRequest))]
    [Answers(200, typeof(CustomerCard)), Answers(404), Answers(409, when: "Another customer has the address, or this one has 20")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/addresses")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddAddressRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        var address = CustomerRules.Address(asked.Address, errors);
        var label = CustomerRules.Label(asked.Label, errors);
        if (address is not null && await erased.FindAsync(caller.TenantId, address, cancellation) is not null)
        {
            errors.Add("address", ErasedPeople.Refusal);
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        AddressOutcome outcome = !CustomerId.TryParse(id, out var customerId)
            ? new AddressOutcome.NoSuchCustomer()
            : await changes.AddAddressAsync(
                caller.TenantId,
                customerId,
                new CustomerAddress(address!, label, asked.Source, clock.GetUtcNow(), caller.Name),
                asked.Primary,
                cancellation);
        return await AddressAnswer.OfAsync(customers, caller, outcome, cancellation);
    }
}
