using OutlookCrm.Insights;

namespace OutlookCrm.LocalHost;

/// <summary>What <c>insights --json</c> prints.</summary>
/// <param name="On">The day looked from.</param>
/// <param name="MissingForForecast">Null when there is a forecast.</param>
/// <param name="PooledGapDays">Mean of all gaps between purchase days.</param>
internal sealed record InsightsReport(
    FileFigures File, DateOnly On, string TimeUnit, int Customers, int RepeatPurchases, ModelFigures? Models, ForecastFigures? Forecast,
    string? MissingForForecast, BackTest? BackTest, ConcentrationFigures? Concentration, double? PooledGapDays, IReadOnlyList<SegmentFigures> Segments,
    IReadOnlyList<CrossSellRule> CrossSell, IReadOnlyList<CustomerFigures> PerCustomer);

internal sealed record FileFigures(
    int Rows, int Customers, DateOnly From, DateOnly To, char Delimiter, string DatePattern, char DecimalSeparator, string? Currency);

internal sealed record ModelFigures(BuyingFigures BgNbd, BuyingFigures MbgNbd, SpendFigures? GammaGamma);

/// <param name="Map">With the priors for small firms; only of the model that is used.</param>
/// <param name="Used">Which of the two the figures below come from.</param>
internal sealed record BuyingFigures(BuyingParameters MaximumLikelihood, BuyingParameters? Map, string Used);

/// <param name="StandardErrorsOfLogs">Of ln r, ln α, ln a, ln b; null when the likelihood has no highest point.</param>
internal sealed record BuyingParameters(
    double R, double Alpha, double A, double B, double LogLikelihood, IReadOnlyList<double>? StandardErrorsOfLogs, bool RanAway)
{
    public static BuyingParameters Of(FittedBuyingModel fit) => new(
        fit.Model.R, fit.Model.Alpha, fit.Model.A, fit.Model.B, fit.LogLikelihood, fit.StandardErrorsOfLogs, fit.RanAway);
}

internal sealed record SpendFigures(SpendParameters MaximumLikelihood, SpendParameters Map, string Used);

/// <param name="Customers">Those with a repeat purchase.</param>
internal sealed record SpendParameters(double P, double Q, double V, double LogLikelihood, int Customers, double ExpectedSpendOfNew)
{
    public static SpendParameters Of(FittedGammaGamma fit) => new(
        fit.Model.P, fit.Model.Q, fit.Model.V, fit.LogLikelihood, fit.Customers, fit.Model.ExpectedSpend(null));
}

internal sealed record ForecastFigures(int Months, string ValueIs, Likely Purchases, Likely Value);

internal sealed record ConcentrationFigures(
    string By, decimal Total, double TopFifthShare, int CustomersForEightyPercent, double LargestShare, bool DependsOnOne,
    IReadOnlyList<ParetoPoint> Curve);

internal sealed record SegmentFigures(Segment Segment, int Customers, int Purchases, decimal Revenue);

internal sealed record OfferFigures(string Product, string Because);

/// <param name="X">Repeat purchases.</param>
/// <param name="Tx">Weeks from the first to the last purchase.</param>
/// <param name="T">Weeks from the first purchase to the day looked from.</param>
internal sealed record CustomerFigures(
    string Customer, int X, double Tx, double T, DateOnly FirstOn, DateOnly LastOn, int Purchases, decimal Revenue, decimal? Margin,
    double? MeanRepeatSpend, ValueClass? Class, CustomerStatus Status, string Rhythm, double UsualGapDays, DateOnly? NextFrom, DateOnly? NextExpected,
    DateOnly? NextUntil, int? R, int? F, int? M, Segment? Segment, int PurchasesThisYear, int PurchasesYearBefore, Trend Trend, int RiskPlace,
    double? Alive, double? Active, double? ExpectedPurchases, Likely? PurchasesRange, double? SpendPerPurchase, double? Value, Likely? ValueRange,
    Likely? CostOfLosing, double? ExpectedLater, int? BoughtLater, OfferFigures? Offer);
