using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;

namespace OutlookCrm.Capture.Pages;

/// <summary>Whom the caller keeps writing with.</summary>
public sealed class CorrespondentPages(
    Correspondents correspondents, BlockLists blocks, ErasedPeople erased, FirmDirectory directory, Senders senders, BestCustomers bestCustomers, Caller caller,
    TimeProvider clock)
{
    private const int MaxShown = 25;
    private const int MaxHidden = 50;

    // Of those who are likely, some are customers by now: looked at are so many more.
    private const int MaxLookedAt = 100;

    internal async Task<CorrespondentList> ListAsync(CancellationToken cancellation)
    {
        var own = blocks.ReadAsync(caller.TenantId, caller.UserId, cancellation);
        var ofFirm = blocks.ReadAsync(caller.TenantId, userId: null, cancellation);
        var gone = erased.ReadAsync(caller.TenantId, cancellation);
        var comparing = bestCustomers.ReadAsync(caller, cancellation);
        await Task.WhenAll(own, ofFirm, gone, comparing);
        var best = await comparing;
        var blocked = BlockedPeople.Of((await own).People.Concat((await ofFirm).People));
        var forgotten = await gone;
        var firm = await directory.OfAsync(caller.TenantId, cancellation);

        var people = new List<CorrespondentRow>();
        var hidden = new List<CorrespondentRow>();
        await foreach (var row in correspondents.ReadAsync(caller.TenantId, caller.UserId, cancellation))
        {
            if (!blocked.Covers(row.Address) && !forgotten.Has(row.Address) && !firm.IsColleague(row.Address))
            {
                (row.IsHidden ? hidden : people).Add(row);
            }
        }

        var likely = CorrespondentRanking.Rank(people, clock.GetUtcNow()).Take(MaxLookedAt).ToList();
        var left = hidden.OrderByDescending(row => row.LastAt).Take(MaxHidden).ToList();
        var customers = await senders.FindCustomersAsync(caller.TenantId, likely.Concat(left).Select(row => row.Address), cancellation);
        foreach (var address in customers.Keys)
        {
            await correspondents.ForgetAsync(caller.TenantId, caller.UserId, address, cancellation);
        }

        // The order within each half stays.
        var alike = likely.OrderByDescending(row => Likenesses(row).Count > 0).ToList();
        return new CorrespondentList(Shown(alike, MaxShown), Shown(left, MaxHidden))
        {
            Best = new BestCustomersSeen(best.Customers, best.WithMail, best.UsualMails),
        };

        IReadOnlyList<string> Likenesses(CorrespondentRow row)
        {
            var since = clock.GetUtcNow().AddDays(-BestCustomersProfile.Days).UtcTicks;
            return best.Likenesses(row.Address, row.Newest.Count(mail => mail.Ticks >= since));
        }

        IReadOnlyList<Acquaintance> Shown(IEnumerable<CorrespondentRow> rows, int max) =>
        [
            .. rows
                .Where(row => !customers.ContainsKey(row.Address))
                .Take(max)
                .Select(row => new Acquaintance(
                    row.Address.ToString(),
                    row.Name.Length > 0 ? row.Name : row.Address.ToString(),
                    row.Incoming,
                    row.Outgoing,
                    row.FirstAt,
                    row.LastAt,
                    row is { Incoming: > 0, Outgoing: > 0 } ? Likenesses(row) : [])),
        ];
    }

    /// <summary>An address in a path.</summary>
    /// <returns>Null when it is none, or nobody's who writes with the caller.</returns>
    internal async Task<CorrespondentRow?> FindAsync(string address, CancellationToken cancellation) =>
        // A slash in a path's segment is the one sign that routing leaves escaped.
        MailAddress.TryParse(address.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), out var parsed)
            ? await correspondents.FindAsync(caller.TenantId, caller.UserId, parsed, cancellation)
            : null;
}
