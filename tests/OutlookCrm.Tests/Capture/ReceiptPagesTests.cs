using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>The receipt as its mailbox's user sees it, over HTTP.</summary>
public sealed class ReceiptPagesTests
{
    private const string Line = "/api/mailboxes/mine/line";
    private const string Receipt = "/api/mailboxes/mine/receipt";

    [Fact]
    public async Task The_line_says_when_and_how_much_and_today_is_the_readers()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        desk.Crm.Clock.MoveTo(new DateTimeOffset(2026, 3, 2, 23, 30, 0, TimeSpan.Zero));
        await desk.StatusAsync(A.Firm, MailboxStatus.None(A.Ben.Id) with { LastSuccessAt = desk.Now, HistoryDone = 12_300, HistoryReached = new DateTimeOffset(2025, 8, 9, 0, 0, 0, TimeSpan.Zero) });
        await desk.TakeAsync(A.Ben, "morning", desk.Now.AddHours(-15));
        await desk.TakeAsync(A.Ben, "evening", desk.Now.AddSeconds(-40));
        await desk.SkipAsync(A.Ben, "ad", IgnoreReason.MailingList, "news@shop.example");

        var utc = await desk.GetAsync(A.Ben, Line);
        Assert.Equal(("good", 2, 1), ((string)utc["condition"]!, (int)utc["taken"]!, (int)utc["skipped"]!));
        var berlin = await desk.GetAsync(A.Ben, Line, "Europe/Berlin"); // there it is tomorrow since half an hour
        Assert.Equal((1, 1), ((int)berlin["taken"]!, (int)berlin["skipped"]!));
        Assert.Equal((0, 0), await CountsAsync(A.Anna));
        var (_, _, html) = await desk.AskAsync(A.Ben, HttpMethod.Get, Line, accept: "text/html");
        Assert.Contains("40 s ago", html, StringComparison.Ordinal);
        Assert.Contains("history back to August 2025", html, StringComparison.Ordinal);

        await desk.Receipts.CommitAsync(
            A.Firm, A.Ben.Id, new PageReceipt(PageKind.Again, desk.Now, [new TakenItem("a new customer's mail of an hour ago", desk.Now.AddHours(-1))], []), [], default);
        Assert.Equal((3, 0), await LookedUpAsync(null));
        Assert.Equal((1, 1), await LookedUpAsync("Europe/Berlin")); // of yesterday evening

        async Task<(int Taken, int Older)> LookedUpAsync(string? zone)
        {
            var line = await desk.GetAsync(A.Ben, Line, zone);
            return ((int)line["taken"]!, (int)line["older"]!);
        }

