using OutlookCrm.Insights;

namespace OutlookCrm.Tests.Insights;

public sealed class ForecastTests
{
    private static readonly BuyingModel[] Firms =
    [
        new(Dropout.AfterEveryPurchase, 0.525, 6.183, 0.891, 1.614),
        new(Dropout.AfterEveryPurchase, 1.2, 10, 0.5, 2),
        new(Dropout.AfterEveryPurchase, 2.5, 20, 0.6, 1.2),
    ];

    [Theory]
    [InlineData(12, 90)]
    [InlineData(30, 60)]
    public void Four_of_five_firms_end_up_inside_the_range_they_were_told(int customers, int firms)
    {
        var random = new System.Random(20_000 + customers);
        var inside = 0;
        for (var firm = 0; firm < firms; firm++)
        {
            var lives = Enumerable.Range(0, customers)
                .Select(_ => SimulatedFirm.Customer(Firms[firm % Firms.Length], 26 + (52 * random.NextDouble()), 52, random)).ToArray();
            var forecast = Forecast.Of(
                BuyingModelFit.Fit([.. lives.Select(life => life.Buying)]), null, [.. lives.Select(life => (life.Buying, (RepeatSpend?)null))],
                new Horizon(52), 1);
            var came = lives.Sum(life => life.Later);
            inside += came >= forecast.Purchases.Low && came <= forecast.Purchases.High ? 1 : 0;
        }

        Assert.InRange((double)inside / firms, 0.65, 0.95);
    }

    [Fact]
    public void The_same_customers_get_the_same_forecast_to_the_last_digit()
    {
        var lives = SimulatedFirm.Customers(Firms[1], 60, new System.Random(8));
        (RepeatBuying, RepeatSpend?)[] histories = [.. lives.Select(b => (b, b.Repeats > 0 ? new RepeatSpend(b.Repeats, 50) : (RepeatSpend?)null))];
        FirmForecast Run() => Forecast.Of(
            BuyingModelFit.Fit(lives), GammaGammaFit.Fit([.. histories.Select(h => h.Item2).OfType<RepeatSpend>()]), histories, Horizon.Months(12), 50);

        var (once, again) = (Run(), Run());

        Assert.Equal(once.Customers, again.Customers);
        Assert.Equal(once.Value, again.Value);
        Assert.Equal(once.Path, again.Path);
        Assert.Equal(12, once.Path.Count);
        Assert.Equal(once.Value.Median, once.Path[^1].Median, 1e-6);
        Assert.All(once.Path.Zip(once.Path.Skip(1)), step => Assert.True(step.First.Low <= step.Second.Low && step.First.High <= step.Second.High));

        // Rates do not change and customers only stop: no month brings more than the first by more than chance.
        Assert.InRange(once.Path[2].Median / once.Value.Median, 0.2, 0.5);
    }

    [Fact]
    public void Playing_a_customer_s_future_agrees_with_the_formula()
    {
        var model = Firms[0];
        var buying = new RepeatBuying(2, 30.43, 38.86);
        var random = new System.Random(1);

        var plays = Enumerable.Range(0, 40_000).Select(_ => Forecast.Play(model, buying, 39, random).Bought).ToArray();

        Assert.Equal(model.Expected(buying, 39), plays.Average(), 0.03);
        Assert.Equal(model.Active(buying, 39), plays.Count(count => count > 0) / 40_000.0, 0.01);
    }

    [Fact]
    public void Who_may_be_lost_is_never_ranked_worse_than_by_recency()
    {
        var random = new System.Random(4);
        foreach (var model in Firms)
        {
            var lines = SimulatedFirm.Lines(model, 120, 104, random);
            var test = BackTest.Run(lines, new DateOnly(2024, 12, 31))!;
            Assert.True(test.RiskArea >= test.RecencyArea - 0.02, $"{test.RiskArea} against {test.RecencyArea}");
        }
    }

    [Fact]
    public void Too_few_customers_get_no_forecast_but_are_told_what_is_missing()
    {
        var lines = Enumerable.Range(0, 13).Select(day => new PurchaseLine("only one", new DateOnly(2026, 1, 1).AddDays(day * 20), 10)).ToArray();

        var firm = FirmInsights.Of(lines, new DateOnly(2026, 9, 1));

        Assert.Null(firm.Forecast);
        Assert.Equal("19 more customers and 8 more repeat orders", firm.MissingForForecast);
        Assert.Null(firm.Customers[0].Rfm);
    }
}
