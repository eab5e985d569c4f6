using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace OutlookCrm.Insights;

/// <summary>A middle value and the range in which it lies with a chance of 80 %.</summary>
public readonly record struct Likely(double Low, double Median, double High)
{
    internal static Likely Of(double[] draws)
    {
        Array.Sort(draws);
        double At(double share) => draws[(int)Math.Min(draws.Length - 1, Math.Floor(share * draws.Length))];
        return new Likely(At(0.1), At(0.5), At(0.9));
    }
}

/// <summary>One customer's forecast.</summary>
/// <param name="Alive">Chance that the customer has not stopped for good.</param>
/// <param name="Active">Chance of at least one purchase in the time looked ahead.</param>
/// <param name="Purchases">Expected number of purchases, E[Y].</param>
/// <param name="SpendPerPurchase">Expected, E[M].</param>
/// <param name="Value">
/// Σ_k [E Y(k) − E Y(k−1)]/(1+d)^k · E[M] · margin over the months k looked ahead: customer lifetime value with an end.
/// </param>
/// <param name="ValueRange">The same by simulation, with what is not known of the parameters.</param>
public sealed record CustomerForecast(
    double Alive, double Active, double Purchases, double SpendPerPurchase, double Value, Likely ValueRange, Likely PurchasesRange);

/// <param name="Purchases">Of all these customers together.</param>
/// <param name="Value">Of all together, discounted.</param>
/// <param name="Path">What of <paramref name="Value"/> has come after each twelfth of the time looked ahead.</param>
public sealed record FirmForecast(IReadOnlyList<CustomerForecast> Customers, Likely Purchases, Likely Value, IReadOnlyList<Likely> Path);

/// <summary>How far and at what rate to look ahead.</summary>
/// <param name="Weeks">More than 0; at most 36 months.</param>
/// <param name="YearlyDiscount">d as a share a year: 0.1 is 10 %.</param>
/// <param name="MarginShare">What of the revenue is margin, 0 to 1; 1 forecasts revenue.</param>
public sealed record Horizon(double Weeks, double YearlyDiscount = 0.1, double MarginShare = 1)
{
    public const double WeeksPerMonth = 365.25 / 12 / 7;

    public static Horizon Months(int months) => new(months * WeeksPerMonth);
}

/// <summary>
/// What these customers will buy: parameters are drawn from the posterior (Laplace's approximation with wide tails, reweighted by importance),
/// then for each draw every customer's future is played. Seeded: the same customers in the same order give the same figures, on one
/// thread or many.
/// </summary>
public static class Forecast
{
    // Many customers even each other out: fewer draws tell as much, and take less memory.
    private static int DrawsFor(int customers) => customers > 2_000 ? 250 : 500;

    /// <summary>Into so many parts the time looked ahead is cut.</summary>
    internal const int Parts = 12;

    private const int Proposals = 2000;
    private const double TailDegrees = 5;
    private const int Seed = 20070621;

