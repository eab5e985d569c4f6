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
/// <param name="WithContract">Customers who pay by contract, and are left out of the forecast.</param>
/// <param name="Slipping">Regulars who are overdue, the most valuable first, at most ten.</param>
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
    int WithContract = 0);

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
    int LowPurchases, int Purchases, int HighPurchases, string Low, string Value, string High, int? PastErrorPercent = null);

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
public sealed record SegmentCount(string Name, int Customers, string Revenue);

/// <param name="Month">Its first day.</param>
/// <param name="New">Customers with their first order in it.</param>
/// <param name="Lost">Customers whose last order became four usual gaps old in it.</param>
public sealed record MonthCount(DateOnly Month, int New, int Lost);

/// <param name="Rhythm">"usually orders every 31 days (6 gaps); 74 days now".</param>
/// <param name="CostOfLosing">What it would bring in the next twelve months, the middle of the forecast; null without a forecast.</param>
public sealed record ValuedCustomer(
    string Id, string Name, string Value, CustomerClass Class, string Rhythm, BuyerStatus Status, string? CostOfLosing = null);

public enum CustomerClass
{
    A,
    B,
    C,
}

/// <param name="Sentence">"9 of the 10 customers with Boiler also have service contract".</param>
public sealed record SoldTogether(string Product, string Offer, string Sentence);

/// <summary>Where a customer stands among all, as of the last time it was worked out.</summary>
/// <param name="Class">A for those who bring 80 % of the value, B up to 95 %.</param>
/// <param name="Because">The sentence behind it: "one of 3 of 12 customers who bring 80 % of revenue".</param>
/// <param name="Offer">A product to offer next; null when nothing passes the test.</param>
/// <param name="OfferBecause">"9 of the 10 customers with Boiler also have it".</param>
public sealed record CustomerStanding(CustomerClass Class, string Because, string? Offer = null, string? OfferBecause = null);
