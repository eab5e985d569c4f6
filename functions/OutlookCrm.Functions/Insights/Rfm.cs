namespace OutlookCrm.Insights;

/// <summary>Scores of one customer, 5 the best: how lately, how often, how much. With terciles 1, 3 and 5 only.</summary>
public readonly record struct RfmScore(int Recency, int Frequency, int Monetary)
{
    /// <summary>The customer's segment: each of the 125 cells has exactly one.</summary>
    public Segment Segment
    {
        get
        {
            // How good a customer it is, from how often and how much alike: 1 to 5, halves upwards.
            var worth = (Frequency + Monetary + 1) / 2;
            return Recency switch
            {
                5 => worth switch { 4 or 5 => Segment.Champions, 2 or 3 => Segment.PotentialLoyalists, _ => Segment.NewCustomers },
                4 => worth switch { 5 => Segment.Champions, 4 => Segment.LoyalCustomers, 3 => Segment.PotentialLoyalists, _ => Segment.Promising },
                3 => worth switch { 4 or 5 => Segment.LoyalCustomers, 3 => Segment.NeedAttention, _ => Segment.AboutToSleep },
                2 => worth >= 3 ? Segment.AtRisk : Segment.Hibernating,
                _ => worth switch { 5 => Segment.CannotLoseThem, 3 or 4 => Segment.AtRisk, _ => Segment.Lost },
            };
        }
    }
}

/// <summary>Names in use by many vendors; which cells they cover differs from one to the next and is ours here.</summary>
public enum Segment
{
    Champions,
    LoyalCustomers,
    PotentialLoyalists,
    NewCustomers,
    Promising,
    NeedAttention,
    AboutToSleep,
    AtRisk,
    CannotLoseThem,
    Hibernating,
    Lost,
}

/// <summary>Recency, frequency, monetary value. Rough by nature: taking one other customer away moves 12 % of the scores of 30 customers.</summary>
public static class Rfm
{
    /// <summary>Under this many there are no scores: with 12 customers a third would change when one leaves.</summary>
    public const int CustomersForTerciles = 20;

    public const int CustomersForQuintiles = 50;

    /// <param name="customers">Days since the last purchase, number of purchase days, sum spent.</param>
    /// <returns>In the order given; null when there are too few.</returns>
    public static IReadOnlyList<RfmScore>? Scores(IReadOnlyList<(int DaysSince, int Purchases, decimal Spent)> customers)
    {
        ArgumentNullException.ThrowIfNull(customers);
        if (customers.Count < CustomersForTerciles)
        {
            return null;
        }

        var bands = customers.Count < CustomersForQuintiles ? 3 : 5;
        var recency = Score([.. customers.Select(c => -(decimal)c.DaysSince)], bands);
        var frequency = Score([.. customers.Select(c => (decimal)c.Purchases)], bands);
        var monetary = Score([.. customers.Select(c => c.Spent)], bands);
        return [.. customers.Select((_, i) => new RfmScore(recency[i], frequency[i], monetary[i]))];
    }

    /// <summary>Mid-rank: r = (#less + (#equal − 1)/2 + 1/2)/n, score = min(bands, ⌊bands·r⌋ + 1). Equal values get equal scores.</summary>
    private static int[] Score(decimal[] values, int bands)
    {
        var sorted = (decimal[])values.Clone();
        Array.Sort(sorted);
        var scores = new Dictionary<decimal, int>();
        for (var from = 0; from < sorted.Length;)
        {
            var to = from;
            while (to < sorted.Length && sorted[to] == sorted[from])
            {
                to++;
            }

            // Twice the mid-rank, in whole numbers: (2·less + equal) / 2n.
            var band = Math.Min(bands, (bands * (from + to) / (2 * sorted.Length)) + 1);
            scores[sorted[from]] = bands == 3 ? (2 * band) - 1 : band;
            from = to;
        }

        return [.. values.Select(value => scores[value])];
    }
}
