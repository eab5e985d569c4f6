using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.FollowUps;

public sealed class FollowUpsHttpTests : IAsyncLifetime
{
    private TestCrm crm = null!;
    private HttpClient anna = null!;
    private string customer = null!;

    private string Url => $"/api/customers/{customer}/follow-ups";

    public async Task InitializeAsync()
    {
        crm = await TestCrm.StartAsync();
        anna = crm.SignIn(A.Anna);
        customer = (string)(await SendAsync(anna, HttpMethod.Post, "/api/customers", new { name = "Kim Fjord", address = "kim@fjord.example" }))["id"]!;
    }

    public async Task DisposeAsync()
    {
        anna.Dispose();
        await crm.DisposeAsync();
    }

    [Fact]
    public async Task What_is_planned_stands_on_the_card_and_in_ones_own_day_until_it_is_done()
    {
        var line = await PlanAsync("Send the offer", when: "tomorrow");
        Assert.Equal("2026-03-03", (string)line["dueOn"]!);
        var card = await SendAsync(anna, HttpMethod.Get, $"/api/customers/{customer}");
        Assert.Equal("Send the offer", (string)card["followUps"]!["open"]![0]!["note"]!);
        Assert.Equal("Kim Fjord", (string)(await MyDayAsync(anna, 1))[0]!["customerName"]!);
        using var ben = crm.SignIn(A.Ben);
        Assert.Empty(await MyDayAsync(ben, 0));

        var done = await SendAsync(anna, HttpMethod.Post, $"{Url}/{line["id"]}/complete");
        Assert.Equal(("done", "Anna Berg"), ((string)done["state"]!, (string)done["endedBy"]!));
        Assert.Empty(await MyDayAsync(anna, 0));
        card = await SendAsync(anna, HttpMethod.Get, $"/api/customers/{customer}");
        Assert.Empty(card["followUps"]!["open"]!.AsArray());
        Assert.Equal((string)line["id"]!, (string)card["followUps"]!["ended"]!["id"]!);
    }

    [Fact]
    public async Task What_was_planned_while_the_clock_was_ahead_can_be_ticked_in_Outlook_once_it_is_right()
    {
        var now = crm.Clock.GetUtcNow();
        crm.Clock.SetBy(TimeSpan.FromDays(300));
        var line = await PlanAsync("Send the offer", when: "tomorrow");
        crm.Clock.SetBy(TimeSpan.FromDays(-300));

        var ticked = await crm.Services.GetRequiredService<FollowUpStore>().ChangeFromOutlookAsync(
            A.Firm, CustomerId.Parse(customer), Guid.Parse((string)line["id"]!), new OutlookChange(now, IsCompleted: true), default);

        Assert.Equal(FollowUpState.Done, ticked!.State);
    }

