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
        for (var patience = 0; patience < 200 && page.AsOf is null; patience++)
        {
            await Task.Delay(50);
            page = await PageAsync(ben);
        }

        Assert.Equal((crm.Clock.GetUtcNow(), "10.00"), (page.AsOf, page.Figures!.Total));
    }

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

    private static async Task<Guid> BuyAsync(TestCrm crm, HttpClient client, string customer, int weeksAgo, string amount, string currency = "EUR")
    {
        var id = Guid.NewGuid();
        var on = DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime).AddDays(-7 * weeksAgo);
        using var answer = await client.PostAsJsonAsync(
            $"/api/customers/{customer}/purchases", new AddPurchaseRequest(id, [new PurchaseItem("Table", amount)], currency, on), ContractJson.Options);
        answer.EnsureSuccessStatusCode();
        return id;
    }
}
