namespace OutlookCrm.Sales;

/// <summary>Something a customer bought, or got back.</summary>
/// <param name="Id">Made by the client.</param>
/// <param name="IsCreditNote">The amounts and costs are taken off.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Items">1 to 50.</param>
/// <param name="By">The colleague's name.</param>
public sealed record Purchase(
    Guid Id, DateOnly On, bool IsCreditNote, string Currency, IReadOnlyList<BoughtItem> Items, string? Number, string By, DateTimeOffset AddedAt)
{
    /// <summary>The import that it came with; null when somebody entered it.</summary>
    public Guid? ImportId { get; init; }

    /// <summary>Below zero for a credit note.</summary>
    public decimal Revenue => Sign * Items.Sum(item => item.Amount);

    /// <summary>Null unless each item's cost is known.</summary>
    public decimal? Margin => Items.All(item => item.Cost is not null) ? Sign * Items.Sum(item => item.Amount - item.Cost) : null;

    private int Sign => IsCreditNote ? -1 : 1;
}

/// <param name="Product">In the firm's words, one line.</param>
/// <param name="Amount">Without tax, more than zero.</param>
/// <param name="Cost">Zero or more; null when not known.</param>
public sealed record BoughtItem(string Product, decimal Amount, decimal? Cost);
