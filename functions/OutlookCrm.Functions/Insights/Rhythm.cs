using MathNet.Numerics.Statistics;

namespace OutlookCrm.Insights;

public enum CustomerStatus
{
    /// <summary>One order, not long ago.</summary>
    New,

    /// <summary>Within twice its usual gap.</summary>
    Active,

    /// <summary>A regular (two repeat orders or more) whose last order is over two usual gaps ago.</summary>
    Overdue,

    /// <summary>One or two orders, the last one over two usual gaps ago: too few to call it overdue.</summary>
    Quiet,

    /// <summary>The last order is over four usual gaps ago.</summary>
    Lost,
}

/// <summary>When one customer usually orders, and whether that is broken.</summary>
/// <param name="Gaps">How many gaps the own rhythm rests on.</param>
/// <param name="UsualGap">
/// Days. Its own mean gap drawn to the firm's: (sum of own gaps + pooled gap) / (gaps + 1). A rule that an owner can read does as well as the
/// model (measured on three data sets).
/// </param>
/// <param name="MedianGap">Days, of its own gaps only; null without any.</param>
/// <param name="DaysSince">From the last order to the day asked for.</param>
/// <param name="NextOn">From, expected and until: quartiles and median of the own gaps after the last order; null under three gaps.</param>
public sealed record Rhythm(
    int Gaps, double UsualGap, double? MedianGap, int DaysSince, CustomerStatus Status, (DateOnly From, DateOnly Expected, DateOnly Until)? NextOn)
{
    public const int GapsForNext = 3;

    /// <summary>Days; used while nobody in the firm has ordered twice.</summary>
    public const double GapOfStrangers = 90;

    private const double OverdueAfter = 2;
    /// <summary>Usual gaps without an order.</summary>
    internal const double LostAfter = 4;

    /// <summary>Days: the mean of all gaps of all customers.</summary>
    public static double PooledGap(IReadOnlyList<BuyingHistory> histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var repeats = histories.Sum(h => (long)h.Days.Count - 1);
        return repeats == 0 ? GapOfStrangers : Math.Max(1, histories.Sum(h => (double)(h.LastOn.DayNumber - h.FirstOn.DayNumber)) / repeats);
    }

    public static Rhythm Of(BuyingHistory history, double pooledGap, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(history);
        var gaps = history.Gaps;
        var usual = (gaps.Sum() + pooledGap) / (gaps.Count + 1);
        var since = Math.Max(0, today.DayNumber - history.LastOn.DayNumber);
        var own = gaps.Select(gap => (double)gap).ToArray();
        var status = since > LostAfter * usual ? CustomerStatus.Lost
            : since > OverdueAfter * usual ? gaps.Count >= 2 ? CustomerStatus.Overdue : CustomerStatus.Quiet
            : gaps.Count == 0 ? CustomerStatus.New
            : CustomerStatus.Active;
        DateOnly After(double days) => history.LastOn.AddDays((int)Math.Round(days));
        return new Rhythm(
            gaps.Count,
            usual,
            own.Length == 0 ? null : own.Median(),
            since,
            status,
            own.Length < GapsForNext ? null : (After(own.LowerQuartile()), After(own.Median()), After(own.UpperQuartile())));
    }

    /// <summary>"usually orders every 31 days (6 gaps); 74 days now".</summary>
    public string Sentence() => MedianGap is { } gap
        ? $"usually orders every {Days((int)Math.Round(gap))} ({Gaps} {(Gaps == 1 ? "gap" : "gaps")}); {Days(DaysSince)} now"
        : $"ordered once, {Days(DaysSince)} ago";

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";
}

/// <summary>
/// Who may be lost, the likeliest first: the longest without an order, of those the one with fewest orders. Measured, no model ranks better
/// than recency; BG/NBD's P(alive) ranks worse than a coin.
/// </summary>
public static class RiskOrder
{
    /// <returns>For each customer its place, 1 for the likeliest to be lost.</returns>
    public static int[] Of(IReadOnlyList<BuyingHistory> histories, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var places = new int[histories.Count];
        var order = Enumerable.Range(0, histories.Count)
            .OrderByDescending(i => today.DayNumber - histories[i].LastOn.DayNumber)
            .ThenBy(i => histories[i].Days.Count)
            .ThenBy(i => histories[i].Customer, StringComparer.Ordinal);
        foreach (var (place, i) in order.Index())
        {
            places[i] = place + 1;
        }

        return places;
    }
}
