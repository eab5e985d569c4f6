using System.Text.Json;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;

namespace OutlookCrm.Insights;

/// <summary>
/// Works out all figures of a firm from its purchases, page by page of its buyers, and stores them: the Insights page, and on each
/// customer's own rows where it stands. The cards read what is stored. Twice gives the same.
/// </summary>
public sealed class FirmRecompute(SalesStore sales, ProductStore products, InsightsStore insights, IWorkQueue queue, TimeProvider clock)
{
    public const string Queue = "insights-work";

    private const int Shown = 10;
    private const int Few = 3;
    private const int AtOnce = 16;

    // A forecast is tested on a year that has passed, made from at least half a year before it.
    private const int BackTestDays = 365;

    /// <summary>Durable when it returns; worked out in the background.</summary>
    public Task AskAsync(Guid tenantId, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(new RecomputeMessage(tenantId)), delay: null, cancellation);

    public async Task RunAsync(Guid tenantId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var today = now.DayInUtc();
        var buyers = new Dictionary<string, Buyer>(StringComparer.Ordinal);
        var currencies = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var buyer in sales.BuyersAsync(tenantId, cancellation))
        {
            if (buyer.Purchases.Any(p => !p.IsCreditNote && p.On <= today))
            {
                buyers[buyer.CustomerId] = buyer;
                foreach (var currency in buyer.Purchases.Select(p => p.Currency).Distinct())
                {
                    currencies[currency] = currencies.GetValueOrDefault(currency) + 1;
                }
            }
        }

        if (currencies.Count == 0)
        {
            await insights.SaveAsync(tenantId, new InsightsPage(now), cancellation);
            await insights.SaveListsAsync(tenantId, now, "", [], cancellation);
            return;
        }

        var main = currencies.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
        var byCurrency = buyers.Values.SelectMany(LinesOf).ToLookup(one => one.Currency, one => one.Line, StringComparer.Ordinal);
        var lines = byCurrency[main].ToArray();
        var said = await products.ListAsync(tenantId, cancellation);
        var withContract = WithContract(buyers.Values, said);
        var winningCost = await insights.WinningCostAsync(tenantId, cancellation);
        var firm = FirmInsights.Of(lines, today, winningCost, withContract: withContract);
        var potential = GrowthPotential.Of(firm.Customers, lines, today);
        var lists = FigureLists.Of(firm, c => Valued(c, buyers[c.History.Customer].Name), potential, withContract)
            .ToDictionary(list => list.Name, StringComparer.Ordinal);
        var others = currencies.Keys.Where(currency => currency != main).Order(StringComparer.Ordinal)
            .Select(currency => FigureLists.OfCurrency(currency, byCurrency[currency], today, id => buyers[id].Name))
            .OfType<(NamedList List, CurrencyFigures Figures)>().ToArray();
        foreach (var (list, _) in others)
        {
            lists[list.Name] = list;
        }

