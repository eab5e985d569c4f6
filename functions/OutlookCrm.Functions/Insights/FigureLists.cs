using System.Globalization;
using System.Text.RegularExpressions;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Insights;

/// <summary>The customers on whom a figure rests, all of them.</summary>
/// <param name="Order">Who is in it and who comes first, in a sentence.</param>
/// <param name="Currency">Its own; null for the one of all other figures.</param>
internal sealed record NamedList(string Name, string Title, string Order, IReadOnlyList<ValuedCustomer> Customers, string? Currency = null);

/// <summary>Every figure of the Insights page as the list of its customers.</summary>
internal static partial class FigureLists
{
    public const int PageSize = 25;

    /// <summary>Of products bought together.</summary>
    public const int RulesShown = 10;

    private const int SentencesShown = 2;

    /// <summary>Everybody, the most valuable first.</summary>
    public const string Everybody = "value";

    /// <summary>Everybody, the most orders first.</summary>
    public const string Orders = "orders";

    public static bool IsName(string list) => Name().IsMatch(list);

    public static string OfSegment(Segment segment) => "segment-" + NameOf(segment).ToLowerInvariant().Replace(' ', '-');

    /// <summary>Who has the one product of a rule and lacks the other.</summary>
    /// <param name="place">Of the rule, from 0.</param>
    public static string OfRule(int place) => string.Create(CultureInfo.InvariantCulture, $"offer-{place + 1}");

    /// <summary>Who buys in a currency that is not the one of all other figures.</summary>
    public static string OfCurrency(string currency) => "currency-" + currency.ToLowerInvariant();

    public static string NameOf(Segment segment) => segment switch
    {
        Segment.LoyalCustomers => "Loyal customers",
        Segment.PotentialLoyalists => "Potential loyalists",
        Segment.NewCustomers => "New customers",
        Segment.NeedAttention => "Need attention",
        Segment.AboutToSleep => "About to sleep",
        Segment.AtRisk => "At risk",
        Segment.CannotLoseThem => "Cannot lose them",

        // A place among the others, which says nothing of the customer's own rhythm: by that the page counts who is lost.
        Segment.Lost => "Little and long ago",
        _ => segment.ToString(),
    };

    /// <summary>The first day of the month in which a customer was lost; null when it is not.</summary>
    public static DateOnly? LostIn(CustomerInsight customer) => customer.Rhythm.Status == CustomerStatus.Lost
        ? MonthOf(customer.History.LastOn.AddDays((int)(Rhythm.LostAfter * customer.Rhythm.UsualGap) + 1))
        : null;

    /// <summary>What a customer brought in the year up to its last order; of margins by its own share.</summary>
    public static decimal LastYearOf(CustomerInsight c, bool byMargin)
    {
        var revenue = c.History.Days.Where(day => day.On > c.History.LastOn.AddYears(-1)).Sum(day => day.Amount);
        return !byMargin ? revenue : c.History.Revenue > 0 ? revenue * c.Value / c.History.Revenue : 0;
    }