    /// <param name="histories">The model's customers, each with its spend where it has one.</param>
    /// <param name="spend">Null where there is no repeat purchase in the firm: then each purchase counts <paramref name="fallbackSpend"/>.</param>
    public static FirmForecast Of(
        FittedBuyingModel fit, FittedGammaGamma? spend, IReadOnlyList<(RepeatBuying Buying, RepeatSpend? Spend)> histories, Horizon horizon,
        double fallbackSpend)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon.Weeks);
        var models = Parameters(fit, new RepeatBuyers([.. histories.Select(h => h.Buying)]), DrawsFor(histories.Count));
        var n = histories.Count;
        var counts = new int[models.Length][];
        var values = new double[models.Length][];
        var paths = new double[models.Length][];
        var expected = histories.Select(h => Expected(fit.Model, h.Buying, horizon)).ToArray();
        var spends = histories.Select(h => spend?.Model.ExpectedSpend(h.Spend) ?? fallbackSpend).ToArray();

        // On this one thread, which is a background function's: helpers of Parallel.For would come from the thread pool, which has no more threads
        // than processors, and requests would wait for them.
        for (var draw = 0; draw < models.Length; draw++)
        {
            var random = new Xoshiro256StarStar(Seed + draw, threadSafe: false);
            var (bought, value) = (counts[draw], values[draw]) = (new int[n], new double[n]);
            var parts = paths[draw] = new double[Parts];
            var when = new Xoshiro256StarStar(Seed - 1 - draw, threadSafe: false);
            for (var i = 0; i < n; i++)
            {
                (bought[i], var planned) = Play(models[draw], histories[i].Buying, horizon.Weeks, random);
                if (bought[i] > 0)
                {
                    var amount = spend is null ? fallbackSpend : PlaySpend(spend.Model, histories[i].Spend, bought[i], random);
                    value[i] = bought[i] * amount * horizon.MarginShare * expected[i].DiscountFactor;
                    Spread(value[i] / bought[i], bought[i], planned, parts, when);
                }
            }

            for (var part = 1; part < Parts; part++)
            {
                parts[part] += parts[part - 1];
            }
        }

        var customers = new CustomerForecast[n];
        for (var i = 0; i < n; i++)
        {
            var buying = histories[i].Buying;
            customers[i] = new CustomerForecast(
                fit.Model.Alive(buying),
                fit.Model.Active(buying, horizon.Weeks),
                expected[i].Purchases,
                spends[i],
                expected[i].Purchases * expected[i].DiscountFactor * spends[i] * horizon.MarginShare,
                Likely.Of([.. values.Select(draw => draw[i])]),
                Likely.Of([.. counts.Select(draw => (double)draw[i])]));
        }

        return new FirmForecast(
            customers,
            Likely.Of([.. counts.Select(draw => (double)draw.Sum())]),
            Likely.Of([.. values.Select(draw => draw.Sum())]),
            [.. Enumerable.Range(0, Parts).Select(part => Likely.Of([.. paths.Select(draw => draw[part])]))]);
    }

    /// <summary>
    /// Adds each of the first <paramref name="bought"/> of <paramref name="planned"/> purchases to the part of the time in which it falls: of a
    /// steady rate, whose purchases lie anywhere with the same chance, in order.
    /// </summary>
    private static void Spread(double amount, int bought, int planned, double[] parts, System.Random random)
    {
        double left = 1;
        for (var i = 0; i < bought; i++)
        {
            left *= Math.Pow(1 - random.NextDouble(), 1.0 / (planned - i));
            parts[Math.Min(Parts - 1, (int)((1 - left) * Parts))] += amount;
        }
    }

    /// <summary>Expected purchases and the mean factor by which they are discounted, month by month.</summary>
    private static (double Purchases, double DiscountFactor) Expected(BuyingModel model, RepeatBuying buying, Horizon horizon)
    {
        double before = 0, discounted = 0;
        var months = (int)Math.Ceiling((horizon.Weeks / Horizon.WeeksPerMonth) - 1e-9);
        for (var k = 1; k <= months; k++)
        {
            var until = model.Expected(buying, Math.Min(k * Horizon.WeeksPerMonth, horizon.Weeks));
            discounted += (until - before) / Math.Pow(1 + horizon.YearlyDiscount, k / 12.0);
            before = until;
        }

        return (before, before > 0 ? discounted / before : 1);
    }

    /// <summary>alive ~ Bernoulli(P(alive)); λ ~ Gamma(r+x, α+T); p ~ Beta(a, b+x+1); Y = min(Poisson(λt), Geometric(p)).</summary>
    /// <returns>Y, and how many it would have been had the customer not stopped.</returns>
    internal static (int Bought, int Planned) Play(BuyingModel model, RepeatBuying buying, double time, System.Random random)
    {
        if (random.NextDouble() >= model.Alive(buying))
        {
            return (0, 0);
        }

        var rate = Gamma.Sample(random, model.R + buying.Repeats, model.Alpha + buying.Observed);
        var bought = Poisson.Sample(random, Math.Clamp(rate * time, 1e-12, 1e6));
        if (bought == 0)
        {
            return (0, 0);
        }

        var stop = Beta.Sample(random, model.A, model.B + buying.Repeats + (model.Dropout == Dropout.AfterEveryPurchase ? 1 : 0));
        var last = Math.Ceiling(Math.Log(1 - random.NextDouble()) / SpecialFunctions.Log1p(-Math.Clamp(stop, 1e-300, 1 - 1e-12)));
        return ((int)Math.Clamp(last, 1, bought), bought);
    }

    /// <summary>Mean of so many purchases: ν ~ Gamma(px + q, v + x z̄), then the sum of n purchases ~ Gamma(pn, ν).</summary>
    private static double PlaySpend(GammaGamma model, RepeatSpend? spend, int purchases, System.Random random)
    {
        var nu = Gamma.Sample(
            random, (model.P * (spend?.Repeats ?? 0)) + model.Q, model.V + ((spend?.Repeats ?? 0) * (spend?.MeanSpend ?? 0)));
        return Gamma.Sample(random, model.P * purchases, nu) / purchases;
    }

    private static BuyingModel[] Parameters(FittedBuyingModel fit, RepeatBuyers data, int draws)
    {
        if (fit.Covariance is not { } covariance)
        {
            // Curved in no direction: nothing to draw from but the fit itself.
            return [.. Enumerable.Repeat(fit.Model, draws)];
        }

        var negative = BuyingModelFit.Negative(data, fit.WithPriors);
        var centre = BuyingModelFit.ToLogs(fit.Model);
        var root = covariance.Cholesky().Factor;
        var random = new Xoshiro256StarStar(Seed, threadSafe: false);
        var proposed = new double[Proposals][];
        var distances = new double[Proposals];
        for (var k = 0; k < Proposals; k++)
        {
            var z = new double[centre.Length];
            for (var i = 0; i < z.Length; i++)
            {
                z[i] = Normal.Sample(random, 0, 1);
            }

            // A Student t: normal tails would miss what the likelihood leaves open.
            var wide = Math.Sqrt(TailDegrees / ChiSquared.Sample(random, TailDegrees));
            distances[k] = z.Sum(value => value * value) * wide * wide;
            var point = (double[])centre.Clone();
            for (var i = 0; i < z.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    point[i] += root[i, j] * z[j] * wide;
                }
            }

            proposed[k] = point;
        }

        var logWeights = new double[Proposals];
        for (var k = 0; k < Proposals; k++)
        {
            var density = -0.5 * (TailDegrees + centre.Length) * Math.Log(1 + (distances[k] / TailDegrees));
            logWeights[k] = Array.Exists(proposed[k], value => Math.Abs(value) > 14) ? double.NegativeInfinity : -negative(proposed[k]) - density;
        }
        var most = logWeights.Max();
        var weights = logWeights.Select(weight => Math.Exp(weight - most)).ToArray();
        var step = weights.Sum() / draws;

        // Systematic: one random number for all, so that equal weights give equal numbers of draws.
        var pointer = random.NextDouble() * step;
        var models = new BuyingModel[draws];
        double reached = 0;
        var at = -1;
        for (var draw = 0; draw < draws; draw++, pointer += step)
        {
            while (at < Proposals - 1 && (at < 0 || reached <= pointer))
            {
                reached += weights[++at];
            }

            models[draw] = BuyingModelFit.FromLogs(Dropout.AfterEveryPurchase, proposed[at]);
        }

        return models;
    }
}
