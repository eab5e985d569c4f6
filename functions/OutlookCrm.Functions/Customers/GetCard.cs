using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Who is behind an address. A known customer takes one point read and one range read.</summary>
public sealed class GetCard(ITableStore tables, CustomerStore customers, SenderGuess guess, FirmDirectory directory, Caller caller)
{
    // A display name may be long and still be a name; what is longer than this is not.
    internal const int MaxDisplayNameLength = 1_000;

    private readonly AddressClaims claims = new(tables);

    [Function(nameof(GetCard)), Requires(Role.Reader)]
    [Says("The customer with this address, or a form for a new one")]
    [Query("address", Required = true, MaxLength = 1_000, Says = "A mail address")]
    [Query("name", MaxLength = MaxDisplayNameLength, Says = "The display name beside the address")]
    [Answers(200, typeof(SenderCard))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "card")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new FieldErrors();
        if (CustomerRules.Address(request.QueryText("address"), errors) is not { } address)
        {
            return Answer.Invalid(errors);
        }

        var name = request.QueryText("name");
        if ((await directory.OfAsync(caller.TenantId, cancellation)) is var firm && firm.IsColleague(address))
        {
            return Answer.Ok<SenderCard>(new ColleagueSender(firm.FindByAddress(address)?.Name ?? NameOf(name, address), address.ToString()));
        }

        // A claim whose customer does not have the address is on its way in or out: nobody has it.
        if (await claims.FindAsync(caller.TenantId, address, cancellation) is { } claim
            && await customers.ReadSheetAsync(caller.TenantId, claim.Customer, claim.Kind, cancellation) is { } sheet
            && sheet.Stored.Find(address) is not null)
        {
            var card = sheet.ToCard();
            return Answer.Ok<SenderCard>(new KnownSender(card), card.ETag);
        }

        return Answer.Ok<SenderCard>(await guess.AboutAsync(caller.TenantId, address, name, cancellation));
    }

    internal static string NameOf(string? displayName, MailAddress address) =>
        SenderName.Of(displayName, address).Name is { Length: > 0 } name ? name : address.LocalPart;
}
