using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Insights;

public sealed class InsightsPageTests
{
    [Fact]
    public async Task A_small_firm_gets_what_twelve_orders_can_say_and_is_told_what_is_missing()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        Assert.Equal(new InsightsPage(), await PageAsync(ben));
        var best = await CustomerAsync(ben, "best");
        foreach (var weeks in new[] { 30, 25, 20, 15 })
        {
            await BuyAsync(crm, ben, best, weeks, "700");
        }

        await BuyAsync(crm, ben, await CustomerAsync(ben, "second"), 2, "600");
        var third = await CustomerAsync(ben, "third");
        await BuyAsync(crm, ben, third, 1, "100");
        await BuyAsync(crm, ben, await CustomerAsync(ben, "swiss"), 1, "9000", "CHF");

        var page = await RecomputedAsync(crm, ben);

        var figures = page.Figures!;
        Assert.Equal(("EUR", 1, 3, 6, "3500.00"), (figures.Currency, figures.OtherCurrencies, figures.Customers, figures.Purchases, figures.Total));
        Assert.Equal([new CurrencyFigures("CHF", 1, 1, "9000.00", "currency-chf")], figures.Others);
        Assert.Equal(new ConcentrationFigures(1, 48, 80, DependsOnOne: true), figures.Concentration);
        Assert.Equal("17 more customers and 17 more repeat orders", figures.MissingForForecast);
        Assert.Null(figures.Forecast);
        Assert.Empty(figures.Segments);
        Assert.Equal(["best", "second", "third"], figures.MostValuable.Select(c => c.Name));
        Assert.Equal("usually orders every 35 days (3 gaps); 105 days now", Assert.Single(figures.Slipping).Rhythm);
        Assert.Equal(3, figures.Months.Sum(month => month.New));
        Assert.Equal(
            new CustomerStanding(CustomerClass.A, "the one of 3 customers who brings the first 80 % of revenue"),
            (await CardAsync(ben, best)).Standing);
        Assert.Equal(CustomerClass.C, (await CardAsync(ben, third)).Standing!.Class);
        var html = await HtmlAsync(ben, "/api/insights");
        Assert.Contains("1 customer, 1 order, 9,000.00 CHF revenue", html, StringComparison.Ordinal);
        Assert.Contains("data-show=\"/api/insights/lists/orders\">6 orders", html, StringComparison.Ordinal);
        var orders = await ListAsync(ben, "orders");
        Assert.Equal(["4 orders", "1 order", "1 order"], orders.Customers.Select(one => one.Why!.Split(';')[0]));
        var swiss = await ListAsync(ben, "currency-chf");
        Assert.Equal(("CHF", "swiss", "9000.00"), (swiss.Currency, Assert.Single(swiss.Customers).Name, swiss.Customers[0].Value));
        Assert.Contains("A forecast needs 17 more customers and 17 more repeat orders.", html, StringComparison.Ordinal);
        Assert.Contains("<polyline", html, StringComparison.Ordinal);
        Assert.Contains("the one of 3 customers", await HtmlAsync(ben, $"/api/customers/{best}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Working_it_out_again_writes_no_customer_and_another_firm_sees_nothing()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        using var rita = crm.SignIn(A.Rita);
        var kim = await CustomerAsync(ben, "kim");
        await BuyAsync(crm, ben, kim, 3, "10");
        await RecomputedAsync(crm, ben);
        var once = await crm.DumpAsync(Tables.Customers);

        crm.Clock.Advance(TimeSpan.FromHours(1));
        await RecomputedAsync(crm, ben);

        Assert.Equal(once, await crm.DumpAsync(Tables.Customers));
        Assert.Equal(new InsightsPage(), await PageAsync(olga));
        Assert.Equal(HttpStatusCode.Forbidden, (await rita.PostAsync("/api/insights/recompute", null)).StatusCode);
        Assert.NotNull((await PageAsync(rita)).Figures);
    }

    [Fact]
    public async Task A_firm_whose_only_purchase_was_removed_has_no_figures()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben, "kim");
        var id = await BuyAsync(crm, ben, kim, 3, "10");
        await ben.DeleteAsync($"/api/customers/{kim}/purchases/{id}");

