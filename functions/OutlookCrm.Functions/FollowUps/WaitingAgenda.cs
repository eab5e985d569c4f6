using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Http;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Who waits for whom in the threads of a colleague's own mailbox, in table <c>agenda</c>: row <c>w</c> of each customer, and row <c>b|w</c> with those
/// who wait longest, which is read with the colleague's day. Made of the customer's row as it is then; each row's ETag lets no slow worker
/// bring back what is over.
/// </summary>
public sealed class WaitingAgenda(ITableStore tables, FirmDirectory directory, TimeProvider clock)
{
    internal const string Waiting = "Waiting";

    private const int MaxShown = 30; // on a side: some 4 kB, read with every day
    private const int PageRows = 1_000;
    private const string Name = "CustomerName";
    private const string CompanyId = nameof(CompanyId); // as the customer's row has it
    private const string ForUs = nameof(ForUs);
    private const string ForThem = nameof(ForThem);
    private const string SinceAt = nameof(SinceAt);

    // Each failed attempt means that another worker got through.
    private const int MaxAttempts = 50;

    /// <summary>Makes the agendas of these mailboxes' users show how it is with this customer.</summary>
    internal async Task FollowAsync(Guid tenantId, CustomerId customer, IReadOnlyCollection<Guid> mailboxes, CancellationToken cancellation)
    {
        if (mailboxes.Count == 0)
        {
            return;
        }

        var firm = await directory.OfAsync(tenantId, cancellation);
        foreach (var userId in mailboxes.Where(mailbox => !firm.IsShared(mailbox)))
        {
            await ShowAsync(tenantId, userId, customer, firm, cancellation);
        }
    }

