using OutlookCrm.Pane;

namespace OutlookCrm.Insights;

/// <summary>What to offer a customer next: first what the firm itself says of its products, then what passes the test over all customers.</summary>
public static class NextOffer
{
    /// <param name="lastBought">The customer's products, each with the last day it was bought; upper and lower case are the same.</param>
    /// <param name="found">What <see cref="CrossSell.Offer"/> finds; null for nothing.</param>
    /// <returns>The product and the sentence behind it; null when there is nothing to offer.</returns>
    public static (string Product, string Because)? Of(
        IReadOnlyDictionary<string, DateOnly> lastBought, IReadOnlyList<ProductEntry> products, CrossSellRule? found, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(lastBought);
        ArgumentNullException.ThrowIfNull(products);
        var links = products.Where(product => lastBought.ContainsKey(product.Name))
            .SelectMany(product => product.Links, (product, link) => (product.Name, Link: link, On: lastBought[product.Name]))
            .ToArray();

        // What wears out first, the longest over its time before others.
        foreach (var (name, link, on) in links
            .Where(one => one.Link is { Kind: ProductLinkKind.ReplacedAfter, After: { } life } && one.On.AddMonths((int)life) <= today)
            .OrderBy(one => one.On.AddMonths((int)one.Link.After!.Value)))
        {
            if (!lastBought.TryGetValue(link.Product, out var replaced) || replaced <= on)
            {
                return (link.Product, $"it replaces {name}, last bought {on:yyyy-MM-dd}");
            }
        }

        foreach (var kind in new[] { ProductLinkKind.Needs, ProductLinkKind.GoesWith })
        {
            foreach (var (name, link, _) in links.Where(one => one.Link.Kind == kind && Lacks(one.Link.Product, one.On)))
            {
                return (link.Product, kind == ProductLinkKind.Needs ? $"{name} needs it" : $"it goes with {name}");
            }
        }

        // What is used up is wanted anew with what it belongs to.
        bool Lacks(string product, DateOnly since) => !lastBought.TryGetValue(product, out var on)
            || (on < since && products.Any(one => one.IsConsumable && string.Equals(one.Name, product, StringComparison.OrdinalIgnoreCase)));

        return found is null ? null : (found.Offer, found.Sentence());
    }
}