        Assert.Null((await RecomputedAsync(crm, ben)).Figures);
        Assert.Contains("Nobody has bought anything yet", await HtmlAsync(ben, "/api/insights"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_for_is_worked_out_in_the_background()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        await BuyAsync(crm, ben, await CustomerAsync(ben, "kim"), 3, "10");

        (await ben.PostAsync("/api/insights/recompute", null)).EnsureSuccessStatusCode();

        var page = await PageAsync(ben);
        await Waiting.UntilAsync(async () => (page = await PageAsync(ben)).AsOf is not null);
        Assert.Equal((crm.Clock.GetUtcNow(), "10.00"), (page.AsOf, page.Figures!.Total));
    }

    [Fact]
    public async Task Every_figure_opens_the_customers_it_rests_on_a_page_at_a_time_and_whoever_is_gone_is_on_none()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        for (var i = 0; i < 27; i++)
        {
            await BuyAsync(crm, ben, await CustomerAsync(ben, $"c{i:00}"), 1 + i, $"{1000 - (10 * i)}");
        }

        var figures = (await RecomputedAsync(crm, ben)).Figures!;

        foreach (var one in figures.Classes)
        {
            Assert.Equal(one.Customers, (await ListAsync(ben, $"class-{one.Class.ToString().ToLowerInvariant()}")).Total);
        }

        foreach (var status in figures.Statuses)
        {
            Assert.Equal(status.Customers, (await ListAsync(ben, $"status-{status.Status.ToString().ToLowerInvariant()}")).Total);
        }

        foreach (var segment in figures.Segments)
        {
            Assert.Equal(segment.Customers, (await ListAsync(ben, segment.List)).Total);
        }

        foreach (var month in figures.Months.Where(month => month.New > 0))
        {
            Assert.Equal(month.New, (await ListAsync(ben, $"new-{month.Month:yyyy-MM}")).Total);
        }

        Assert.Equal(figures.Concentration!.CustomersForEightyPercent, (await ListAsync(ben, "eighty")).Total);
        var first = await ListAsync(ben, "value");
        var second = await ListAsync(ben, "value", first.Next!.Value);
        Assert.Equal((27, 25, 2, (int?)null), (first.Total, first.Customers.Count, second.Customers.Count, second.Next));
        Assert.Equal(Enumerable.Range(0, 27).Select(i => $"c{i:00}"), first.Customers.Concat(second.Customers).Select(one => one.Name));
        Assert.Equal("c26", (await ListAsync(ben, "least")).Customers[0].Name);
        var html = await HtmlAsync(ben, "/api/insights/lists/value");
        Assert.Contains($"data-show=\"/api/customers/{first.Customers[0].Id}\"", html, StringComparison.Ordinal);
        Assert.Contains("/api/insights/lists/value?page=2", html, StringComparison.Ordinal);
        var stored = await crm.Services.GetRequiredService<ITableStore>().FindAsync(
            Tables.Insights, TableKeys.Insights(A.Firm), TableKeys.FigureList("value", 1), default);
        Assert.DoesNotContain("\"c00\"", (string)stored!.Properties["Page"], StringComparison.Ordinal);

        foreach (var list in new[] { "nobody-made-it", "status-lost", "Value", "value/../value", new string('a', 600) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync($"/api/insights/lists/{Uri.EscapeDataString(list)}")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync("/api/insights/lists/value")).StatusCode);
        await crm.Services.GetRequiredService<ITableStore>().DeleteAsync(
            Tables.Customers, TableKeys.Customer(A.Firm, first.Customers[0].Id), TableKeys.Record, etag: null, default);
        Assert.Equal("c01", (await ListAsync(ben, "value")).Customers[0].Name);
    }

