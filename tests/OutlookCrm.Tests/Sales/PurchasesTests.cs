using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Sales;

public sealed class PurchasesTests
{
    [Fact]
    public async Task A_purchase_is_on_the_card_with_the_next_read()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var before = await CardAsync(ben, kim);

        var answer = await AddAsync(ben, kim, Bought("Oak shelf", "1250,50", on: Today(crm).AddDays(-74)));
        await AddAsync(ben, kim, Bought("Oak shelf", "100", "60.25", Today(crm).AddDays(-105)));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var card = await CardAsync(ben, kim);
        Assert.Equal([new CurrencyTotal("EUR", 2, "1350.50")], card.Sales!.Totals);
        Assert.Equal((2, 31, Today(crm).AddDays(-74)), (card.Sales.OrderDays, card.Sales.UsualGapDays, card.Sales.LastOn));
        Assert.Contains("Usually orders every 31 days, 74 now", await HtmlAsync(ben, $"/api/customers/{kim}"), StringComparison.Ordinal);

        // Another colleague's edit of a field must not clash with it.
        Assert.Equal(before.ETag, card.ETag);
    }

    [Fact]
    public async Task Currencies_are_never_added_up_and_credit_notes_are_taken_off()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);

        await AddAsync(ben, kim, Bought("Table", "500", "300", Today(crm).AddDays(-3)));
        await AddAsync(ben, kim, Bought("Chair", "80.10", "50", Today(crm).AddDays(-2)) with { Currency = "CHF" });
        await AddAsync(ben, kim, Bought("Table", "100", "0", Today(crm)) with { IsCreditNote = true });

        var figures = (await CardAsync(ben, kim)).Sales!;
        Assert.Equal([new CurrencyTotal("EUR", 1, "400.00", "100.00"), new CurrencyTotal("CHF", 1, "80.10", "30.10")], figures.Totals);
        Assert.Equal((2, Today(crm).AddDays(-2)), (figures.OrderDays, figures.LastOn));

        // Each sum opens what it is the sum of.
        var path = $"/api/customers/{kim}/purchases?currency=CHF";
        Assert.Contains($"data-show=\"{path}\">1 purchase, 80.10 CHF", await HtmlAsync(ben, $"/api/customers/{kim}"), StringComparison.Ordinal);
        for (var i = 0; i < 21; i++)
        {
            await AddAsync(ben, kim, Bought("Chair", "1", on: Today(crm).AddDays(-10 - i)) with { Currency = "CHF" });
        }

        var first = await ListAsync(await ben.GetAsync(path));
        var second = await ListAsync(await ben.GetAsync($"{path}&after={Uri.EscapeDataString(first.Next!)}"));
        Assert.Equal((20, 2, null, "CHF"), (first.Purchases.Count, second.Purchases.Count, second.Next, first.OnlyIn));
        Assert.All(first.Purchases.Concat(second.Purchases), purchase => Assert.Equal("CHF", purchase.Currency));
        Assert.Contains("&amp;currency=CHF", await HtmlAsync(ben, path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await ben.GetAsync($"/api/customers/{kim}/purchases?currency=chf")).StatusCode);
    }

    [Fact]
    public async Task A_form_proposes_the_customers_newest_currency_else_the_firms_and_only_where_nobody_bought_the_readers()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        ben.DefaultRequestHeaders.Add("Accept-Language", "en-GB");
        var customers = new List<string>();
        foreach (var name in new[] { "kim", "lee", "new" })
        {
            customers.Add(await CustomerAsync(ben, name));
        }

        var (kim, lee, nobody) = (customers[0], customers[1], customers[2]);
        await ben.PostAsJsonAsync($"/api/customers/{nobody}/deals", new AddDealRequest(Guid.NewGuid(), "Kitchen", "Offer"), ContractJson.Options);
        Assert.Equal(["GBP", "GBP"], await ProposedAsync(nobody));
        await AddAsync(ben, kim, Bought("Table", "500", on: Today(crm).AddDays(-9)));
        await AddAsync(ben, lee, Bought("Table", "500", on: Today(crm).AddDays(-8)));
        await AddAsync(ben, lee, Bought("Table", "500", on: Today(crm).AddDays(-7)) with { Currency = "CHF" });

        // Before and after the night that works it out.
        Assert.Equal(["EUR", "EUR"], await ProposedAsync(nobody));
        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
        Assert.Equal(["EUR", "EUR"], await ProposedAsync(nobody));
        Assert.Equal(["CHF", "EUR"], await ProposedAsync(lee));

        async Task<IEnumerable<string>> ProposedAsync(string customer)
        {
            var pages = await Task.WhenAll(HtmlAsync(ben, $"/api/customers/{customer}/purchases"), HtmlAsync(ben, "/api/deals"));
            return pages.Select(page => new HtmlParser().ParseDocument(page).QuerySelector("[name=currency]")!.GetAttribute("value")!);
        }
    }

    [Fact]
    public async Task The_same_purchase_again_adds_nothing_even_after_it_was_removed()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var purchase = Bought("Table", "500");
        await AddAsync(ben, kim, purchase);
        var once = await crm.DumpAsync(Tables.Customers);

        var again = await AddAsync(ben, kim, purchase with { On = Today(crm).AddYears(-1), Currency = "USD" });
        Assert.Equal((HttpStatusCode.OK, once), (again.StatusCode, await crm.DumpAsync(Tables.Customers)));

        var removed = await ben.DeleteAsync($"/api/customers/{kim}/purchases/{purchase.Id}");
        Assert.Empty((await ListAsync(removed)).Purchases);
        var late = await AddAsync(ben, kim, purchase);
        Assert.Empty((await ListAsync(late)).Purchases);
        Assert.Null((await CardAsync(ben, kim)).Sales);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.DeleteAsync($"/api/customers/{kim}/purchases/{purchase.Id}")).StatusCode);
    }

    [Fact]
    public async Task The_first_purchase_makes_a_lead_a_customer_until_it_is_taken_back()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        async Task<CustomerStage> StageAsync() => (await CardAsync(ben, kim)).Stage;
        var (first, second) = (Bought("Table", "500"), Bought("Chair", "80"));
        Task RemoveAsync(AddPurchaseRequest one) => ben.DeleteAsync($"/api/customers/{kim}/purchases/{one.Id}");
        Assert.Equal(CustomerStage.Lead, await StageAsync());

        await AddAsync(ben, kim, Bought("Table", "10") with { IsCreditNote = true });
        Assert.Equal(CustomerStage.Lead, await StageAsync());
        await AddAsync(ben, kim, first);
        await AddAsync(ben, kim, second);
        Assert.Equal(CustomerStage.Customer, await StageAsync());
        await RemoveAsync(first);
        Assert.Equal(CustomerStage.Customer, await StageAsync());
        await RemoveAsync(second);
        Assert.Equal(CustomerStage.Lead, await StageAsync());

        var third = Bought("Lamp", "30");
        await AddAsync(ben, kim, third);
        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{kim}") { Content = JsonContent.Create(new { stage = "customer" }) };
        edit.Headers.TryAddWithoutValidation("If-Match", (await CardAsync(ben, kim)).ETag);
        Assert.Equal(HttpStatusCode.OK, (await ben.SendAsync(edit)).StatusCode);
        await RemoveAsync(third);
        Assert.Equal(CustomerStage.Customer, await StageAsync());
    }

    [Fact]
    public async Task Many_at_once_and_edits_in_between_lose_nothing()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);

        var adding = Enumerable.Range(1, 25).Select(i => AddAsync(ben, kim, Bought($"Item {i}", $"{i}.10", on: Today(crm).AddDays(-i)))).ToList();
        var card = await CardAsync(ben, kim);
        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{kim}") { Content = JsonContent.Create(new { jobTitle = "Buyer" }) };
        edit.Headers.TryAddWithoutValidation("If-Match", card.ETag);
        Assert.Equal(HttpStatusCode.OK, (await ben.SendAsync(edit)).StatusCode);
        Assert.All(await Task.WhenAll(adding), answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));

        card = await CardAsync(ben, kim);
        Assert.Equal(("Buyer", "327.50", 25), (card.JobTitle, card.Sales!.Totals[0].Revenue, card.Sales.Totals[0].Purchases));
        var first = await ListAsync(await ben.GetAsync($"/api/customers/{kim}/purchases"));
        var second = await ListAsync(await ben.GetAsync($"/api/customers/{kim}/purchases?after={Uri.EscapeDataString(first.Next!)}"));
        Assert.Equal(
            Enumerable.Range(1, 25).Select(i => $"Item {i}"),
            first.Purchases.Concat(second.Purchases).Select(purchase => purchase.Items[0].Product));
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData("""{"items":[{"product":"a","amount":"0"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"-5"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"1000000000000000"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"1.250"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"1e3"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"NaN"}]}""", "items[0].amount")]
    [InlineData("""{"items":[{"product":"a","amount":"5","cost":"-1"}]}""", "items[0].cost")]
    [InlineData("""{"items":[]}""", "items")]
    [InlineData("""{"currency":"XXX"}""", "currency")]
    [InlineData("""{"currency":"eur"}""", "currency")]
    [InlineData("""{"on":"2026-03-04"}""", "on")]
    [InlineData("""{"on":"1989-12-31"}""", "on")]
    [InlineData("""{"id":"00000000-0000-0000-0000-000000000000"}""", "id")]
    public async Task What_cannot_be_a_purchase_is_refused_by_field_and_nothing_changes(string change, string field)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var before = await crm.DumpAsync(Tables.Customers);
        var body = System.Text.Json.Nodes.JsonNode.Parse(
            $$"""{"id":"{{Guid.NewGuid()}}","items":[{"product":"a","amount":"5"}],"currency":"EUR"}""")!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject())
        {
            body[name] = value?.DeepClone();
        }

        using var answer = await ben.PostAsJsonAsync($"/api/customers/{kim}/purchases", body);

        var problem = await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, problem!.Errors!.Keys);
        Assert.Equal(before, await crm.DumpAsync(Tables.Customers));
    }

    [Fact]
    public async Task Readers_other_firms_and_customers_that_are_gone_get_nowhere()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        using var olga = crm.SignIn(A.Olga);
        var kim = await CustomerAsync(ben);
        var purchase = Bought("Table", "500");
        await AddAsync(ben, kim, purchase);

        Assert.Equal(HttpStatusCode.Forbidden, (await AddAsync(rita, kim, Bought("x", "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await rita.DeleteAsync($"/api/customers/{kim}/purchases/{purchase.Id}")).StatusCode);
        Assert.Single((await ListAsync(await rita.GetAsync($"/api/customers/{kim}/purchases"))).Purchases);
        Assert.DoesNotContain("hx-delete", await HtmlAsync(rita, $"/api/customers/{kim}/purchases"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await AddAsync(olga, kim, Bought("x", "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync($"/api/customers/{kim}/purchases")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.DeleteAsync($"/api/customers/{kim}/purchases/{purchase.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AddAsync(ben, new string('0', 32), Bought("x", "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await ben.GetAsync($"/api/customers/{kim}/purchases?after=a")).StatusCode);
    }

    private static DateOnly Today(TestCrm crm) => DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime);

    private static AddPurchaseRequest Bought(string product, string amount, string? cost = null, DateOnly? on = null) =>
        new(Guid.NewGuid(), [new PurchaseItem(product, amount, cost)], "EUR", on);

    private static Task<HttpResponseMessage> AddAsync(HttpClient client, string customer, AddPurchaseRequest purchase) =>
        client.PostAsJsonAsync($"/api/customers/{customer}/purchases", purchase, ContractJson.Options);

    private static async Task<PurchaseList> ListAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<PurchaseList>(ContractJson.Options))!;

    private static async Task<CustomerCard> CardAsync(HttpClient client, string customer) =>
        (await client.GetFromJsonAsync<CustomerCard>($"/api/customers/{customer}", ContractJson.Options))!;

    private static async Task<string> HtmlAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> CustomerAsync(HttpClient client, string name = "Kim")
    {
        using var made = await client.PostAsJsonAsync("/api/customers", new { name, address = $"{name}@kunde.example" });
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }
}
