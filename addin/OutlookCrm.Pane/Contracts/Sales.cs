using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>What a customer bought in all, kept with every purchase.</summary>
/// <param name="Totals">A total for each currency, the one with the newest purchase first: currencies are never added up.</param>
/// <param name="OrderDays">Days with a purchase: several on one day are one order.</param>
/// <param name="UsualGapDays">Median of the days between them; null under two.</param>
/// <param name="FirstOn">Null while there are only credit notes.</param>
/// <param name="LastOn">Null while there are only credit notes.</param>
public sealed record SalesFigures(
    IReadOnlyList<CurrencyTotal> Totals, int OrderDays, int? UsualGapDays = null, DateOnly? FirstOn = null, DateOnly? LastOn = null);

/// <param name="Currency">ISO 4217.</param>
/// <param name="Purchases">Without credit notes.</param>
/// <param name="Revenue">Credit notes taken off; a number with a decimal point, such as <c>1250.00</c>, exact.</param>
/// <param name="Margin">Revenue less cost, written alike; null unless the cost of everything is known.</param>
public sealed record CurrencyTotal(string Currency, int Purchases, string Revenue, string? Margin = null);

/// <summary>A page of a customer's purchases, the newest first.</summary>
/// <param name="Name">The customer's.</param>
/// <param name="Figures">Of all purchases; null when there are none.</param>
/// <param name="Next">For the query parameter <c>after</c>; null on the last page.</param>
/// <param name="Currency">
/// What the next one is most likely in: as the customer's newest, else as most customers' of the firm; null when nobody has bought anything.
/// </param>
/// <param name="OnlyIn">The currency that was asked for: no others are listed; null for all.</param>
public sealed record PurchaseList(
    string CustomerId,
    string Name,
    SalesFigures? Figures,
    IReadOnlyList<PurchaseEntry> Purchases,
    string? Next = null,
    string? Currency = null,
    string? OnlyIn = null);

/// <param name="Total">Of all items, with a decimal point; below zero for a credit note.</param>
/// <param name="Number">Of the invoice; null for none.</param>
/// <param name="By">The colleague who entered it.</param>
public sealed record PurchaseEntry(
    Guid Id, DateOnly On, bool IsCreditNote, string Currency, string Total, IReadOnlyList<PurchaseItem> Items, string? Number, string By);

/// <param name="Amount">What the customer pays for it without tax, more than zero, at most a thousand million: digits, at most two after a point or comma.</param>
/// <param name="Cost">What it costs us, written alike, zero or more; null when not known.</param>
public sealed record PurchaseItem(
    [MinLength(1), MaxLength(120)] string Product, [MinLength(1), MaxLength(20)] string Amount, [MaxLength(20)] string? Cost = null);

/// <param name="Id">Made by the client, a GUID: sending the same purchase again adds nothing.</param>
/// <param name="Currency">ISO 4217, such as EUR.</param>
/// <param name="On">The calendar date of the purchase, from 1990 on and not in the future; today when left out.</param>
/// <param name="IsCreditNote">Takes the amounts off instead.</param>
public sealed record AddPurchaseRequest(
    Guid Id,
    [MinLength(1), MaxLength(50)] IReadOnlyList<PurchaseItem> Items,
    [MinLength(3), MaxLength(3)] string Currency,
    DateOnly? On = null,
    bool IsCreditNote = false,
    [MaxLength(60)] string? Number = null);
