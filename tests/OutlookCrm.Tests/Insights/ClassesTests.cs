using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Insights;

namespace OutlookCrm.Tests.Insights;

/// <summary>ABC, RFM, rhythm, growth and cross-sell.</summary>
public sealed class ClassesTests
{
    private static readonly DateOnly Today = new(2026, 11, 25);

    [Fact]
    public void Classes_cut_where_eighty_and_ninety_five_percent_are_crossed()
    {
        var pareto = Pareto.Of([500, 300, 100, 60, 40, 0, -20]);

        Assert.Equal([ValueClass.A, ValueClass.A, ValueClass.B, ValueClass.B, ValueClass.C, ValueClass.C, ValueClass.C], pareto.Classes);
        Assert.Equal((1000m, 2, 0.5), (pareto.Total, pareto.CustomersForEightyPercent, pareto.LargestShare));
        Assert.True(pareto.DependsOnOne);

        // A fifth of seven is 1.4 customers: all of the first and four tenths of the second.
        Assert.Equal(0.62, pareto.TopFifthShare, 1e-9);
    }

    [Fact]
    public void Equal_customers_are_in_equal_classes_and_there_is_always_an_A() =>
        Prop.ForAll<int[]>(raw =>
        {
            var values = raw.Select(value => (decimal)(value % 50)).ToArray();
            var pareto = Pareto.Of(values);
            var equal = values.Zip(pareto.Classes).GroupBy(pair => pair.First).All(group => group.Select(pair => pair.Second).Distinct().Count() == 1);
            var falling = values.Zip(pareto.Classes).OrderByDescending(pair => pair.First).Select(pair => pair.Second).ToArray();
            return equal
                && falling.SequenceEqual(falling.Order())
                && values.Zip(pareto.Classes).All(pair => pair.First > 0 || pair.Second == ValueClass.C)
                && (!values.Any(value => value > 0) || pareto.Classes.Contains(ValueClass.A))
                && pareto.Curve.All(point => point is { CustomerShare: >= 0 and <= 1, ValueShare: >= 0 and <= 1 });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_cell_of_recency_frequency_and_money_has_one_name_and_every_name_a_cell()
    {
        var cells = from r in Enumerable.Range(1, 5) from f in Enumerable.Range(1, 5) from m in Enumerable.Range(1, 5) select new RfmScore(r, f, m);

        var names = cells.Select(cell => cell.Segment).ToArray();

        Assert.Equal(125, names.Length);
        Assert.Equal(Enum.GetValues<Segment>().ToHashSet(), names.ToHashSet());
        Assert.Equal(Segment.Champions, new RfmScore(5, 5, 5).Segment);
        Assert.Equal(Segment.CannotLoseThem, new RfmScore(1, 5, 5).Segment);

        // "Lost: 5 customers" among the groups, and on the same page "nobody was lost".
        Assert.Empty(Enum.GetValues<Segment>().Select(FigureLists.NameOf).Intersect(Enum.GetNames<CustomerStatus>()));
        Assert.Equal(Segment.NewCustomers, new RfmScore(5, 1, 1).Segment);
        Assert.Equal(Segment.Lost, new RfmScore(1, 1, 1).Segment);
    }

    [Theory]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(997)]
    public void Scores_are_none_then_thirds_then_fifths_and_ties_score_alike(int count)
    {
        var random = new System.Random(count);
        var customers = Enumerable.Range(0, count).Select(_ => (random.Next(400), 1 + random.Next(4), (decimal)random.Next(1000))).ToArray();

        var scores = Rfm.Scores(customers);

        Assert.Equal(count < 20, scores is null);
        if (scores is not null)
        {
            Assert.All(scores, s => Assert.Contains(s.Monetary, count < 50 ? [1, 3, 5] : new[] { 1, 2, 3, 4, 5 }));
            Assert.Equal(count < 50 ? 3 : 5, scores.Select(s => s.Monetary).Distinct().Count());
            Assert.All(customers.Zip(scores).GroupBy(c => c.First.Item2), tie => Assert.Single(tie.Select(c => c.Second.Frequency).Distinct()));
            Assert.Equal(scores.Max(s => s.Recency), customers.Zip(scores).MinBy(c => c.First.Item1).Second.Recency);
        }
    }

    [Fact]
    public void A_broken_rhythm_is_told_in_one_sentence()
    {
        var days = Enumerable.Range(0, 7).Select(number => Today.AddDays(-74 - (31 * number)));
        var history = BuyingHistory.Of(days.Select(on => new PurchaseLine("Nordlicht", on, 100)), Today)[0];

        var rhythm = Rhythm.Of(history, 35, Today);

        Assert.Equal("usually orders every 31 days (6 gaps); 74 days now", rhythm.Sentence());
        Assert.Equal(CustomerStatus.Overdue, rhythm.Status);
        Assert.Equal(Today.AddDays(31 - 74), rhythm.NextOn!.Value.Expected);
        Assert.Equal(CustomerStatus.Active, Rhythm.Of(history, 35, Today.AddDays(-30)).Status);
        Assert.Equal(CustomerStatus.Lost, Rhythm.Of(history, 35, Today.AddDays(60)).Status);
    }

    [Fact]
    public void One_order_is_new_then_quiet_then_lost_and_never_overdue()
    {
        var history = BuyingHistory.Of([new PurchaseLine("once", Today, 5)], Today)[0];

        var statuses = Enumerable.Range(0, 200).Select(days => Rhythm.Of(history, 30, Today.AddDays(days)).Status);

        Assert.Equal([CustomerStatus.New, CustomerStatus.Quiet, CustomerStatus.Lost], statuses.Distinct());
        Assert.Equal("ordered once, 1 day ago", Rhythm.Of(history, 30, Today.AddDays(1)).Sentence());
    }

    [Fact]
    public void A_credit_note_lowers_what_was_spent_and_is_no_purchase()
    {
        PurchaseLine[] lines =
        [
            new("Keller", Today.AddDays(-60), 100, Product: "Oak shelf"), new("Keller", Today.AddDays(-30), 40), new("Keller", Today.AddDays(-30), 10),
            new("Keller", Today.AddDays(-10), -70), new("only credit", Today, -5), new("Keller", Today.AddDays(1), 999),
        ];

        var history = Assert.Single(BuyingHistory.Of(lines, Today));

        Assert.Equal([new PurchaseDay(Today.AddDays(-60), 80), new PurchaseDay(Today.AddDays(-30), 0)], history.Days);
        Assert.Equal((80m, 1, null), (history.Revenue, history.Buying(Today).Repeats, history.Spend));
        Assert.Equal(["Oak shelf"], history.Products);
    }

    [Fact]
    public void Growing_is_said_only_when_chance_would_seldom_do_it()
    {
        Growth Of(int thisYear, int before) => Growth.Of(
            BuyingHistory.Of(
                Enumerable.Range(1, thisYear).Select(n => new PurchaseLine("c", Today.AddDays(-n * 20), 1))
                    .Concat(Enumerable.Range(1, before).Select(n => new PurchaseLine("c", Today.AddYears(-1).AddDays(-n * 20), 1)))
                    .Append(new PurchaseLine("c", Today.AddYears(-3), 1)), Today)[0],
            Today.AddYears(-4), Today);

        Assert.Equal(Trend.Growing, Of(10, 2).Trend);
        Assert.Equal(Trend.Shrinking, Of(1, 8).Trend);
        Assert.Equal(Trend.Unclear, Of(6, 3).Trend);
        Assert.Equal(158.0 / 4096, Of(10, 2).Chance!.Value, 1e-9);
    }

    [Fact]
    public void Products_that_have_nothing_to_do_with_each_other_are_not_offered_together()
    {
        var random = new System.Random(12);
        var suggestions = 0;
        const int firms = 60;
        for (var firm = 0; firm < firms; firm++)
        {
            var popularity = Enumerable.Range(0, 12).Select(_ => 0.05 + (0.5 * random.NextDouble())).ToArray();
            var baskets = Enumerable.Range(0, 40)
                .Select(_ => (IReadOnlyList<string>)[.. Enumerable.Range(0, 12).Where(p => random.NextDouble() < popularity[p]).Select(p => $"p{p}")])
                .Where(basket => basket.Count > 0).ToArray();
            suggestions += CrossSell.Rules(baskets).Count / 2;
        }

        Assert.InRange((double)suggestions / firms, 0, 0.2);
    }

    [Fact]
    public void A_true_pair_is_found_and_offered_to_those_who_lack_it()
    {
        IReadOnlyList<string>[] baskets =
        [
            .. Enumerable.Repeat<IReadOnlyList<string>>(["Boiler", "service contract"], 9), ["boiler"],
            .. Enumerable.Range(0, 30).Select(n => (IReadOnlyList<string>)[n % 2 == 0 ? "Tap" : "Tile"]),
        ];

        var rules = CrossSell.Rules(baskets);
        var offer = CrossSell.Offer(rules, ["BOILER"]);

        Assert.Equal("9 of the 10 customers with Boiler also have service contract", offer!.Sentence());
        Assert.Null(CrossSell.Offer(rules, ["boiler", "Service Contract"]));
        Assert.Null(CrossSell.Offer(rules, ["Tap"]));
    }

    [Fact]
    public void What_is_bought_together_opens_those_who_have_the_one_and_lack_the_other()
    {
        PurchaseLine Line(string customer, string product) => new(customer, new DateOnly(2026, 1, 5), 100, Product: product);
        PurchaseLine[] lines =
        [
            .. Enumerable.Range(0, 9).SelectMany(n => new[] { Line($"both{n}", "Boiler"), Line($"both{n}", "Contract") }),
            Line("lacks it", "boiler"),
            .. Enumerable.Range(0, 30).Select(n => Line($"other{n}", n % 2 == 0 ? "Tap" : "Tile")),
        ];
        var firm = FirmInsights.Of(lines, new DateOnly(2026, 2, 1));

        var lists = FigureLists.Of(
            firm, c => new OutlookCrm.Pane.ValuedCustomer(c.History.Customer, "", "", default, "", default), new Dictionary<string, GrowthPotential>(), new HashSet<string>())
            .Where(list => list.Name.StartsWith("offer-", StringComparison.Ordinal)).ToArray();

        var list = Assert.Single(lists);
        Assert.Equal("Boiler without Contract", list.Title);
        Assert.Equal("lacks it", Assert.Single(list.Customers).Id);
    }

    [Theory]
    [InlineData(3, 5, 4, 12)]
    [InlineData(0, 2, 2, 6)]
    [InlineData(4, 4, 4, 9)]
    public void Fisher_s_test_counts_what_drawing_lots_would_give(int both, int a, int b, int n)
    {
        // All ways to give b of n customers the second product; customers 0…a−1 have the first.
        int ways = 0, atLeast = 0;
        for (var mask = 0; mask < 1 << n; mask++)
        {
            if (int.PopCount(mask) == b)
            {
                ways++;
                atLeast += int.PopCount(mask & ((1 << a) - 1)) >= both ? 1 : 0;
            }
        }

        Assert.Equal((double)atLeast / ways, CrossSell.Fisher(both, a, b, n), 1e-10);
    }
}