    /// <summary>The first days of the last twelve months, the oldest first.</summary>
    public static IEnumerable<DateOnly> Months(DateOnly on) => Enumerable.Range(0, 12).Select(back => MonthOf(on).AddMonths(back - 11));

    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>Lists of nobody are left out.</summary>
    /// <param name="show">How a customer is shown in every list.</param>
    /// <param name="withContract">Who pays by contract.</param>
    public static IEnumerable<NamedList> Of(
        FirmInsights firm, Func<CustomerInsight, ValuedCustomer> show, IReadOnlyDictionary<string, GrowthPotential> potential,
        IReadOnlySet<string> withContract)
    {
        var of = firm.ByMargin ? "margin" : "revenue";
        var everybody = firm.Customers.OrderByDescending(c => c.Value).ThenBy(c => c.History.Customer, StringComparer.Ordinal).ToArray();
        var valued = everybody.ToDictionary(c => c.History.Customer, show, StringComparer.Ordinal);
        return Lists().Where(list => list.Customers.Count > 0);

        NamedList List(
            string name, string title, string order, IEnumerable<CustomerInsight> customers, Func<CustomerInsight, ValuedCustomer, ValuedCustomer>? more = null) =>
            new(name, title, order, [.. customers.Select(c => more is null ? valued[c.History.Customer] : more(c, valued[c.History.Customer]))]);

        ValuedCustomer WithLastYear(CustomerInsight c, ValuedCustomer shown) => shown with { LastYear = Amounts.Text(LastYearOf(c, firm.ByMargin)) };

        IEnumerable<NamedList> Lists()
        {
            yield return List(Everybody, "Customers by value", $"All who bought something, the most {of} first.", everybody);
            yield return List(
                Orders, "Customers by orders", "All who bought something, the most orders first. Several purchases on one day are one order.",
                everybody.OrderByDescending(c => c.History.Days.Count),
                (c, shown) => shown with { Why = $"{(c.History.Days.Count == 1 ? "1 order" : $"{c.History.Days.Count} orders")}; {shown.Rhythm}" });
            yield return List("least", "Least valuable", $"All who bought something, the least {of} first.", everybody.AsEnumerable().Reverse());
            if (firm.Customers.Count >= Pareto.CustomersNeeded && firm.Pareto.Total > 0)
            {
                yield return List(
                    "eighty", "They bring 80 %", $"The fewest customers who together bring 80 % of {of}.", everybody.Take(firm.Pareto.CustomersForEightyPercent));
                foreach (var (one, share) in new[] { (ValueClass.A, "first 80 %"), (ValueClass.B, "next 15 %"), (ValueClass.C, "last 5 %") })
                {
                    yield return List(
                        $"class-{one.ToString().ToLowerInvariant()}", $"Class {one}", $"Those who bring the {share} of {of}, the most valuable first.",
                        everybody.Where(c => c.Class == one));
                }
            }

            foreach (var (status, title, order) in Statuses)
            {
                yield return List(
                    $"status-{status.ToString().ToLowerInvariant()}", title, order + " The most valuable first.",
                    everybody.Where(c => c.Rhythm.Status == status));
            }

            foreach (var segment in Enum.GetValues<Segment>())
            {
                yield return List(
                    OfSegment(segment), NameOf(segment), "By how lately, how often and for how much they order, against all others. The most valuable first.",
                    everybody.Where(c => c.Rfm?.Segment == segment));
            }

            var months = Months(firm.On).ToArray();
            yield return List(
                "new", "New in twelve months", "Whose first order was in these months, the newest first.",
                everybody.Where(c => c.History.FirstOn >= months[0]).OrderByDescending(c => c.History.FirstOn));
            yield return List(
                "lost", "Lost in twelve months", "Whose last order became four usual gaps old in these months. The most valuable first.",
                everybody.Where(c => LostIn(c) >= months[0]), WithLastYear);
            foreach (var month in months)
            {
                var name = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
                var words = month.ToString("MMMM yyyy", CultureInfo.InvariantCulture);
                yield return List(
                    "new-" + name, "New in " + words, "Whose first order was in this month. The most valuable first.",
                    everybody.Where(c => MonthOf(c.History.FirstOn) == month));
                yield return List(
                    "lost-" + name, "Lost in " + words, "Whose last order became four usual gaps old in this month. The most valuable first.",
                    everybody.Where(c => LostIn(c) == month), WithLastYear);
            }

            yield return List(
                "forecast", "Next twelve months", "What losing each would cost: what it will likely bring in the next twelve months, and what winning a new one costs where you said that. The most first.",
                everybody.Where(c => c.CostOfLosing is not null).OrderByDescending(c => c.CostOfLosing!.Total.Median));
            yield return List("contract", "With a contract", "Who bought what the firm calls a contract, the most valuable first.", everybody.Where(c => withContract.Contains(c.History.Customer)));
            foreach (var (trend, more) in new[] { (Trend.Growing, "more"), (Trend.Shrinking, "less") })
            {
                yield return List(
                    trend.ToString().ToLowerInvariant(), trend.ToString(),
                    $"They ordered {more} often in the last twelve months than in the twelve before; by chance so great a difference comes about in fewer than one of ten. The most valuable first.",
                    everybody.Where(c => c.Growth.Trend == trend),
                    (c, shown) => shown with { Why = $"{c.Growth.ThisYear} orders in twelve months, {c.Growth.YearBefore} in the twelve before" });
            }

            foreach (var (place, rule) in firm.Rules.Take(RulesShown).Index())
            {
                yield return List(
                    OfRule(place), $"{rule.Product} without {rule.Offer}",
                    $"They have the one and not the other; {rule.Sentence()}. The most valuable first.",
                    everybody.Where(c => c.History.Products.Contains(rule.Product, StringComparer.OrdinalIgnoreCase)
                        && !c.History.Products.Contains(rule.Offer, StringComparer.OrdinalIgnoreCase)));
            }

            yield return List(
                "potential", "Could buy more", "They lack what at least half of those like them bought in the last twelve months. No forecast; the most first.",
                everybody.Where(c => potential.ContainsKey(c.History.Customer)).OrderByDescending(c => potential[c.History.Customer].Yearly),
                (c, shown) => shown with
                {
                    Potential = Amounts.Text(potential[c.History.Customer].Yearly),
                    Why = string.Join(", ", potential[c.History.Customer].Missing.Take(SentencesShown).Select(product => product.Sentence())),
                });
        }
    }

