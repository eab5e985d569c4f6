using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>What the firm sells, as far as it said something about it; by name.</summary>
public sealed record ProductList(IReadOnlyList<ProductEntry> Products);

public sealed record ProductEntry(string Name, bool IsConsumable, bool IsContract, IReadOnlyList<ProductLink> Links);

/// <param name="Product">The other product, by its name.</param>
/// <param name="After">With <see cref="ProductLinkKind.ReplacedAfter"/> only, and then needed.</param>
public sealed record ProductLink(ProductLinkKind Kind, [MinLength(1), MaxLength(80)] string Product, ProductLife? After = null);

/// <summary>What a product means for another.</summary>
public enum ProductLinkKind
{
    /// <summary>It does not work without the other.</summary>
    Needs,

    /// <summary>Who has it often wants the other.</summary>
    GoesWith,

    /// <summary>After some time it is replaced by the other, or by another of its kind.</summary>
    ReplacedAfter,
}

/// <summary>Months until a product is replaced.</summary>
public enum ProductLife
{
    Months1 = 1,
    Months3 = 3,
    Months6 = 6,
    Months12 = 12,
    Months18 = 18,
    Months24 = 24,
    Months36 = 36,
    Months60 = 60,
    Months84 = 84,
    Months120 = 120,
}

/// <summary>A product as it shall be, whether it was known or not.</summary>
/// <param name="Name">What purchases call it; upper and lower case are the same.</param>
/// <param name="IsConsumable">It is used up and may be offered again.</param>
/// <param name="IsContract">It is paid for again and again until it ends: its buyers are left out of forecasts.</param>
public sealed record SaveProductRequest(
    [MinLength(1), MaxLength(80)] string Name,
    bool IsConsumable = false,
    bool IsContract = false,
    [MaxLength(10)] IReadOnlyList<ProductLink>? Links = null);
