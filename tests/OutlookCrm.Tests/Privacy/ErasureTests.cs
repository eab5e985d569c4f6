using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Capture;
using OutlookCrm.Tests.FollowUps;

namespace OutlookCrm.Tests.Privacy;

public sealed class ErasureTests : IAsyncLifetime
{
    private const string Kim = "kim@hotel-sonne.example";
    private const string Lee = "lee@open.example";

    private CaptureWorld world = null!;
    private HttpClient mira = null!;

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
        }

        mira = world.SignIn(SampleFirm.Mira);
    }

    public async Task DisposeAsync()
    {
        mira.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_erased_is_in_no_table_any_more_nor_in_Outlook_and_does_not_come_back_with_their_mail()
    {
        var hotel = await PostAsync("/api/customers", new { name = "Hotel Sonne", kind = "organisation" });
        var kim = (string)(await PostAsync("/api/customers", new { name = "Kim Sommer", address = Kim, companyId = (string?)hotel["id"] }))["id"]!;
        var lee = await world.GivenCustomerAsync(Lee, "Lee");
        await world.GivenUnwantedAsync(SampleFirm.Amara, Kim);
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lee}", "Secret to both"));
        world.Deliver(world.Letter(SampleFirm.Tomasz.Address, $"{SampleFirm.Mira.Address} {Kim} {Lee}", "Open to both"));
        world.Deliver(world.Letter(Lee, SampleFirm.Mira.Address, "Of Lee alone"));
        var undone = world.Deliver(world.Letter(Kim, SampleFirm.Mira.Address, "Secret and undone"));
        await world.LookAsync(SampleFirm.Mira);
        var line = (await world.TimelineAsync(kim)).Single(one => (string?)one["title"] == undone.Subject)["id"];
        await PostAsync($"/api/customers/{kim}/timeline/{line}/undo?scope=thing", null);
        await PostAsync($"/api/customers/{kim}/notes", new { id = Guid.NewGuid(), text = "A secret of Kim Sommer" });
        await PostAsync($"/api/customers/{kim}/deals", new { id = Guid.NewGuid(), title = "Secret lobby", stage = "Offer" });
        await PostAsync($"/api/customers/{kim}/purchases", new { id = Guid.NewGuid(), items = new[] { new { product = "Chairs", amount = "500" } }, currency = "EUR", number = "2026-17" });
        var outlook = new OutlookSide(world);
        await outlook.PlanAsync(CustomerId.Parse(kim), "Secret promise");
        await outlook.RemindByAsync(SampleFirm.Tomasz, SinkKind.Task);
        await outlook.PlanAsync(CustomerId.Parse(kim), "Secret task", SampleFirm.Tomasz);
        await outlook.PlanAsync(CustomerId.Parse(kim), "Secret, ticked and in another list", SampleFirm.Tomasz);
        await outlook.PlanAsync(CustomerId.Parse(kim), "Secret, ticked", SampleFirm.Tomasz);
        var ofLee = await outlook.PlanAsync(CustomerId.Parse(lee), "Promise to Lee");
        await world.SettleAsync();
        await world.Services.GetRequiredService<FirmRecompute>().RunAsync(world.Tenant, default);
        foreach (var ticked in outlook.TasksOf(SampleFirm.Tomasz).Where(task => task.Title != "Secret task"))
        {
            outlook.ChangeTask(SampleFirm.Tomasz, ticked, task => task with { Status = TodoTask.Completed });
        }

        await outlook.LookAsync();
        var lists = world.MailboxOf(SampleFirm.Tomasz).Tasks;
        lists.Move(outlook.TasksOf(SampleFirm.Tomasz).Single(task => task.Title.EndsWith("list", StringComparison.Ordinal)).Id, lists.AddList("Done"), world.Sandbox.Post.Now);
        Assert.Equal((2, 3), (outlook.EventsOf(SampleFirm.Mira).Count, outlook.TasksOf(SampleFirm.Tomasz).Count));
        var mark = await MarkAsync();
        var traces = new[] { kim, "Sommer", Kim, "secret" };
        var text = await EverythingAsync();
        Assert.All(traces, trace => Assert.Contains(trace, text, StringComparison.OrdinalIgnoreCase));

        var preview = (await mira.GetFromJsonAsync<JsonObject>($"/api/customers/{kim}/erasure"))!;
        Assert.Equal(
            "Kim Sommer|2|1|4|1|1|2",
            string.Join('|', new[] { "name", "mails", "notes", "followUps", "deals", "purchases", "others" }.Select(field => preview[field]!.ToString())));
        using var mistaken = await mira.PostAsJsonAsync($"/api/customers/{kim}/erase", new { name = "Lee", purchases = "keep" });
        Assert.Equal(HttpStatusCode.BadRequest, mistaken.StatusCode);
        Assert.Contains("what the customer is called", await mistaken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await PostAsync($"/api/customers/{kim}/erase", new { name = " kim sommer", purchases = "keep" });

        // At once, whatever is still to be done.
        using var gone = await mira.GetAsync($"/api/customers/{kim}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await world.SettleAsync();

        text = await EverythingAsync();
        Assert.All(traces, trace => Assert.DoesNotContain(trace, text, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("Promise to Lee", Assert.Single(outlook.EventsOf(SampleFirm.Mira)).Meeting.Subject);
        Assert.Empty(outlook.TasksOf(SampleFirm.Tomasz));
        await outlook.AssertAgreedAsync([ofLee]);
        Assert.Equal(["Of Lee alone", "Open to both"], (await world.SubjectsAsync(lee)).Order(StringComparer.Ordinal));
        Assert.Empty(await world.TimelineAsync((string)hotel["id"]!));
        Assert.Contains("Chairs", text, StringComparison.Ordinal); // under nobody's name
        Assert.Contains("2026-17", text, StringComparison.Ordinal);
        var done = Assert.Single((await mira.GetFromJsonAsync<JsonObject>("/api/erasures"))!["erasures"]!.AsArray())!;
        Assert.NotNull(done["doneAt"]);
        Assert.Equal((null, true), (mark, await MarkAsync() is not null)); // browsers forget their cards, and read nobody's name for it

        // Their mail is there still, and new mail comes.
        world.Deliver(world.Letter(Kim, $"{SampleFirm.Mira.Address} {Lee}", "Secret again"));
        await world.GivenMailboxAsync(SampleFirm.Mira, monthsBack: 24);
        await world.LookAsync(SampleFirm.Mira, SampleFirm.Tomasz);
        Assert.DoesNotContain("secret", await EverythingAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Kim, await EverythingAsync(), StringComparison.OrdinalIgnoreCase);

        // By the way nobody makes them a customer; when they come back, they are one.
        using var refused = await mira.PostAsJsonAsync("/api/customers", new { name = "Kim", address = Kim });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("erased", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var added = await mira.PostAsJsonAsync($"/api/customers/{lee}/addresses", new { address = Kim });
        Assert.Equal(HttpStatusCode.BadRequest, added.StatusCode);
        Assert.Contains("erased", await added.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await PostAsync("/api/erasures/lift", new { address = Kim });
        await PostAsync("/api/customers", new { name = "Kim", address = Kim });
    }

    [Fact]
    public async Task Somebody_who_is_no_customer_is_erased_by_their_address()
    {
        const string pen = "pen@friend.example";
        var lee = await world.GivenCustomerAsync(Lee, "Lee");
        await world.GivenUnwantedAsync(SampleFirm.Tomasz, pen);
        world.Deliver(world.Letter(pen, $"{SampleFirm.Mira.Address} {Lee}", "Written by a stranger"));
        world.Deliver(world.Letter(Lee, $"{SampleFirm.Mira.Address} {pen}", "Written to a stranger"));
        world.Deliver(world.Letter(pen, SampleFirm.Mira.Address, "For us alone"));
        await world.LookAsync(SampleFirm.Mira);
        Assert.Equal(2, (await world.TimelineAsync(lee)).Count);
        Assert.Contains(pen, await EverythingAsync(), StringComparison.Ordinal);

        using var taken = await mira.PostAsJsonAsync("/api/erasures", new { address = Lee });
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        using var tomasz = world.SignIn(SampleFirm.Tomasz);
        using var forbidden = await tomasz.PostAsJsonAsync("/api/erasures", new { address = pen });
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        await PostAsync("/api/erasures", new { address = pen });
        await world.SettleAsync();

        Assert.DoesNotContain(pen, await EverythingAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["Written to a stranger"], await world.SubjectsAsync(lee));
    }

    [Fact]
    public async Task While_Outlook_cannot_be_reached_the_page_says_what_is_left_there_and_later_it_goes()
    {
        var kim = await world.GivenCustomerAsync(Kim, "Kim Sommer");
        var outlook = new OutlookSide(world);
        await outlook.PlanAsync(CustomerId.Parse(kim), "Secret promise");
        await world.SettleAsync();
        Assert.Single(outlook.EventsOf(SampleFirm.Mira));
        world.Sandbox.Faults.Plan = new OutlookCrm.Sandbox.Graph.FaultPlan { Seed = 1, RefuseEvery = 1 };

        await PostAsync($"/api/customers/{kim}/erase", new { name = "Kim Sommer", purchases = "remove" });
        var ended = new TaskCompletionSource();
        var settling = world.SettleAsync(until: ended.Task);
        JsonNode? line = null;
        await Waiting.UntilAsync(async () => (int)(line = Assert.Single((await mira.GetFromJsonAsync<JsonObject>("/api/erasures"))!["erasures"]!.AsArray()))!["inOutlook"]! == 1);
        Assert.Null(line!["doneAt"]);

        world.Sandbox.Faults.Plan = new OutlookCrm.Sandbox.Graph.FaultPlan();
        ended.SetResult();
        await settling;
        await world.SettleAsync();
        Assert.Empty(outlook.EventsOf(SampleFirm.Mira));
        Assert.DoesNotContain(kim, await EverythingAsync(), StringComparison.Ordinal);
    }

    /// <summary>Every row of every table, as text.</summary>
    private async Task<string> EverythingAsync()
    {
        var text = new StringBuilder();
        foreach (var table in Tables.All)
        {
            await foreach (var row in ((ITableScan)world.Tables).ScanAsync(table, "", default))
            {
                text.Append(table).Append(' ').Append(row.PartitionKey).Append(' ').Append(row.RowKey);
                foreach (var (name, value) in row.Properties)
                {
                    text.Append(' ').Append(name).Append('=').Append(value is byte[] bytes ? Convert.ToHexString(bytes) : value);
                }

                text.AppendLine();
            }
        }

        return text.ToString();
    }

    private async Task<string?> MarkAsync() => (string?)(await mira.GetFromJsonAsync<JsonObject>("/api/mailboxes/mine/line"))!["cardsMark"];

    private async Task<JsonObject> PostAsync(string path, object? body)
    {
        using var answer = await mira.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
