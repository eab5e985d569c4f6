namespace OutlookCrm.Insights;

/// <summary>What a forecast made on a past day would have been worth: fitted to what was known then, compared with what came after.</summary>
/// <param name="Weeks">From the day to the end of the data.</param>
/// <param name="Bought">Purchase days that came, of customers known on the day.</param>
/// <param name="Forecast">Of them, with its 80 % range.</param>
/// <param name="TotalError">|median forecast − bought| / bought; null when nothing was bought.</param>
/// <param name="ActiveArea">AUC of P(active) for "bought again".</param>
/// <param name="RecencyArea">AUC of plain recency for the same: the days since the last order, fewest first.</param>
/// <param name="RiskArea">AUC of the order in which the product lists who may be lost (<see cref="RiskOrder"/>), those at the end first.</param>
/// <param name="SpendError">Mean |forecast − true| spend a purchase over customers who had bought twice and came again; null without any.</param>
/// <param name="OwnMeanSpendError">The same when each customer is simply given its own mean so far.</param>
public sealed record BackTest(
    DateOnly On, double Weeks, int Customers, int Bought, Likely Forecast, double? TotalError, int BoughtAgain,
    double? ActiveArea, double? RecencyArea, double? RiskArea, double? SpendError, double? OwnMeanSpendError)
{
    /// <returns>Null when nobody had bought by that day, or the data end with it.</returns>
    public static BackTest? Run(IReadOnlyList<PurchaseLine> lines, DateOnly on)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var end = lines.Count == 0 ? on : lines.Max(line => line.On);
        var known = BuyingHistory.Of(lines, on);
        if (known.Count == 0 || end <= on)
        {
            return null;
        }

        var weeks = (end.DayNumber - on.DayNumber) / BuyingHistory.DaysPerWeek;
        var buyings = known.Select(h => h.Buying(on)).ToArray();
        var spends = known.Select(h => h.Spend).OfType<RepeatSpend>().ToArray();
        var spendFit = GammaGammaFit.Fit(spends);
        var forecast = Insights.Forecast.Of(
            BuyingModelFit.Fit(buyings), spendFit, [.. known.Select((h, i) => (buyings[i], h.Spend))], new Horizon(weeks, 0), MeanSpend(known));
        var later = BuyingHistory.Of(lines.Where(line => line.On > on), end).ToDictionary(h => h.Customer, StringComparer.Ordinal);
        var bought = known.Select(h => later.GetValueOrDefault(h.Customer)?.Days.Count ?? 0).ToArray();
        var again = bought.Select(count => count > 0).ToArray();
        var total = bought.Sum();
        var came = known.Select((h, i) => (History: h, Forecast: forecast.Customers[i], Later: later.GetValueOrDefault(h.Customer)))
            .Where(c => c is { Later: not null, History.Spend: not null })
            .Select(c => (True: (double)c.Later!.Days.Average(d => d.Amount), c.Forecast.SpendPerPurchase, Own: c.History.Spend!.Value.MeanSpend))
            .ToArray();
        var risk = RiskOrder.Of(known, on);
        return new BackTest(
            on, weeks, known.Count, total, forecast.Purchases,
            total == 0 ? null : Math.Abs(forecast.Purchases.Median - total) / total,
            again.Count(one => one),
            Ranking.Area([.. forecast.Customers.Select(c => c.Active)], again),
            Ranking.Area([.. known.Select(h => (double)h.LastOn.DayNumber)], again),
            Ranking.Area([.. risk.Select(place => (double)place)], again),
            came.Length == 0 ? null : came.Average(c => Math.Abs(c.SpendPerPurchase - c.True)),
            came.Length == 0 ? null : came.Average(c => Math.Abs(c.Own - c.True)));
    }

    /// <summary>Of a purchase day, over all customers.</summary>
    internal static double MeanSpend(IReadOnlyList<BuyingHistory> histories) =>
        (double)histories.SelectMany(h => h.Days).Average(day => day.Amount);
}
