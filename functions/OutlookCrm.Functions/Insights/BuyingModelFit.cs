using MathNet.Numerics.LinearAlgebra;

namespace OutlookCrm.Insights;

/// <summary>A model fitted to customers, and how sure the fit is.</summary>
/// <param name="LogLikelihood">Sum over the customers, without the priors.</param>
/// <param name="Covariance">Of ln r, ln α, ln a, ln b by Laplace's approximation; null when the fit has no highest point.</param>
/// <param name="WithPriors">Whether the priors took part.</param>
public sealed record FittedBuyingModel(BuyingModel Model, double LogLikelihood, Matrix<double>? Covariance, bool WithPriors)
{
    /// <summary>A parameter beyond e^±6.9: plain maximum likelihood does so on most small firms, and its forecasts are then worth nothing.</summary>
    public bool RanAway => Covariance is null || BuyingModelFit.ToLogs(Model).Any(value => Math.Abs(value) > 6.9);

    /// <summary>Standard errors of ln r, ln α, ln a, ln b.</summary>
    public IReadOnlyList<double>? StandardErrorsOfLogs => Covariance?.Diagonal().Select(Math.Sqrt).ToArray();
}

/// <summary>Fits <see cref="BuyingModel"/> by maximum likelihood or with weak priors (MAP).</summary>
public static class BuyingModelFit
{
    /// <summary>
    /// From this many customers on plain maximum likelihood is used: it hardly ever runs away there, and the priors would cost accuracy.
    /// </summary>
    public const int CustomersForMaximumLikelihood = 200;

    /// <summary>
    /// The product's fit: with priors for small firms, plain maximum likelihood for large ones (with priors after all when it runs away).
    /// </summary>
    public static FittedBuyingModel Fit(IReadOnlyCollection<RepeatBuying> customers)
    {
        ArgumentNullException.ThrowIfNull(customers);
        return customers.Count >= CustomersForMaximumLikelihood && MaximumLikelihood(Dropout.AfterEveryPurchase, customers) is { RanAway: false } fit
            ? fit
            : WithPriors(customers);
    }

    /// <summary>The parameters under which these histories are likeliest.</summary>
    /// <param name="customers">At least one.</param>
    public static FittedBuyingModel MaximumLikelihood(Dropout dropout, IReadOnlyCollection<RepeatBuying> customers)
    {
        var data = new RepeatBuyers(customers);
        return Fit(dropout, data, logs => -FromLogs(dropout, logs).LogLikelihood(data), withPriors: false);
    }

    /// <summary>MBG/NBD with <see cref="BuyingPriors"/>: the parameters likeliest after both priors and histories.</summary>
    /// <param name="customers">At least one.</param>
    public static FittedBuyingModel WithPriors(IReadOnlyCollection<RepeatBuying> customers)
    {
        var data = new RepeatBuyers(customers);
        return Fit(Dropout.AfterEveryPurchase, data, Negative(data, withPriors: true), withPriors: true);
    }

    /// <summary>Minus the logarithm of what was maximized, up to a constant, over ln r, ln α, ln a, ln b.</summary>
    internal static Func<double[], double> Negative(RepeatBuyers data, bool withPriors)
    {
        var priors = BuyingPriors.For(data);
        return logs => -FromLogs(Dropout.AfterEveryPurchase, logs).LogLikelihood(data) - (withPriors ? priors.LogDensity(logs) : 0);
    }

    internal static double[] ToLogs(BuyingModel model) => [Math.Log(model.R), Math.Log(model.Alpha), Math.Log(model.A), Math.Log(model.B)];

    internal static BuyingModel FromLogs(Dropout dropout, double[] logs) =>
        new(dropout, Math.Exp(logs[0]), Math.Exp(logs[1]), Math.Exp(logs[2]), Math.Exp(logs[3]));

    private static FittedBuyingModel Fit(Dropout dropout, RepeatBuyers data, Func<double[], double> negative, bool withPriors)
    {
        // Beyond these no likelihood of a firm's size tells anything apart, and Γ loses its digits.
        double Bounded(double[] logs) => logs.Any(value => Math.Abs(value) > 14) ? double.PositiveInfinity : negative(logs);

        // Several starts around the middle of the priors: quick and slow buyers, many and few who stop.
        var rate = Math.Log(BuyingPriors.For(data).CentralRate);
        double[] Start(double r, double a, double b) =>
            [Math.Log(r), Math.Clamp(Math.Log(r) - rate, -13, 13), Math.Log(a), Math.Log(b)];
        var lowest = Simplex.Minimize(Bounded, [Start(0.9, 0.6, 1.4), Start(0.25, 0.8, 2.5), Start(1, 1, 1), Start(3, 0.2, 4)]);
        var model = FromLogs(dropout, lowest);
        return new FittedBuyingModel(model, model.LogLikelihood(data), Curvature.Covariance(negative, lowest), withPriors);
    }
}

/// <summary>
/// Weak priors for MBG/NBD, chosen with three public retail cohorts in sight: ln r ~ N(ln 0.9, 1); ln(r/α) ~ N(ln 2m, 0.7);
/// logit a/(a+b) ~ N(logit 0.3, 1); ln(a+b) ~ N(ln 2, 0.75). They say no more than: most customers order a few times at a rate like the
/// others', and three of ten purchases are the last. A firm unlike a shop may differ from them; from 200 customers on they are not used.
/// </summary>
/// <param name="CentralRate">2m, with m = (Σx + 0.5)/(ΣT + 0.5·mean T), the firm's own rate of repeat purchases; in 1/unit of time.</param>
internal sealed record BuyingPriors(double CentralRate)
{
    public static BuyingPriors For(RepeatBuyers data)
    {
        // Customers of the last day only have been observed for no time at all; half a unit keeps the rate finite.
        var observed = Math.Max(data.Observed, 0.5);
        return new BuyingPriors(2 * (data.Repeats + 0.5) / (observed + (0.5 * observed / data.Count)));
    }

    /// <summary>Up to a constant. The change from ln a, ln b to the two prior scales has determinant 1, so none is to be added.</summary>
    public double LogDensity(double[] logs)
    {
        static double Normal(double value, double mean, double deviation) => -0.5 * (value - mean) * (value - mean) / (deviation * deviation);
        var (r, alpha, a, b) = (logs[0], logs[1], logs[2], logs[3]);
        return Normal(r, Math.Log(0.9), 1)
            + Normal(r - alpha, Math.Log(CentralRate), 0.7)
            + Normal(a - b, Math.Log(0.3 / 0.7), 1)
            + Normal(Math.Log(Math.Exp(a) + Math.Exp(b)), Math.Log(2), 0.75);
    }
}
