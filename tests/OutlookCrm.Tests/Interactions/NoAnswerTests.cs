using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Interactions;

/// <summary>"No answer needed": a thank-you keeps nobody waiting, and what is written after it does.</summary>
public sealed class NoAnswerTests : IAsyncLifetime
{
    private TestCrm crm = null!;
    private HttpClient anna = null!;
    private HttpClient ben = null!;

    private DateTimeOffset Now => crm.Clock.GetUtcNow();

    private NoAnswerNeeded NoAnswer => crm.Services.GetRequiredService<NoAnswerNeeded>();

    public async Task InitializeAsync()
    {
        crm = await TestCrm.StartAsync();
        anna = crm.SignIn(A.Anna);
        ben = crm.SignIn(A.Ben);

        // Colleagues see of a mailbox what its owner leaves open once they were here.
        await anna.GetStringAsync("/api/mailboxes/mine");
        crm.Services.GetRequiredService<FirmDirectory>().Forget(A.Firm);
    }

    public async Task DisposeAsync()
    {
        anna.Dispose();
        ben.Dispose();
        await crm.DisposeAsync();
    }

    [Fact]
    public async Task A_mail_that_needs_no_answer_keeps_nobody_waiting_until_a_newer_one_of_its_thread()
    {
        var kim = await GivenAsync("Kim");
        var thanks = Mail("<thanks@x>", "<t@x>", hours: -5);
        await RecordAsync(kim, thanks, thanks with { SeenIn = new MailboxItem(A.Ben.Id, "ben") });
        await AssertWaitsAsync(kim, forUs: 1);

        // Twice is once, and whoever edits the record meanwhile need not look at it again.
        var before = await GetAsync(anna, $"/api/customers/{kim}");
        var line = (await PutAsync(anna, kim, thanks))["lines"]![0]!;
        Assert.Equal(("nobody", thanks.Id), ((string)line["waitsFor"]!, (string)line["id"]!));
        await PutAsync(ben, kim, thanks);
        await AssertWaitsAsync(kim, forUs: 0);
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{kim}") { Content = JsonContent.Create(new { name = "Kim Holm" }) };
        patch.Headers.TryAddWithoutValidation("If-Match", (string)before["eTag"]!);
        using var renamed = await anna.SendAsync(patch);
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        await AssertWaitsAsync(kim, forUs: 0);

        // Found later, but sent before.
        await RecordAsync(kim, Mail("<late@x>", "<t@x>", hours: -6));
        await AssertWaitsAsync(kim, forUs: 0);
        await RecordAsync(kim, Mail("<other@x>", "<other@x>", hours: -4));
        await AssertWaitsAsync(kim, forUs: 1, isBens: false);

        var question = Mail("<question@x>", "<t@x>", hours: -3);
        await RecordAsync(kim, question);
        await AssertWaitsAsync(kim, forUs: 2, isBens: true);
        Assert.Equal("us", (string)Line(await GetAsync(ben, $"/api/customers/{kim}"), question)["waitsFor"]!);

        // Who says it of what they saw says nothing of what came meanwhile; nor does who takes it back.
        await PutAsync(anna, kim, thanks);
        await AssertWaitsAsync(kim, forUs: 2, isBens: true);
        await PutAsync(ben, kim, question);
        await DeleteAsync(anna, kim, thanks);
        await AssertWaitsAsync(kim, forUs: 1, isBens: false);
        await DeleteAsync(anna, kim, question);
        await DeleteAsync(anna, kim, question);
        await AssertWaitsAsync(kim, forUs: 2, isBens: true);

        await PutAsync(ben, kim, question);
        await RecordAsync(kim, Mail("<we@x>", "<t@x>", hours: -1) with { Direction = Direction.Outgoing });
        Assert.Equal(1, (int)(await GetAsync(anna, $"/api/customers/{kim}"))["waits"]!["forThem"]!["threads"]!);
    }

