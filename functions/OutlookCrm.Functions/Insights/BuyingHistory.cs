namespace OutlookCrm.Insights;

/// <summary>One line of an invoice or of a file.</summary>
/// <param name="Amount">In the one currency of the analysis. Below zero it is a credit note: it lowers what was spent and is no purchase.</param>
/// <param name="Margin">Amount less cost; null where the cost is not known.</param>
public sealed record PurchaseLine(string Customer, DateOnly On, decimal Amount, decimal? Margin = null, string? Product = null);

/// <summary>What one customer bought on one day, credit notes taken off.</summary>
public readonly record struct PurchaseDay(DateOnly On, decimal Amount);

/// <summary>One customer's purchases up to a day: what all insights are worked out from.</summary>
/// <param name="Days">
/// Days with a purchase, in order; several purchases of a day are one. A credit note lowers the newest day before it that has something left.
/// </param>
/// <param name="Revenue">Sum of all amounts, credit notes included.</param>
/// <param name="Margin">Sum of the margins; null unless each line has one.</param>
/// <param name="Products">What was bought, without what there is only credit notes of; in order.</param>
public sealed record BuyingHistory(
    string Customer, IReadOnlyList<PurchaseDay> Days, decimal Revenue, decimal? Margin, IReadOnlyList<string> Products)
{
    /// <summary>Length of the product's unit of time.</summary>
    public const double DaysPerWeek = 7;

    public DateOnly FirstOn => Days[0].On;

    public DateOnly LastOn => Days[^1].On;

    /// <summary>Histories of all who bought something up to and with <paramref name="until"/>, in the order of their names.</summary>
    public static IReadOnlyList<BuyingHistory> Of(IEnumerable<PurchaseLine> lines, DateOnly until)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return [.. lines.Where(line => line.On <= until)
            .GroupBy(line => line.Customer, StringComparer.Ordinal)
            .Select(customer => Of(customer.Key, [.. customer]))
            .OfType<BuyingHistory>()
            .OrderBy(history => history.Customer, StringComparer.Ordinal)];
    }

    /// <summary>In weeks.</summary>
    public RepeatBuying Buying(DateOnly until) =>
        new(Days.Count - 1, (LastOn.DayNumber - FirstOn.DayNumber) / DaysPerWeek, (until.DayNumber - FirstOn.DayNumber) / DaysPerWeek);

    /// <summary>Of the repeat purchases; null when there is none, or nothing was paid for them.</summary>
    public RepeatSpend? Spend =>
        Days.Count > 1 && Days.Skip(1).Sum(day => day.Amount) is > 0 and var spent ? new RepeatSpend(Days.Count - 1, (double)spent / (Days.Count - 1)) : null;

    /// <summary>Days between one purchase day and the next.</summary>
    public IReadOnlyList<int> Gaps => [.. Days.Skip(1).Select((day, i) => day.On.DayNumber - Days[i].On.DayNumber)];

    private static BuyingHistory? Of(string customer, PurchaseLine[] lines)
    {
        var days = lines.Where(line => line.Amount >= 0)
            .GroupBy(line => line.On)
            .OrderBy(day => day.Key)
            .Select(day => new PurchaseDay(day.Key, day.Sum(line => line.Amount)))
            .ToArray();
        if (days.Length == 0)
        {
            return null;
        }

        foreach (var credit in lines.Where(line => line.Amount < 0).OrderBy(line => line.On))
        {
            var left = -credit.Amount;
            for (var i = days.Length - 1; i >= 0 && left > 0; i--)
            {
                if (days[i].On <= credit.On)
                {
                    var taken = Math.Min(left, days[i].Amount);
                    days[i] = days[i] with { Amount = days[i].Amount - taken };
                    left -= taken;
                }
            }
        }

        return new BuyingHistory(
            customer,
            days,
            lines.Sum(line => line.Amount),
            lines.All(line => line.Margin is not null) ? lines.Sum(line => line.Margin) : null,
            [.. lines.Where(line => line.Product is not null).GroupBy(line => line.Product!, StringComparer.OrdinalIgnoreCase)
                .Where(product => product.Any(line => line.Amount >= 0)).Select(product => product.Key).Order(StringComparer.OrdinalIgnoreCase)]);
    }
}
