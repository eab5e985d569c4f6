using OutlookCrm.Insights;

namespace OutlookCrm.Tests.Insights;

public sealed class BuyingModelTests
{
    private static readonly BuyingModel Cdnow = new(Dropout.AfterRepeats, 0.243, 4.414, 0.793, 2.426);

    public static TheoryData<Dropout, double, double, double, double, int, double, double, double> Cases => new()
    {
        { Dropout.AfterRepeats, 0.243, 4.414, 0.793, 2.426, 0, 0, 38.86, 39 },
        { Dropout.AfterRepeats, 0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86, 39 },
        { Dropout.AfterRepeats, 0.9, 12, 1.7, 2.4, 9, 50, 80, 52 },
        { Dropout.AfterEveryPurchase, 0.525, 6.183, 0.891, 1.614, 0, 0, 38.86, 39 },
        { Dropout.AfterEveryPurchase, 0.525, 6.183, 0.891, 1.614, 2, 30.43, 38.86, 39 },
        { Dropout.AfterEveryPurchase, 0.9, 12, 1.7, 2.4, 9, 50, 80, 4 },
        { Dropout.AfterEveryPurchase, 0.9, 12, 1, 2.4, 3, 20, 30, 520 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_formula_is_what_integrating_over_all_customers_gives(
        Dropout dropout, double r, double alpha, double a, double b, int x, double last, double observed, double ahead)
    {
        var model = new BuyingModel(dropout, r, alpha, a, b);
        var buying = new RepeatBuying(x, last, observed);
        var c = dropout == Dropout.AfterEveryPurchase ? 1 : 0;

        // Trapezoids over ln λ and logit p: both densities fall off so fast that this is exact to ten digits.
        var rates = Steps(-140, 8).Select(s => (Value: Math.Exp(s), Weight: Density.Gamma(r, alpha, s))).Where(p => p.Weight > 1e-40).ToArray();
        var stops = Steps(-70, 40).Select(s => (Value: 1 / (1 + Math.Exp(-s)), Stays: 1 / (1 + Math.Exp(s)), Weight: Density.Beta(a, b, s)))
            .Where(p => p.Weight > 1e-40).ToArray();
        double alive = 0, stopped = 0, bought = 0, active = 0;
        foreach (var (p, stays, weightOfP) in stops)
        {
            var (ofAlive, ofStopped) = (Math.Pow(stays, x + c), x + c == 0 ? 0 : p * Math.Pow(stays, x + c - 1));
            foreach (var (rate, weightOfRate) in rates)
            {
                var weight = weightOfP * weightOfRate * Math.Pow(rate, x);
                var here = weight * ofAlive * Math.Exp(-rate * observed);
                alive += here;
                stopped += weight * ofStopped * Math.Exp(-rate * last);
                bought += here * (p < 1e-12 ? rate * ahead : (1 - Math.Exp(-rate * p * ahead)) / p);
                active += here * (1 - Math.Exp(-rate * ahead));
            }
        }

        var all = alive + stopped;
        Assert.Equal(Math.Log(all), model.LogLikelihood(buying), 1e-8);
        Assert.Equal(alive / all, model.Alive(buying), 1e-8);
        Assert.Equal(active / all, model.Active(buying, ahead), 1e-8);
        Assert.Equal(bought / all, model.Expected(buying, ahead), 2e-3 * Math.Max(1, bought / all) * (a == 1 ? 1 : 1e-5));
    }

    [Fact]
    public void A_customer_with_two_hundred_purchases_breaks_nothing()
    {
        var model = new BuyingModel(Dropout.AfterRepeats, 0.25, 4, 0.8, 2.5);
        var often = new RepeatBuying(200, 38, 40);

        Assert.Equal(100.7957, model.LogLikelihood(often), 5e-5);
        Assert.InRange(model.Expected(often, 52), 1, 260);
        Assert.InRange(new BuyingModel(Dropout.AfterEveryPurchase, 0.25, 0.01, 0.8, 2.5).Expected(new RepeatBuying(0, 0, 0), 520), 0, 1000);
    }

    [Fact]
    public void Published_expectation_of_the_first_customer_comes_out() =>
        Assert.Equal(1.226, Cdnow.Expected(new RepeatBuying(2, 30.43, 38.86), 39), 5e-4);

    [Theory]
    [InlineData(Dropout.AfterRepeats, 0.243, 4.414, 0.793, 2.426)]
    [InlineData(Dropout.AfterEveryPurchase, 0.525, 6.183, 0.891, 1.614)]
    [InlineData(Dropout.AfterEveryPurchase, 1.5, 10, 0.6, 2)]
    public void Known_parameters_are_found_again_within_their_standard_errors(Dropout dropout, double r, double alpha, double a, double b)
    {
        var truth = new BuyingModel(dropout, r, alpha, a, b);
        var customers = SimulatedFirm.Customers(truth, 4000, new System.Random(11));

        var fit = BuyingModelFit.MaximumLikelihood(dropout, customers);

        Assert.False(fit.RanAway);
        Assert.True(fit.LogLikelihood >= customers.Sum(truth.LogLikelihood), "a likelier point is known");
        foreach (var ((found, true_), error) in BuyingModelFit.ToLogs(fit.Model).Zip(BuyingModelFit.ToLogs(truth)).Zip(fit.StandardErrorsOfLogs!))
        {
            Assert.InRange(Math.Abs(found - true_) / error, 0, 2.5);
        }
    }

    [Theory]
    [InlineData(true, 12)]
    [InlineData(true, 150)]
    [InlineData(false, 1500)]
    public void Wherever_the_search_begins_it_ends_with_the_same_parameters(bool withPriors, int customers)
    {
        var data = SimulatedFirm.Customers(new BuyingModel(Dropout.AfterEveryPurchase, 0.8, 8, 0.7, 1.8), customers, new System.Random(21));
        var fit = withPriors ? BuyingModelFit.WithPriors(data) : BuyingModelFit.MaximumLikelihood(Dropout.AfterEveryPurchase, data);
        var negative = BuyingModelFit.Negative(new RepeatBuyers(data), withPriors);
        double Bounded(double[] logs) => logs.Any(value => Math.Abs(value) > 14) ? double.PositiveInfinity : negative(logs);

        foreach (var (r, alpha, a, b) in new[] { (1.0, 1.0, 1.0, 1.0), (0.14, 20, 2.7, 0.37), (1, 3, 1, 3), (3, 30, 0.2, 4) })
        {
            var found = Simplex.Minimize(Bounded, [[Math.Log(r), Math.Log(alpha), Math.Log(a), Math.Log(b)]]);
            Assert.Equal(negative(BuyingModelFit.ToLogs(fit.Model)), negative(found), 1e-4);
            Assert.All(found.Zip(BuyingModelFit.ToLogs(fit.Model)), pair => Assert.Equal(pair.Second, pair.First, 0.02));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Days_instead_of_weeks_change_the_unit_and_nothing_else(bool withPriors)
    {
        var weeks = SimulatedFirm.Customers(new BuyingModel(Dropout.AfterEveryPurchase, 0.8, 8, 0.7, 1.8), withPriors ? 30 : 900, new System.Random(5));
        var days = weeks.Select(c => c with { Last = c.Last * 7, Observed = c.Observed * 7 }).ToArray();
        FittedBuyingModel Fit(RepeatBuying[] customers) =>
            withPriors ? BuyingModelFit.WithPriors(customers) : BuyingModelFit.MaximumLikelihood(Dropout.AfterEveryPurchase, customers);

        var (inWeeks, inDays) = (Fit(weeks), Fit([.. days.Reverse()]));

        Assert.Equal(inWeeks.LogLikelihood, inDays.LogLikelihood + (weeks.Sum(c => c.Repeats) * Math.Log(7)), withPriors ? 0.05 : 1e-3);
        Assert.Equal(1, inDays.Model.Alpha / (7 * inWeeks.Model.Alpha), withPriors ? 0.05 : 2e-3);
        Assert.Equal(1, inDays.Model.A / inWeeks.Model.A, withPriors ? 0.05 : 2e-3);
    }

    [Fact]
    public void A_handful_of_customers_never_sends_the_product_s_parameters_away()
    {
        var random = new System.Random(3);
        foreach (var count in new[] { 1, 2, 5, 12 })
        {
            var fit = BuyingModelFit.Fit(SimulatedFirm.Customers(new BuyingModel(Dropout.AfterEveryPurchase, 0.5, 6, 0.9, 1.6), count, random));
            Assert.True(fit.WithPriors);
            Assert.False(fit.RanAway);
        }
    }

    private static IEnumerable<double> Steps(double from, double to)
    {
        for (var s = from; s < to; s += Density.Step)
        {
            yield return s;
        }
    }

    private static class Density
    {
        public const double Step = 0.08;

        public static double Gamma(double shape, double rate, double lnValue) => Step * Math.Exp(
            (shape * Math.Log(rate)) + (shape * lnValue) - (rate * Math.Exp(lnValue)) - MathNet.Numerics.SpecialFunctions.GammaLn(shape));

        public static double Beta(double a, double b, double logit) => Step * Math.Exp(
            (-a * Math.Log(1 + Math.Exp(-logit))) - (b * Math.Log(1 + Math.Exp(logit))) - MathNet.Numerics.SpecialFunctions.BetaLn(a, b));
    }
}
