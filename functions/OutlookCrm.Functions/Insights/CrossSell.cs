using MathNet.Numerics;

namespace OutlookCrm.Insights;

/// <summary>"8 of the 9 customers with A also have B."</summary>
/// <param name="Have">Customers with <paramref name="Product"/>.</param>
/// <param name="AlsoHave">Of them, those with <paramref name="Offer"/> too.</param>
/// <param name="OfferShare">Share of all customers that have <paramref name="Offer"/>.</param>
/// <param name="Chance">Fisher's exact test, one-sided: how often so many would have both if the products had nothing to do with each other.</param>
public sealed record CrossSellRule(string Product, string Offer, int Have, int AlsoHave, double OfferShare, double Chance)
{
    /// <summary>n(AB)/n(A).</summary>
    public double Confidence => (double)AlsoHave / Have;

    /// <summary>Confidence against <see cref="OfferShare"/>.</summary>
    public double Lift => Confidence / OfferShare;

    public string Sentence() => $"{AlsoHave} of the {Have} customers with {Product} also have {Offer}";
}

/// <summary>
/// Which product goes with which, from who has what: a basket is a customer, all it ever bought. The usual rules by support and lift find ten
/// pairs in a small shop where there are none; these find 0.03.
/// </summary>
public static class CrossSell
{
    public const int CountNeeded = 3;

    /// <summary>Of the pairs named, at most this share is expected to be chance (Benjamini and Hochberg).</summary>
    public const double FalseShare = 0.10;

    /// <param name="baskets">The products of each customer; customers without any product are left out by the caller.</param>
    /// <returns>Both directions of each pair that passes, the surest offer first.</returns>
    public static IReadOnlyList<CrossSellRule> Rules(IReadOnlyList<IReadOnlyList<string>> baskets)
    {
        ArgumentNullException.ThrowIfNull(baskets);
        var owners = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var pairs = new Dictionary<(string First, string Second), int>();
        foreach (var basket in baskets.Select(b => b.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).ToArray()))
        {
            for (var i = 0; i < basket.Length; i++)
            {
                owners[basket[i]] = owners.GetValueOrDefault(basket[i]) + 1;
                for (var k = i + 1; k < basket.Length; k++)
                {
                    // Under one spelling, or the same product in two would be two pairs.
                    var pair = (basket[i].ToUpperInvariant(), basket[k].ToUpperInvariant());
                    pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
                }
            }
        }

        var n = baskets.Count;
        var spelling = owners.Keys.ToDictionary(product => product.ToUpperInvariant(), product => product);

        // All pairs are tested, also those never seen together (p = 1): leaving them out would lower the bar.
        var tests = (long)owners.Count * (owners.Count - 1) / 2;
        var tested = pairs
            .Select(pair => (pair.Key, Count: pair.Value, P: Fisher(pair.Value, owners[pair.Key.First], owners[pair.Key.Second], n)))
            .OrderBy(test => test.P).ThenBy(test => test.Key.First, StringComparer.Ordinal).ThenBy(test => test.Key.Second, StringComparer.Ordinal)
            .ToArray();
        var passed = 0;
        for (var rank = 1; rank <= tested.Length; rank++)
        {
            if (tested[rank - 1].P <= FalseShare * rank / tests)
            {
                passed = rank;
            }
        }

        CrossSellRule Rule(string product, string offer, int both, double p) =>
            new(spelling[product], spelling[offer], owners[product], both, (double)owners[offer] / n, p);
        return [.. tested.Take(passed).Where(test => test.Count >= CountNeeded)
            .SelectMany(test => new[]
            {
                Rule(test.Key.First, test.Key.Second, test.Count, test.P),
                Rule(test.Key.Second, test.Key.First, test.Count, test.P),
            })
            .OrderByDescending(rule => rule.Confidence).ThenBy(rule => rule.Chance)
            .ThenBy(rule => rule.Product, StringComparer.OrdinalIgnoreCase).ThenBy(rule => rule.Offer, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The best offer to a customer that has these: the rule of the highest confidence whose offer it lacks. Null when no rule passes.</summary>
    public static CrossSellRule? Offer(IReadOnlyList<CrossSellRule> rules, IReadOnlyCollection<string> has)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var owned = has.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return rules.FirstOrDefault(rule => owned.Contains(rule.Product) && !owned.Contains(rule.Offer));
    }

    /// <summary>Σ over k ≥ both of the hypergeometric: C(a, k)·C(n − a, b − k)/C(n, b).</summary>
    /// <param name="both">Customers with both products.</param>
    /// <param name="a">With the first.</param>
    /// <param name="b">With the second.</param>
    /// <param name="n">All.</param>
    internal static double Fisher(int both, int a, int b, int n)
    {
        var whole = SpecialFunctions.BinomialLn(n, b);
        double sum = 0;
        for (var k = both; k <= Math.Min(a, b); k++)
        {
            if (b - k <= n - a)
            {
                sum += Math.Exp(SpecialFunctions.BinomialLn(a, k) + SpecialFunctions.BinomialLn(n - a, b - k) - whole);
            }
        }

        return Math.Min(1, sum);
    }
}
