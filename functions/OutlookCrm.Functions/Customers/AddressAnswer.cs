using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Customers;

/// <summary>How a changed list of addresses is answered.</summary>
internal static class AddressAnswer
{
    public static async Task<IResult> OfAsync(
        CustomerStore customers, Caller caller, AddressOutcome outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case AddressOutcome.Done { Customer.Customer: var customer }
                when await customers.ReadSheetAsync(caller, customer.Id, customer.Kind, cancellation) is { } sheet:
                var card = sheet.ToCard();
                return Answer.Ok(card, card.ETag);
            case AddressOutcome.Done or AddressOutcome.NoSuchCustomer:
                return Answer.NotFound(GetCustomer.NotFound);
            case AddressOutcome.NoSuchAddress:
                return Answer.NotFound("This customer does not have this address.");
            case AddressOutcome.TakenBy { Owner: var owner }:
                return Answer.Conflict($"{owner.Name} has this address.");
            case AddressOutcome.TooMany:
                return Answer.Conflict($"This customer has {Customer.MaxAddresses} addresses; remove one first.");
            case AddressOutcome.IsLast:
                return Answer.Conflict("This is the person's only address; add another one first.");
            default:
                throw new UnreachableException();
        }
    }
}
