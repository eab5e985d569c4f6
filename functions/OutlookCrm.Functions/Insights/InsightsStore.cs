using System.Text.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Insights;

/// <summary>What was worked out: a page for the firm, and where each customer stands on a row of the customer's own, read with the card.</summary>
public sealed class InsightsStore(ITableStore tables)
{
    private const string Page = nameof(Page);
    private const string WinningCost = nameof(FirmFigures.WinningCost);
    private const int RowsAtOnce = 50; // of a transaction, which may weigh 4 MiB
    private const int RowsRead = 200;

    /// <summary>Empty when nothing was worked out yet.</summary>
    public async Task<InsightsPage> ReadAsync(Guid tenantId, CancellationToken cancellation) => ToPage(await ReadRowAsync(tenantId, cancellation));

    /// <summary>The page as it is stored, in no or one row.</summary>
    internal Task<TableRange> ReadRowAsync(Guid tenantId, CancellationToken cancellation) =>
        tables.RangeAsync(Tables.Insights, TableKeys.Insights(tenantId), TableKeys.OnlyInsightsPage, 1, cancellation);

    internal static InsightsPage ToPage(TableRange rows) => rows is [var row]
        ? JsonSerializer.Deserialize<InsightsPage>((string)row.Properties[Page], ContractJson.Options)!
        : new InsightsPage();

    internal Task SaveAsync(Guid tenantId, InsightsPage page, CancellationToken cancellation) => tables.PutAsync(
        Tables.Insights,
        new TableRow(
            TableKeys.Insights(tenantId), TableKeys.InsightsPage,
            new Dictionary<string, object> { [Page] = JsonSerializer.Serialize(page, ContractJson.Options) }),
        cancellation);

    /// <summary>What winning a new customer costs, as the firm says; null when it does not.</summary>
    internal async Task<decimal?> WinningCostAsync(Guid tenantId, CancellationToken cancellation) =>
        (await tables.FindAsync(Tables.Insights, TableKeys.Insights(tenantId), TableKeys.InsightsSettings, cancellation))
            ?.Properties.GetValueOrDefault(WinningCost) is string cost ? Amounts.Read(cost) : null;

    internal Task SaveSettingsAsync(Guid tenantId, decimal? winningCost, CancellationToken cancellation) => tables.PutAsync(
        Tables.Insights,
        new TableRow(
            TableKeys.Insights(tenantId), TableKeys.InsightsSettings,
            winningCost is { } cost ? new Dictionary<string, object> { [WinningCost] = Amounts.Text(cost) } : []),
        cancellation);

    /// <summary>A page of a list, its customers without names; null when there is none.</summary>
    internal async Task<FigureList?> ReadListAsync(Guid tenantId, string list, int page, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Insights, TableKeys.Insights(tenantId), TableKeys.FigureList(list, page), cancellation) is { } row
            ? JsonSerializer.Deserialize<FigureList>((string)row.Properties[Page], ContractJson.Options)
            : null;

    /// <summary>Stores these lists and takes away what is left of others. No names: whoever is erased leaves none here.</summary>
    internal async Task SaveListsAsync(
        Guid tenantId, DateTimeOffset asOf, string currency, IEnumerable<NamedList> lists, CancellationToken cancellation)
    {
        var partition = TableKeys.Insights(tenantId);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rows in lists.SelectMany(list => Pages(list)).Chunk(RowsAtOnce))
        {
            kept.UnionWith(rows.Select(row => row.RowKey));
            await tables.TransactAsync(Tables.Insights, partition, [.. rows.Select(row => new TableChange.Put(row))], cancellation);
        }

        await foreach (var old in tables.ReadAllAsync(Tables.Insights, partition, TableKeys.AllFigureLists, RowsRead, cancellation)
            .Select(row => row.RowKey).Where(key => !kept.Contains(key)))
        {
            await tables.DeleteAsync(Tables.Insights, partition, old, etag: null, cancellation);
        }

        IEnumerable<TableRow> Pages(NamedList list) => list.Customers.Chunk(FigureLists.PageSize).Index().Select(page => new TableRow(
            partition,
            TableKeys.FigureList(list.Name, page.Index + 1),
            new Dictionary<string, object>
            {
                [Page] = JsonSerializer.Serialize(
                    new FigureList(
                        list.Name, list.Title, list.Order, list.Currency ?? currency, asOf, list.Customers.Count, [.. page.Item.Select(one => one with { Name = "" })],
                        (page.Index + 1) * FigureLists.PageSize < list.Customers.Count ? page.Index + 2 : null),
                    ContractJson.Options),
            }));
    }

    /// <summary>True when the page or a list holds this customer.</summary>
    internal async Task<bool> NameAsync(Guid tenantId, string customerId, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Insights, TableKeys.Insights(tenantId), new RowKeyRange("", Before: null), RowsRead, cancellation)
            .AnyAsync(row => row.Properties.GetValueOrDefault(Page) is string page && page.Contains(customerId, StringComparison.Ordinal), cancellation);

    /// <summary>Null when the customer stands nowhere yet.</summary>
    /// <param name="rows">Of one customer, the one that says it among them when there is one.</param>
    internal static CustomerStanding? ToStanding(IEnumerable<TableRow> rows) =>
        rows.FirstOrDefault(row => row.RowKey == TableKeys.Standing) is not { } row ? null : new CustomerStanding(
            Enum.Parse<CustomerClass>((string)row.Properties[nameof(CustomerStanding.Class)]),
            (string)row.Properties[nameof(CustomerStanding.Because)],
            row.Properties.GetValueOrDefault(nameof(CustomerStanding.Offer)) as string,
            row.Properties.GetValueOrDefault(nameof(CustomerStanding.OfferBecause)) as string);

    /// <summary>Writes where a customer stands, unless it stands there already.</summary>
    /// <param name="before">As read; null when there was none.</param>
    internal async Task StandAsync(
        Guid tenantId, string customerId, CustomerStanding? before, CustomerStanding standing, CancellationToken cancellation)
    {
        if (before == standing)
        {
            return;
        }

        var partition = TableKeys.Customer(tenantId, customerId);
        var properties = new Dictionary<string, object>
        {
            [nameof(CustomerStanding.Class)] = standing.Class.ToString(),
            [nameof(CustomerStanding.Because)] = standing.Because,
        };
        if (standing is { Offer: { } offer, OfferBecause: { } because })
        {
            properties[nameof(CustomerStanding.Offer)] = offer;
            properties[nameof(CustomerStanding.OfferBecause)] = because;
        }

        await tables.PutAsync(Tables.Customers, new TableRow(partition, TableKeys.Standing, properties), cancellation);

        // Somebody may have erased the customer meanwhile: nothing of it may stay.
        if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is null)
        {
            await tables.DeleteAsync(Tables.Customers, partition, TableKeys.Standing, etag: null, cancellation);
        }
    }
}
