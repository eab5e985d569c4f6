using Microsoft.AspNetCore.Http;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Who is behind an address. A known customer takes one point read and one range read.</summary>
public sealed class Senders(ITableStore tables, CustomerStore customers, SenderGuess guess, FirmDirectory directory, CardLooks looks, TimeProvider clock)
{
    // A display name may be long and still be a name; what is longer than this is not.
    internal const int MaxDisplayNameLength = 1_000;

    private const int MaxReadsAtOnce = 32;

    private readonly AddressClaims claims = new(tables);

    /// <summary>Which of these addresses are customers': a point read each, all at once.</summary>
    public async Task<IReadOnlyDictionary<MailAddress, KnownAddress>> FindCustomersAsync(
        Guid tenantId, IEnumerable<MailAddress> addresses, CancellationToken cancellation)
    {
        var found = new Dictionary<MailAddress, KnownAddress>();
        foreach (var some in addresses.Chunk(MaxReadsAtOnce))
        {
            foreach (var claim in await Task.WhenAll(some.Select(address => FindClaimAsync(tenantId, address, cancellation))))
            {
                if (claim is not null)
                {
                    found[claim.Address] = new KnownAddress(claim.Customer, claim.Company?.Id);
                }
            }
        }

        return found;
    }

    /// <summary>Whose the address is; null when it is nobody's.</summary>
    internal async Task<AddressClaim?> FindClaimAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        // A pending claim may lead nowhere: its customer has the last word.
        await claims.FindAsync(tenantId, address, cancellation) is { } claim
        && (claim.PendingChange is null || await customers.HasAddressAsync(tenantId, claim.Customer, address, cancellation))
            ? claim
            : null;

    /// <summary>
    /// The answer about the customer with this address; null when nobody has it, or one of us. Nothing is read when nothing has changed since
    /// this caller's last look.
    /// </summary>
    public async Task<IResult?> AnswerKnownAsync(Caller caller, MailAddress address, HttpContext http, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(caller.TenantId, cancellation);
        if (firm.IsColleague(address))
        {
            return null;
        }

        if (looks.TryFind(caller, address, firm, clock.GetUtcNow(), out var last) && Answer.FindKept<SenderCard>(http, last.Stamp, last.Sight) is { } kept)
        {
            return kept;
        }

        // A claim whose customer does not have the address is on its way in or out: nobody has it.
        var watch = tables.Watch();
        if (await claims.FollowAsync(
                caller.TenantId, address, (id, kind) => CustomerStore.SheetOf(caller.TenantId, id, kind), cancellation) is not var (customer, kind, rows)
            || await customers.ReadSheetAsync(caller, customer, kind, rows, cancellation) is not { } sheet
            || !sheet.Has(address))
        {
            return null;
        }

        if (watch is not null && sheet.IsOfToday)
        {
            AddressClaims.Cover(watch, caller.TenantId, address);
            CustomerStore.Cover(watch, caller.TenantId, customer);
            looks.Keep(caller, address, new CardLook(watch, firm, sheet.At, sheet.Stamp, sheet.Sight));
        }

        return Answer.Kept<SenderCard>(sheet.Stamp, sheet.Sight, () => (new KnownSender(sheet.ToCard()), sheet.ETag), rows);
    }

    /// <summary>Who has an address that is no customer's: one of us, or somebody new.</summary>
    public async Task<SenderCard> IntroduceAsync(Guid tenantId, MailAddress address, string? displayName, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(tenantId, cancellation);
        return firm.IsColleague(address)
            ? new ColleagueSender(firm.FindByAddress(address)?.Name ?? NameOf(displayName, address), address.ToString())
            : await guess.AboutAsync(tenantId, address, displayName, cancellation);
    }

    internal static string NameOf(string? displayName, MailAddress address) =>
        SenderName.Of(displayName, address).Name is { Length: > 0 } name ? name : address.LocalPart;
}

/// <summary>Whose an address is.</summary>
/// <param name="Organisation">Where they work, when it is a customer too.</param>
public sealed record KnownAddress(CustomerId Id, CustomerId? Organisation);
