using OutlookCrm.Customers;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>Purchases: rows of the customer's partition, outside what a card reads. The sums on the customer's row change with them.</summary>
public sealed partial class SalesStore(ITableStore tables, FirmCurrency firmCurrency, TimeProvider clock)
{
    public const int PageSize = 20;

    /// <summary>Of one customer.</summary>
    public const int MaxPurchases = 10_000;

    // Each failed attempt means that another writer got through, so this many failing needs as many busy writers on one customer.
    private const int MaxAttempts = 200;

    private const int MaxRows = 1_000;
    private const int MaxReadsAtOnce = 32;
    private const int MaxMoved = 45; // of a transaction: two rows each, and the record

    /// <summary>Adds a purchase once: with the same id again nothing changes, even if it was removed since.</summary>
    public async Task<AddPurchaseOutcome> AddAsync(Guid tenantId, CustomerId customer, Purchase purchase, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var row = PurchaseRow.From(partition, purchase);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: { } etag } record)
            {
                return AddPurchaseOutcome.NoSuchCustomer;
            }

            // First, so that whoever works out figures finds every purchase there is: a buyer without one does no harm.
            if (!record.Properties.ContainsKey(SalesSummary.Column))
            {
                await tables.InsertAsync(Tables.Buyers, BuyerRow(tenantId, customer.ToString(), clock.GetUtcNow()), cancellation);
            }

            // Read after the record: whoever adds or removes one meanwhile changes the record, and this attempt fails.
            var purchases = await ReadAllAsync(partition, cancellation);
            if (purchases.Count >= MaxPurchases)
            {
                return await tables.FindAsync(Tables.Customers, partition, TableKeys.PurchaseMarker(purchase.Id), cancellation) is null
                    ? AddPurchaseOutcome.TooMany
                    : AddPurchaseOutcome.AlreadyThere;
            }

            TableChange[] changes =
            [
                new TableChange.Insert(PurchaseRow.Marker(partition, purchase.Id, row.RowKey)),
                new TableChange.Insert(row),
                new TableChange.Replace(SalesSummary.On(record, [.. purchases, purchase]), etag),
            ];
            var outcome = await tables.TransactAsync(Tables.Customers, partition, changes, cancellation);
            if (outcome.IsWritten)
            {
                return AddPurchaseOutcome.Added;
            }

            if (outcome.Result == WriteResult.AlreadyExists)
            {
                return AddPurchaseOutcome.AlreadyThere;
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; the purchase was not saved.");
    }

    /// <summary>False when there is no such purchase. Its id stays used: a late repetition of adding it must not bring it back.</summary>
    public async Task<bool> RemoveAsync(Guid tenantId, CustomerId customer, Guid purchaseId, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: { } etag } record
                || await tables.FindAsync(Tables.Customers, partition, TableKeys.PurchaseMarker(purchaseId), cancellation) is not { } marker)
            {
                return false;
            }

            var purchases = await ReadAllAsync(partition, cancellation);
            if (!purchases.Any(purchase => purchase.Id == purchaseId))
            {
                return false;
            }

            if (marker.Properties.GetValueOrDefault(PurchaseRow.PurchaseKey) is not string purchaseKey)
            {
                continue; // it came back with an import since the marker was read
            }

            TableChange[] changes =
            [
                new TableChange.Delete(purchaseKey, ETag: null),
                new TableChange.Replace(SalesSummary.On(record, [.. purchases.Where(purchase => purchase.Id != purchaseId)]), etag),
            ];
            if ((await tables.TransactAsync(Tables.Customers, partition, changes, cancellation)).IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; the purchase was not removed.");
    }

    /// <summary>A page, the newest first; null when there is no such customer.</summary>
    /// <param name="afterKey">The row key after which it begins; null for the newest.</param>
    /// <param name="onlyIn">A currency: others are left out; null for all.</param>
    public async Task<PurchaseList?> ReadAsync(
        Guid tenantId, CustomerId customer, string? afterKey, CancellationToken cancellation, string? onlyIn = null)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var range = afterKey is null ? TableKeys.Purchases : RowKeyRange.After(afterKey, TableKeys.Purchases.Before);
        var reading = tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation);
        IReadOnlyList<TableRow> rows = onlyIn is null
            ? await tables.RangeAsync(Tables.Customers, partition, range, PageSize + 1, cancellation)
            : await tables.ReadAllAsync(Tables.Customers, partition, range, MaxRows, cancellation)
                .Where(row => PurchaseRow.ToPurchase(row).Currency == onlyIn).Take(PageSize + 1).ToListAsync(cancellation);
        if (await reading is not { } record)
        {
            return null;
        }

        var figures = SalesSummary.ToFigures(record.Properties.GetValueOrDefault(SalesSummary.Column) as string);
        return new PurchaseList(
            customer.ToString(),
            (string)record.Properties[nameof(Customer.Name)],
            figures,
            [.. rows.Take(PageSize).Select(PurchaseRow.ToPurchase).Select(ToEntry)],
            rows.Count > PageSize ? rows[PageSize - 1].RowKey : null,
            figures is { Totals: [var newest, ..] } ? newest.Currency : await firmCurrency.FindAsync(tenantId, cancellation),
            onlyIn);
    }

    /// <summary>Everybody who bought something, with all of it, in no promised order. Customers who are gone are left out.</summary>
    internal async IAsyncEnumerable<Buyer> BuyersAsync(
        Guid tenantId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var some in tables.ReadAllAsync(Tables.Buyers, TableKeys.Buyers(tenantId), TableKeys.AllBuyers, MaxRows, cancellation)
            .Select(row => TableKeys.Last(row.RowKey)).Chunk(MaxReadsAtOnce))
        {
            foreach (var buyer in await Task.WhenAll(some.Select(id => FindBuyerAsync(tenantId, id, cancellation))))
            {
                if (buyer is { Purchases.Count: > 0 })
                {
                    yield return buyer;
                }
            }
        }
    }

    /// <summary>
    /// Gives all purchases of a customer whose record is gone to another one, who has a name, no address, and nothing else. Nothing when there
    /// are none. May be broken off and repeated.
    /// </summary>
    internal async Task MoveAsync(Guid tenantId, CustomerId from, CustomerId to, string name, CancellationToken cancellation)
    {
        var all = await ReadAllAsync(TableKeys.Customer(tenantId, from.ToString()), cancellation);
        if (all.Count == 0)
        {
            return;
        }

        var partition = TableKeys.Customer(tenantId, to.ToString());
        var now = clock.GetUtcNow();
        await tables.InsertAsync(Tables.Buyers, BuyerRow(tenantId, to.ToString(), now), cancellation);
        await tables.InsertAsync(
            Tables.Customers,
            CustomerRow.From(tenantId, new Customer(
                to, CustomerKind.Organisation, name, Company: null, JobTitle: null, [], PostalAddress: null, Language: null, Website: null, Owner: null,
                CustomerStage.Former, [], [], new Preferences(null, NoCampaigns: true, null), PrimaryAddress: null, now, Contact: default, to.ToString())),
            cancellation);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var record = (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation))!;
            var there = await ReadAllAsync(partition, cancellation);
            var missing = all.ExceptBy(there.Select(purchase => purchase.Id), purchase => purchase.Id).Take(MaxMoved).ToList();
            if (missing.Count == 0)
            {
                return;
            }

            IReadOnlyList<TableChange> changes =
            [
                new TableChange.Replace(SalesSummary.On(record, [.. there, .. missing]), record.ETag!),
                .. missing.Select(purchase => (purchase.Id, Row: PurchaseRow.From(partition, purchase))).SelectMany(one => (TableChange[])
                [
                    new TableChange.Insert(PurchaseRow.Marker(partition, one.Id, one.Row.RowKey)), new TableChange.Insert(one.Row),
                ]),
            ];
            attempt = (await tables.TransactAsync(Tables.Customers, partition, changes, cancellation)).IsWritten ? 0 : attempt;
        }

        throw new TableStoreUnavailableException("The purchases changed again and again; some are still to be moved.");
    }

    /// <summary>True when a customer ever bought this; upper and lower case are the same.</summary>
    internal async Task<bool> HasBoughtAsync(Guid tenantId, CustomerId customer, string product, CancellationToken cancellation) =>
        (await ReadAllAsync(TableKeys.Customer(tenantId, customer.ToString()), cancellation)).Any(purchase =>
            !purchase.IsCreditNote && purchase.Items.Any(item => string.Equals(item.Product, product, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The newest purchases of a customer, at most a thousand.</summary>
    internal async Task<IReadOnlyList<Purchase>> NewestAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        [.. (await tables.RangeAsync(
            Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Purchases, MaxRows, cancellation)).Select(PurchaseRow.ToPurchase)];

    /// <summary>Says that a customer may have bought something.</summary>
    internal static TableRow BuyerRow(Guid tenantId, string customerId, DateTimeOffset since) => new(
        TableKeys.Buyers(tenantId), TableKeys.Buyer(customerId), new Dictionary<string, object> { ["Since"] = since });

    private async Task<Buyer?> FindBuyerAsync(Guid tenantId, string customerId, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customerId);
        var reading = ReadAllAsync(partition, cancellation);
        var rows = await tables.RangeAsync(Tables.Customers, partition, TableKeys.RecordToStanding, 2 + Customer.MaxAddresses, cancellation);
        var purchases = await reading;
        return rows is [{ RowKey: TableKeys.Record } record, ..]
            ? new Buyer(customerId, (string)record.Properties[nameof(Customer.Name)], purchases, InsightsStore.ToStanding(rows))
            : null;
    }

    private async Task<List<Purchase>> ReadAllAsync(string partition, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Customers, partition, TableKeys.Purchases, MaxRows, cancellation)
            .Select(PurchaseRow.ToPurchase).ToListAsync(cancellation);

    private static PurchaseEntry ToEntry(Purchase p) => new(
        p.Id, p.On, p.IsCreditNote, p.Currency, Amounts.Text(p.Revenue),
        [.. p.Items.Select(item => new PurchaseItem(item.Product, Amounts.Text(item.Amount), item.Cost is { } cost ? Amounts.Text(cost) : null))],
        p.Number, p.By);
}

public enum AddPurchaseOutcome
{
    Added,
    AlreadyThere,
    NoSuchCustomer,
    TooMany,
}
