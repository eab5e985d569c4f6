using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>How the firm's business stands, as it was last worked out: every night, and when asked for.</summary>
/// <param name="AsOf">Null when nothing has been worked out yet; then there is nothing else.</param>
/// <param name="Figures">Null when nothing was bought yet.</param>
public sealed record InsightsPage(DateTimeOffset? AsOf = null, FirmFigures? Figures = null);

/// <param name="Currency">All money below is in it: the one that most customers buy in.</param>
/// <param name="OtherCurrencies">Customers who bought in others only, and are left out.</param>
/// <param name="By">What customers are measured by: margin when the cost of everything is known.</param>
/// <param name="Customers">With a purchase.</param>
/// <param name="Curve">The most valuable customers first; empty under three customers.</param>
/// <param name="Forecast">Null when there is too little to forecast from; then <paramref name="MissingForForecast"/> says what is missing.</param>
/// <param name="Segments">Empty under 20 customers, rough under 50.</param>
/// <param name="Months">The last twelve, the oldest first.</param>
/// <param name="MostValuable">At most ten.</param>
/// <param name="Slipping">Regulars who are overdue, the most valuable first, at most ten.</param>
/// <param name="WithContract">Customers who pay by contract, and are left out of the forecast.</param>
public sealed record FirmFigures(
    string Currency,
    int OtherCurrencies,
    ValueMeasure By,
    int Customers,
    int Purchases,
    string Total,
    ConcentrationFigures? Concentration,
    IReadOnlyList<CurvePoint> Curve,
    ForecastFigures? Forecast,
    string? MissingForForecast,
    IReadOnlyList<StatusCount> Statuses,
    IReadOnlyList<SegmentCount> Segments,
    IReadOnlyList<MonthCount> Months,
    IReadOnlyList<ValuedCustomer> MostValuable,
    IReadOnlyList<ValuedCustomer> Slipping,
    IReadOnlyList<SoldTogether> SoldTogether,
    int WithContract = 0)
{
    /// <summary>A, B and C with what each brings; empty under three customers.</summary>
    public IReadOnlyList<ClassCount> Classes { get; init; } = [];

    /// <summary>What is bought in other currencies, each for itself: none of it is in any other figure.</summary>
    public IReadOnlyList<CurrencyFigures> Others { get; init; } = [];

    /// <summary>At most three, the least valuable first; empty where all are among <see cref="MostValuable"/>.</summary>
    public IReadOnlyList<ValuedCustomer> LeastValuable { get; init; } = [];

    /// <summary>Null when nobody was lost in the last twelve months.</summary>
    public LostFigures? Lost { get; init; }

    /// <summary>Customers who ordered significantly more often in the last twelve months than in the twelve before.</summary>
    public int Growing { get; init; }

    /// <summary>Who ordered significantly less often.</summary>
    public int Shrinking { get; init; }

    /// <summary>Who could buy more, the most first, at most three.</summary>
    public IReadOnlyList<ValuedCustomer> Potential { get; init; } = [];

    /// <summary>Customers who could.</summary>
    public int WithPotential { get; init; }

    /// <summary>What winning a new customer costs, as the firm says, in <see cref="Currency"/>: part of what losing one costs; null when not said.</summary>
    public string? WinningCost { get; init; }
}

/// <param name="WinningCost">
/// What winning a new customer costs, in the currency of the Insights page: 0 or more, digits, at most two after a point or comma; null takes it back.
/// </param>
public sealed record InsightsSettings([MaxLength(20)] string? WinningCost = null);

/// <param name="Currency">ISO 4217.</param>
/// <param name="Customers">With a purchase in it, whatever else they buy in.</param>
/// <param name="Revenue">Credit notes taken off.</param>
/// <param name="List">The name of its <see cref="FigureList"/>.</param>
public sealed record CurrencyFigures(string Currency, int Customers, int Orders, string Revenue, string List);

/// <param name="SharePercent">Of the value of all.</param>
public sealed record ClassCount(CustomerClass Class, int Customers, string Value, int SharePercent);

/// <param name="Customers">Lost in the last twelve months.</param>
/// <param name="LastYear">What they brought in the year up to their last order, all together.</param>
public sealed record LostFigures(int Customers, string LastYear);

public enum ValueMeasure
{
    Revenue,
    Margin,
}

/// <param name="CustomersForEightyPercent">How many bring 80 % of the value.</param>
/// <param name="TopFifthPercent">What the most valuable fifth brings.</param>
/// <param name="LargestPercent">What the most valuable customer brings.</param>
/// <param name="DependsOnOne">True when that is over 30 %.</param>
public sealed record ConcentrationFigures(int CustomersForEightyPercent, int TopFifthPercent, int LargestPercent, bool DependsOnOne);