    /// <summary>In every agenda that may show the customer: of what it is called too.</summary>
    internal async Task FollowAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation)
    {
        if (await FindRecordAsync(tenantId, customer, cancellation) is { } record)
        {
            await FollowAsync(tenantId, customer, [.. OpenThreads.MailboxesIn(record)], cancellation);
        }
    }

    /// <summary>As every night: after some weeks nobody waits any more, though nothing happens.</summary>
    internal async Task RefreshAsync(Guid tenantId, Guid userId, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(tenantId, cancellation);
        var before = ThreadWaits.TellsFrom(clock.GetUtcNow());
        foreach (var row in await ReadAllAsync(tenantId, userId, cancellation))
        {
            if (WaitOf(row, ForUs)?.SinceAt < before || WaitOf(row, ForThem)?.SinceAt < before)
            {
                await ShowAsync(tenantId, userId, CustomerId.Parse(TableKeys.Last(row.RowKey)), firm, cancellation);
            }
        }
    }

    /// <summary>What row <c>b|w</c> says on a day; null when nobody waits.</summary>
    internal static WaitingCustomers? Read(TableRow row, DateTimeOffset now)
    {
        var from = ThreadWaits.TellsFrom(now);
        var still = Only(Read(row), one => one.SinceAt >= from);
        return still.ForUs.Count + still.ForThem.Count == 0 ? null : still;
    }

    /// <summary>Row <c>b|w</c> without somebody who is erased; itself when they are not in it.</summary>
    internal static TableRow Without(TableRow row, string customerId)
    {
        var all = Read(row);
        var left = Only(all, one => one.CustomerId != customerId);
        return left.ForUs.Count == all.ForUs.Count && left.ForThem.Count == all.ForThem.Count ? row : row with { Properties = Properties(left) };
    }

    /// <summary>
    /// The customer's row and who waits longest change in one step, so that no crash leaves them apart. Every change replaces <c>b|w</c> as it was read
    /// before all that the change is made of: of two at once one begins anew.
    /// </summary>
    private async Task ShowAsync(Guid tenantId, Guid userId, CustomerId customer, OwnFirm firm, CancellationToken cancellation)
    {
        var partition = TableKeys.Agenda(tenantId, userId);
        var key = TableKeys.ThreadsOf(customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var sum = await tables.FindAsync(Tables.Agenda, partition, TableKeys.AgendaWaiting, cancellation);
            var shown = await tables.FindAsync(Tables.Agenda, partition, key, cancellation);
            var record = await FindRecordAsync(tenantId, customer, cancellation);
            var waits = record is null ? null : ThreadWaits.Of(record, new Sight(userId, firm, clock.GetUtcNow())).SumOf(record, userId);
            var next = waits is null ? null : Row(partition, key, record!, waits);
            TableChange? change = (shown, next) switch
            {
                (null, null) => null,
                (null, { } row) => new TableChange.Insert(row),
                ({ ETag: { } etag }, null) => new TableChange.Delete(key, etag),
                ({ } old, { } row) when TimelineRow.AreAlike(old, row) => null,
                ({ ETag: { } etag }, { } row) => new TableChange.Replace(row, etag),
                _ => throw new InvalidOperationException("A row that was read has no ETag."),
            };
            if (change is null)
            {
                return;
            }

            var others = (await ReadAllAsync(tenantId, userId, cancellation)).Where(row => row.RowKey != key);
            var nextSum = new TableRow(partition, TableKeys.AgendaWaiting, Properties(Sum(next is null ? others : others.Append(next))));
            TableChange sumChange = sum is { ETag: { } sumTag } ? new TableChange.Replace(nextSum, sumTag) : new TableChange.Insert(nextSum);
            if ((await tables.TransactAsync(Tables.Agenda, partition, [change, sumChange], cancellation)).IsWritten)
            {
                return;
            }
        }

        throw new TableStoreUnavailableException("The threads changed again and again; the agenda is made anew later.");
    }

    private async Task<IReadOnlyList<TableRow>> ReadAllAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Agenda, TableKeys.Agenda(tenantId, userId), TableKeys.ThreadsOfAll, PageRows, cancellation)
            .ToListAsync(cancellation);

    private Task<TableRow?> FindRecordAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        tables.FindAsync(Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Record, cancellation);

    private static WaitingCustomers Read(TableRow row) => JsonSerializer.Deserialize<WaitingCustomers>((string)row.Properties[Waiting], ContractJson.Options)!;

    private static Dictionary<string, object> Properties(WaitingCustomers all) => new() { [Waiting] = JsonSerializer.Serialize(all, ContractJson.Options) };

    /// <summary>Those of them who are shown; those who are only counted stay counted.</summary>
    private static WaitingCustomers Only(WaitingCustomers all, Func<WaitingCustomer, bool> isIn)
    {
        List<WaitingCustomer> forUs = [.. all.ForUs.Where(isIn)];
        List<WaitingCustomer> forThem = [.. all.ForThem.Where(isIn)];
        return new(all.ForUsCount - all.ForUs.Count + forUs.Count, forUs, all.ForThemCount - all.ForThem.Count + forThem.Count, forThem);
    }

    private static WaitingCustomers Sum(IEnumerable<TableRow> rows)
    {
        var all = rows.ToList();
        var (forUs, forThem) = (Side(all, ForUs), Side(all, ForThem));
        return new(forUs.Count, [.. forUs.Take(MaxShown)], forThem.Count, [.. forThem.Take(MaxShown)]);
    }

    private static List<WaitingCustomer> Side(IEnumerable<TableRow> rows, string side)
    {
        var waits = rows.Select(row => (Row: row, Wait: WaitOf(row, side))).Where(one => one.Wait is not null).ToList();

        // A thread with somebody is one with where they work, too: that is told only of threads with nobody of its people.
        var ofPeople = waits.Where(one => one.Row.Properties.ContainsKey(CompanyId))
            .ToLookup(one => (string)one.Row.Properties[CompanyId], one => one.Wait!.Threads, StringComparer.Ordinal);
        return
        [
            .. waits
                .Select(one => new WaitingCustomer(TableKeys.Last(one.Row.RowKey), (string)one.Row.Properties[Name], one.Wait!.Threads, one.Wait.SinceAt))
                .Where(one => one.Threads > ofPeople[one.CustomerId].Sum())
                .OrderBy(one => one.SinceAt).ThenBy(one => one.CustomerId, StringComparer.Ordinal),
        ];
    }

    private static Wait? WaitOf(TableRow row, string side) => row.Properties.GetValueOrDefault(side) is int threads
        ? new Wait(threads, (DateTimeOffset)row.Properties[side + SinceAt])
        : null;

    private static TableRow Row(string partition, string key, TableRow record, Waits waits)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [Name] = record.Properties[nameof(Customer.Name)] };
        if (record.Properties.TryGetValue(CompanyId, out var company))
        {
            properties[CompanyId] = company;
        }

        Put(ForUs, waits.ForUs);
        Put(ForThem, waits.ForThem);
        return new TableRow(partition, key, properties);

        void Put(string side, Wait? wait)
        {
            if (wait is not null)
            {
                properties[side] = wait.Threads;
                properties[side + SinceAt] = wait.SinceAt;
            }
        }
    }
}