    [Fact]
    public async Task A_list_that_nobody_is_in_any_more_goes_with_the_next_working_out()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben, "kim");
        var id = await BuyAsync(crm, ben, kim, 3, "10");
        await RecomputedAsync(crm, ben);
        Assert.Equal(1, (await ListAsync(ben, "value")).Total);
        await ben.DeleteAsync($"/api/customers/{kim}/purchases/{id}");

        await RecomputedAsync(crm, ben);

        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync("/api/insights/lists/value")).StatusCode);
    }

    [Fact]
    public async Task Whoever_lacks_what_most_like_it_buy_is_told_of_with_the_numbers_and_never_who_has_it()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        foreach (var i in Enumerable.Range(0, 6))
        {
            var customer = await CustomerAsync(ben, $"c{i}");
            await BuyAsync(crm, ben, customer, 2, "500");
            if (i > 1)
            {
                await BuyAsync(crm, ben, customer, 3, $"{100 * i}", product: "Care");
            }
        }

        var figures = (await RecomputedAsync(crm, ben)).Figures!;

        var list = await ListAsync(ben, "potential");
        Assert.Equal(["c0", "c1"], list.Customers.Select(one => one.Name).Order());
        Assert.All(list.Customers, one => Assert.Equal(("350.00", "4 of the 5 others like them buy Care"), (one.Potential, one.Why)));
        Assert.Equal(2, figures.WithPotential);
        Assert.Contains("4 of the 5 others like them buy Care", await HtmlAsync(ben, "/api/insights"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_firm_with_two_years_gets_a_forecast_as_a_fan_that_ends_in_it_and_what_losing_each_customer_costs()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        for (var i = 0; i < 20; i++)
        {
            var customer = await CustomerAsync(ben, $"c{i:00}");
            for (var k = 0; k < 3; k++)
            {
                await BuyAsync(crm, ben, customer, 2 + i + (k * (6 + i)), $"{100 + i}");
            }
        }

        (await ben.PutAsJsonAsync("/api/insights/settings", new { winningCost = "50" })).EnsureSuccessStatusCode();
        var figures = (await RecomputedAsync(crm, ben)).Figures!;

        var forecast = figures.Forecast!;
        Assert.Equal(12, forecast.Fan.Count);
        Assert.Equal((forecast.Low, forecast.Value, forecast.High), (forecast.Fan[^1].Low, forecast.Fan[^1].Middle, forecast.Fan[^1].High));
        Assert.All(forecast.Fan.Zip(forecast.Fan.Skip(1)), step => Assert.True(
            Number(step.First.Middle) <= Number(step.Second.Middle) && Number(step.First.YearBefore) <= Number(step.Second.YearBefore)));
        var all = await ListAsync(ben, "forecast");
        Assert.Equal(20, all.Total);
        Assert.All(all.Customers, one => Assert.True(Number(one.Low!) >= 50 && Number(one.Low!) <= Number(one.CostOfLosing!) && Number(one.CostOfLosing!) <= Number(one.High!)));
        Assert.Equal(all.Customers.Select(one => Number(one.CostOfLosing!)).OrderDescending(), all.Customers.Select(one => Number(one.CostOfLosing!)));
        var html = await HtmlAsync(ben, "/api/insights");
        Assert.Contains("Dotted: the year before", html, StringComparison.Ordinal);
        Assert.Contains("With the 50.00 EUR that winning a new one costs", html, StringComparison.Ordinal);

        static decimal Number(string amount) => decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<FigureList> ListAsync(HttpClient client, string list, int page = 1) =>
        (await client.GetFromJsonAsync<FigureList>($"/api/insights/lists/{list}?page={page}", ContractJson.Options))!;

    private static async Task<InsightsPage> RecomputedAsync(TestCrm crm, HttpClient client)
    {
        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
        return await PageAsync(client);
    }

    private static async Task<InsightsPage> PageAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<InsightsPage>("/api/insights", ContractJson.Options))!;

    private static async Task<CustomerCard> CardAsync(HttpClient client, string customer) =>
        (await client.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;

    private static async Task<string> HtmlAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> CustomerAsync(HttpClient client, string name)
    {
        using var made = await client.PostAsJsonAsync("/api/customers", new { name, address = $"{name}@kunde.example" });
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    private static async Task<Guid> BuyAsync(TestCrm crm, HttpClient client, string customer, int weeksAgo, string amount, string currency = "EUR", string product = "Table")
    {
        var id = Guid.NewGuid();
        var on = DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime).AddDays(-7 * weeksAgo);
        using var answer = await client.PostAsJsonAsync(
            $"/api/customers/{customer}/purchases", new AddPurchaseRequest(id, [new PurchaseItem(product, amount)], currency, on), ContractJson.Options);
        answer.EnsureSuccessStatusCode();
        return id;
    }
}
