using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>Makes a customer, who is looked after by whoever made it. The first to claim an address gets it, all others that customer.</summary>
public sealed class AddCustomer(CustomerStore customers, NewCustomers newCustomers, Caller caller)
{
    [Function(nameof(AddCustomer)), Requires(Role.Member)]
    [Says("Make a customer and claim its address")]
    [Takes(typeof(CreateCustomerRequest))]
    [Answers(201, typeof(CustomerCard), "The customer is new")]
    [Answers(200, typeof(CustomerCard), "The address is this customer's already; nothing was changed")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<CreateCustomerRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        if (await newCustomers.AddAsync(caller, asked, errors, cancellation) is not { } creation)
        {
            return Answer.Invalid(errors);
        }

        var made = creation.Customer.Customer;
        var card = (await customers.ReadSheetAsync(caller, made.Id, made.Kind, cancellation))!.ToCard();
        return creation.IsNew
            ? Answer.Created(card, $"/api/customers/{card.Id}", card.ETag)
            : Answer.Ok(card, card.ETag);
    }
}