    [Fact]
    public async Task It_holds_for_everybody_on_the_mail_and_is_finished_when_it_was_broken_off()
    {
        var (kim, lee) = (await GivenAsync("Kim"), await GivenAsync("Lee"));
        var thanks = Mail("<thanks@x>", "<t@x>", hours: -5);
        var store = crm.Services.GetRequiredService<InteractionStore>();
        await store.RecordAsync(A.Firm, kim, [thanks.For(kim, lee)], default);
        await store.RecordAsync(A.Firm, lee, [thanks.For(kim, lee)], default);
        Assert.Equal(["Kim", "Lee"], await WhoWaitsAsync());

        await PutAsync(anna, kim, thanks);
        Assert.Empty(await WhoWaitsAsync());
        Assert.Equal("nobody", (string)Line(await GetAsync(ben, $"/api/customers/{lee}"), thanks)["waitsFor"]!);
        await DeleteAsync(anna, lee, thanks);
        Assert.Equal(["Kim", "Lee"], await WhoWaitsAsync());

        // Comes late: it was taken back.
        await NoAnswer.LookAsync(A.Firm, kim, thanks.Id, default);
        Assert.Equal(["Kim", "Lee"], await WhoWaitsAsync());

        // Died when the first row was written.
        var tables = crm.Services.GetRequiredService<ITableStore>();
        var record = (await tables.FindAsync(Tables.Customers, TableKeys.Customer(A.Firm, kim.ToString()), TableKeys.Record, default))!;
        var end = (await store.FindDetailsAsync(A.Firm, kim, thanks.Id, default))!.End!;
        Assert.True((await tables.ReplaceAsync(Tables.Customers, NoAnswers.With(record, end, isSaid: true), record.ETag!, default)).IsWritten);
        Assert.Equal(["Kim", "Lee"], await WhoWaitsAsync());
        await new FinishUndo(crm.Services.GetRequiredService<Undoing>(), NoAnswer).RunAsync(
            new UndoWork(A.Firm, null, null, null, 1) { CustomerId = kim.ToString(), MailId = thanks.Id }, default);
        Assert.Empty(await WhoWaitsAsync());
        Assert.Null((await GetAsync(anna, $"/api/customers/{lee}"))["waits"]);

        async Task<IEnumerable<string>> WhoWaitsAsync() =>
            (await GetAsync(anna, "/api/my-day"))["waiting"]?["forUs"]!.AsArray().Select(one => (string)one!["name"]!).Order() ?? Enumerable.Empty<string>();
    }

    [Fact]
    public async Task Said_at_once_by_many_while_mail_comes_it_is_lost_for_no_thread()
    {
        var kim = await GivenAsync("Kim");
        var mails = Enumerable.Range(0, 6).Select(i => Mail($"<{i}@x>", $"<t{i}@x>", hours: -10)).ToList();
        await RecordAsync(kim, [.. mails]);
        await Task.WhenAll(mails.SelectMany((mail, i) => new[]
        {
            PutAsync(anna, kim, mail), PutAsync(ben, kim, mail), RecordAsync(kim, Mail($"<new{i}@x>", $"<new{i}@x>", hours: -1)),
        }));
        var card = await GetAsync(anna, $"/api/customers/{kim}");
        Assert.Equal((6, Now.AddHours(-1)), ((int)card["waits"]!["forUs"]!["threads"]!, (DateTimeOffset)card["waits"]!["forUs"]!["sinceAt"]!));
        Assert.Equal(6, (int)(await GetAsync(anna, "/api/my-day"))["waiting"]!["forUs"]![0]!["threads"]!);
    }

