using System.Globalization;
using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Row <c>b|q</c> of table <c>agenda</c>: a colleague's customers who have gone quiet, read with their day; and rows <c>n</c>: of which silences the
/// colleague wants to hear no more. A silence is known by the day of the last contact before it, so that the next one is another.
/// </summary>
public sealed class QuietAgenda(ITableStore tables)
{
    private const int MaxShown = 10;
    private const int MaxDismissed = 1_000;
    private const string Quiet = nameof(Quiet);
    private const string LastOn = nameof(LastOn);
    private const string Never = "never";

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 50;

    /// <summary>What row <c>b|q</c> says.</summary>
    internal static QuietCustomers Read(TableRow row) => JsonSerializer.Deserialize<QuietCustomers>((string)row.Properties[Quiet], ContractJson.Options)!;

    /// <summary>Row <c>b|q</c> without somebody who is erased; itself when they are not in it.</summary>
    internal static TableRow Without(TableRow row, string customerId)
    {
        var all = Read(row);
        var left = Without(all, customerId);
        return left.Customers.Count == all.Customers.Count ? row : row with { Properties = Properties(left) };
    }

    /// <summary>All who are quiet now, the one to be shown first first; those with an open follow-up are not shown.</summary>
    internal async Task SaveAsync(Guid tenantId, Guid userId, IReadOnlyList<(QuietCustomer Customer, bool HasFollowUp)> quiet, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var shown = await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaQuiet, cancellation);
            var dismissed = await tables.RangeAsync(Tables.Agenda, partition, TableKeys.DismissedOfAll, MaxDismissed, cancellation);
            var silences = dismissed.ToDictionary(row => TableKeys.Last(row.RowKey), row => (string)row.Properties[LastOn], StringComparer.Ordinal);
            var next = new QuietCustomers(
            [
                .. quiet.Where(one => !one.HasFollowUp && silences.GetValueOrDefault(one.Customer.CustomerId) != SilenceOf(one.Customer))
                    .Select(one => one.Customer).Take(MaxShown),
            ]);
            if ((shown is null && next.Customers.Count == 0)
                || (shown is not null && Read(shown).Customers.SequenceEqual(next.Customers))
                || await TryWriteAsync(partition, shown, next, [], cancellation))
            {
                await ForgetAsync(partition, dismissed, quiet, cancellation);
                return;
            }
        }

        throw Busy();
    }

    /// <summary>Says no more of this silence. Of who is not shown nothing is remembered.</summary>
    /// <returns>Who is left.</returns>
    internal async Task<QuietCustomers> DismissAsync(Guid tenantId, Guid userId, CustomerId customer, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaQuiet, cancellation) is not { } shown)
            {
                return new QuietCustomers([]);
            }

            var now = Read(shown);
            if (now.Customers.FirstOrDefault(one => one.CustomerId == customer.ToString()) is not { } silent)
            {
                return now;
            }

            var next = Without(now, silent.CustomerId);
            var remembered = new TableRow(
                partition, TableKeys.Dismissed(silent.CustomerId), new Dictionary<string, object> { [LastOn] = SilenceOf(silent) });
            if (await TryWriteAsync(partition, shown, next, [new TableChange.Put(remembered)], cancellation))
            {
                return next;
            }
        }

        throw Busy();
    }

    /// <summary>There was contact, or a meeting is planned: nobody is told any more that the customer is quiet.</summary>
    internal async Task HearAsync(
        Guid tenantId, CustomerId customer, TableRow record, IReadOnlyCollection<Guid> mailboxes, DateTimeOffset at, CancellationToken cancellation)
    {
        var known = CustomerRow.ToCustomer(record);
        Guid?[] caring = [Guid.TryParse(known.Owner?.Id, out var owner) ? owner : null, known.Rhythm?.WishedBy];
        foreach (var userId in caring.OfType<Guid>().Union(mailboxes))
        {
            await HearAsync(tenantId, userId, customer, at.DayInUtc(), cancellation);
        }
    }

    /// <summary>There was contact: who was quiet is so no more.</summary>
    internal async Task HearAsync(Guid tenantId, Guid userId, CustomerId customer, DateOnly on, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaQuiet, cancellation) is not { } shown
                || Read(shown) is var now
                    && (now.Customers.FirstOrDefault(one => one.CustomerId == customer.ToString() && !(one.LastContactOn >= on)) is not { } silent
                        || await TryWriteAsync(partition, shown, Without(now, silent.CustomerId), [], cancellation)))
            {
                return;
            }
        }

        throw Busy();
    }

    private async Task<bool> TryWriteAsync(
        string partition, TableRow? shown, QuietCustomers next, IReadOnlyList<TableChange> more, CancellationToken cancellation)
    {
        var row = new TableRow(partition, TableKeys.AgendaQuiet, Properties(next));
        TableChange change = shown is { ETag: { } etag } ? new TableChange.Replace(row, etag) : new TableChange.Insert(row);
        return (await tables.TransactAsync(Tables.Agenda, partition, [change, .. more], cancellation)).IsWritten;
    }

    /// <summary>Who is quiet no more may be mentioned again when they are.</summary>
    private async Task ForgetAsync(
        string partition, IEnumerable<TableRow> dismissed, IEnumerable<(QuietCustomer Customer, bool HasFollowUp)> quiet, CancellationToken cancellation)
    {
        var still = quiet.Select(one => one.Customer).ToDictionary(one => one.CustomerId, SilenceOf, StringComparer.Ordinal);
        foreach (var row in dismissed.Where(row => still.GetValueOrDefault(TableKeys.Last(row.RowKey)) != (string)row.Properties[LastOn]))
        {
            await tables.DeleteAsync(Tables.Agenda, partition, row.RowKey, row.ETag, cancellation);
        }
    }

    private static QuietCustomers Without(QuietCustomers all, string customerId) => new([.. all.Customers.Where(one => one.CustomerId != customerId)]);

    private static Dictionary<string, object> Properties(QuietCustomers all) => new() { [Quiet] = JsonSerializer.Serialize(all, ContractJson.Options) };

    private static string SilenceOf(QuietCustomer customer) => customer.LastContactOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? Never;

    private static TableStoreUnavailableException Busy() => new("The agenda changed again and again; nothing was saved.");
}
