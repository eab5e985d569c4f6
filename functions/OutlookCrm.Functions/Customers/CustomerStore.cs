using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Reads customers. What changes them is <see cref="CustomerChanges"/>.</summary>
public sealed class CustomerStore(ITableStore tables)
{
    // Record, addresses, a page of the timeline and one line more, to know whether there are others.
    private const int PersonCardRows = 1 + Customer.MaxAddresses + InteractionStore.FirstPageSize + 1;

    private const int OrganisationCardRows = PersonCardRows + Customer.MaxPeopleShown;

    private static readonly RowKeyRange RecordAndAddresses = new(TableKeys.Record, TableKeys.ContactAddresses.Before);

    /// <summary>One point read; null when there is no such customer.</summary>
    public async Task<Customer?> FindAsync(Guid tenantId, CustomerId id, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), TableKeys.Record, cancellation) is { } row
            ? CustomerRow.ToCustomer(row)
            : null;

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
    /// second one.
    /// </summary>
    /// <param name="kind">What the customer is, when known beforehand: how far to read.</param>
    public async Task<CustomerSheet?> ReadSheetAsync(Guid tenantId, CustomerId id, CustomerKind? kind, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, id.ToString());
        var maxRows = kind == CustomerKind.Organisation ? OrganisationCardRows : PersonCardRows;
        var rows = await tables.RangeAsync(Tables.Customers, partition, TableKeys.Card, maxRows, cancellation);
        if (rows is not [{ RowKey: TableKeys.Record }, ..])
        {
            return null;
        }

        IReadOnlyList<TableRow> record = [.. rows.TakeWhile(row => row.RowKey == TableKeys.Record || IsIn(TableKeys.ContactAddresses, row))];
        IReadOnlyList<TableRow> people = [.. rows.Where(row => IsIn(TableKeys.People, row))];
        IReadOnlyList<TableRow> timeline = [.. rows.Where(row => IsIn(TableKeys.Timeline, row))];
        if (rows.Count == maxRows && timeline.Count <= InteractionStore.FirstPageSize)
        {
            var more = await tables.RangeAsync(
                Tables.Customers,
                partition,
                RowKeyRange.After(rows[^1].RowKey, TableKeys.Card.Before),
                OrganisationCardRows,
                cancellation);
            people = [.. people, .. more.Where(row => IsIn(TableKeys.People, row))];
            timeline = [.. timeline, .. more.Where(row => IsIn(TableKeys.Timeline, row))];
            if (people.Count > Customer.MaxPeopleShown && timeline.Count <= InteractionStore.FirstPageSize)
            {
                timeline = await tables.RangeAsync(
                    Tables.Customers, partition, TableKeys.Timeline, InteractionStore.FirstPageSize + 1, cancellation);
            }
        }

        return new CustomerSheet(tenantId, id, record, [.. people.Take(Customer.MaxPeopleShown)], timeline);
    }

    /// <summary>Ids of the people of an organisation, a page at a time.</summary>
    internal async IAsyncEnumerable<CustomerId> PeopleOfAsync(
        Guid tenantId, CustomerId organisation, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        const int PageRows = 1_000;
        var partition = TableKeys.Customer(tenantId, organisation.ToString());
        var range = TableKeys.People;
        IReadOnlyList<TableRow> rows;
        do
        {
            rows = await tables.RangeAsync(Tables.Customers, partition, range, PageRows, cancellation);
            foreach (var row in rows)
            {
                yield return CustomerId.Parse(TableKeys.Last(row.RowKey));
            }

            range = rows.Count == 0 ? range : RowKeyRange.After(rows[^1].RowKey, range.Before);
        }
        while (rows.Count == PageRows);
    }

    internal static StoredCustomer? ToStored(IReadOnlyList<TableRow> rows) => rows is [{ RowKey: TableKeys.Record, ETag: { } etag } record, ..]
        ? new StoredCustomer(
            CustomerRow.ToCustomer(record),
            etag,
            [.. rows.Where(row => IsIn(TableKeys.ContactAddresses, row)).Select(CustomerAddressRow.ToAddress)])
        : null;

    private static bool IsIn(RowKeyRange range, TableRow row) =>
        string.CompareOrdinal(row.RowKey, range.From) >= 0 && (range.Before is null || string.CompareOrdinal(row.RowKey, range.Before) < 0);
}

/// <summary>What a card shows, as the store has it; read out only as far as it is asked for.</summary>
/// <param name="record">The record's row, then its addresses.</param>
/// <param name="people">At most <see cref="Customer.MaxPeopleShown"/> rows, of the oldest.</param>
/// <param name="timeline">The newest rows; one more than are shown when there are more.</param>
public sealed class CustomerSheet(
    Guid tenantId, CustomerId id, IReadOnlyList<TableRow> record, IReadOnlyList<TableRow> people, IReadOnlyList<TableRow> timeline)
{
    private StoredCustomer? stored;

    public StoredCustomer Stored => stored ??= CustomerStore.ToStored(record)!;

    /// <summary>
    /// Names every row and version that the card is made of: while it is the same, so is the card. Begins with the partition.
    /// </summary>
    public string MakeStamp()
    {
        var versions = new StringBuilder(2_048);
        foreach (var row in record.Concat(people).Concat(timeline))
        {
            versions.Append(row.RowKey).Append('\0').Append(row.ETag).Append('\0');
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(versions.ToString().AsSpan()), hash);
        return string.Concat(record[0].PartitionKey, " ", Convert.ToHexString(hash));
    }

    /// <summary>
    /// What its reader may see of it, in the sense of <see cref="Http.Answer.Kept"/>. Empty, as every mailbox of the firm is shared:
    /// whoever shows less to some must say so here.
    /// </summary>
    public string Sight { get; } = "";

    /// <summary>How many people of an organisation are shown.</summary>
    public int PeopleCount => people.Count;

    /// <summary>True when this customer has this address.</summary>
    public bool Has(MailAddress address)
    {
        var key = TableKeys.Address(address.Key);
        return record.Any(row => row.RowKey == key);
    }

    /// <summary>The contract's card.</summary>
    public CustomerCard ToCard()
    {
        var customer = Stored.Customer;
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
            [.. people.Select(PersonRow.ToLink).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)],
            customer.CreatedAt,
            LastContactAt,
            TimelineRow.Page(tenantId, id, timeline, InteractionStore.FirstPageSize));
    }

    /// <summary>Of the newest lines.</summary>
    private DateTimeOffset? LastContactAt =>
        timeline.Select(TimelineRow.ToInteraction).FirstOrDefault(line => line.IsContact)?.At;

    /// <summary>The record's version as HTTP has it.</summary>
    public string ETag => Http.EntityTag.For((string)record[0].Properties[nameof(Customer.Version)]);
}
