using MathNet.Numerics.Statistics;

namespace OutlookCrm.Insights;

/// <summary>A product that most of those like a customer buy and it never did.</summary>
/// <param name="Buyers">Of the others like it, those who bought the product in the last twelve months.</param>
/// <param name="Others">All others like it.</param>
/// <param name="Usual">Median of what those buyers spent on it in these twelve months.</param>
public sealed record MissingProduct(string Product, int Buyers, int Others, decimal Usual)
{
    public string Sentence() => $"{Buyers} of the {Others} others like them buy {Product}";
}

/// <summary>
/// What a customer could buy more: no forecast, but what others like it do. Alike are those of one RFM segment, or of one class while there
/// are no segments.
/// </summary>
/// <param name="Missing">What is worth the most first; never empty.</param>
public sealed record GrowthPotential(IReadOnlyList<MissingProduct> Missing)
{
    /// <summary>Fewer others say nothing about one.</summary>
    public const int OthersNeeded = 5;

    /// <summary>Fewer buyers are no habit.</summary>
    public const int BuyersNeeded = 3;

    /// <summary>Σ of the medians, a year.</summary>
    public decimal Yearly => Missing.Sum(product => product.Usual);

    /// <param name="lines">Of these customers.</param>
    /// <returns>By customer, without those who are quiet or lost: whoever is not there any more will not buy more.</returns>
    public static IReadOnlyDictionary<string, GrowthPotential> Of(
        IReadOnlyList<CustomerInsight> customers, IReadOnlyList<PurchaseLine> lines, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(customers);
        ArgumentNullException.ThrowIfNull(lines);
        var yearAgo = today.AddYears(-1);
        var spent = lines.Where(line => line.Product is not null && line.On > yearAgo && line.On <= today)
            .GroupBy(line => line.Customer, StringComparer.Ordinal)
            .ToDictionary(
                customer => customer.Key,
                customer => customer.GroupBy(line => line.Product!, StringComparer.OrdinalIgnoreCase)
                    .Select(product => (Product: product.Key, Sum: product.Sum(line => line.Amount)))
                    .Where(product => product.Sum > 0)
                    .ToArray(),
                StringComparer.Ordinal);
        var found = new Dictionary<string, GrowthPotential>(StringComparer.Ordinal);
        foreach (var alike in customers.GroupBy(customer => (customer.Rfm?.Segment, customer.Rfm is null ? customer.Class : ValueClass.A)))
        {
            var others = alike.Count() - 1;
            if (others < OthersNeeded)
            {
                continue;
            }

            var usual = alike.SelectMany(customer => spent.GetValueOrDefault(customer.History.Customer) ?? [])
                .GroupBy(one => one.Product, StringComparer.OrdinalIgnoreCase)
                .Select(product => new MissingProduct(
                    product.Key, product.Count(), others, Math.Round((decimal)product.Select(one => (double)one.Sum).Median(), 2)))
                .Where(product => product.Buyers >= Math.Max(BuyersNeeded, (others + 1) / 2))
                .OrderByDescending(product => product.Usual).ThenBy(product => product.Product, StringComparer.OrdinalIgnoreCase)
                .ToArray();
            foreach (var customer in alike.Where(one => one.Rhythm.Status is not (CustomerStatus.Quiet or CustomerStatus.Lost)))
            {
                MissingProduct[] missing = [.. usual.Where(product => !customer.History.Products.Contains(product.Product, StringComparer.OrdinalIgnoreCase))];
                if (missing.Length > 0)
                {
                    found[customer.History.Customer] = new GrowthPotential(missing);
                }
            }
        }

        return found;
    }
}
