using MathNet.Numerics.Distributions;

namespace OutlookCrm.Insights;

public enum Trend
{
    /// <summary>No more than chance would do.</summary>
    Unclear,
    Growing,
    Shrinking,
}

/// <summary>These twelve months against the twelve before, by number of purchase days.</summary>
/// <param name="Chance">
/// Two-sided p of k1 under Binomial(k1 + k2, 1/2): how often a customer that has not changed differs as much; null with less than two years.
/// </param>
public sealed record Growth(int ThisYear, int YearBefore, double? Chance)
{
    private const double Significant = 0.1;

    public Trend Trend => Chance is not < Significant ? Trend.Unclear : ThisYear > YearBefore ? Trend.Growing : Trend.Shrinking;

    /// <param name="observedFrom">The first day of the firm's records: a year that is not there is no year without purchases.</param>
    public static Growth Of(BuyingHistory history, DateOnly observedFrom, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(history);
        var (yearAgo, twoYearsAgo) = (today.AddYears(-1), today.AddYears(-2));
        var now = history.Days.Count(day => day.On > yearAgo && day.On <= today);
        var before = history.Days.Count(day => day.On > twoYearsAgo && day.On <= yearAgo);

        // The customer must have been one for both years, else it only began.
        double? chance = observedFrom > twoYearsAgo || history.FirstOn > twoYearsAgo || now + before == 0
            ? null
            : Math.Min(1, 2 * Binomial.CDF(0.5, now + before, Math.Min(now, before)));
        return new Growth(now, before, chance);
    }
}