    [Fact]
    public async Task My_day_calls_the_customer_what_the_card_calls_them()
    {
        await PlanAsync("Send the offer");
        await MyDayAsync(anna, 1);
        using var rename = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{customer}") { Content = JsonContent.Create(new { name = "Kim Berg" }) };
        var card = await SendAsync(anna, HttpMethod.Get, $"/api/customers/{customer}");
        rename.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((string)card["eTag"]!));
        (await anna.SendAsync(rename)).EnsureSuccessStatusCode();
        await WaitAsync(async () => (string?)(await MyDayAsync(anna, 1))[0]!["customerName"] == "Kim Berg");
    }

    [Fact]
    public async Task Planned_again_with_the_same_id_it_is_one()
    {
        var id = Guid.NewGuid();
        var body = new { id, note = "Call", when = "inThreeDays" };
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(anna, HttpMethod.Post, Url, body));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(anna, HttpMethod.Post, Url, body));
        Assert.Single((await SendAsync(anna, HttpMethod.Get, Url))["open"]!.AsArray());
    }

    [Fact]
    public async Task Two_who_complete_at_once_both_hear_who_was_first_and_nothing_is_lost()
    {
        var id = (await PlanAsync("Send the offer"))["id"];
        using var ben = crm.SignIn(A.Ben);
        var both = await Task.WhenAll(
            SendAsync(anna, HttpMethod.Post, $"{Url}/{id}/complete"), SendAsync(ben, HttpMethod.Post, $"{Url}/{id}/complete"));
        Assert.Equal((string)both[0]["endedBy"]!, (string)both[1]["endedBy"]!);
        Assert.Equal("done", (string)both[0]["state"]!);
    }

    [Fact]
    public async Task A_stale_change_is_told_what_changed_and_saves_nothing()
    {
        var line = await PlanAsync("Send the offer");
        await SendAsync(anna, HttpMethod.Post, $"{Url}/{line["id"]}/snooze", new { dueOn = "2026-03-20" });
        var (status, conflict) = await PatchAsync(anna, line, new { dueOn = "2026-03-10" });
        Assert.Equal(HttpStatusCode.PreconditionFailed, status);
        Assert.Equal(
            ("2026-03-10", "2026-03-20"), ((string)conflict["fields"]![0]!["yours"]!, (string)conflict["fields"]![0]!["theirs"]!));
        Assert.Equal("2026-03-20", (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}"))["dueOn"]!);
        (status, _) = await PatchAsync(anna, conflict["theirs"]!.AsObject(), new { dueOn = "2026-03-10" });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Handed_over_it_leaves_one_day_for_the_other_and_undone_it_comes_back()
    {
        using var ben = crm.SignIn(A.Ben);
        await MyDayAsync(ben, 0); // he has signed in, so he can be given something
        await WaitAsync(async () => (await SendAsync(anna, HttpMethod.Get, "/api/colleagues"))["colleagues"]!.AsArray().Any(one => (string)one!["name"]! == A.Ben.Name));
        var line = await PlanAsync("Send the offer");
        await MyDayAsync(anna, 1);

        var (status, handed) = await PatchAsync(anna, line, new { ownerId = A.Ben.Id });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Send the offer", (string)(await MyDayAsync(ben, 1))[0]!["note"]!);
        await MyDayAsync(anna, 0);

        // The card that is drawn anew a moment later still has the button.
        Assert.True(await CanUndoAsync());
        await SendAsync(anna, HttpMethod.Post, $"{Url}/{handed["id"]}/undo");
        await MyDayAsync(anna, 1);
        await MyDayAsync(ben, 0);
        Assert.False(await CanUndoAsync());

        async Task<bool> CanUndoAsync() => (bool)(await SendAsync(anna, HttpMethod.Get, Url))["open"]![0]!["canUndo"]!;
    }

    [Fact]
    public async Task Deleted_it_can_be_taken_back()
    {
        var id = (await PlanAsync("Send the offer"))["id"];
        Assert.Equal("deleted", (string)(await SendAsync(anna, HttpMethod.Delete, $"{Url}/{id}"))["state"]!);
        Assert.Empty((await SendAsync(anna, HttpMethod.Get, Url))["open"]!.AsArray());
        Assert.Equal("open", (string)(await SendAsync(anna, HttpMethod.Post, $"{Url}/{id}/undo"))["state"]!);
        Assert.Single((await SendAsync(anna, HttpMethod.Get, Url))["open"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"note":"x","dueOn":"2026-03-01"}""", "dueOn")]
    [InlineData("""{"note":"x","dueOn":"9999-12-31"}""", "dueOn")]
    [InlineData("""{"note":"x"}""", "dueOn")]
    [InlineData("""{"note":"x","dueOn":"2026-03-05","when":"tomorrow"}""", "dueOn")]
    [InlineData("""{"note":"x","dueOn":"2026-03-05","timeZone":"Mars/Olympus"}""", "timeZone")]
    [InlineData("""{"note":"x","dueOn":"2026-03-02","dueTime":"08:00"}""", "dueTime")]
    [InlineData("""{"note":"x","dueOn":"2026-03-05","dueTime":"25:00"}""", "dueTime")]
    [InlineData("""{"note":"  ","dueOn":"2026-03-05"}""", "note")]
    [InlineData("""{"note":"x","dueOn":"2026-03-05","webLink":"javascript:alert(1)"}""", "webLink")]
    public async Task What_cannot_be_planned_is_refused_by_field_and_plans_nothing(string json, string field)
    {
        var body = JsonNode.Parse(json)!.AsObject();
        body["id"] = Guid.NewGuid();
        using var answer = await anna.PostAsJsonAsync(Url, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
        Assert.Empty((await SendAsync(anna, HttpMethod.Get, Url))["open"]!.AsArray());
    }

    [Fact]
    public async Task Nobody_is_reminded_while_the_firm_is_closed_and_each_lives_where_they_say()
    {
        await SendAsync(anna, HttpMethod.Put, "/api/firm/holidays", new { days = new[] { "2026-03-03", "2026-03-04" } });
        Assert.Equal("2026-03-05", (string)(await PlanAsync("Call", when: "tomorrow"))["dueOn"]!);

        // Where it is Tuesday already.
        crm.Clock.Advance(TimeSpan.FromHours(2));
        await SendAsync(anna, HttpMethod.Patch, "/api/my-day/settings", new { timeZone = "Pacific/Kiritimati" });
        Assert.Equal(("2026-03-05", "Pacific/Kiritimati"), await WhenAsync("tomorrow"));
        Assert.Equal(("2026-03-06", "Pacific/Kiritimati"), await WhenAsync("inThreeDays"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(anna, HttpMethod.Patch, "/api/my-day/settings", new { timeZone = "Mars/Olympus" }));
        using var ben = crm.SignIn(A.Ben);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(ben, HttpMethod.Put, "/api/firm/holidays", new { days = Array.Empty<string>() }));

        async Task<(string, string)> WhenAsync(string when)
        {
            var line = await PlanAsync("Call", when);
            return ((string)line["dueOn"]!, (string)line["timeZone"]!);
        }
    }

    [Fact]
    public async Task A_note_as_long_as_a_letter_is_refused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(
            anna, HttpMethod.Post, Url, new { id = Guid.NewGuid(), note = new string('x', 10_000), when = "tomorrow" }));
    }

    [Fact]
    public async Task Another_firm_and_a_customer_who_is_gone_have_none()
    {
        var id = (await PlanAsync("Send the offer"))["id"];
        using var olga = crm.SignIn(A.Olga);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(olga, HttpMethod.Get, $"{Url}/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(olga, HttpMethod.Post, $"{Url}/{id}/complete"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(olga, HttpMethod.Get, Url));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(
            anna, HttpMethod.Post, $"/api/customers/{CustomerId.New(crm.Clock)}/follow-ups", new { id = Guid.NewGuid(), note = "x", when = "tomorrow" }));
        using var rita = crm.SignIn(A.Rita);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(rita, HttpMethod.Post, $"{Url}/{id}/complete"));
    }

    [Fact]
    public async Task My_day_comes_a_page_at_a_time_by_date()
    {
        for (var day = 9; day >= 5; day--)
        {
            await PlanAsync($"On the {day}th", dueOn: $"2026-03-0{day}");
        }

        await MyDayAsync(anna, 5);
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await SendAsync(anna, HttpMethod.Get, $"/api/my-day?size=2{(next is null ? "" : $"&after={next}")}");
            seen.AddRange(page["followUps"]!.AsArray().Select(line => (string)line!["dueOn"]!));
            next = (string?)page["next"];
        }
        while (next is not null);

        Assert.Equal(["2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09"], seen);
        var some = await SendAsync(anna, HttpMethod.Get, "/api/my-day?from=2026-03-06&until=2026-03-07");
        Assert.Equal(2, some["followUps"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_answer_closes_it_whichever_came_first_and_it_opens_again_when_it_was_none()
    {
        var id = CustomerId.Parse(customer);
        var interactions = crm.Services.GetRequiredService<InteractionStore>();
        var now = crm.Clock.GetUtcNow();
        var line = await PlanAsync("Did they decide?", kind: "weWait", messageId: "<offer@x>");
        var offer = Recordings.Mail(A.Anna.Id, "<offer@x>", "<offer@x>") with { Direction = Direction.Outgoing, At = now.AddHours(-1) };
        var ours = Recordings.Mail(A.Anna.Id, "<more@x>", "<offer@x>") with { Direction = Direction.Outgoing, At = now.AddHours(1) };
        var answer = Recordings.Mail(A.Anna.Id, "<answer@x>", "<offer@x>") with { At = now.AddHours(2) };
        var elsewhere = Recordings.Mail(A.Anna.Id, "<other@x>", "<other@x>") with { At = now.AddHours(1) };

        await RecordAsync(elsewhere, ours);
        Assert.Equal("open", await StateAsync());
        await RecordAsync(answer);
        Assert.Equal("open", await StateAsync()); // nobody knows yet which thread it came from
        await RecordAsync(offer);
        var closed = await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}");
        Assert.Equal(("done", "reply"), ((string)closed["state"]!, (string)closed["ending"]!));
        using var page = await AskForHtmlAsync($"/api/customers/{customer}");
        Assert.Contains("Closed by itself: they answered", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Another mailbox's copy shows that it was an out-of-office note.
        await RecordAsync(answer with { SeenIn = new MailboxItem(A.Ben.Id, "b"), NeedsNoAnswer = true, ChangedAt = now.AddHours(3) });
        Assert.Equal("open", await StateAsync());

        var real = Recordings.Mail(A.Anna.Id, "<real@x>", "<offer@x>") with { At = now.AddHours(4) };
        await RecordAsync(real);
        Assert.Equal("done", await StateAsync());
        await interactions.ForgetItemAsync(A.Firm, id, real.Id, real.SeenIn, now.AddHours(5), default);
        Assert.Equal("open", await StateAsync());

        async Task RecordAsync(params CapturedInteraction[] mails) =>
            await interactions.RecordAsync(A.Firm, id, [.. mails.Select(mail => mail.For(id))], default);

        async Task<string> StateAsync() => (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}"))["state"]!;
    }

    [Fact]
    public async Task What_was_planned_while_the_clock_was_ahead_is_closed_by_the_next_answer_and_by_none_from_before()
    {
        var id = CustomerId.Parse(customer);
        var interactions = crm.Services.GetRequiredService<InteractionStore>();
        var now = crm.Clock.GetUtcNow();
        var offer = Recordings.Mail(A.Anna.Id, "<offer@x>", "<offer@x>") with { Direction = Direction.Outgoing, At = now.AddDays(-2) };
        await RecordAsync(offer, Answer("seen", now.AddMinutes(-2)));
        using var planner = crm.WithToken(crm.TokenFor(A.Anna)); // of Microsoft's clock, which is right
        crm.Clock.SetBy(TimeSpan.FromMinutes(50));
        var followUp = Guid.NewGuid();
        await SendAsync(planner, HttpMethod.Post, Url, new { id = followUp, note = "Did they decide?", kind = "weWait", internetMessageId = "<offer@x>", when = "tomorrow" });
        crm.Clock.SetBy(TimeSpan.FromMinutes(-50));

        await RecordAsync(Answer("known late", now.AddDays(-1)), Answer("seen", now.AddMinutes(-2)));
        Assert.Equal("open", await StateAsync());
        crm.Clock.Advance(TimeSpan.FromMinutes(10));
        await RecordAsync(Answer("next", now.AddMinutes(9)));
        Assert.Equal("done", await StateAsync());

        // And it stays so when the time has come that the clock said.
        crm.Clock.Advance(TimeSpan.FromMinutes(50));
        await RecordAsync(Answer("one more", now.AddMinutes(58)));
        Assert.Equal("done", await StateAsync());

        CapturedInteraction Answer(string name, DateTimeOffset at) => Recordings.Mail(A.Anna.Id, $"<{name}@x>", "<offer@x>") with { At = at };

        async Task RecordAsync(params CapturedInteraction[] mails) =>
            await interactions.RecordAsync(A.Firm, id, [.. mails.Select(mail => mail.For(id))], default);

        async Task<string> StateAsync() => (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{followUp}"))["state"]!;
    }

    [Fact]
    public async Task What_we_owe_is_closed_by_our_answer_and_stays_open_once_a_person_opened_it_again()
    {
        var id = CustomerId.Parse(customer);
        var interactions = crm.Services.GetRequiredService<InteractionStore>();
        var now = crm.Clock.GetUtcNow();
        await interactions.RecordAsync(A.Firm, id, [(Recordings.Mail(A.Anna.Id, "<ask@x>", "<ask@x>") with { At = now.AddHours(-1) }).For(id)], default);
        var line = await PlanAsync("Answer", messageId: "<ask@x>");
        var again = Recordings.Mail(A.Anna.Id, "<again@x>", "<ask@x>") with { At = now.AddHours(1) };
        var ours = Recordings.Mail(A.Anna.Id, "<ours@x>", "<ask@x>") with { Direction = Direction.Outgoing, By = "Anna Berg", At = now.AddHours(2) };
        await interactions.RecordAsync(A.Firm, id, [again.For(id)], default);
        Assert.Equal("open", (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}"))["state"]!);
        await interactions.RecordAsync(A.Firm, id, [ours.For(id)], default);
        Assert.Equal("Anna Berg", (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}"))["endedBy"]!);

        crm.Clock.Advance(TimeSpan.FromHours(3));
        await SendAsync(anna, HttpMethod.Post, $"{Url}/{line["id"]}/reopen");
        await interactions.RecordAsync(A.Firm, id, [ours.For(id)], default);
        Assert.Equal("open", (string)(await SendAsync(anna, HttpMethod.Get, $"{Url}/{line["id"]}"))["state"]!);
    }

    private async Task<JsonObject> PlanAsync(
        string note, string? when = null, string? dueOn = null, string kind = "weOwe", string? messageId = null)
    {
        var id = Guid.NewGuid();
        var list = await SendAsync(anna, HttpMethod.Post, Url, new
        {
            id,
            note,
            kind,
            internetMessageId = messageId,
            when,
            dueOn = dueOn ?? (when is null ? "2026-03-06" : null),
        });
        return list["open"]!.AsArray().Single(line => (string)line!["id"]! == id.ToString("N"))!.AsObject();
    }

    private async Task<JsonArray> MyDayAsync(HttpClient client, int expected)
    {
        JsonArray lines = [];
        await WaitAsync(async () => (lines = (await SendAsync(client, HttpMethod.Get, "/api/my-day"))["followUps"]!.AsArray()).Count == expected);
        return lines;
    }

    private Task WaitAsync(Func<Task<bool>> isSo) => Waiting.WhileTimePassesAsync(crm.Clock, isSo);

    private async Task<(HttpStatusCode Status, JsonObject Body)> PatchAsync(HttpClient client, JsonObject line, object change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Url}/{line["id"]}") { Content = JsonContent.Create(change) };
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((string)line["eTag"]!));
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private async Task<HttpResponseMessage> AskForHtmlAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        return await anna.SendAsync(request);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<JsonObject> SendAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }
}
