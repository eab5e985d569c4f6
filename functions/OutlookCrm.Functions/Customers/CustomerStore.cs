using OutlookCrm.FollowUps;
using OutlookCrm.Identity;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Reads customers. What changes them is <see cref="CustomerChanges"/>.</summary>
public sealed class CustomerStore(ITableStore tables, InteractionStore interactions, Sights sights)
{
    // Of customers with more of them the rest of the card takes a second read.
    private const int FollowUpRows = 6;

    // Record, standing, addresses, follow-ups, a page of the timeline and one line more, to know whether there are others.
    private const int PersonCardRows = 1 + 1 + Customer.MaxAddresses + FollowUpRows + InteractionStore.FirstPageSize + 1;

    private const int OrganisationCardRows = PersonCardRows + Customer.MaxPeopleShown;

    private static readonly RowKeyRange RecordAndAddresses = new(TableKeys.Record, TableKeys.ContactAddresses.Before);

    /// <summary>One point read; null when there is no such customer.</summary>
    public async Task<Customer?> FindAsync(Guid tenantId, CustomerId id, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), TableKeys.Record, cancellation) is { } row
            ? CustomerRow.ToCustomer(row)
            : null;

    /// <summary>What an import made is no longer its own: its undo leaves this customer.</summary>
    public Task TouchAsync(Guid tenantId, CustomerId id, CancellationToken cancellation) =>
        ImportMark.TouchAsync(tables, TableKeys.Customer(tenantId, id.ToString()), cancellation);

    /// <summary>The record and its addresses in one range read; null when there is no such customer.</summary>
    public async Task<StoredCustomer?> ReadAsync(Guid tenantId, CustomerId id, CancellationToken cancellation)
    {
        var rows = await tables.RangeAsync(
            Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), RecordAndAddresses, 1 + Customer.MaxAddresses, cancellation);
        return ToStored(rows);
    }

    /// <summary>True when this customer has this address: one point read.</summary>
    public async Task<bool> HasAddressAsync(Guid tenantId, CustomerId id, MailAddress address, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), TableKeys.Address(address.Key), cancellation) is not null;

    /// <summary>
    /// All that a card shows, in one range read. An organisation with so many people that its timeline lies beyond takes a
    /// second one; so does a reader from whom lines are hidden.
    /// </summary>
    /// <param name="kind">What the customer is, when known beforehand: how far to read.</param>
    public async Task<CustomerSheet?> ReadSheetAsync(
        Caller caller, CustomerId id, CustomerKind? kind, CancellationToken cancellation)
    {
        var (table, partition, range, maxRows) = SheetOf(caller.TenantId, id, kind);
        return await ReadSheetAsync(caller, id, kind, await tables.RangeAsync(table, partition, range, maxRows, cancellation), cancellation);
    }

    /// <summary>As above when the first read has been done: what <see cref="SheetOf"/> asks.</summary>
    internal async Task<CustomerSheet?> ReadSheetAsync(
        Caller caller, CustomerId id, CustomerKind? kind, TableRange rows, CancellationToken cancellation)
    {
        if (rows is not [{ RowKey: TableKeys.Record, PartitionKey: var partition }, ..])
        {
            return null;
        }

        var maxRows = CardRowsOf(kind);

        var all = rows;
        TableRange? more = null;
        RowKeyRange? rest = rows.Count < maxRows ? null : RowKeyRange.After(rows[^1].RowKey, TableKeys.Card.Before);
        if (rest is { } beyond && !IsLine(rows[^1]))
        {
            const int moreRows = OrganisationCardRows + FollowUpStore.MaxOpen;
            more = await tables.RangeAsync(Tables.Customers, partition, beyond, moreRows, cancellation);
            all = TableRange.Of([.. rows, .. more]);
            rest = more.Count < moreRows ? null
                : IsLine(more[^1]) ? RowKeyRange.After(more[^1].RowKey, TableKeys.Card.Before)
                : TableKeys.Timeline;
        }

        var sight = await sights.OfAsync(caller, cancellation);
        var sightKey = sight.KeyFor(all[0]);
        var firstLine = FirstLine(all);
        var lines = await interactions.ReadLinesAsync(
            all[0], sightKey, all, firstLine, rest, InteractionStore.FirstPageSize + 1, sight, withLastContact: true, cancellation);
        var sheetSight = HasLinkOf(caller.UserId, all, firstLine) ? $"{sightKey}|{caller.UserId:N}" : sightKey;
        return new CustomerSheet(caller.TenantId, id, all, lines, sight, sheetSight, new RowsStamp(
            partition, TableRange.StampOf([rows, .. more is null ? [] : (TableRange[])[more], .. lines.Reads]), lines.TimeStamp(sight.Now)));
    }

    /// <summary>The first read of a card.</summary>
    internal static RangeAsk SheetOf(Guid tenantId, CustomerId id, CustomerKind? kind) => new(
        Tables.Customers,
        TableKeys.Customer(tenantId, id.ToString()),
        TableKeys.Card,
        CardRowsOf(kind));

    /// <summary>Watches all that a card is read from.</summary>
    internal static void Cover(TableWatch watch, Guid tenantId, CustomerId id) => watch.Cover(Tables.Customers, TableKeys.Customer(tenantId, id.ToString()));

    private static int CardRowsOf(CustomerKind? kind) => kind == CustomerKind.Organisation ? OrganisationCardRows : PersonCardRows;

    /// <summary>Ids of the people of an organisation, a page at a time.</summary>
    internal IAsyncEnumerable<CustomerId> PeopleOfAsync(Guid tenantId, CustomerId organisation, CancellationToken cancellation) =>
        tables.ReadAllAsync(Tables.Customers, TableKeys.Customer(tenantId, organisation.ToString()), TableKeys.People, pageRows: 1_000, cancellation)
            .Select(row => CustomerId.Parse(TableKeys.Last(row.RowKey)));

    internal static StoredCustomer? ToStored(IReadOnlyList<TableRow> rows) => rows is [{ RowKey: TableKeys.Record, ETag: { } etag } record, ..]
        ? new StoredCustomer(
            CustomerRow.ToCustomer(record),
            etag,
            [.. rows.Where(IsAddress).Select(CustomerAddressRow.ToAddress)])
        : null;

    /// <summary>Where the timeline begins among the rows of a card; their number when it does not.</summary>
    private static int FirstLine(TableRange rows)
    {
        // Most often right behind one or two addresses: no row is made that need not be.
        var to = 1;
        while (to < rows.Count && !IsLine(rows[to]))
        {
            to *= 2;
        }

        var from = (to / 2) + 1;
        to = Math.Min(to, rows.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = IsLine(rows[middle]) ? (from, middle) : (middle + 1, to);
        }

        return from;
    }

    /// <summary>True when a follow-up, which stand right before the timeline, has a link that only this reader is shown.</summary>
    private static bool HasLinkOf(Guid readerId, TableRange rows, int firstLine)
    {
        for (var i = firstLine - 1; i > 0 && IsFollowUp(rows[i]); i--)
        {
            if (FollowUpRow.HasLinkOf(rows[i], readerId))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool IsAddress(TableRow row) => IsIn(TableKeys.ContactAddresses, row);

    internal static bool IsPerson(TableRow row) => IsIn(TableKeys.People, row);

    internal static bool IsFollowUp(TableRow row) => IsIn(TableKeys.FollowUpsOnCard, row);

    internal static bool IsLine(TableRow row) => IsIn(TableKeys.Timeline, row);

    private static bool IsIn(RowKeyRange range, TableRow row) =>
        string.CompareOrdinal(row.RowKey, range.From) >= 0 && (range.Before is null || string.CompareOrdinal(row.RowKey, range.Before) < 0);
}

/// <summary>What a card shows, as the store has it; read out only as far as it is asked for.</summary>
public sealed class CustomerSheet
{
    private readonly Guid tenantId;
    private readonly CustomerId id;
    private readonly IReadOnlyList<TableRow> rows;
    private readonly TimelineLines lines;
    private readonly Sight sight;
    private StoredCustomer? stored;

    /// <param name="rows">The record's row, its addresses, of its people at least as many as are shown, and whatever else was read.</param>
    /// <param name="lines">What the reader sees of the timeline: one more than are shown when there are more.</param>
    internal CustomerSheet(
        Guid tenantId, CustomerId id, IReadOnlyList<TableRow> rows, TimelineLines lines, Sight sight, string sightKey, RowsStamp stamp)
    {
        this.tenantId = tenantId;
        this.id = id;
        this.rows = rows;
        this.lines = lines;
        this.sight = sight;
        Sight = sightKey;
        Stamp = stamp;
    }

    public StoredCustomer Stored => stored ??= CustomerStore.ToStored([.. rows.TakeWhile(row => !CustomerStore.IsLine(row))])!;

    /// <summary>While it is the same, so is the card.</summary>
    public RowsStamp Stamp { get; }

    /// <summary>What its reader may see of it, in the sense of <see cref="Http.Answer.Kept"/>.</summary>
    public string Sight { get; }

    /// <summary>When it was read, by the server's clock.</summary>
    internal DateTimeOffset At => sight.Now;

    /// <summary>True when until the end of the day (UTC) no passing of time makes another card of it.</summary>
    internal bool IsOfToday => !lines.HasAhead;

    /// <summary>How many people of an organisation are shown.</summary>
    public int PeopleCount => People.Count();

    private IEnumerable<TableRow> People => rows.Where(CustomerStore.IsPerson).Take(Customer.MaxPeopleShown);

    /// <summary>True when this customer has this address.</summary>
    public bool Has(MailAddress address)
    {
        var key = TableKeys.Address(address.Key);
        for (var i = 1; i < rows.Count && CustomerStore.IsAddress(rows[i]); i++)
        {
            if (rows[i].RowKey == key)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The contract's card.</summary>
    public CustomerCard ToCard()
    {
        var customer = Stored.Customer;
        var waits = ThreadWaits.Of(rows[0], sight);
        return new CustomerCard(
            customer.Id.ToString(),
            ETag,
            customer.Kind,
            customer.Name,
            customer.Company is { } company ? new CompanyLink(company.Id?.ToString(), company.Name) : null,
            customer.JobTitle,
            customer.Phones,
            customer.PostalAddress,
            customer.Language,
            customer.Website,
            customer.Owner,
            customer.Stage,
            customer.Tags,
            customer.Expectations,
            customer.Preferences,
            [.. Stored.AddressesAsShown.Select(a => new ContactAddress(
                a.Address.ToString(), a.Label, a.Address.Key == customer.PrimaryAddress, a.Source, a.AddedAt, a.AddedBy))],
            [.. People.Select(PersonRow.ToLink).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)],
            customer.CreatedAt,
            lines.LastContact is { } contact ? TimelineRow.AtOf(contact) : null,
            InteractionStore.Page(tenantId, id, [.. lines.Shown], InteractionStore.FirstPageSize, sight, waits),
            waits.Sum())
        {
            EveryDays = customer.Rhythm?.EveryDays,
            Standing = InsightsStore.ToStanding(rows.TakeWhile(row => !CustomerStore.IsLine(row))),
            Sales = SalesSummary.ToFigures(customer.Sales),
            FollowUps = FollowUpStore.ToList(id, rows.Where(CustomerStore.IsFollowUp), FollowUpStore.ShownOnCard, sight.UserId),
        };
    }

    /// <summary>The record's version as HTTP has it.</summary>
    public string ETag => Http.EntityTag.For((string)rows[0].Properties[nameof(Customer.Version)]);
}
