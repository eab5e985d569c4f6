using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OutlookCrm.Import;
using OutlookCrm.Insights;

namespace OutlookCrm.LocalHost;

/// <summary>
/// <c>insights --purchases FILE.csv</c>: all figures of any file of purchases, so that anybody can check them against published results.
/// Besides what the product uses it prints plain maximum likelihood of BG/NBD, MBG/NBD and Gamma-Gamma.
/// </summary>
public static class InsightsCommand
{
    public const string Usage = """
        insights --purchases FILE.csv [--calibrate DATE] [--win-cost AMOUNT] [--json]
          FILE.csv          columns customer, date, amount, optional margin and product; comma, semicolon, tab or bar between them
          --calibrate DATE  looks at purchases up to this day (yyyy-MM-dd), and tests the forecast on the rest
          --win-cost AMOUNT what winning a new customer costs you, for the cost of losing one
          --json            everything, for programs
        Time is in weeks (days / 7) from a customer's first purchase; several purchases on one day are one; a negative amount is a credit
        note. Without --calibrate the last day of the file is the day looked from.
        """;

    private const int ProblemsShown = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <returns>0; 1 when the file cannot be read as purchases, with every reason on <paramref name="errors"/>; 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        var (options, complaint) = Read(arguments);
        if (complaint is not null)
        {
            await errors.WriteLineAsync($"{complaint}\n{Usage}");
            return 2;
        }

        if (!File.Exists(options.Purchases))
        {
            await errors.WriteLineAsync($"There is no file {options.Purchases}.");
            return 1;
        }

        var file = await PurchaseFile.ReadAsync(() => File.OpenRead(options.Purchases!), CultureInfo.CurrentCulture, cancellation);
        if (file.Problems.Count > 0)
        {
            foreach (var problem in file.Problems.Take(ProblemsShown))
            {
                await errors.WriteLineAsync($"{options.Purchases}: {problem}");
            }

            await errors.WriteLineAsync(file.Problems.Count > ProblemsShown
                ? $"… and {file.Problems.Count - ProblemsShown} more. Nothing was worked out."
                : "Nothing was worked out.");
            return 1;
        }

        var (first, last) = (file.Lines.Min(line => line.On), file.Lines.Max(line => line.On));
        if (options.Calibrate is { } day && (day < first || day > last))
        {
            await errors.WriteLineAsync($"--calibrate {day:yyyy-MM-dd}: the file goes from {first:yyyy-MM-dd} to {last:yyyy-MM-dd}.");
            return 1;
        }

        var report = Report(file, options.Calibrate, options.WinCost);
        if (options.Json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
        }
        else
        {
            await InsightsText.WriteAsync(report, output);
        }

