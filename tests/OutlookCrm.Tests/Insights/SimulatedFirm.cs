using MathNet.Numerics.Distributions;
using OutlookCrm.Insights;

namespace OutlookCrm.Tests.Insights;

/// <summary>Customers who buy exactly as the model says, so that what is worked out can be held against the truth.</summary>
internal static class SimulatedFirm
{
    /// <param name="observed">Weeks each customer is watched.</param>
    /// <param name="ahead">Weeks to go on for, to see what comes.</param>
    public static (RepeatBuying Buying, int Later, double[] Times) Customer(BuyingModel model, double observed, double ahead, System.Random random)
    {
        var rate = Gamma.Sample(random, model.R, model.Alpha);
        var stop = Beta.Sample(random, model.A, model.B);
        var times = new List<double> { 0 };
        var alive = model.Dropout == Dropout.AfterRepeats || random.NextDouble() >= stop;
        while (alive)
        {
            var next = times[^1] + Exponential.Sample(random, Math.Max(rate, 1e-9));
            if (next > observed + ahead)
            {
                break;
            }

            times.Add(next);
            alive = random.NextDouble() >= stop;
        }

        var known = times.Count(time => time <= observed);
        return (new RepeatBuying(known - 1, times[known - 1], observed), times.Count - known, [.. times]);
    }

    public static RepeatBuying[] Customers(BuyingModel model, int count, System.Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => Customer(model, 20 + (60 * random.NextDouble()), 0, random).Buying)];

    /// <summary>As purchase lines from 2024-01-01 on; days of the same week may fall together, as in life.</summary>
    public static PurchaseLine[] Lines(BuyingModel model, int customers, double weeks, System.Random random)
    {
        var start = new DateOnly(2024, 1, 1);
        return [.. Enumerable.Range(0, customers).SelectMany(number =>
        {
            var begins = 12 * random.NextDouble();
            return Customer(model, weeks - begins, 0, random).Times.Select(time => new PurchaseLine(
                $"c{number:0000}", start.AddDays((int)((begins + time) * 7)), Math.Round((decimal)(10 + (90 * random.NextDouble())), 2)));
        })];
    }
}
