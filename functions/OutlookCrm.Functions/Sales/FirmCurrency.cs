using OutlookCrm.Insights;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>In what a firm sells: proposed where a form asks for a currency and the customer has none yet.</summary>
public sealed class FirmCurrency(ITableStore tables, InsightsStore insights)
{
    // Until the figures are worked out for the first time so many buyers say it: a form must not look at all of them.
    private const int MaxBuyers = 20;

    /// <summary>The currency that most customers buy in, ISO 4217; null when nobody has bought anything.</summary>
    public async Task<string?> FindAsync(Guid tenantId, CancellationToken cancellation)
    {
        if ((await insights.ReadAsync(tenantId, cancellation)).Figures is { } figures)
        {
            return figures.Currency;
        }

        var buyers = await tables.RangeAsync(Tables.Buyers, TableKeys.Buyers(tenantId), TableKeys.AllBuyers, MaxBuyers, cancellation);
        var records = await Task.WhenAll(buyers.Select(buyer => tables.FindAsync(
            Tables.Customers, TableKeys.Customer(tenantId, TableKeys.Last(buyer.RowKey)), TableKeys.Record, cancellation)));
        return records.Select(record => SalesSummary.ToFigures(record?.Properties.GetValueOrDefault(SalesSummary.Column) as string))
            .SelectMany(bought => bought?.Totals ?? []).CountBy(total => total.Currency)
            .OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).FirstOrDefault().Key;
    }
}
