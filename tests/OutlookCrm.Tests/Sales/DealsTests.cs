using System.Net;
using System.Net.Http.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Sales;

public sealed class DealsTests
{
    [Fact]
    public async Task The_pipeline_shows_each_stage_with_its_value_and_never_adds_up_currencies()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        await AddAsync(ben, kim, Deal("Kitchen", "Offer", "9000"));
        await AddAsync(ben, kim, Deal("Shelf", "offer", "1000,50") with { ExpectedOn = new DateOnly(2026, 4, 1) });
        await AddAsync(ben, kim, Deal("Door", "Waiting for the bank", "700") with { Currency = "CHF" });
        await AddAsync(ben, kim, Deal("Table", "Enquiry", amount: null));

        var list = await ListAsync(await ben.GetAsync("/api/deals"));

        Assert.Equal(["Enquiry", "Offer", "Waiting for the bank"], list.Stages.Select(stage => stage.Name));
        Assert.Equal([new DealSum("EUR", "10000.50")], list.Stages[1].Totals);
        Assert.Equal(["Shelf", "Kitchen"], list.Stages[1].Deals.Select(deal => deal.Title));
        Assert.Empty(list.Stages[0].Totals);
        Assert.Equal(("Kim", kim), (list.Stages[2].Deals[0].CustomerName, list.Stages[2].Deals[0].CustomerId));
    }

    [Fact]
    public async Task A_change_that_was_not_seen_is_not_overwritten_and_a_new_stage_begins_anew()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var seen = (await ListAsync(await AddAsync(ben, kim, Deal("Kitchen", "Enquiry", "9000")))).Stages[0].Deals[0];
        crm.Clock.Advance(TimeSpan.FromDays(3));

        var moved = await PutAsync(ben, seen, "Offer", "Kitchen");
        var late = await PutAsync(ben, seen, "Enquiry", "Bathroom");

        var deal = (await ListAsync(moved)).Stages[0].Deals[0];
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal(("Offer", crm.Clock.GetUtcNow(), seen.OpenedAt), (deal.Stage, deal.StageSince, deal.OpenedAt));
        Assert.Equal("Kitchen", (await ListAsync(await ben.GetAsync("/api/deals"))).Stages[0].Deals[0].Title);
    }

    [Fact]
    public async Task A_deal_is_added_once_and_closed_once_with_its_reason()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        var asked = Deal("Kitchen", "Offer", "9000");
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(ben, kim, asked)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AddAsync(ben, kim, asked)).StatusCode);

        await CloseAsync(ben, asked.Id, DealOutcome.Won, "They liked the sample");
        var again = await ListAsync(await CloseAsync(ben, asked.Id, DealOutcome.Lost, "Too dear"));
        var late = await ListAsync(await AddAsync(ben, kim, asked));

        var closed = Assert.Single(again.Closed);
        Assert.Equal((DealOutcome.Won, "They liked the sample"), (closed.Outcome, closed.Why));
        Assert.Empty(again.Stages);
        Assert.Empty(late.Stages);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(ben, closed, "Offer", "Kitchen")).StatusCode);
    }

    [Theory]
    [InlineData("0", "EUR", "amount")]
    [InlineData("-3", "EUR", "amount")]
    [InlineData("1000000000000000", "EUR", "amount")]
    [InlineData("5", null, "currency")]
    [InlineData("5", "XXX", "currency")]
    public async Task A_price_is_an_amount_in_a_currency(string amount, string? currency, string field)
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);

        using var answer = await AddAsync(ben, kim, Deal("Kitchen", "Offer", amount) with { Currency = currency });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
        Assert.Equal("", await crm.DumpAsync(Tables.Deals));
    }

    [Fact]
    public async Task A_deal_is_expected_on_a_day_that_somebody_can_mean()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var kim = await CustomerAsync(ben);
        foreach (var day in (DateOnly[])[new(1, 1, 1), new(1989, 12, 31), new(2036, 3, 3), new(9999, 12, 31)])
        {
            using var answer = await AddAsync(ben, kim, Deal("Kitchen", "Offer", "5") with { ExpectedOn = day });
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(["expectedOn"], (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
        }

        Assert.Equal("", await crm.DumpAsync(Tables.Deals));
    }

    [Fact]
    public async Task Readers_other_firms_and_unknown_customers_get_nowhere()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        using var olga = crm.SignIn(A.Olga);
        var kim = await CustomerAsync(ben);
        var asked = Deal("Kitchen", "Offer", "9000");
        await AddAsync(ben, kim, asked);

        Assert.Equal(HttpStatusCode.Forbidden, (await AddAsync(rita, kim, Deal("x", "Offer", null))).StatusCode);
        Assert.Single((await ListAsync(await rita.GetAsync("/api/deals"))).Stages);
        Assert.Empty((await ListAsync(await olga.GetAsync("/api/deals"))).Stages);
        Assert.Equal(HttpStatusCode.NotFound, (await AddAsync(olga, kim, Deal("x", "Offer", null))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await CloseAsync(olga, asked.Id, DealOutcome.Lost, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AddAsync(ben, new string('0', 32), Deal("x", "Offer", null))).StatusCode);
    }

    private static AddDealRequest Deal(string title, string stage, string? amount) => new(Guid.NewGuid(), title, stage, amount, "EUR");

    private static Task<HttpResponseMessage> AddAsync(HttpClient client, string customer, AddDealRequest deal) =>
        client.PostAsJsonAsync($"/api/customers/{customer}/deals", deal, ContractJson.Options);

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, DealEntry seen, string stage, string title) => client.PutAsJsonAsync(
        $"/api/deals/{seen.Id}", new UpdateDealRequest(seen.Version, title, stage, seen.Amount, seen.Currency), ContractJson.Options);

    private static Task<HttpResponseMessage> CloseAsync(HttpClient client, Guid id, DealOutcome outcome, string? why) =>
        client.PostAsJsonAsync($"/api/deals/{id}/close", new CloseDealRequest(outcome, why), ContractJson.Options);

    private static async Task<DealList> ListAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<DealList>(ContractJson.Options))!;

    private static async Task<string> CustomerAsync(HttpClient client)
    {
        using var made = await client.PostAsJsonAsync("/api/customers", new { name = "Kim", address = "kim@kunde.example" });
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }
}
