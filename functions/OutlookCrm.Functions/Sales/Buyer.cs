using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>A customer with all that it bought.</summary>
/// <param name="Standing">As it was last worked out; null when it never was.</param>
public sealed record Buyer(string CustomerId, string Name, IReadOnlyList<Purchase> Purchases, CustomerStanding? Standing);
