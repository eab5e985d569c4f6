namespace OutlookCrm.Insights;

/// <summary>What the forecasting models know of one customer. Any unit of time, the same throughout; the product uses weeks of seven days.</summary>
/// <param name="Repeats">x: days with a purchase, less the first.</param>
/// <param name="Last">t_x: time from the first purchase to the last; 0 when there is only one.</param>
/// <param name="Observed">T: time from the first purchase to the end of what is looked at; at least <paramref name="Last"/>.</param>
public readonly record struct RepeatBuying(int Repeats, double Last, double Observed);

/// <summary>Customers with the same history counted once: what a likelihood is summed over.</summary>
internal sealed class RepeatBuyers
{
    private readonly (RepeatBuying Buying, int Count)[] groups;
    private readonly (int Repeats, int Count)[] byRepeats;

    public RepeatBuyers(IReadOnlyCollection<RepeatBuying> customers)
    {
        foreach (var c in customers)
        {
            if (c.Repeats < 0 || !(c.Last >= 0) || !(c.Observed >= c.Last) || !double.IsFinite(c.Observed))
            {
                throw new ArgumentException($"No history can be x = {c.Repeats}, t_x = {c.Last}, T = {c.Observed}.", nameof(customers));
            }
        }

        // An order of its own: the same customers give the same sums to the last bit, in whatever order they come.
        groups = [.. customers.GroupBy(c => c).Select(g => (g.Key, g.Count()))
            .OrderBy(g => g.Key.Repeats).ThenBy(g => g.Key.Last).ThenBy(g => g.Key.Observed)];
        byRepeats = [.. groups.GroupBy(g => g.Buying.Repeats).Select(g => (g.Key, g.Sum(one => one.Count)))];
        Count = customers.Count;
        Repeats = customers.Sum(c => (long)c.Repeats);
        Observed = groups.Sum(g => g.Buying.Observed * g.Count);
    }

    public int Count { get; }

    /// <summary>Σx.</summary>
    public long Repeats { get; }

    /// <summary>ΣT.</summary>
    public double Observed { get; }

    public double Sum(Func<RepeatBuying, double> perCustomer, Func<int, double> perRepeats)
    {
        var sum = 0.0;
        foreach (var (repeats, count) in byRepeats)
        {
            sum += count * perRepeats(repeats);
        }

        foreach (var (buying, count) in groups)
        {
            sum += count * perCustomer(buying);
        }

        return sum;
    }
}
