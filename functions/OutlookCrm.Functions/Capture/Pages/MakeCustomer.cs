using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture.Pages;

/// <summary>
/// Makes a customer of somebody whom the caller keeps writing with, by what their mail says of them. Their history is searched in the
/// background, as for every new customer.
/// </summary>
public sealed class MakeCustomer(
    CorrespondentPages pages, Correspondents correspondents, Senders senders, NewCustomers newCustomers, Caller caller)
{
    [Function(nameof(MakeCustomer)), Requires(Role.Member)]
    [Says("Make a customer of somebody whom the caller keeps writing with")]
    [Answers(201, typeof(BecameCustomer), "The customer is new"), Answers(200, typeof(BecameCustomer), "They were one already"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "correspondents/{address}/customer")] HttpRequest request,
        string address,
        CancellationToken cancellation)
    {
        if (await pages.FindAsync(address, cancellation) is not { } person
            || await senders.IntroduceAsync(caller.TenantId, person.Address, person.Name, cancellation) is not UnknownSender { Draft: var draft })
        {
            return Answer.NotFound(ListCorrespondents.NotFound);
        }

        var errors = new FieldErrors();
        var asked = new CreateCustomerRequest(
            draft.Name, draft.Address, draft.Kind, draft.Company, draft.CompanyId, Source: AddressSource.Mail);
        if (await newCustomers.AddAsync(caller, asked, errors, cancellation) is not { } creation)
        {
            return Answer.Invalid(errors);
        }

        await correspondents.ForgetAsync(caller.TenantId, caller.UserId, person.Address, cancellation);
        var (id, name) = (creation.Customer.Customer.Id.ToString(), creation.Customer.Customer.Name);
        return creation.IsNew
            ? Answer.Created(new BecameCustomer(id, name), $"/api/customers/{id}")
            : Answer.Ok(new BecameCustomer(id, name));
    }
}
