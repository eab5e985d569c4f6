using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Privacy;

/// <summary>Erases somebody who is no customer, and whose address stands on customers' lines, in lists and receipts.</summary>
public sealed class EraseAddress(Erasing erasing, Senders senders, CustomerStore customers, FirmDirectory directory, Caller caller)
{
    [Function(nameof(EraseAddress)), Requires(Role.Owner)]
    [Says("Erase somebody who is no customer: what they wrote goes, and nothing names them any more")]
    [Takes(typeof(EraseAddressRequest))]
    [Answers(200, typeof(ErasureList)), Answers(409, when: "The address is a customer's or a colleague's")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "erasures")] HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<EraseAddressRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        var errors = new FieldErrors();
        if (CustomerRules.Address(asked.Address, errors) is not { } address)
        {
            return Answer.Invalid(errors);
        }

        if ((await directory.OfAsync(caller.TenantId, cancellation)).IsColleague(address))
        {
            return Answer.Conflict("This is a colleague's address.");
        }

        if (await senders.FindClaimAsync(caller.TenantId, address, cancellation) is { } claim
            && await customers.FindAsync(caller.TenantId, claim.Customer, cancellation) is { } customer)
        {
            return Answer.Conflict($"{customer.Name} has this address. Erase them on their card, under Call, mail and more.");
        }

        await erasing.EraseAddressAsync(caller, address, cancellation);
        return Answer.Ok(await erasing.ListAsync(caller.TenantId, cancellation));
    }
}