    /// <summary>Who buys in one of the other currencies, the most revenue first; null when nobody does yet.</summary>
    /// <param name="lines">In that currency.</param>
    /// <param name="nameOf">Of a customer's id.</param>
    public static (NamedList List, CurrencyFigures Figures)? OfCurrency(
        string currency, IEnumerable<PurchaseLine> lines, DateOnly on, Func<string, string> nameOf)
    {
        var histories = BuyingHistory.Of(lines, on).OrderByDescending(h => h.Revenue).ThenBy(h => h.Customer, StringComparer.Ordinal).ToArray();
        if (histories.Length == 0)
        {
            return null;
        }

        var classes = Pareto.Of([.. histories.Select(h => h.Revenue)]).Classes;
        var pooled = Rhythm.PooledGap(histories);
        var list = new NamedList(
            OfCurrency(currency),
            $"Customers who buy in {currency}",
            $"Only what they bought in {currency}, and their classes by it; the most revenue first.",
            [.. histories.Zip(classes, (h, c) => (History: h, Class: c, Rhythm: Rhythm.Of(h, pooled, on))).Select(one => new ValuedCustomer(
                one.History.Customer, nameOf(one.History.Customer), Amounts.Text(one.History.Revenue), (CustomerClass)one.Class, one.Rhythm.Sentence(),
                (BuyerStatus)one.Rhythm.Status))],
            currency);
        return (list, new CurrencyFigures(
            currency, histories.Length, histories.Sum(h => h.Days.Count), Amounts.Text(histories.Sum(h => h.Revenue)), list.Name));
    }

    private static readonly (CustomerStatus Status, string Title, string Order)[] Statuses =
    [
        (CustomerStatus.New, "New", "They ordered once, not long ago."),
        (CustomerStatus.Active, "Active", "Their last order is within twice their usual gap."),
        (CustomerStatus.Overdue, "Overdue", "Regular customers whose last order is over twice their usual gap ago."),
        (CustomerStatus.Quiet, "Quiet", "They ordered once or twice, the last time over twice the usual gap ago."),
        (CustomerStatus.Lost, "Lost", "Their last order is over four usual gaps ago."),
    ];

    [GeneratedRegex("^[a-z0-9-]{1,60}$")]
    private static partial Regex Name();
}
