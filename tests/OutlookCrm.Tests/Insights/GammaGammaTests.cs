using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using OutlookCrm.Insights;

namespace OutlookCrm.Tests.Insights;

public sealed class GammaGammaTests
{
    private static readonly GammaGamma Published = new(6.25, 3.74, 15.44);

    [Theory]
    [InlineData(2, 22.35, 6.25, 3.74, 15.44)]
    [InlineData(11, 140, 2.1, 1.6, 40)]
    [InlineData(1, 0.4, 0.7, 3, 2)]
    public void Likelihood_and_expected_spend_are_what_integrating_over_all_customers_gives(int x, double mean, double p, double q, double v)
    {
        double all = 0, spend = 0;
        for (var s = -40.0; s < 12; s += 0.01)
        {
            // ν = e^s ~ Gamma(q, v); the mean of x purchases ~ Gamma(px, νx).
            var nu = Math.Exp(s);
            var weight = Math.Exp((q * Math.Log(v)) + (q * s) - (v * nu) - SpecialFunctions.GammaLn(q)
                + (p * x * Math.Log(nu * x)) + (((p * x) - 1) * Math.Log(mean)) - (nu * x * mean) - SpecialFunctions.GammaLn(p * x));
            all += weight * 0.01;
            spend += weight * 0.01 * p / nu;
        }

        var model = new GammaGamma(p, q, v);
        Assert.Equal(Math.Log(all), model.LogLikelihood(new RepeatSpend(x, mean)), 1e-8);
        Assert.Equal(1, spend / all / model.ExpectedSpend(new RepeatSpend(x, mean)), 1e-6);
    }

    [Fact]
    public void Published_expectations_come_out()
    {
        Assert.Equal(24.66, Published.ExpectedSpend(new RepeatSpend(2, 22.35)), 0.02);
        Assert.Equal(18.91, Published.ExpectedSpend(new RepeatSpend(1, 11.77)), 0.02);
        Assert.Equal(35.17, Published.ExpectedSpend(null), 0.1);
    }

    [Fact]
    public void Known_parameters_are_found_again_in_any_currency()
    {
        var random = new System.Random(17);
        var spends = Enumerable.Range(0, 4000).Select(_ =>
        {
            var x = 1 + Poisson.Sample(random, 3);
            var nu = Gamma.Sample(random, Published.Q, Published.V);
            return new RepeatSpend(x, Gamma.Sample(random, Published.P * x, nu * x));
        }).ToArray();

        var fit = GammaGammaFit.MaximumLikelihood(spends)!;
        var inYen = GammaGammaFit.MaximumLikelihood([.. spends.Select(c => c with { MeanSpend = c.MeanSpend * 160 })])!;

        Assert.True(fit.LogLikelihood >= spends.Sum(Published.LogLikelihood));
        Assert.Equal(Published.P, fit.Model.P, 0.6);
        Assert.Equal(Published.Q, fit.Model.Q, 0.3);
        Assert.Equal(1, fit.Model.ExpectedSpend(null) / Published.ExpectedSpend(null), 0.04);
        Assert.Equal(1, inYen.Model.P / fit.Model.P, 1e-3);
        Assert.Equal(1, inYen.Model.V / fit.Model.V / 160, 1e-3);
    }

    [Fact]
    public void One_repeat_buyer_is_enough_for_a_spend_that_makes_sense()
    {
        var fit = GammaGammaFit.Fit([new RepeatSpend(1, 80)])!;

        Assert.True(fit.Model.Q > 1);
        Assert.InRange(fit.Model.ExpectedSpend(null), 30, 160);
        Assert.Null(GammaGammaFit.Fit([]));
    }
}
