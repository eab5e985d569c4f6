using System.Globalization;
using OutlookCrm.Insights;

namespace OutlookCrm.LocalHost;

/// <summary>The same figures for people.</summary>
internal static class InsightsText
{
    public static async Task WriteAsync(InsightsReport report, TextWriter output)
    {
        Task Line(FormattableString text) => output.WriteLineAsync(text.ToString(CultureInfo.InvariantCulture));
        await Line($"{report.File.Rows} rows of {report.File.Customers} customers, {report.File.From:yyyy-MM-dd} to {report.File.To:yyyy-MM-dd}");
        await Line($"  read with '{report.File.Delimiter}' between columns, dates {report.File.DatePattern}, decimal '{report.File.DecimalSeparator}'{(report.File.Currency is { } currency ? ", in " + currency : "")}");
        await Line($"Looked from {report.On:yyyy-MM-dd}: {report.Customers} customers, {report.RepeatPurchases} repeat purchases; time in {report.TimeUnit}");
        await Line($"");
        if (report.Models is { } models)
        {
            await WriteBuyingAsync("BG/NBD", models.BgNbd);
            await WriteBuyingAsync("MBG/NBD", models.MbgNbd);
            if (models.GammaGamma is { } spend)
            {
                foreach (var (name, p) in new[] { ("maximum likelihood", spend.MaximumLikelihood), ("with priors", spend.Map) })
                {
                    await Line($"Gamma-Gamma, {name}: p {p.P:0.0000}  q {p.Q:0.0000}  v {p.V:0.0000}  log-likelihood {p.LogLikelihood:0.0000}  ({p.Customers} repeat buyers)");
                }

                await Line($"  used: {spend.Used}");
            }
        }

        await Line($"");
        await Line(report.Forecast is { } forecast
            ? (FormattableString)$"Next {forecast.Months} months: {forecast.Purchases.Median:0} purchases ({forecast.Purchases.Low:0} to {forecast.Purchases.High:0}), {forecast.ValueIs} {forecast.Value.Median:0.00} ({forecast.Value.Low:0.00} to {forecast.Value.High:0.00}); the ranges hold in four of five cases"
            : $"No forecast: it needs {report.MissingForForecast}.");
        if (report.BackTest is { } test)
        {
            await Line($"Tested on {test.Weeks:0.0} weeks after {test.On:yyyy-MM-dd}: forecast {test.Forecast.Median:0} purchases ({test.Forecast.Low:0} to {test.Forecast.High:0}), true {test.Bought}; error {test.TotalError:0.0 %}");
            await Line($"  who buys again ({test.BoughtAgain} did), area under the ROC curve: P(active) {test.ActiveArea:0.000}, recency {test.RecencyArea:0.000}, at-risk order {test.RiskArea:0.000}");
            await Line($"  mean error of the spend: {test.SpendError:0.00} (own mean so far: {test.OwnMeanSpendError:0.00})");
        }

        if (report.Concentration is { } concentration)
        {
            await Line($"");
            await Line($"{concentration.CustomersForEightyPercent} of {report.Customers} customers bring 80 % of {concentration.By}; the top fifth brings {concentration.TopFifthShare:0.0 %}, the largest {concentration.LargestShare:0.0 %}{(concentration.DependsOnOne ? " (a danger: one customer)" : "")}");
        }

        await Line($"{(report.Segments.Count == 0 ? $"No segments: they need {Rfm.CustomersForTerciles} customers." : report.Customers < Rfm.CustomersForQuintiles ? $"Segments (with {report.Customers} customers they are rough):" : "Segments:")}");
        foreach (var s in report.Segments)
        {
            await Line($"  {s.Segment,-20} {s.Customers,7} customers {s.Purchases,8} purchases {s.Revenue,14:0.00}");
        }

        await Line($"{(report.CrossSell.Count == 0 ? "Cross-sell: no pair of products passes the test." : "Cross-sell:")}");
        foreach (var rule in report.CrossSell)
        {
            await Line($"  {rule.Sentence()} (lift {rule.Lift:0.00}, p {rule.Chance:0.000000})");
        }

        await Line($"");
        await Line($"customer | x | t_x | T | revenue | margin | class | status | rhythm | RFM | segment | risk place | P(alive) | P(active) | purchases in 12 months | value | range | offer");
        foreach (var c in report.PerCustomer)
        {
            await Line($"{c.Customer} | {c.X} | {c.Tx:0.00} | {c.T:0.00} | {c.Revenue:0.00} | {c.Margin:0.00} | {c.Class} | {c.Status} | {c.Rhythm} | {c.R}{c.F}{c.M} | {c.Segment} | {c.RiskPlace} | {c.Alive:0.0000} | {c.Active:0.0000} | {c.ExpectedPurchases:0.000} | {c.Value:0.00} | {Range(c.ValueRange)} | {c.Offer?.Product}");
        }

        async Task WriteBuyingAsync(string model, BuyingFigures figures)
        {
            foreach (var (name, p) in new[] { ("maximum likelihood", figures.MaximumLikelihood), ("with priors", figures.Map) })
            {
                if (p is not null)
                {
                    await Line($"{model}, {name}: r {p.R:0.0000}  alpha {p.Alpha:0.0000}  a {p.A:0.0000}  b {p.B:0.0000}  log-likelihood {p.LogLikelihood:0.0000}{(p.RanAway ? "  (runs away: too few customers to say)" : "")}");
                }
            }

            await Line($"  used: {figures.Used}");
        }
    }

    private static string Range(Likely? range) => range is { } r ? string.Create(CultureInfo.InvariantCulture, $"{r.Low:0.00} to {r.High:0.00}") : "";
}
