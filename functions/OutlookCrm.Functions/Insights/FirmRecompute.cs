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
    private const int AtOnce = 16;

    // A forecast is tested on a year that has passed, made from at least half a year before it.
    private const int BackTestDays = 365;

    /// <summary>Durable when it returns; worked out in the background.</summary>
    public Task AskAsync(Guid tenantId, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(new RecomputeMessage(tenantId)), delay: null, cancellation);

    public async Task RunAsync(Guid tenantId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
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
            return;
        }

        var main = currencies.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
        var lines = buyers.Values.SelectMany(buyer => LinesOf(buyer, main)).ToArray();
        var said = await products.ListAsync(tenantId, cancellation);
        var withContract = WithContract(buyers.Values, said);
        var firm = FirmInsights.Of(lines, today, withContract: withContract);
        var page = new InsightsPage(
            now, Figures(firm, main, buyers, PastError([.. lines.Where(line => !withContract.Contains(line.Customer))], today), withContract));
        var inClass = firm.Pareto.Classes.CountBy(c => c).ToDictionary();
        await Parallel.ForEachAsync(
            firm.Customers,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (customer, token) => await insights.StandAsync(
                tenantId, customer.History.Customer, buyers[customer.History.Customer].Standing,
                StandingOf(customer, firm, inClass, buyers[customer.History.Customer], said), token));
        await insights.SaveAsync(tenantId, page, cancellation);
    }

    private static IEnumerable<PurchaseLine> LinesOf(Buyer buyer, string currency) =>
        from purchase in buyer.Purchases
        where purchase.Currency == currency
        let sign = purchase.IsCreditNote ? -1 : 1
        from item in purchase.Items
        select new PurchaseLine(buyer.CustomerId, purchase.On, sign * item.Amount, sign * (item.Amount - item.Cost), item.Product);

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

    private static FirmFigures Figures(FirmInsights firm, string currency, Dictionary<string, Buyer> buyers, int? pastError, HashSet<string> withContract)
    {
        var pareto = firm.Pareto;
        var enough = firm.Customers.Count >= Pareto.CustomersNeeded && pareto.Total > 0;
        ValuedCustomer Valued(CustomerInsight c) => new(
            c.History.Customer, buyers[c.History.Customer].Name, Money(c.Value), (CustomerClass)c.Class, c.Rhythm.Sentence(),
            (BuyerStatus)c.Rhythm.Status, c.CostOfLosing is { } cost ? Money(cost.Total.Median) : null);
        return new FirmFigures(
            currency,
            buyers.Count - firm.Customers.Count,
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
            firm.Forecast is { } forecast ? ForecastOf(forecast, pastError) : null,
            firm.MissingForForecast,
            [.. firm.Customers.GroupBy(c => c.Rhythm.Status).OrderBy(g => g.Key).Select(g => new StatusCount((BuyerStatus)g.Key, g.Count()))],
            [.. firm.Customers.Where(c => c.Rfm is not null).GroupBy(c => c.Rfm!.Value.Segment).OrderBy(g => g.Key)
                .Select(g => new SegmentCount(NameOf(g.Key), g.Count(), Money(g.Sum(c => c.History.Revenue))))],
            Months(firm),
            [.. firm.Customers.OrderByDescending(c => c.Value).ThenBy(c => c.History.Customer, StringComparer.Ordinal).Take(Shown).Select(Valued)],
            [.. firm.Customers.Where(c => c.Rhythm.Status == CustomerStatus.Overdue).OrderByDescending(c => c.Value)
                .ThenBy(c => c.History.Customer, StringComparer.Ordinal).Take(Shown).Select(Valued)],
            [.. firm.Rules.Take(Shown).Select(rule => new SoldTogether(rule.Product, rule.Offer, rule.Sentence()))],
            firm.Customers.Count(c => withContract.Contains(c.History.Customer)));
    }

    /// <summary>The range as simulated, made as wide as the last forecast was wrong: the model's own error is not in it.</summary>
    private static ForecastFigures ForecastOf(FirmForecast forecast, int? pastError)
    {
        var error = (pastError ?? 0) / 100.0;
        Likely Widened(Likely range) => new(
            Math.Max(0, Math.Min(range.Low, range.Median * (1 - error))), range.Median, Math.Max(range.High, range.Median * (1 + error)));
        var (purchases, value) = (Widened(forecast.Purchases), Widened(forecast.Value));
        return new ForecastFigures(
            (int)purchases.Low, (int)purchases.Median, (int)Math.Ceiling(purchases.High), Money(value.Low), Money(value.Median), Money(value.High), pastError);
    }

    private static MonthCount[] Months(FirmInsights firm)
    {
        static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);
        var begun = firm.Customers.CountBy(c => First(c.History.FirstOn)).ToDictionary();
        var ended = firm.Customers.Where(c => c.Rhythm.Status == CustomerStatus.Lost)
            .CountBy(c => First(c.History.LastOn.AddDays((int)(Rhythm.LostAfter * c.Rhythm.UsualGap) + 1))).ToDictionary();
        return [.. Enumerable.Range(0, 12).Select(back => First(firm.On).AddMonths(back - 11))
            .Select(month => new MonthCount(month, begun.GetValueOrDefault(month), ended.GetValueOrDefault(month)))];
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

    private static string NameOf(Segment segment) => segment switch
    {
        Segment.LoyalCustomers => "Loyal customers",
        Segment.PotentialLoyalists => "Potential loyalists",
        Segment.NewCustomers => "New customers",
        Segment.NeedAttention => "Need attention",
        Segment.AboutToSleep => "About to sleep",
        Segment.AtRisk => "At risk",
        Segment.CannotLoseThem => "Cannot lose them",
        _ => segment.ToString(),
    };

    private static int Percent(double share) => (int)Math.Round(100 * share);

    private static string Money(decimal amount) => Amounts.Text(amount);

    private static string Money(double amount) => Amounts.Text((decimal)Math.Round(amount, 2));
}
