using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Campaigns;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.Campaigns;

public sealed class AudienceTests
{
    private static readonly AudienceFacts Nothing = new(false, true, null, null, null, 0, false);

    [Fact]
    public void Each_reason_alone_leaves_somebody_out_until_its_time_is_over()
    {
        var today = new DateOnly(2026, 5, 20);
        Assert.Empty(AudienceRules.Reasons(Nothing, today));
        Assert.Empty(AudienceRules.Reasons(Nothing with { ContactBy = ContactChannel.Mail, ComplainedOn = today.AddDays(-90), MailsLately = 4 }, today));
        (AudienceFacts Facts, LeftOutReason Reason)[] cases =
        [
            (Nothing with { NoCampaigns = true }, LeftOutReason.AskedNotTo),
            (Nothing with { HasAddress = false }, LeftOutReason.NoAddress),
            (Nothing with { ContactBy = ContactChannel.Phone }, LeftOutReason.PrefersNoMail),
            (Nothing with { ComplainedOn = today.AddDays(-89) }, LeftOutReason.Complained),
            (Nothing with { PromisedOn = today.AddDays(-1) }, LeftOutReason.PromiseOverdue),
            (Nothing with { MailsLately = 5 }, LeftOutReason.ManyMails),
            (Nothing with { HasProduct = true }, LeftOutReason.HasIt),
        ];
        Assert.Equal(Enum.GetValues<LeftOutReason>(), cases.Select(one => one.Reason));
        Assert.All(cases, one => Assert.Equal(one.Reason, Assert.Single(AudienceRules.Reasons(one.Facts, today)).Reason));
    }

    [Fact]
    public async Task Whom_a_campaign_must_not_bother_is_left_out_with_every_reason_as_things_are_now()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var names = new[] { "fine", "asked", "cross", "owed", "mailed", "owner" };
        var ids = new Dictionary<string, string>();
        foreach (var name in names)
        {
            ids[name] = await CustomerAsync(ben, name);
            await PostAsync(ben, $"/api/customers/{ids[name]}/purchases", new
            {
                id = Guid.NewGuid(),
                items = new[] { new { product = name == "owner" ? "BOILER" : "Pipe", amount = "100" } },
                currency = "EUR",
            });
        }

        await crm.Services.GetRequiredService<FirmRecompute>().RunAsync(A.Firm, default);
        using (var patch = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{ids["asked"]}")
        {
            Content = JsonContent.Create(new { preferences = new { noCampaigns = true } }),
        })
        {
            patch.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((await ben.GetFromJsonAsync<CustomerCard>($"/api/customers/{ids["asked"]}", ContractJson.Options))!.ETag));
            (await ben.SendAsync(patch)).EnsureSuccessStatusCode();
        }

        await PostAsync(ben, $"/api/customers/{ids["cross"]}/feedback", new { id = Guid.NewGuid(), question = "satisfied", score = "1" });
        await PostAsync(ben, $"/api/customers/{ids["owed"]}/follow-ups", new
        {
            id = Guid.NewGuid(),
            note = "Send it",
            kind = "weOwe",
            dueOn = DateOnly.FromDateTime(crm.Clock.GetUtcNow().UtcDateTime),
        });
        crm.Clock.Advance(TimeSpan.FromDays(2));
        var mailed = CustomerId.Parse(ids["mailed"]);
        await crm.Services.GetRequiredService<InteractionStore>().RecordAsync(
            A.Firm, mailed,
            [.. Enumerable.Range(0, 5).Select(i => (Recordings.Mail(A.Ben.Id, $"<{i}@x>") with
            {
                Direction = Direction.Outgoing,
                At = crm.Clock.GetUtcNow().AddDays(-1).AddMinutes(i),
            }).For(mailed))],
            default);

        var audience = await AudienceAsync(ben, "?list=value&without=Boiler");

        Assert.Equal(6, audience.Total);
        Dictionary<string, LeftOutReason[]> expected = new()
        {
            ["fine"] = [],
            ["asked"] = [LeftOutReason.AskedNotTo],
            ["cross"] = [LeftOutReason.Complained, LeftOutReason.PromiseOverdue],
            ["owed"] = [LeftOutReason.PromiseOverdue],
            ["mailed"] = [LeftOutReason.ManyMails],
            ["owner"] = [LeftOutReason.HasIt],
        };
        Assert.Equal(expected.OrderBy(one => one.Key).ToArray(), audience.Customers
            .Select(one => KeyValuePair.Create(one.Name, one.LeftOut.Select(left => left.Reason).ToArray())).OrderBy(one => one.Key).ToArray());
        Assert.Equal("fine@kunde.example", audience.Customers.Single(one => one.Name == "fine").Address);
        Assert.Equal(
            [new CampaignAddress("fine", "fine@kunde.example")],
            (await ben.GetFromJsonAsync<CampaignAddresses>("/api/campaigns/audience/addresses?without=Boiler", ContractJson.Options))!.Addresses);
        Assert.Equal(2, (await AudienceAsync(ben, "")).Customers.Count(one => one.LeftOut.Count == 0));
        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync("/api/campaigns/audience?list=nobody")).StatusCode);
    }

    [Fact]
    public async Task One_file_has_the_addresses_of_every_page()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var names = Enumerable.Range(1, FigureLists.PageSize + 2).Select(number => $"c{number}").ToList();
        var customers = new List<ValuedCustomer>();
        foreach (var name in names)
        {
            customers.Add(new ValuedCustomer(await CustomerAsync(ben, name), name, "1", CustomerClass.A, "", BuyerStatus.New));
        }

        await crm.Services.GetRequiredService<InsightsStore>().SaveListsAsync(
            A.Firm, crm.Clock.GetUtcNow(), "EUR", [new NamedList("value", "By value", "", customers)], default);

        var all = await ben.GetFromJsonAsync<CampaignAddresses>("/api/campaigns/audience/addresses", ContractJson.Options);

        Assert.Equal((names.Count, names.Count), (all!.Total, all.Judged));
        Assert.Equal(names, all.Addresses.Select(one => one.Name));
        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync("/api/campaigns/audience/addresses?list=nobody")).StatusCode);
    }

    private static async Task<CampaignAudience> AudienceAsync(HttpClient client, string query) =>
        (await client.GetFromJsonAsync<CampaignAudience>($"/api/campaigns/audience{query}", ContractJson.Options))!;

    private static async Task<string> CustomerAsync(HttpClient client, string name)
    {
        using var made = await client.PostAsJsonAsync("/api/customers", new { name, address = $"{name}@kunde.example" });
        return (await made.Content.ReadFromJsonAsync<CustomerCard>(ContractJson.Options))!.Id;
    }

    private static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
