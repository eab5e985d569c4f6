using MathNet.Numerics;

namespace OutlookCrm.Insights;

/// <summary>What a customer spends.</summary>
/// <param name="Repeats">x: repeat purchases, more than 0.</param>
/// <param name="MeanSpend">z̄: mean amount of the repeat purchases, more than 0.</param>
public readonly record struct RepeatSpend(int Repeats, double MeanSpend);

/// <summary>
/// Gamma-Gamma (Fader and Hardie 2013): a customer's purchases are Gamma(p, ν) around its own mean p/ν, and ν ~ Gamma(q, v). Supposes that
/// what is spent at once does not depend on how often.
/// </summary>
/// <param name="V">In the unit of money of the spends.</param>
public sealed record GammaGamma(double P, double Q, double V)
{
    /// <summary>ln L = lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln v + (px−1) ln z̄ + px ln x − (px+q) ln(x z̄ + v).</summary>
    public double LogLikelihood(RepeatSpend c)
    {
        var px = P * c.Repeats;
        return SpecialFunctions.GammaLn(px + Q) - SpecialFunctions.GammaLn(px) - SpecialFunctions.GammaLn(Q) + (Q * Math.Log(V))
            + ((px - 1) * Math.Log(c.MeanSpend)) + (px * Math.Log(c.Repeats)) - ((px + Q) * Math.Log((c.Repeats * c.MeanSpend) + V));
    }

    /// <summary>E[M | x, z̄] = p(v + x z̄)/(px + q − 1); for a customer without repeat purchases, pv/(q − 1).</summary>
    public double ExpectedSpend(RepeatSpend? customer) => customer is { } c
        ? P * (V + (c.Repeats * c.MeanSpend)) / ((P * c.Repeats) + Q - 1)
        : P * V / (Q - 1);
}

/// <param name="LogLikelihood">Sum over the customers, without the priors.</param>
/// <param name="Customers">How many it was fitted to: those with a repeat purchase and something spent.</param>
public sealed record FittedGammaGamma(GammaGamma Model, double LogLikelihood, int Customers, bool WithPriors)
{
    public bool RanAway => new[] { Model.P, Model.Q - 1 }.Any(value => Math.Abs(Math.Log(value)) > 6.9);
}

/// <summary>Fits <see cref="GammaGamma"/>. q stays above 1: below, the mean spend would be negative or infinite.</summary>
public static class GammaGammaFit
{
    /// <returns>By the same rule as <see cref="BuyingModelFit.Fit"/>; null when nobody has bought twice.</returns>
    public static FittedGammaGamma? Fit(IReadOnlyList<RepeatSpend> customers)
    {
        ArgumentNullException.ThrowIfNull(customers);
        return customers.Count >= BuyingModelFit.CustomersForMaximumLikelihood && MaximumLikelihood(customers) is { RanAway: false } fit
            ? fit
            : WithPriors(customers);
    }

    public static FittedGammaGamma? MaximumLikelihood(IReadOnlyList<RepeatSpend> customers) => Fit(customers, withPriors: false);

    /// <summary>
    /// With weak priors of our own: ln p ~ N(ln 4, 1), ln(q−1) ~ N(ln 2, 0.75) and the firm's mean spend pv/(q−1) within a factor of about 1.6
    /// of the plain mean of the customers' means.
    /// </summary>
    public static FittedGammaGamma? WithPriors(IReadOnlyList<RepeatSpend> customers) => Fit(customers, withPriors: true);

    private static FittedGammaGamma? Fit(IReadOnlyList<RepeatSpend> customers, bool withPriors)
    {
        var used = customers.Where(c => c.Repeats > 0 && c.MeanSpend > 0).OrderBy(c => c.Repeats).ThenBy(c => c.MeanSpend).ToArray();
        if (used.Length == 0)
        {
            return null;
        }

        var mean = used.Average(c => c.MeanSpend);
        static double Normal(double value, double middle, double deviation) => -0.5 * (value - middle) * (value - middle) / (deviation * deviation);
        double Negative(double[] logs)
        {
            if (Array.Exists(logs, value => Math.Abs(value) > 14))
            {
                return double.PositiveInfinity;
            }

            // Spends are divided by their mean while fitting, so that the start is right whatever the currency.
            var model = FromLogs(logs, 1);
            var sum = withPriors
                ? Normal(logs[0], Math.Log(4), 1) + Normal(logs[1], Math.Log(2), 0.75) + Normal(logs[0] + logs[2] - logs[1], 0, 0.5)
                : 0;
            foreach (var c in used)
            {
                sum += model.LogLikelihood(c with { MeanSpend = c.MeanSpend / mean });
            }

            return -sum;
        }

        double[][] starts = [[Math.Log(4), Math.Log(2), Math.Log(0.5)], [0, 0, 0], [Math.Log(10), Math.Log(4), Math.Log(0.4)]];
        var fitted = FromLogs(Simplex.Minimize(Negative, starts), mean);
        return new FittedGammaGamma(fitted, used.Sum(fitted.LogLikelihood), used.Length, withPriors);
    }

    private static GammaGamma FromLogs(double[] logs, double unit) => new(Math.Exp(logs[0]), 1 + Math.Exp(logs[1]), Math.Exp(logs[2]) * unit);
}
