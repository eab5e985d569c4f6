using System.Text.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Insights;

/// <summary>What was worked out: a page for the firm, and where each customer stands on a row of the customer's own, read with the card.</summary>
public sealed class InsightsStore(ITableStore tables)
{
    private const string Page = nameof(Page);

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
