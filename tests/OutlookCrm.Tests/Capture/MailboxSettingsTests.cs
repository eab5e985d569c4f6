using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Capture;

/// <summary>What people set of logging, over HTTP: their own and nobody else's, an owner of the firm what is the firm's.</summary>
public sealed class MailboxSettingsTests
{
    private const string Mine = "/api/mailboxes/mine";
    private const string OfBen = "/api/mailboxes/dddddddd-0000-4000-8000-000000000002";

    [Fact]
    public async Task Everybody_finds_their_own_mailbox_set_as_the_firm_has_it()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        foreach (var who in new[] { A.Anna, A.Ben, A.Rita })
        {
            var mine = await desk.GetAsync(who, Mine);
            Assert.Equal((who.Address, "mine", true, "everything", "2025-03-02"), (
                (string)mine["address"]!, (string)mine["id"]!, (bool)mine["isOn"]!, (string)mine["colleaguesSee"]!, (string)mine["since"]!));
        }

        Assert.Equal(3, (await desk.GetAsync(A.Anna, "/api/mailboxes"))["mailboxes"]!.AsArray().Count);
    }

    [Fact]
    public async Task Nobody_learns_or_changes_anything_of_another_mailbox()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var etag = (string)(await desk.GetAsync(A.Ben, Mine))["eTag"]!;
        await desk.DoneAsync(A.Ben, HttpMethod.Post, Mine + "/blocks", new { what = "secret@blocked.example" });
        await desk.SkipAsync(A.Ben, "AAMk-1", IgnoreReason.UnknownPeople, "kim@secret.example");
        (HttpMethod Method, string Path, object? Body)[] questions =
        [
            (HttpMethod.Get, OfBen, null),
            (HttpMethod.Get, OfBen + "/receipt", null),
            (HttpMethod.Get, OfBen + "/folders", null),
            (HttpMethod.Patch, OfBen, new { colleaguesSee = "nothing" }),
            (HttpMethod.Post, OfBen + "/blocks", new { what = "x@blocked.example" }),
            (HttpMethod.Delete, OfBen + "/blocks?what=secret@blocked.example", null),
            (HttpMethod.Post, OfBen + "/folders", new { id = "AAMk" }),
            (HttpMethod.Delete, OfBen + "/folders?folder=AAMk", null),
            (HttpMethod.Post, OfBen + "/receipt/take?item=AAMk-1", null),
            (HttpMethod.Delete, OfBen + "/receipt/skipped?item=AAMk-1", null),
        ];
        var before = await desk.Crm.DumpAsync("mailboxes", "blocks", "people");

        foreach (var (method, path, body) in questions)
        {
            foreach (var who in new[] { A.Anna, A.Rita, A.Olga })
            {
                var there = await desk.AskAsync(who, method, path, body, etag);
                var nowhere = await desk.AskAsync(who, method, path.Replace(A.Ben.Id.ToString("D"), Guid.Empty.ToString("D"), StringComparison.Ordinal), body, etag);
                Assert.Equal((HttpStatusCode.NotFound, nowhere.Text), (there.Status, there.Text));
            }
        }

        Assert.Equal(before, await desk.Crm.DumpAsync("mailboxes", "blocks", "people"));
        Assert.All(desk.AskedFor, message => Assert.DoesNotContain("capture-item", message, StringComparison.Ordinal));
        foreach (var who in new[] { A.Anna, A.Rita })
        {
            var list = await desk.AskAsync(who, HttpMethod.Get, "/api/mailboxes");
            Assert.DoesNotContain("secret", list.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("colleaguesSee", list.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_the_firms_is_for_owners_to_set()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.GetAsync(A.Ben, Mine);
        (HttpMethod Method, string Path, object? Body)[] questions =
        [
            (HttpMethod.Put, OfBen + "/off", null),
            (HttpMethod.Delete, OfBen + "/off", null),
            (HttpMethod.Post, "/api/mailboxes", new { address = "info@bergdesign.example" }),
            (HttpMethod.Delete, OfBen, null),
            (HttpMethod.Patch, "/api/mailboxes", new { monthsBack = "six" }),
            (HttpMethod.Post, "/api/firm/blocks", new { what = "x.example" }),
            (HttpMethod.Delete, "/api/firm/blocks?what=x.example", null),
        ];
        var before = await desk.Crm.DumpAsync("mailboxes", "blocks");
        foreach (var (method, path, body) in questions)
        {
            foreach (var who in new[] { A.Ben, A.Rita })
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await desk.AskAsync(who, method, path, body, "\"x\"")).Status);
            }
        }

        Assert.Equal(before, await desk.Crm.DumpAsync("mailboxes", "blocks"));
        Assert.Null((await desk.GetAsync(A.Ben, "/api/mailboxes"))["firm"]);
    }

    [Fact]
    public async Task Who_closes_a_mailbox_closes_it_at_once_and_may_take_mail_from_further_back()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var etag = (string)(await desk.GetAsync(A.Ben, Mine))["eTag"]!;
        var directory = desk.Crm.Services.GetRequiredService<FirmDirectory>();
        Assert.Equal(MailboxVisibility.Shared, (await directory.OfAsync(A.Firm, default)).VisibilityOf(A.Ben.Id));

        var saved = await desk.DoneAsync(
            A.Ben,
            HttpMethod.Patch,
            Mine,
            new { colleaguesSee = "nothing", since = "2024-01-01", privateCategories = new[] { " Doctor ", "Family", "doctor" } },
            etag);

        Assert.Equal(MailboxVisibility.OnlyMe, (await directory.OfAsync(A.Firm, default)).VisibilityOf(A.Ben.Id));
        Assert.Equal(["Doctor", "Family"], saved["privateCategories"]!.AsArray().Select(one => (string)one!));
        var mailbox = (await desk.Crm.Services.GetRequiredService<CapturedMailboxes>().FindAsync(A.Firm, A.Ben.Id, default))!;
        Assert.Equal(new DateOnly(2024, 1, 1), mailbox.Since);
        Assert.Equal(["Doctor", "Family"], mailbox.PrivateCategories);
        Assert.Contains(desk.AskedFor, message => message.StartsWith("capture-work", StringComparison.Ordinal)
            && message.Contains(A.Ben.Id.ToString("D"), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_private_category_of_ones_own_counts_when_mail_is_judged()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CustomerAsync("kim@kunde.example");
        var etag = (string)(await desk.GetAsync(A.Ben, Mine))["eTag"]!;
        await desk.DoneAsync(A.Ben, HttpMethod.Patch, Mine, new { privateCategories = new[] { "Arzt" } }, etag);

        Assert.Equal(IgnoreReason.Private, Assert.IsType<CaptureOutcome.Ignored>(await JudgeAsync(desk, A.Ben, "Arzt")).Reason);
        Assert.IsType<CaptureOutcome.Captured>(await JudgeAsync(desk, A.Ben, "Angebot"));
    }

    [Fact]
    public async Task Two_who_save_at_once_lose_nothing()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var etag = (string)(await desk.GetAsync(A.Ben, Mine))["eTag"]!;
        await desk.DoneAsync(A.Ben, HttpMethod.Patch, Mine, new { colleaguesSee = "timesAndPeople" }, etag);

        var stale = await desk.AskAsync(A.Ben, HttpMethod.Patch, Mine, new { colleaguesSee = "nothing" }, etag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        var field = Assert.Single(stale.Json!["fields"]!.AsArray())!;
        Assert.Equal(("colleaguesSee", "nothing", "times and people only"), ((string)field["field"]!, (string)field["yours"]!, (string)field["theirs"]!));
        Assert.Equal("timesAndPeople", (string)(await desk.GetAsync(A.Ben, Mine))["colleaguesSee"]!);

        // What is so already is no conflict, and what the conflict names saves.
        await desk.DoneAsync(A.Ben, HttpMethod.Patch, Mine, new { colleaguesSee = "timesAndPeople" }, etag);
        await desk.DoneAsync(A.Ben, HttpMethod.Patch, Mine, new { colleaguesSee = "nothing" }, (string)stale.Json["eTag"]!);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await desk.AskAsync(A.Ben, HttpMethod.Patch, Mine, new { isOn = false })).Status);
    }

    [Theory]
    [InlineData("2026-03-03", true)] // somewhere it is tomorrow
    [InlineData("2026-03-04", false)]
    [InlineData("2016-03-03", true)]
    [InlineData("2016-03-02", false)]
    [InlineData("0001-01-01", false)]
    [InlineData("9999-12-31", false)]
    public async Task The_first_day_is_within_ten_years_and_not_to_come(string since, bool isGood)
    {
        await using var desk = await LoggingDesk.OpenAsync();
        var etag = (string)(await desk.GetAsync(A.Ben, Mine))["eTag"]!;

        var (status, json, _) = await desk.AskAsync(A.Ben, HttpMethod.Patch, Mine, new { since }, etag);

        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        Assert.Equal(isGood, json!["errors"]?["since"] is null);
    }

    [Fact]
    public async Task An_owner_switches_off_what_its_user_wants_on_and_the_users_wish_is_kept()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.GetAsync(A.Ben, Mine);

        await desk.DoneAsync(A.Anna, HttpMethod.Put, OfBen + "/off");
        var mine = await desk.GetAsync(A.Ben, Mine);
        Assert.True((bool)mine["isOn"]! && (bool)mine["isOffForFirm"]!);
        Assert.False((await desk.Crm.Services.GetRequiredService<CapturedMailboxes>().FindAsync(A.Firm, A.Ben.Id, default))!.IsOn);
        Assert.Equal("offForFirm", (string)(await desk.GetAsync(A.Ben, Mine + "/line"))["condition"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.AskAsync(A.Ben, HttpMethod.Post, Mine + "/look")).Status);

        // Its user cannot get round it.
        await desk.DoneAsync(A.Ben, HttpMethod.Patch, Mine, new { isOn = true }, (string)mine["eTag"]!);
        Assert.Equal("offForFirm", (string)(await desk.GetAsync(A.Ben, Mine + "/line"))["condition"]!);

        await desk.DoneAsync(A.Anna, HttpMethod.Delete, OfBen + "/off");
        Assert.True((await desk.Crm.Services.GetRequiredService<CapturedMailboxes>().FindAsync(A.Firm, A.Ben.Id, default))!.IsOn);
    }

    [Fact]
    public async Task Whom_somebody_leaves_out_is_theirs_to_say_and_to_see()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CustomerAsync("kim@sub.kunde.example");
        await desk.DoneAsync(A.Ben, HttpMethod.Post, Mine + "/blocks", new { what = "*@Kunde.example" });
        await desk.DoneAsync(A.Ben, HttpMethod.Post, Mine + "/blocks", new { what = "kunde.example" });
        var blocked = Assert.Single((await desk.GetAsync(A.Ben, Mine))["blocked"]!.AsArray())!;
        Assert.Equal(("kunde.example", true, "Ben Okoro"), ((string)blocked["what"]!, (bool)blocked["isDomain"]!, (string)blocked["by"]!));
        Assert.Empty((await desk.GetAsync(A.Anna, Mine))["blocked"]!.AsArray());

        Assert.Equal(IgnoreReason.Blocked, Assert.IsType<CaptureOutcome.Ignored>(await JudgeAsync(desk, A.Ben, null, "kim@sub.kunde.example")).Reason);
        Assert.IsType<CaptureOutcome.Captured>(await JudgeAsync(desk, A.Anna, null, "kim@sub.kunde.example"));

        await desk.DoneAsync(A.Ben, HttpMethod.Delete, Mine + "/blocks?what=kunde.example");
        Assert.IsType<CaptureOutcome.Captured>(await JudgeAsync(desk, A.Ben, null, "kim@sub.kunde.example"));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Delete, Mine + "/blocks?what=kunde.example")).Status);
    }

    [Fact]
    public async Task Whom_the_firm_leaves_out_is_left_out_of_every_mailbox_and_everybody_sees_it()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CustomerAsync("kim@kunde.example");
        await desk.DoneAsync(A.Anna, HttpMethod.Post, "/api/firm/blocks", new { what = "kim@kunde.example" });

        Assert.Equal("kim@kunde.example", (string)(await desk.GetAsync(A.Ben, Mine))["blockedByFirm"]![0]!["what"]!);
        Assert.IsType<CaptureOutcome.Ignored>(await JudgeAsync(desk, A.Ben, null));

        await desk.DoneAsync(A.Anna, HttpMethod.Delete, "/api/firm/blocks?what=Kim@kunde.example");
        Assert.IsType<CaptureOutcome.Captured>(await JudgeAsync(desk, A.Ben, null));
        Assert.Contains(desk.AskedFor, message => message.StartsWith("capture-history", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ben@bergdesign.example")]
    [InlineData("bergdesign.example")]
    [InlineData("no address at all")]
    [InlineData("a@b@")]
    [InlineData("com")]
    [InlineData("*")]
    public async Task What_nobody_can_be_blocked_by_is_refused_by_name(string what)
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.GetAsync(A.Ben, Mine);

        var (status, json, text) = await desk.AskAsync(A.Ben, HttpMethod.Post, Mine + "/blocks", new { what });

        Assert.True(status == HttpStatusCode.BadRequest, text);
        Assert.NotNull(json!["errors"]!["what"]);
        Assert.Equal("", await desk.Crm.DumpAsync("blocks"));
    }

    [Fact]
    public async Task A_shared_mailbox_is_its_members_to_see_and_the_owners_to_set()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.CustomerAsync("kim@kunde.example");
        await desk.GetAsync(A.Ben, Mine);
        foreach (var (address, status) in new[] { ("kim@kunde.example", HttpStatusCode.Conflict), ("ben@bergdesign.example", HttpStatusCode.Conflict), ("nobody", HttpStatusCode.BadRequest) })
        {
            Assert.Equal(status, (await desk.AskAsync(A.Anna, HttpMethod.Post, "/api/mailboxes", new { address })).Status);
        }

        var list = await desk.DoneAsync(A.Anna, HttpMethod.Post, "/api/mailboxes", new { address = "info@bergdesign.example", name = "Reception" });
        var info = "/api/mailboxes/" + (string)list["mailboxes"]!.AsArray().Single(one => (string)one!["name"]! == "Reception")!["id"]!;
        var settings = await desk.GetAsync(A.Anna, info);
        await desk.DoneAsync(A.Anna, HttpMethod.Patch, info, new { since = "2020-01-01" }, (string)settings["eTag"]!);

        await desk.GetAsync(A.Ben, info + "/receipt");
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Get, info)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Rita, HttpMethod.Get, info + "/receipt")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Olga, HttpMethod.Get, info + "/receipt")).Status);
        Assert.Contains((await desk.GetAsync(A.Ben, "/api/mailboxes"))["mailboxes"]!.AsArray(), one => (string)one!["name"]! == "Reception");

        await desk.DoneAsync(A.Anna, HttpMethod.Delete, info);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Anna, HttpMethod.Get, info)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.AskAsync(A.Anna, HttpMethod.Delete, OfBen)).Status);
        await desk.DoneAsync(A.Anna, HttpMethod.Post, "/api/mailboxes", new { address = "INFO@bergdesign.example" });
        Assert.Equal("2020-01-01", (string)(await desk.GetAsync(A.Anna, info))["since"]!);
    }

    [Fact]
    public async Task An_owner_says_how_far_back_new_mailboxes_go_and_those_that_are_there_stay()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        await desk.GetAsync(A.Anna, Mine);
        var list = await desk.GetAsync(A.Anna, "/api/mailboxes");
        Assert.Equal("twelve", (string)list["firm"]!["monthsBack"]!);
        var etag = (string)list["firm"]!["eTag"]!;

        await desk.DoneAsync(A.Anna, HttpMethod.Patch, "/api/mailboxes", new { monthsBack = "sixty" }, etag);
        var stale = await desk.AskAsync(A.Anna, HttpMethod.Patch, "/api/mailboxes", new { monthsBack = "none" }, etag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        await desk.DoneAsync(A.Anna, HttpMethod.Patch, "/api/mailboxes", new { monthsBack = "sixty" }, etag);

        Assert.Equal("2021-03-02", (string)(await desk.GetAsync(A.Ben, Mine))["since"]!);
        Assert.Equal("2025-03-02", (string)(await desk.GetAsync(A.Anna, Mine))["since"]!);
        await desk.DoneAsync(A.Anna, HttpMethod.Patch, "/api/mailboxes", new { monthsBack = "none" }, (string)stale.Json!["eTag"]!);
        Assert.Equal("2026-03-02", (string)(await desk.GetAsync(A.Rita, Mine))["since"]!);
    }

    [Fact]
    public async Task An_owner_sees_who_is_sick_first_and_what_to_do_and_has_it_looked_at()
    {
        await using var desk = await LoggingDesk.OpenAsync();
        foreach (var who in new[] { A.Anna, A.Ben, A.Rita })
        {
            await desk.GetAsync(who, Mine);
            await desk.StatusAsync(A.Firm, MailboxStatus.None(who.Id) with { LastSuccessAt = desk.Now.AddSeconds(-10), HistoryIsComplete = true });
        }

        await desk.StatusAsync(A.Firm, MailboxStatus.None(A.Rita.Id) with
        {
            LastSuccessAt = desk.Now.AddHours(-3),
            Trouble = GraphTrouble.Reconnect,
            TroubleCode = "ErrorAccessDenied",
            TroubleSince = desk.Now.AddHours(-3),
            RetryAt = desk.Now.AddMinutes(5),
        });

        var mailboxes = (await desk.GetAsync(A.Anna, "/api/mailboxes"))["mailboxes"]!.AsArray();
        Assert.Equal(["refused", "good", "good"], mailboxes.Select(one => (string)one!["condition"]!));
        Assert.Equal(("Rita Lang", false, false), ((string)mailboxes[0]!["name"]!, (bool)mailboxes[0]!["mayOpen"]!, (bool)mailboxes[0]!["maySet"]!));
        var (_, _, html) = await desk.AskAsync(A.Anna, HttpMethod.Get, "/api/mailboxes", accept: "text/html");
        Assert.Contains("Ask whoever looks after your Microsoft 365 to let Outlook CRM read this mailbox", html, StringComparison.Ordinal);
        Assert.Contains("ErrorAccessDenied", html, StringComparison.Ordinal);

        // A minute later nobody has looked at anything: what was good is not any more.
        desk.Crm.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(["behind", "behind", "refused"], (await desk.GetAsync(A.Anna, "/api/mailboxes"))["mailboxes"]!.AsArray().Select(one => (string)one!["condition"]!));

        await desk.DoneAsync(A.Anna, HttpMethod.Post, $"/api/mailboxes/{A.Rita.Id:D}/look");
        Assert.Contains(desk.AskedFor, message => message.StartsWith("capture-work", StringComparison.Ordinal)
            && message.Contains(A.Rita.Id.ToString("D"), StringComparison.OrdinalIgnoreCase));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.AskAsync(A.Ben, HttpMethod.Post, $"/api/mailboxes/{A.Rita.Id:D}/look")).Status);
        Assert.Single((await desk.GetAsync(A.Rita, "/api/mailboxes"))["mailboxes"]!.AsArray());
    }

    [Fact]
    public async Task Without_a_connection_to_Microsoft_365_the_pane_says_so_and_nobody_is_sent_to_look()
    {
        await using var desk = await LoggingDesk.OpenAsync(isConnected: false);
        await desk.GetAsync(A.Anna, Mine);

        var mailbox = Assert.Single((await desk.GetAsync(A.Anna, "/api/mailboxes"))["mailboxes"]!.AsArray());
        Assert.Equal("notConnected", (string)mailbox!["condition"]!);
        var (_, _, html) = await desk.AskAsync(A.Anna, HttpMethod.Get, "/api/mailboxes", accept: "text/html");
        Assert.Contains("No mailbox is read until whoever runs Outlook CRM connects it", html, StringComparison.Ordinal);
        Assert.Equal("notConnected", (string)(await desk.DoneAsync(A.Anna, HttpMethod.Post, Mine + "/look"))["mailboxes"]![0]!["condition"]!);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await desk.AskAsync(A.Anna, HttpMethod.Get, Mine + "/folders")).Status);
        Assert.Empty(desk.AskedFor);
    }

    private static async Task<CaptureOutcome> JudgeAsync(LoggingDesk desk, TestPerson whose, string? category, string from = "kim@kunde.example")
    {
        await desk.GetAsync(whose, Mine);
        var mailbox = (await desk.Crm.Services.GetRequiredService<CapturedMailboxes>().FindAsync(whose.Tenant, whose.Id, default))!;
        var kim = new Correspondent(LoggingDesk.Address(from), "Kim");
        var mail = new MailItem(
            "AAMk", "inbox", "<1@kunde.example>", "c", desk.Now, desk.Now, "Hello", "Hello", kim, kim,
            [new Correspondent(LoggingDesk.Address(whose.Address!), whose.Name)], [], [], IsDraft: false, Sensitivity.Normal,
            category is null ? [] : [category], [], "IPM.Note", []);
        var context = await desk.Crm.Services.GetRequiredService<CaptureContexts>().ForAsync(
            whose.Tenant, mailbox, new MailFolders("inbox", "sent", null, null, null, null), [mail], default);
        return CaptureRules.Judge(mail, context);
    }
}