        async Task<(int Taken, int Skipped)> CountsAsync(TestPerson who)
        {
            var line = await desk.GetAsync(who, Line);
            return ((int)line["taken"]!, (int)line["skipped"]!);
        }
    }

    [Fact]
    public async Task Who_has_no_mailbox_is_told_so()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var guest = A.Ben with { Id = Guid.NewGuid(), Address = null! };

        Assert.Null((await desk.GetAsync(guest, Line))["condition"]);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(guest, HttpMethod.Get, Receipt)).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.AskAsync(guest, HttpMethod.Get, Line, accept: "text/html")).Status);
    }

    [Fact]
    public async Task Each_thing_that_was_left_out_says_why_and_what_to_do()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var customer = await desk.CustomerAsync("kim@kunde.example");
        await desk.DoneAsync(A.Ben, HttpMethod.Post, "/api/mailboxes/mine/blocks", new { what = "blocked.example" });
        await desk.SkipAsync(A.Ben, "stranger", IgnoreReason.UnknownPeople, "lea@neu.example");
        await desk.SkipAsync(A.Ben, "newsletter", IgnoreReason.MailingList, "kim@kunde.example");
        await desk.SkipAsync(A.Ben, "blocked", IgnoreReason.Blocked, "x@sub.blocked.example");
        await desk.SkipAsync(A.Ben, "diary", IgnoreReason.Private);

        var skipped = (await desk.GetAsync(A.Ben, Receipt))["skipped"]!.AsArray().ToDictionary(one => (string)one!["reason"]!, one => one!);
        Assert.Equal(["blocked", "mailingList", "private", "unknownPeople"], skipped.Keys.Order());
        Assert.Empty(skipped["private"]["things"]!.AsArray());
        Assert.Equal(customer, (string)skipped["mailingList"]["things"]![0]!["customerId"]!);
        Assert.Equal("blocked.example", (string)skipped["blocked"]["things"]![0]!["blockedBy"]!);
        Assert.Null(skipped["unknownPeople"]["things"]![0]!["customerId"]);
    }

    [Fact]
    public async Task What_is_wanted_anyway_is_asked_for_and_what_was_right_goes_off_the_list()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CustomerAsync("kim@kunde.example");
        await desk.SkipAsync(A.Ben, "offer", IgnoreReason.MailingList, "kim@kunde.example");
        await desk.SkipAsync(A.Ben, "ad", IgnoreReason.MailingList, "kim@kunde.example", desk.Now.AddDays(-1));

        await desk.DoneAsync(A.Ben, HttpMethod.Post, Receipt + "/take?item=offer");
        Assert.Contains(desk.AskedFor, message => message.StartsWith("capture-item", StringComparison.Ordinal)
            && message.Contains("\"offer\"", StringComparison.Ordinal) && message.Contains("\"IsByHand\":true", StringComparison.Ordinal));
        var yesterday = await desk.DoneAsync(A.Ben, HttpMethod.Delete, Receipt + "/skipped?item=ad");

        Assert.Equal("2026-03-01", (string)yesterday["day"]!);
        Assert.Equal((1, 0), (OnlyReason(yesterday).Count, OnlyReason(yesterday).Things.Count));
        var today = OnlyReason(await desk.GetAsync(A.Ben, Receipt));
        Assert.True((bool)Assert.Single(today.Things)!["isAskedFor"]!);
        foreach (var path in new[] { "/take?item=ad", "/take?item=unheard-of", "/take?item=OFFER" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Post, Receipt + path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Delete, Receipt + "/skipped?item=ad")).Status);

        // And when the worker has taken it, it is no longer called left out.
        await desk.Receipts.CommitAsync(A.Firm, A.Ben.Id, new PageReceipt(PageKind.Again, desk.Now, [new TakenItem("offer", desk.Now)], []), [], default);
        var after = await desk.GetAsync(A.Ben, Receipt);
        Assert.Equal(1, (int)after["taken"]!);
        Assert.Empty(after["skipped"]!.AsArray());

        static (int Count, JsonArray Things) OnlyReason(JsonNode receipt)
        {
            var only = Assert.Single(receipt["skipped"]!.AsArray())!;
            return ((int)only["count"]!, only["things"]!.AsArray());
        }
    }

    [Fact]
    public async Task Who_was_erased_since_is_not_named()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.SkipAsync(A.Ben, "mail", IgnoreReason.UnknownPeople, "kim@secret.example");
        await desk.Crm.Services.GetRequiredService<ErasedPeople>().AddAsync(A.Firm, LoggingDesk.Address("KIM@secret.example"), default);

        var (_, _, json) = await desk.AskAsync(A.Ben, HttpMethod.Get, Receipt);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        Assert.Contains("unknownPeople", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-02", HttpStatusCode.OK)]
    [InlineData("2026-02-01", HttpStatusCode.OK)]
    [InlineData("2026-01-31", HttpStatusCode.BadRequest)]
    [InlineData("2026-03-03", HttpStatusCode.BadRequest)]
    [InlineData("2026-3-1", HttpStatusCode.BadRequest)]
    [InlineData("yesterday", HttpStatusCode.BadRequest)]
    [InlineData("2026-02-30", HttpStatusCode.BadRequest)]
    public async Task Days_may_be_turned_back_as_far_as_they_are_kept(string day, HttpStatusCode expected)
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var (status, json, _) = await desk.AskAsync(A.Ben, HttpMethod.Get, $"{Receipt}?day={day}");

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.BadRequest, json!["errors"]?["day"] is not null);
    }

    [Fact]
    public async Task Every_reason_of_the_rules_has_its_words()
    {
        Assert.Equal(Enum.GetNames<IgnoreReason>(), Enum.GetNames<SkipReason>());
        await using var desk = await LoggingDesk.OpenAsync();
        foreach (var reason in Enum.GetValues<IgnoreReason>())
        {
            await desk.SkipAsync(A.Ben, reason.ToString(), reason, "kim@kunde.example");
        }

        Assert.Equal(Enum.GetNames<IgnoreReason>().Length, (await desk.GetAsync(A.Ben, Receipt))["skipped"]!.AsArray().Count);
    }

    [Fact]
    public async Task Old_receipts_and_correspondents_go_every_night()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.GetAsync(A.Ben, Receipt);
        await desk.SkipAsync(A.Ben, "old", IgnoreReason.UnknownPeople, "kim@secret.example");
        await desk.CorrespondAsync(A.Ben, "kim@secret.example", 2, 2);
        var night = ActivatorUtilities.CreateInstance<ForgetOld>(desk.Crm.Services);
        desk.Crm.Clock.Advance(TimeSpan.FromDays(29));
        await night.RunAsync(null!, default);
        Assert.Contains("secret", string.Concat(await desk.Crm.DumpAsync("mailboxes"), await ListedAsync()), StringComparison.Ordinal);

        desk.Crm.Clock.Advance(TimeSpan.FromDays(1));
        await night.RunAsync(null!, default);
        Assert.DoesNotContain("secret", await ListedAsync(), StringComparison.Ordinal);
        Assert.NotEqual("", await desk.Crm.DumpAsync("people"));

        desk.Crm.Clock.Advance(TimeSpan.FromDays(340));
        await night.RunAsync(null!, default);
        Assert.Equal("", await desk.Crm.DumpAsync("people"));

        async Task<string> ListedAsync() => string.Join('\n', (await desk.Tables.RangeAsync(
            OutlookCrm.Storage.Tables.Mailboxes, TableKeys.Mailboxes(A.Firm), RowKeyRange.StartingWith("r|"), 100, default))
            .SelectMany(row => row.Properties.Values).OfType<string>());
    }

    [Fact]
    public async Task Logs_tell_nothing_of_whom_somebody_writes_with()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.SkipAsync(A.Ben, "AAMk-secret", IgnoreReason.UnknownPeople, "kim@secret.example");
        await desk.CorrespondAsync(A.Ben, "kim@secret.example", 2, 2, name: "Kim Secret");
        await desk.GetAsync(A.Ben, Receipt);
        await desk.DoneAsync(A.Ben, HttpMethod.Post, "/api/mailboxes/mine/blocks", new { what = "other@secret.example" });
        await desk.DoneAsync(A.Ben, HttpMethod.Delete, "/api/mailboxes/mine/blocks?what=other@secret.example");
        await desk.DoneAsync(A.Ben, HttpMethod.Post, Receipt + "/take?item=AAMk-secret");
        await desk.DoneAsync(A.Ben, HttpMethod.Put, "/api/correspondents/kim@secret.example/hidden");
        await desk.DoneAsync(A.Ben, HttpMethod.Post, "/api/correspondents/kim@secret.example/customer");

        using var junk = desk.Crm.WithToken("eyJhbGciOiJSUzI1NiJ9.junk.junk");
        _ = await junk.GetAsync("/api/mailboxes/mine/blocks?what=other@secret.example");
        _ = await junk.PutAsync("/api/correspondents/kim@secret.example/hidden", null);

        Assert.NotEmpty(desk.Crm.Logs.Lines);
        Assert.DoesNotContain(desk.Crm.Logs.Lines, line => line.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }
}