    [Fact]
    public async Task It_is_said_by_members_of_what_they_see_and_somebody_waits_for()
    {
        var kim = await GivenAsync("Kim");
        var (open, own) = (Mail("<open@x>", "<open@x>", hours: -5), Mail("<own@x>", "<own@x>", hours: -4) with { IsOnlyMine = true });
        var sent = Mail("<sent@x>", "<sent@x>", hours: -4) with { Direction = Direction.Outgoing };
        var old = Mail("<old@x>", "<old@x>", hours: -31 * 24);
        await RecordAsync(kim, open, own, sent, old, Recordings.Meeting(A.Anna.Id, "visit", Now.AddHours(-3)));
        using var rita = crm.SignIn(A.Rita);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(rita, method, kim, open.Id));
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(ben, method, kim, own.Id));
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(ben, method, kim, InteractionId.OfMail("<none@x>")));
            Assert.Equal(HttpStatusCode.Conflict, await AskAsync(ben, method, kim, sent.Id));
            Assert.Equal(HttpStatusCode.Conflict, await AskAsync(ben, method, kim, old.Id));
            Assert.Equal(HttpStatusCode.Conflict, await AskAsync(ben, method, kim, InteractionId.OfMeeting("visit", null)));
        }

        await AssertWaitsAsync(kim, forUs: 2, isBens: false, forBen: 1);
        await PutAsync(anna, kim, own);
        await AssertWaitsAsync(kim, forUs: 1, isBens: false);

        var (edits, reads) = (await HtmlAsync(ben, kim), await HtmlAsync(rita, kim));
        Assert.Contains("They wait for us", reads, StringComparison.Ordinal);
        Assert.Contains("/no-answer", edits, StringComparison.Ordinal);
        Assert.DoesNotContain("/no-answer", reads, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_said_of_a_thread_goes_with_its_last_mail()
    {
        var kim = await GivenAsync("Kim");
        var thanks = Mail("<thanks@x>", "<t@x>", hours: -5);
        await RecordAsync(kim, thanks);
        await PutAsync(anna, kim, thanks);
        var tables = crm.Services.GetRequiredService<ITableStore>();
        Assert.NotEmpty(NoAnswers.From(await RecordRowAsync()));
        using var gone = await anna.PostAsync($"/api/customers/{kim}/timeline/{thanks.Id}/undo?scope=thing", null);
        Assert.True(gone.IsSuccessStatusCode);
        Assert.False((await RecordRowAsync()).Properties.ContainsKey(NoAnswers.Column));

        async Task<TableRow> RecordRowAsync() =>
            (await tables.FindAsync(Tables.Customers, TableKeys.Customer(A.Firm, kim.ToString()), TableKeys.Record, default))!;
    }

    private CapturedInteraction Mail(string messageId, string thread, int hours) => Recordings.Mail(A.Anna.Id, messageId, thread) with { At = Now.AddHours(hours) };

    /// <param name="isBens">Whether the customer waits in a thread of Ben's mailbox, which his own day tells.</param>
    /// <param name="forBen">Threads that Ben sees, when they are others.</param>
    private async Task AssertWaitsAsync(CustomerId customer, int forUs, bool? isBens = null, int? forBen = null)
    {
        foreach (var (who, threads, inDay) in new[] { (anna, forUs, forUs > 0), (ben, forBen ?? forUs, isBens ?? forUs > 0) })
        {
            var card = await GetAsync(who, $"/api/customers/{customer}");
            Assert.Equal(threads, (int?)card["waits"]?["forUs"]?["threads"] ?? 0);
            Assert.Equal(threads, card["timeline"]!["lines"]!.AsArray().Count(line => (string?)line!["waitsFor"] == "us"));
            Assert.Equal(inDay, (int?)(await GetAsync(who, "/api/my-day"))["waiting"]?["forUsCount"] > 0);
        }
    }

    private static JsonNode Line(JsonObject card, CapturedInteraction mail) =>
        card["timeline"]!["lines"]!.AsArray().Single(line => (string)line!["id"]! == mail.Id)!;

    private async Task<CustomerId> GivenAsync(string name)
    {
        using var made = await anna.PostAsJsonAsync("/api/customers", new { name, address = $"{name.ToLowerInvariant()}@fjord.example" });
        return CustomerId.Parse((string)(await made.Content.ReadFromJsonAsync<JsonObject>())!["id"]!);
    }

    private async Task RecordAsync(CustomerId customer, params CapturedInteraction[] things) => Assert.All(
        await crm.Services.GetRequiredService<InteractionStore>().RecordAsync(A.Firm, customer, [.. things.Select(thing => thing.For(customer))], default),
        outcome => Assert.NotEqual(RecordOutcome.NoSuchCustomer, outcome));

    private static async Task<JsonObject> GetAsync(HttpClient who, string path) => (await who.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task<string> HtmlAsync(HttpClient who, CustomerId customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/customers/{customer}");
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await who.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task<JsonObject> PutAsync(HttpClient who, CustomerId customer, CapturedInteraction mail) => SayAsync(who, HttpMethod.Put, customer, mail);

    private static Task<JsonObject> DeleteAsync(HttpClient who, CustomerId customer, CapturedInteraction mail) => SayAsync(who, HttpMethod.Delete, customer, mail);

    private static async Task<JsonObject> SayAsync(HttpClient who, HttpMethod method, CustomerId customer, CapturedInteraction mail)
    {
        using var request = new HttpRequestMessage(method, PathOf(customer, mail.Id[..8]));
        using var answer = await who.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient who, HttpMethod method, CustomerId customer, string lineId)
    {
        using var request = new HttpRequestMessage(method, PathOf(customer, lineId));
        using var answer = await who.SendAsync(request);
        return answer.StatusCode;
    }

    private static string PathOf(CustomerId customer, string lineId) => $"/api/customers/{customer}/timeline/{lineId}/no-answer";
}
