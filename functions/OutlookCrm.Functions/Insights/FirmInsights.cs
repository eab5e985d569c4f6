namespace OutlookCrm.Insights;

/// <summary>What the firm would lose with a customer.</summary>
/// <param name="Forecast">Forecast of the next twelve months with its range, margin or revenue.</param>
/// <param name="WinningCost">What winning a new one costs, as the owner says; null when not said.</param>
public sealed record CostOfLosing(Likely Forecast, decimal? WinningCost)
{
    public Likely Total => new(
        Forecast.Low + (double)(WinningCost ?? 0), Forecast.Median + (double)(WinningCost ?? 0), Forecast.High + (double)(WinningCost ?? 0));
}

/// <summary>All figures of one customer.</summary>
/// <param name="Value">What the class is by: margin where all is known, else revenue.</param>
/// <param name="RiskPlace">1 is the likeliest to be lost: see <see cref="RiskOrder"/>.</param>
/// <param name="Forecast">Null below <see cref="ForecastGate"/>.</param>
/// <param name="Offer">The product to offer next and the numbers behind it; null when nothing passes the test.</param>
public sealed record CustomerInsight(
    BuyingHistory History, RepeatBuying Buying, decimal Value, ValueClass Class, Rhythm Rhythm, RfmScore? Rfm, Growth Growth, int RiskPlace,
    CustomerForecast? Forecast, CostOfLosing? CostOfLosing, CrossSellRule? Offer);

/// <summary>All figures of a firm on a day, worked out from its purchases and nothing else: the same lines give the same figures.</summary>
/// <param name="ByMargin">Whether values are margins.</param>
/// <param name="MissingForForecast">What is missing for one, in words; null when nothing is.</param>
public sealed record FirmInsights(
    DateOnly On, IReadOnlyList<CustomerInsight> Customers, Pareto Pareto, bool ByMargin, double PooledGap, string? MissingForForecast,
    FittedBuyingModel? Buying, FittedGammaGamma? Spend, FirmForecast? Forecast, double MarginShare, IReadOnlyList<CrossSellRule> Rules)
{
    public const int ForecastMonths = 12;

    /// <param name="on">Purchases after this day are left alone.</param>
    /// <param name="winningCost">What winning a new customer costs, as the owner says.</param>
    /// <param name="withContract">
    /// Customers who pay by contract: the models are not for them, because there one sees who leaves. They are left out of the forecast.
    /// </param>
    public static FirmInsights Of(
        IReadOnlyList<PurchaseLine> lines, DateOnly on, decimal? winningCost = null, ClassBounds? bounds = null,
        IReadOnlySet<string>? withContract = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var histories = BuyingHistory.Of(lines, on);
        var byMargin = histories.Count > 0 && histories.All(h => h.Margin is not null);
        decimal[] values = [.. histories.Select(h => byMargin ? h.Margin!.Value : h.Revenue)];
        var pareto = Pareto.Of(values, bounds);
        var pooled = Rhythm.PooledGap(histories);
        var scores = Rfm.Scores([.. histories.Select(h => (on.DayNumber - h.LastOn.DayNumber, h.Days.Count, h.Revenue))]);
        var risk = RiskOrder.Of(histories, on);
        var rules = CrossSell.Rules([.. histories.Select(h => h.Products).Where(products => products.Count > 0)]);
        var free = histories.Where(h => withContract?.Contains(h.Customer) != true).ToArray();
        var missing = ForecastGate.Missing(free, on);
        var revenue = histories.Sum(h => h.Revenue);
        var marginShare = byMargin && revenue > 0 ? Math.Clamp((double)(values.Sum() / revenue), 0, 1) : 1;
        var buyings = histories.Select(h => h.Buying(on)).ToArray();
        var fit = missing is null ? BuyingModelFit.Fit([.. free.Select(h => h.Buying(on))]) : null;
        var spend = missing is null ? GammaGammaFit.Fit([.. free.Select(h => h.Spend).OfType<RepeatSpend>()]) : null;
        var forecast = fit is null ? null : Insights.Forecast.Of(
            fit, spend, [.. free.Select(h => (h.Buying(on), h.Spend))],
            Horizon.Months(ForecastMonths) with { MarginShare = marginShare }, BackTest.MeanSpend(free));
        var forecasts = free.Index().ToDictionary(one => one.Item.Customer, one => forecast?.Customers[one.Index], StringComparer.Ordinal);
        var observedFrom = histories.Count == 0 ? on : histories.Min(h => h.FirstOn);
        return new FirmInsights(
            on,
            [.. histories.Select((h, i) => new CustomerInsight(
                h, buyings[i], values[i], pareto.Classes[i], Rhythm.Of(h, pooled, on), scores?[i], Growth.Of(h, observedFrom, on), risk[i],
                forecasts.GetValueOrDefault(h.Customer),
                forecasts.GetValueOrDefault(h.Customer) is { } ahead ? new CostOfLosing(ahead.ValueRange, winningCost) : null,
                CrossSell.Offer(rules, [.. h.Products])))],
            pareto, byMargin, pooled, missing, fit, spend, forecast, marginShare, rules);
    }
}