        return 0;
    }

    internal static InsightsReport Report(PurchaseFile file, DateOnly? calibrate, decimal? winCost)
    {
        var (first, last) = (file.Lines.Min(line => line.On), file.Lines.Max(line => line.On));
        var on = calibrate ?? last;
        var firm = FirmInsights.Of(file.Lines, on, winCost);
        if (firm.Customers.Count == 0)
        {
            return new InsightsReport(
                new FileFigures(file.Lines.Count, 0, first, last, file.Delimiter, file.DatePattern, file.DecimalSeparator, file.Currency),
                on, "weeks", 0, 0, null, null, "20 more customers", null, null, null, [], [], []);
        }

        var buyings = firm.Customers.Select(c => c.Buying).ToArray();
        var spends = firm.Customers.Select(c => c.History.Spend).OfType<RepeatSpend>().ToArray();
        var mbg = BuyingModelFit.MaximumLikelihood(Dropout.AfterEveryPurchase, buyings);
        var map = BuyingModelFit.WithPriors(buyings);
        var gammaGamma = GammaGammaFit.MaximumLikelihood(spends);
        var backTest = calibrate is null ? null : BackTest.Run(file.Lines, on);
        var later = calibrate is null
            ? null
            : BuyingHistory.Of(file.Lines.Where(line => line.On > on), last).ToDictionary(h => h.Customer, h => h.Days.Count, StringComparer.Ordinal);
        var laterWeeks = (last.DayNumber - on.DayNumber) / BuyingHistory.DaysPerWeek;
        var used = BuyingModelFit.Fit(buyings);
        return new InsightsReport(
            new FileFigures(
                file.Lines.Count, file.Lines.Select(line => line.Customer).Distinct(StringComparer.Ordinal).Count(), first, last,
                file.Delimiter, file.DatePattern, file.DecimalSeparator, file.Currency),
            on,
            "weeks",
            firm.Customers.Count,
            buyings.Sum(b => b.Repeats),
            new ModelFigures(
                new BuyingFigures(BuyingParameters.Of(BuyingModelFit.MaximumLikelihood(Dropout.AfterRepeats, buyings)), null, "nothing: printed to be checked"),
                new BuyingFigures(BuyingParameters.Of(mbg), BuyingParameters.Of(map), used.WithPriors ? "map" : "maximumLikelihood"),
                gammaGamma is null ? null : new SpendFigures(
                    SpendParameters.Of(gammaGamma), SpendParameters.Of(GammaGammaFit.WithPriors(spends)!),
                    GammaGammaFit.Fit(spends)!.WithPriors ? "map" : "maximumLikelihood")),
            firm.Forecast is { } forecast
                ? new ForecastFigures(FirmInsights.ForecastMonths, firm.ByMargin ? "margin" : "revenue", forecast.Purchases, forecast.Value)
                : null,
            firm.MissingForForecast,
            backTest,
            new ConcentrationFigures(
                firm.ByMargin ? "margin" : "revenue", firm.Pareto.Total, firm.Pareto.TopFifthShare, firm.Pareto.CustomersForEightyPercent,
                firm.Pareto.LargestShare, firm.Pareto.DependsOnOne, firm.Pareto.Curve),
            firm.PooledGap,
            [.. firm.Customers.Where(c => c.Rfm is not null).GroupBy(c => c.Rfm!.Value.Segment).OrderBy(g => g.Key)
                .Select(g => new SegmentFigures(g.Key, g.Count(), g.Sum(c => c.History.Days.Count), g.Sum(c => c.History.Revenue)))],
            firm.Rules,
            [.. firm.Customers.Select(c => new CustomerFigures(
                c.History.Customer, c.Buying.Repeats, c.Buying.Last, c.Buying.Observed, c.History.FirstOn, c.History.LastOn, c.History.Days.Count,
                c.History.Revenue, c.History.Margin, c.History.Spend?.MeanSpend,
                firm.Customers.Count >= Pareto.CustomersNeeded ? c.Class : null,
                c.Rhythm.Status, c.Rhythm.Sentence(), c.Rhythm.UsualGap, c.Rhythm.NextOn?.From, c.Rhythm.NextOn?.Expected, c.Rhythm.NextOn?.Until,
                c.Rfm?.Recency, c.Rfm?.Frequency, c.Rfm?.Monetary, c.Rfm?.Segment, c.Growth.ThisYear, c.Growth.YearBefore, c.Growth.Trend,
                c.RiskPlace, c.Forecast?.Alive, c.Forecast?.Active, c.Forecast?.Purchases, c.Forecast?.PurchasesRange, c.Forecast?.SpendPerPurchase,
                c.Forecast?.Value, c.Forecast?.ValueRange, c.CostOfLosing?.Total,
                later is null ? null : used.Model.Expected(c.Buying, laterWeeks), later?.GetValueOrDefault(c.History.Customer),
                c.Offer is { } offer ? new OfferFigures(offer.Offer, offer.Sentence()) : null))]);
    }

    private static (CommandOptions Options, string? Complaint) Read(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--json")
            {
                options = options with { Json = true };
                continue;
            }

            var (name, value) = arguments[i].Split('=', 2) is [var before, var after] ? (before, after)
                : (arguments[i], i + 1 < arguments.Count ? arguments[++i] : null);
            if (value is null)
            {
                return (options, $"{name} needs a value.");
            }

            switch (name)
            {
                case "--purchases":
                    options = options with { Purchases = value };
                    break;
                case "--calibrate" when DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                    options = options with { Calibrate = date };
                    break;
                case "--win-cost" when decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cost):
                    options = options with { WinCost = cost };
                    break;
                default:
                    return (options, $"'{name} {value}' is not an option here.");
            }
        }

        return (options, options.Purchases is null ? "--purchases FILE.csv is needed." : null);
    }

    private sealed record CommandOptions(string? Purchases = null, DateOnly? Calibrate = null, decimal? WinCost = null, bool Json = false);
}
