using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Finds, every night, customers who have gone quiet, by what is on their timelines, and tells whoever looks after them: their owner, or else who
/// wished for contact, or else whose mailbox was in contact last. Takes what time alone has ended out of agendas.
/// </summary>
public sealed class FindQuietCustomers(
    ITableScan scan, QuietAgenda quiet, WaitingAgenda waiting, Agenda agenda, FirmDirectory directory, IdentityOptions identity, TimeProvider clock)
{
    // Enough for twelve conversations of many mails each.
    private const int MaxContacts = 500;

    private static readonly TimeSpan EndedIsKept = TimeSpan.FromDays(1);

    [Function(nameof(FindQuietCustomers))]
    public async Task RunAsync([TimerTrigger("0 50 2 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        foreach (var tenantId in identity.AllowedTenants)
        {
            await FindAsync(tenantId, cancellation);
        }
    }

    private async Task FindAsync(Guid tenantId, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(tenantId, cancellation);
        var now = clock.GetUtcNow();
        var found = firm.Accounts.ToDictionary(account => account.UserId, _ => new List<(QuietSpell Spell, string Id, string Name, bool HasFollowUp)>());
        Seen? seen = null;
        await foreach (var row in scan.ScanAsync(Tables.Customers, TableKeys.Firm(tenantId), cancellation))
        {
            if (row.RowKey == TableKeys.Record)
            {
                Judge(seen);
                seen = new Seen(row, [], HasFollowUp: false);
            }
            else if (seen?.Record.PartitionKey != row.PartitionKey)
            {
                seen = null; // remains of somebody who is gone
            }
            else if (TableKeys.IsOpenFollowUp(row.RowKey))
            {
                seen = seen with { HasFollowUp = true };
            }
            else if (TableKeys.InteractionAt(row.RowKey) is { } at && seen.Contacts.Count < MaxContacts && IsContact(row))
            {
                seen.Contacts.Add((at, row.Properties.GetValueOrDefault(TimelineRow.SeenIn) as byte[]));
            }
        }

        Judge(seen);
        foreach (var (userId, all) in found)
        {
            var inOrder = all.OrderByDescending(one => one.Spell.EveryDays is not null).ThenBy(one => one.Spell.Ratio).ThenBy(one => one.Id, StringComparer.Ordinal);
            await quiet.SaveAsync(
                tenantId, userId,
                [.. inOrder.Select(one => (new QuietCustomer(one.Id, one.Name, one.Spell.LastOn, one.Spell.EveryDays, one.Spell.UsualDays), one.HasFollowUp))],
                cancellation);
            await waiting.RefreshAsync(tenantId, userId, cancellation);
            await agenda.ForgetEndedAsync(tenantId, userId, now - EndedIsKept, cancellation);
        }

        void Judge(Seen? one)
        {
            if (one is null || CustomerRow.ToCustomer(one.Record) is not { Stage: not CustomerStage.Former } customer
                || WhoCares(customer, one, firm, now) is not { } userId)
            {
                return;
            }

            // By what they may see themselves.
            var sight = new Sight(userId, firm, now);
            var days = one.Contacts.Where(contact => contact.SeenIn is null || !sight.Of(contact.SeenIn).IsHidden).Select(contact => contact.At.DayInUtc());
            if (QuietSpell.Of(days, customer.CreatedAt.DayInUtc(), customer.Rhythm?.EveryDays, now.DayInUtc()) is { } spell)
            {
                found.TryAdd(userId, []);
                found[userId].Add((spell, customer.Id.ToString(), customer.Name, one.HasFollowUp));
            }
        }
    }

    private static bool IsContact(TableRow line) => TimelineRow.IsContact(line) && !line.Properties.ContainsKey(TimelineRow.NeedsNoAnswer);

    private static Guid? WhoCares(Customer customer, Seen seen, OwnFirm firm, DateTimeOffset now) =>
        Guid.TryParse(customer.Owner?.Id, out var owner) ? owner
        : customer.Rhythm?.WishedBy
        ?? seen.Contacts.Where(contact => contact.At <= now && contact.SeenIn is not null)
            .SelectMany(contact => Mailboxes.From(contact.SeenIn).ToList())
            .Select(mailbox => (Guid?)mailbox.UserId)
            .FirstOrDefault(mailbox => !firm.IsShared(mailbox!.Value));

    /// <summary>What was read of one customer.</summary>
    /// <param name="Contacts">The newest first; what was written down came out of no mailbox.</param>
    private sealed record Seen(TableRow Record, List<(DateTimeOffset At, byte[]? SeenIn)> Contacts, bool HasFollowUp);
}
