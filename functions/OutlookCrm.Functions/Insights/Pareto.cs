namespace OutlookCrm.Insights;

public enum ValueClass
{
    A,
    B,
    C,
}

/// <summary>Where the classes end, as shares of the whole.</summary>
public sealed record ClassBounds(double A = 0.80, double B = 0.95);

/// <summary>One step of the Pareto curve: the share of the customers, the most valuable first, and what they bring.</summary>
public readonly record struct ParetoPoint(double CustomerShare, double ValueShare);

/// <summary>How the value of a firm is spread over its customers: measured, never assumed to be 80:20.</summary>
/// <param name="Classes">
/// A, B or C for each value given: by the cumulative share before the customer, so the one who crosses 80 % is an A and there always is an A.
/// Equal values get equal classes. Zero or less is C and outside the total.
/// </param>
/// <param name="TopFifthShare">What the most valuable 20 % of the customers bring, as a share.</param>
/// <param name="CustomersForEightyPercent">How many it takes for 80 % of the value.</param>
/// <param name="LargestShare">Of the most valuable customer.</param>
/// <param name="Curve">At most 101 points.</param>
public sealed record Pareto(
    IReadOnlyList<ValueClass> Classes, decimal Total, double TopFifthShare, int CustomersForEightyPercent, double LargestShare,
    IReadOnlyList<ParetoPoint> Curve)
{
    /// <summary>Below, one customer is one customer and not a class.</summary>
    public const int CustomersNeeded = 3;

    /// <summary>One customer above this share is a danger worth a warning.</summary>
    public const double TooMuchForOne = 0.30;

    public bool DependsOnOne => LargestShare > TooMuchForOne;

    /// <param name="values">Revenue or margin of each customer, in one currency.</param>
    public static Pareto Of(IReadOnlyList<decimal> values, ClassBounds? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        bounds ??= new ClassBounds();
        var classes = new ValueClass[values.Count];
        Array.Fill(classes, ValueClass.C);
        var order = Enumerable.Range(0, values.Count).Where(i => values[i] > 0).OrderByDescending(i => values[i]).ToArray();
        var total = order.Sum(i => values[i]);
        var cumulative = new List<decimal>(order.Length);
        decimal sum = 0, beforeEqual = 0;
        for (var place = 0; place < order.Length; place++)
        {
            var value = values[order[place]];
            if (place == 0 || value != values[order[place - 1]])
            {
                beforeEqual = sum;
            }

            var share = (double)(beforeEqual / total);
            classes[order[place]] = share < bounds.A ? ValueClass.A : share < bounds.B ? ValueClass.B : ValueClass.C;
            sum += value;
            cumulative.Add(sum);
        }

        if (order.Length == 0)
        {
            return new Pareto(classes, 0, 0, 0, 0, []);
        }

        var fifth = values.Count / 5.0;
        var whole = (int)Math.Floor(fifth);
        var topFifth = (whole == 0 ? 0 : cumulative[Math.Min(whole, order.Length) - 1])
            + (whole < order.Length ? (decimal)(fifth - whole) * values[order[whole]] : 0);
        var points = Enumerable.Range(0, Math.Min(101, order.Length + 1))
            .Select(step => (int)Math.Round(step * (double)order.Length / Math.Min(100, order.Length)))
            .Select(count => new ParetoPoint((double)count / values.Count, count == 0 ? 0 : (double)(cumulative[count - 1] / total)));
        return new Pareto(
            classes, total, (double)(topFifth / total),
            1 + cumulative.FindIndex(reached => reached >= 0.8m * total), (double)(values[order[0]] / total), [.. points]);
    }
}
