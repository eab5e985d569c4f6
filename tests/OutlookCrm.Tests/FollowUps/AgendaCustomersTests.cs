using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Tests.Interactions;

namespace OutlookCrm.Tests.FollowUps;

/// <summary>Who waits for whom, and who has gone quiet, on one's own day.</summary>
public sealed class AgendaCustomersTests : IAsyncLifetime
{
    private TestCrm crm = null!;
    private HttpClient anna = null!;
    private HttpClient ben = null!;

    private DateTimeOffset Now => crm.Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        // It is night when a test says so.
        crm = await TestCrm.StartAsync(new Dictionary<string, string?> { [$"AzureWebJobs.{nameof(FindQuietCustomers)}.Disabled"] = "true" });
        anna = crm.SignIn(A.Anna);
        ben = crm.SignIn(A.Ben);
    }

    public async Task DisposeAsync()
    {
        anna.Dispose();
        ben.Dispose();
        await crm.DisposeAsync();
    }

    [Fact]
    public async Task Ones_own_day_says_who_waits_in_ones_own_threads_until_they_do_not()
    {
        var (kim, lee) = (await GivenAsync("Kim"), await GivenAsync("Lee"));
        var question = Recordings.Mail(A.Anna.Id, "<1@x>", "<1@x>") with { At = Now.AddDays(-3) };
        await RecordAsync(kim, question, Recordings.Mail(A.Anna.Id, "<2@x>", "<2@x>") with { At = Now.AddDays(-1) });
        await RecordAsync(lee, Recordings.Mail(A.Anna.Id, "<3@x>", "<3@x>") with { At = Now.AddDays(-2), Direction = Direction.Outgoing });

        var waiting = (await MyDayAsync(anna))["waiting"]!;
        Assert.Equal(("Kim", 2, question.At), ((string)waiting["forUs"]![0]!["name"]!, (int)waiting["forUs"]![0]!["threads"]!, (DateTimeOffset)waiting["forUs"]![0]!["sinceAt"]!));
        Assert.Equal(("Lee", 1), ((string)waiting["forThem"]![0]!["name"]!, (int)waiting["forThemCount"]!));
        Assert.Null((await MyDayAsync(ben))["waiting"]); // he is in none of these threads
        Assert.Contains("They wait for us (1)", await HtmlAsync(anna), StringComparison.Ordinal);

        await RecordAsync(kim, Recordings.Mail(A.Anna.Id, "<4@x>", "<1@x>") with { At = Now.AddHours(-1), Direction = Direction.Outgoing });
        waiting = (await MyDayAsync(anna))["waiting"]!;
        Assert.Equal((1, 2), ((int)waiting["forUs"]![0]!["threads"]!, (int)waiting["forThemCount"]!));

        crm.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Null((await MyDayAsync(anna))["waiting"]);
        await AtNightAsync();
        var rows = await crm.Services.GetRequiredService<OutlookCrm.Storage.ITableStore>().RangeAsync(
            OutlookCrm.Storage.Tables.Agenda, OutlookCrm.Storage.TableKeys.Agenda(A.Firm, A.Anna.Id), OutlookCrm.Storage.TableKeys.ThreadsOfAll, 10, default);
        Assert.Empty(rows);
    }

    [Fact]
    public async Task Who_waits_is_told_by_name_and_their_company_only_for_threads_with_nobody_of_it()
    {
        var fjord = CustomerId.Parse((string)(await PostAsync("/api/customers", new { name = "Fjord", kind = "organisation", address = "info@fjord.example" }))["id"]!);
        var kim = CustomerId.Parse((string)(await PostAsync("/api/customers", new { name = "Kim", companyId = fjord.ToString(), address = "kim@fjord.example" }))["id"]!);
        var question = Recordings.Mail(A.Anna.Id, "<1@x>", "<1@x>") with { At = Now.AddDays(-3) };
        await RecordAsync(fjord, question);
        await RecordAsync(kim, question);
        Assert.Equal(["Kim"], await ForUsAsync());

        await RecordAsync(fjord, Recordings.Mail(A.Anna.Id, "<2@x>", "<2@x>") with { At = Now.AddDays(-1) });
        Assert.Equal(["Fjord", "Kim"], (await ForUsAsync()).Order());

        async Task<IEnumerable<string>> ForUsAsync()
        {
            var waiting = (await MyDayAsync(anna))["waiting"]!;
            var names = waiting["forUs"]!.AsArray().Select(one => (string)one!["name"]!).ToList();
            Assert.Equal(names.Count, (int)waiting["forUsCount"]!);
            return names;
        }
    }

    [Fact]
    public async Task A_customer_who_goes_quiet_is_mentioned_once_for_each_silence()
    {
        var (kim, lee) = (await GivenAsync("Kim"), await GivenAsync("Lee"));
        await WishAsync(kim, 30);
        await ContactAsync(kim, -31);
        await ContactAsync(lee, -170, -169, -140, -110, -109, -80); // every thirty days
        Assert.Empty(await QuietAsync());
        await AtNightAsync();

        var quiet = await QuietAsync();
        Assert.Equal(
            ["Kim  30 2026-01-30", "Lee 30  2025-12-12"],
            quiet.Select(one => $"{one!["name"]} {one["usualDays"]} {one["everyDays"]} {one["lastContactOn"]}"));
        Assert.Contains("wanted every 30 days", await HtmlAsync(anna), StringComparison.Ordinal);

        // Not now is for this silence, however many nights pass.
        Assert.Equal(["Kim"], (await PostAsync($"/api/my-day/quiet/{lee}/dismiss", new { }))["customers"]!.AsArray().Select(one => (string)one!["name"]!));
        crm.Clock.Advance(TimeSpan.FromDays(1));
        await AtNightAsync();
        Assert.Equal(["Kim"], (await QuietAsync()).Select(one => (string)one!["name"]!));

        // So is planning something, even when nothing comes of it.
        var followUp = Guid.NewGuid();
        await PostAsync($"/api/customers/{kim}/follow-ups", new { id = followUp, note = "Get in touch", kind = "rhythm", when = "tomorrow" });
        await WaitAsync(async () => (await QuietAsync()).Count == 0);
        await AtNightAsync();
        await PostAsync($"/api/customers/{kim}/follow-ups/{followUp}/complete", new { });
        await AtNightAsync();
        Assert.Empty(await QuietAsync());

        // After contact another silence is another matter.
        await PostAsync($"/api/customers/{lee}/calls", new { id = Guid.NewGuid(), direction = "outgoing" });
        await AtNightAsync();
        Assert.Empty(await QuietAsync());
        crm.Clock.Advance(TimeSpan.FromDays(75));
        await AtNightAsync();
        Assert.Equal(["Lee"], (await QuietAsync()).Select(one => (string)one!["name"]!));
        await RecordAsync(lee, Recordings.Mail(A.Anna.Id, "<news@x>", "<news@x>") with { At = Now.AddHours(-1) });
        Assert.Empty(await QuietAsync());
    }

    [Fact]
    public async Task What_was_to_stay_in_touch_is_closed_by_any_contact()
    {
        var kim = await GivenAsync("Kim");
        await PlanAsync();
        await RecordAsync(kim, Recordings.Mail(A.Anna.Id, "<away@x>", "<away@x>") with { At = Now.AddMinutes(1), NeedsNoAnswer = true });
        Assert.Single((await GetAsync(anna, $"/api/customers/{kim}/follow-ups"))["open"]!.AsArray());
        crm.Clock.Advance(TimeSpan.FromHours(1));
        var mail = Recordings.Mail(A.Anna.Id, "<hello@x>", "<hello@x>") with { At = Now.AddMinutes(-5) };
        await RecordAsync(kim, mail);
        await AssertClosedAsync();
        await crm.Services.GetRequiredService<InteractionStore>().ForgetItemAsync(A.Firm, kim, mail.Id, mail.SeenIn, Now, default);
        Assert.Single((await GetAsync(anna, $"/api/customers/{kim}/follow-ups"))["open"]!.AsArray());
        await PostAsync($"/api/customers/{kim}/calls", new { id = Guid.NewGuid(), direction = "incoming" });
        await AssertClosedAsync();

        async Task PlanAsync() => await PostAsync(
            $"/api/customers/{kim}/follow-ups", new { id = Guid.NewGuid(), note = "Get in touch", kind = "rhythm", when = "nextWeek" });

        async Task AssertClosedAsync()
        {
            var list = await GetAsync(anna, $"/api/customers/{kim}/follow-ups");
            Assert.Empty(list["open"]!.AsArray());
            Assert.Equal("reply", (string)list["ended"]!["ending"]!);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_meeting_planned_ahead_ends_a_silence_at_once_and_closes_what_was_to_stay_in_touch_when_it_begins(bool isMeetingFirst)
    {
        var kim = await GivenAsync("Kim");
        await WishAsync(kim, 30);
        await ContactAsync(kim, -31);
        await AtNightAsync();
        Assert.Single(await QuietAsync());
        var begins = Now.AddDays(15);
        var id = Guid.NewGuid();
        foreach (var isMeeting in new[] { isMeetingFirst, !isMeetingFirst })
        {
            await (isMeeting
                ? RecordAsync(kim, Recordings.Meeting(A.Anna.Id, "visit", begins))
                : PostAsync($"/api/customers/{kim}/follow-ups", new { id, note = "Get in touch", kind = "rhythm", dueOn = "2026-06-01" }));
            if (isMeeting)
            {
                Assert.Empty(await QuietAsync());
            }
        }

        await WaitAsync(async () => (await crm.Services.GetRequiredService<FollowUpStore>().GetAsync(A.Firm, kim, id, default))!.MeetsAt == begins);
        crm.Clock.Advance(TimeSpan.FromDays(14));
        Assert.Single((await GetAsync(anna, $"/api/customers/{kim}/follow-ups"))["open"]!.AsArray());
        crm.Clock.Advance(begins - Now);
        await WaitAsync(async () => (await GetAsync(anna, $"/api/customers/{kim}/follow-ups"))["open"]!.AsArray().Count == 0);
        var ended = (await GetAsync(anna, $"/api/customers/{kim}/follow-ups"))["ended"]!;
        Assert.Equal("reply", (string)ended["ending"]!);
        Assert.True((DateTimeOffset)ended["endedAt"]! >= begins);
    }

    [Fact]
    public async Task A_wish_for_contact_stands_on_the_card_and_belongs_to_its_owner()
    {
        var kim = await GivenAsync("Kim");
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(kim, new { everyDays = 6 })).Status);
        Assert.Equal(90, (int)(await PatchAsync(kim, new { everyDays = 90, ownerId = A.Anna.Id })).Body["everyDays"]!);
        Assert.Equal(90, (int)(await GetAsync(anna, $"/api/customers/{kim}/follow-ups/form"))["everyDays"]!);
        crm.Clock.Advance(TimeSpan.FromDays(90));
        await AtNightAsync();
        Assert.Single(await QuietAsync());
        Assert.Empty((await MyDayAsync(ben))["quiet"]!["customers"]!.AsArray());
        Assert.Null((await PatchAsync(kim, new { everyDays = (int?)null })).Body["everyDays"]);
        await AtNightAsync();
        Assert.Empty(await QuietAsync());
    }

    [Fact]
    public async Task Of_what_has_ended_an_agenda_keeps_nothing()
    {
        var kim = await GivenAsync("Kim");
        var (done, open) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var id in new[] { done, open })
        {
            await PostAsync($"/api/customers/{kim}/follow-ups", new { id, note = "Send the offer", dueOn = "2026-06-01" });
        }

        await WaitAsync(async () => (await MyDayAsync(anna))["followUps"]!.AsArray().Count == 2);
        await PostAsync($"/api/customers/{kim}/follow-ups/{done}/complete", new { });
        await WaitAsync(async () => (await MyDayAsync(anna))["followUps"]!.AsArray().Count == 1);
        crm.Clock.Advance(TimeSpan.FromHours(25));
        await AtNightAsync();
        var rows = await crm.Services.GetRequiredService<OutlookCrm.Storage.ITableStore>().RangeAsync(
            OutlookCrm.Storage.Tables.Agenda, OutlookCrm.Storage.TableKeys.Agenda(A.Firm, A.Anna.Id), OutlookCrm.Storage.TableKeys.AgendaVersions, 10, default);
        Assert.Equal(OutlookCrm.Storage.TableKeys.AgendaVersion(open), Assert.Single(rows).RowKey);
    }

    [Theory]
    [InlineData("-170 -169 -140 -110 -109 -80", null, "80 30")]
    [InlineData("-170 -140 -110 -60", null, null)] // not yet twice the usual
    [InlineData("-420 -390 -360 -330", null, null)] // for so long that it is over
    [InlineData("-100 -70 -69 -68 -67 -66", null, null)] // two conversations are no rhythm
    [InlineData("-170 -140 -110 -80 5", null, null)] // they are going to meet
    [InlineData("-90", 90, "90 90")]
    [InlineData("-89", 90, null)]
    [InlineData("", 90, "400 90")] // never, since the customer was added
    [InlineData("", null, null)]
    public void A_silence_is_worth_a_word_by_what_is_usual_or_wished(string contacts, int? wished, string? told)
    {
        var today = new DateOnly(2026, 3, 2);
        var spell = QuietSpell.Of(
            contacts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(days => today.AddDays(int.Parse(days, System.Globalization.CultureInfo.InvariantCulture))),
            today.AddDays(-400), wished, today);
        Assert.Equal(told, spell is null ? null : $"{spell.Days} {spell.EveryDays ?? spell.UsualDays}");
    }

    private async Task<CustomerId> GivenAsync(string name) => CustomerId.Parse(
        (string)(await PostAsync("/api/customers", new { name, address = $"{name.ToLowerInvariant()}@fjord.example" }))["id"]!);

    private async Task RecordAsync(CustomerId customer, params CapturedInteraction[] mails) => Assert.All(
        await crm.Services.GetRequiredService<InteractionStore>().RecordAsync(A.Firm, customer, [.. mails.Select(mail => mail.For(customer))], default),
        outcome => Assert.NotEqual(RecordOutcome.NoSuchCustomer, outcome));

    private Task ContactAsync(CustomerId customer, params int[] days) => RecordAsync(
        customer, [.. days.Select(day => Recordings.Mail(A.Anna.Id, $"<{customer}{day}@x>", $"<{customer}{day}@x>") with { At = Now.AddDays(day) })]);

    private async Task WishAsync(CustomerId customer, int days) => Assert.Equal(HttpStatusCode.OK, (await PatchAsync(customer, new { everyDays = days })).Status);

    private async Task AtNightAsync() => await ActivatorUtilities.CreateInstance<FindQuietCustomers>(crm.Services).RunAsync(new TimerInfo(), default);

    private async Task<JsonArray> QuietAsync() => (await MyDayAsync(anna))["quiet"]!["customers"]!.AsArray();

    private static Task<JsonObject> MyDayAsync(HttpClient who) => GetAsync(who, "/api/my-day");

    private static async Task<JsonObject> GetAsync(HttpClient who, string path) => (await who.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task<string> HtmlAsync(HttpClient who)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/my-day");
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await who.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<JsonObject> PostAsync(string path, object body)
    {
        using var answer = await anna.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> PatchAsync(CustomerId customer, object change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{customer}") { Content = JsonContent.Create(change) };
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((string)(await GetAsync(anna, $"/api/customers/{customer}"))["eTag"]!));
        using var answer = await anna.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private Task WaitAsync(Func<Task<bool>> isSo) => Waiting.WhileTimePassesAsync(crm.Clock, isSo);
}