        var pastError = PastError([.. lines.Where(line => !withContract.Contains(line.Customer))], today);
        var page = new InsightsPage(now, Figures(firm, main, buyers.Count, lists, pastError, withContract) with
        {
            WinningCost = winningCost is { } cost ? Money(cost) : null,
            Others = [.. others.Select(one => one.Figures)],
        });
        var inClass = firm.Pareto.Classes.CountBy(c => c).ToDictionary();
        await Parallel.ForEachAsync(
            firm.Customers,
            OwnThreads.AtMost(AtOnce, cancellation),
            async (customer, token) => await insights.StandAsync(
                tenantId, customer.History.Customer, buyers[customer.History.Customer].Standing,
                StandingOf(customer, firm, inClass, buyers[customer.History.Customer], said), token));
        await insights.SaveListsAsync(tenantId, now, main, lists.Values, cancellation);
        await insights.SaveAsync(tenantId, page, cancellation);
    }

    private static IEnumerable<(string Currency, PurchaseLine Line)> LinesOf(Buyer buyer) =>
        from purchase in buyer.Purchases
        let sign = purchase.IsCreditNote ? -1 : 1
        from item in purchase.Items
        select (purchase.Currency, new PurchaseLine(buyer.CustomerId, purchase.On, sign * item.Amount, sign * (item.Amount - item.Cost), item.Product));

    private static HashSet<string> WithContract(IEnumerable<Buyer> buyers, IReadOnlyList<ProductEntry> said)
    {
        var contracts = said.Where(product => product.IsContract).Select(product => product.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. buyers.Where(b => b.Purchases.Any(p => p.Items.Any(item => contracts.Contains(item.Product)))).Select(b => b.CustomerId)];
    }

    private static int? PastError(PurchaseLine[] lines, DateOnly today)
    {
        var then = today.AddDays(-BackTestDays);
        return ForecastGate.Missing(BuyingHistory.Of(lines, then), then) is null
            && BackTest.Run([.. lines.Where(line => line.On <= today)], then)?.TotalError is { } error
                ? (int)Math.Round(100 * error)
                : null;
    }

    private static ValuedCustomer Valued(CustomerInsight c, string name) => new(
        c.History.Customer,
        name,
        Money(c.Value),
        (CustomerClass)c.Class,
        c.Rhythm.Sentence(),
        (BuyerStatus)c.Rhythm.Status,
        c.CostOfLosing is { } cost ? Money(cost.Total.Median) : null,
        c.CostOfLosing is { } low ? Money(low.Total.Low) : null,
        c.CostOfLosing is { } high ? Money(high.Total.High) : null);

    private static FirmFigures Figures(
        FirmInsights firm, string currency, int buyers, Dictionary<string, NamedList> lists, int? pastError, HashSet<string> withContract)
    {
        var pareto = firm.Pareto;
        var enough = firm.Customers.Count >= Pareto.CustomersNeeded && pareto.Total > 0;
        IReadOnlyList<ValuedCustomer> First(string list, int count) => lists.TryGetValue(list, out var found) ? [.. found.Customers.Take(count)] : [];
        int CountOf(string list) => lists.TryGetValue(list, out var found) ? found.Customers.Count : 0;
        var lost = firm.Customers.Where(c => FigureLists.LostIn(c) >= FigureLists.Months(firm.On).First()).ToArray();
        return new FirmFigures(
            currency,
            buyers - firm.Customers.Count,
            firm.ByMargin ? ValueMeasure.Margin : ValueMeasure.Revenue,
            firm.Customers.Count,
            firm.Customers.Sum(c => c.History.Days.Count),
            Money(firm.Customers.Sum(c => c.Value)),
            enough
                ? new ConcentrationFigures(pareto.CustomersForEightyPercent, Percent(pareto.TopFifthShare), Percent(pareto.LargestShare), pareto.DependsOnOne)
                : null,
            enough
                ? [.. pareto.Curve.Select(p => new CurvePoint((int)Math.Round(1000 * p.CustomerShare), (int)Math.Round(1000 * p.ValueShare)))]
                : [],
            firm.Forecast is { } forecast ? ForecastOf(firm, forecast, pastError, withContract) : null,
            firm.MissingForForecast,
            [.. firm.Customers.GroupBy(c => c.Rhythm.Status).OrderBy(g => g.Key).Select(g => new StatusCount((BuyerStatus)g.Key, g.Count()))],
            [.. firm.Customers.Where(c => c.Rfm is not null).GroupBy(c => c.Rfm!.Value.Segment).OrderBy(g => g.Key)
                .Select(g => new SegmentCount(FigureLists.NameOf(g.Key), g.Count(), Money(g.Sum(c => c.History.Revenue)), FigureLists.OfSegment(g.Key)))],
            Months(firm),
            First(FigureLists.Everybody, Shown),
            First("status-overdue", Shown),
            [.. firm.Rules.Take(FigureLists.RulesShown).Select((rule, place) => new SoldTogether(
                rule.Product, rule.Offer, rule.Sentence(), CountOf(FigureLists.OfRule(place)), CountOf(FigureLists.OfRule(place)) > 0 ? FigureLists.OfRule(place) : null))],
            firm.Customers.Count(c => withContract.Contains(c.History.Customer)))
        {
            Classes = enough
                ? [.. firm.Customers.GroupBy(c => c.Class).OrderBy(g => g.Key).Select(g => new ClassCount(
                    (CustomerClass)g.Key, g.Count(), Money(g.Sum(c => c.Value)), Percent((double)(g.Sum(c => c.Value) / pareto.Total))))]
                : [],
            LeastValuable = firm.Customers.Count > Shown ? First("least", Few) : [],
            Lost = lost.Length > 0 ? new LostFigures(lost.Length, Money(lost.Sum(c => FigureLists.LastYearOf(c, firm.ByMargin)))) : null,
            Growing = CountOf("growing"),
            Shrinking = CountOf("shrinking"),
            Potential = First("potential", Few),
            WithPotential = CountOf("potential"),
        };
    }

    /// <summary>The range as simulated, made as wide as the last forecast was wrong: the model's own error is not in it.</summary>
    private static ForecastFigures ForecastOf(FirmInsights firm, FirmForecast forecast, int? pastError, HashSet<string> withContract)
    {
        var error = (pastError ?? 0) / 100.0;
        Likely Widened(Likely range) => new(
            Math.Max(0, Math.Min(range.Low, range.Median * (1 - error))), range.Median, Math.Max(range.High, range.Median * (1 + error)));
        var (purchases, value) = (Widened(forecast.Purchases), Widened(forecast.Value));
        var days = firm.Customers.Where(c => !withContract.Contains(c.History.Customer)).SelectMany(c => c.History.Days).ToArray();
        FanPoint Point(int month)
        {
            var (range, until) = (Widened(forecast.Path[month - 1]), firm.On.AddMonths(month));
            var before = days.Where(day => day.On > firm.On.AddYears(-1) && day.On <= until.AddYears(-1)).Sum(day => day.Amount);
            return new FanPoint(until, Money(range.Low), Money(range.Median), Money(range.High), Money((double)before * firm.MarginShare));
        }

        return new ForecastFigures(
            (int)purchases.Low, (int)purchases.Median, (int)Math.Ceiling(purchases.High), Money(value.Low), Money(value.Median), Money(value.High), pastError)
        {
            Fan = [.. Enumerable.Range(1, FirmInsights.ForecastMonths).Select(Point)],
        };
    }

    private static MonthCount[] Months(FirmInsights firm)
    {
        var begun = firm.Customers.CountBy(c => FigureLists.MonthOf(c.History.FirstOn)).ToDictionary();
        var ended = firm.Customers.Select(FigureLists.LostIn).OfType<DateOnly>().CountBy(month => month).ToDictionary();
        return [.. FigureLists.Months(firm.On).Select(month => new MonthCount(month, begun.GetValueOrDefault(month), ended.GetValueOrDefault(month)))];
    }

    private static CustomerStanding StandingOf(
        CustomerInsight customer, FirmInsights firm, Dictionary<ValueClass, int> inClass, Buyer buyer, IReadOnlyList<ProductEntry> said)
    {
        var (all, of) = (firm.Customers.Count, firm.ByMargin ? "margin" : "revenue");
        var count = inClass[customer.Class];
        var who = count == 1 ? $"the one of {all} customers who brings" : $"one of {count} of {all} customers who bring";
        var because = all < Pareto.CustomersNeeded ? $"one of only {all} who bought anything"
            : customer.Class switch
            {
                ValueClass.A => $"{who} the first 80 % of {of}",
                ValueClass.B => $"{who} the next 15 % of {of}",
                _ => $"{who} the last 5 % of {of}",
            };
        var lastBought = buyer.Purchases.Where(p => !p.IsCreditNote && p.On <= firm.On)
            .SelectMany(p => p.Items, (p, item) => (item.Product, p.On))
            .GroupBy(bought => bought.Product, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(product => product.Key, product => product.Max(bought => bought.On), StringComparer.OrdinalIgnoreCase);
        var offer = NextOffer.Of(lastBought, said, customer.Offer, firm.On);
        return new CustomerStanding((CustomerClass)customer.Class, because, offer?.Product, offer?.Because);
    }

    private static int Percent(double share) => (int)Math.Round(100 * share);

    private static string Money(decimal amount) => Amounts.Text(amount);

    private static string Money(double amount) => Amounts.Text((decimal)Math.Round(amount, 2));
}