/// <summary>The first so many of a thousand customers bring so many thousandths of the value.</summary>
public sealed record CurvePoint(int Customers, int Value);

/// <param name="Low">In four of five cases it is not less, and not more than <paramref name="High"/>.</param>
/// <param name="PastErrorPercent">How far a forecast made a year ago was off; null while there is no year to test on.</param>
public sealed record ForecastFigures(
    int LowPurchases, int Purchases, int HighPurchases, string Low, string Value, string High, int? PastErrorPercent = null)
{
    /// <summary>What will have come by the end of each of the next twelve months.</summary>
    public IReadOnlyList<FanPoint> Fan { get; init; } = [];
}

/// <param name="Until">The last day of the month that it is about.</param>
/// <param name="YearBefore">What had really come by that month of the twelve before.</param>
public sealed record FanPoint(DateOnly Until, string Low, string Middle, string High, string YearBefore);

public sealed record StatusCount(BuyerStatus Status, int Customers);

/// <summary>Where a customer stands in its own rhythm, drawn to the firm's.</summary>
public enum BuyerStatus
{
    /// <summary>One order, not long ago.</summary>
    New,

    /// <summary>Within twice its usual gap.</summary>
    Active,

    /// <summary>A regular over twice its usual gap.</summary>
    Overdue,

    /// <summary>One or two orders, and over twice the usual gap.</summary>
    Quiet,

    /// <summary>Over four times its usual gap.</summary>
    Lost,
}

/// <param name="Name">Champions, at risk, …</param>
/// <param name="List">The name of its <see cref="FigureList"/>.</param>
public sealed record SegmentCount(string Name, int Customers, string Revenue, string List);

/// <param name="Month">Its first day.</param>
/// <param name="New">Customers with their first order in it.</param>
/// <param name="Lost">Customers whose last order became four usual gaps old in it.</param>
public sealed record MonthCount(DateOnly Month, int New, int Lost);

/// <param name="Rhythm">"usually orders every 31 days (6 gaps); 74 days now".</param>
/// <param name="CostOfLosing">What it would bring in the next twelve months, the middle of the forecast; null without a forecast.</param>
/// <param name="Low">In four of five cases it brings no less in the next twelve months, and no more than <paramref name="High"/>.</param>
/// <param name="LastYear">Of a lost one: what it brought in the year up to its last order.</param>
/// <param name="Potential">What half of those like it spend in a year, or more, on what it does not buy.</param>
/// <param name="Why">Why it stands in a list, in a sentence; null where the list's name says it.</param>
public sealed record ValuedCustomer(
    string Id,
    string Name,
    string Value,
    CustomerClass Class,
    string Rhythm,
    BuyerStatus Status,
    string? CostOfLosing = null,
    string? Low = null,
    string? High = null,
    string? LastYear = null,
    string? Potential = null,
    string? Why = null);

/// <summary>A page of the customers on whom a figure of the Insights page rests.</summary>
/// <param name="List">Names the list, such as <c>class-a</c>, <c>status-overdue</c> or <c>new-2026-05</c>.</param>
/// <param name="Title">"Class A".</param>
/// <param name="Order">Who is in it and who comes first, in a sentence.</param>
/// <param name="Total">Customers in the whole list, as it was worked out.</param>
/// <param name="Customers">Without those who are gone since.</param>
/// <param name="Next">For the query parameter <c>page</c>; null on the last page.</param>
public sealed record FigureList(
    string List, string Title, string Order, string Currency, DateTimeOffset AsOf, int Total, IReadOnlyList<ValuedCustomer> Customers, int? Next = null);

public enum CustomerClass
{
    A,
    B,
    C,
}

/// <param name="Sentence">"9 of the 10 customers with Boiler also have service contract".</param>
/// <param name="Lack">Customers who have the one and not the other.</param>
/// <param name="List">Who they are; null when there are none.</param>
public sealed record SoldTogether(string Product, string Offer, string Sentence, int Lack = 0, string? List = null);

/// <summary>Where a customer stands among all, as of the last time it was worked out.</summary>
/// <param name="Class">A for those who bring 80 % of the value, B up to 95 %.</param>
/// <param name="Because">The sentence behind it: "one of 3 of 12 customers who bring 80 % of revenue".</param>
/// <param name="Offer">A product to offer next; null when nothing passes the test.</param>
/// <param name="OfferBecause">"9 of the 10 customers with Boiler also have it".</param>
public sealed record CustomerStanding(CustomerClass Class, string Because, string? Offer = null, string? OfferBecause = null);
