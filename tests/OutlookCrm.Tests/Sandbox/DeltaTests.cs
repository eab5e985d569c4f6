using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Graph.Models;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Sandbox;

public sealed class DeltaTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static readonly string Inbox = $"/users/{SampleFirm.Mira.Id}/mailFolders/inbox/messages/delta";
    private static readonly string View = $"/users/{SampleFirm.Mira.Id}/calendarView/delta?startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-08T00:00:00Z";

    private readonly Mailbox mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);

    [Fact]
    public async Task The_first_round_tells_all_that_is_there_and_the_next_only_what_happened()
    {
        var first = await RoundAsync($"{Inbox}?$select=subject,isRead,receivedDateTime", pageSize: 100);
        var nothing = await RoundAsync(first.Link);

        Assert.Equal(mailbox.Messages.Where(message => message.Folder.WellKnownName == "inbox").Select(message => message.ImmutableId).Order(), first.Ids.Order());
        Assert.True(first.Pages > 1);
        Assert.Empty(nothing.Items);

        var (changed, moved, deleted) = (mailbox.FindMessage(first.Ids[0])!, mailbox.FindMessage(first.Ids[1])!, mailbox.FindMessage(first.Ids[2])!);
        mailbox.Change(changed.Id, RunningSandbox.Now, message => message with { IsRead = !message.IsRead });
        mailbox.Move(moved.Id, mailbox.FindFolder("archive")!, RunningSandbox.Now);
        mailbox.DeleteForGood(deleted.Id);
        var arrived = Arrive("Arrived");

        var second = await RoundAsync(nothing.Link);

        Assert.Equal([changed.ImmutableId, moved.ImmutableId, deleted.ImmutableId, arrived.ImmutableId], second.Ids);
        Assert.Equal(!changed.IsRead, (bool)second.Items[0]["isRead"]!);
        Assert.Equal("changed", (string?)second.Items[1]["@removed"]!["reason"]);
        Assert.Equal("deleted", (string?)second.Items[2]["@removed"]!["reason"]);
        Assert.Equal(["@odata.etag", "id", "isRead", "receivedDateTime", "subject"], second.Items[3].Select(property => property.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_changed_often_is_told_once_as_it_is_now()
    {
        var start = await RoundAsync($"{Inbox}?$select=isRead", pageSize: 500);
        var message = Arrive("Often");
        for (var i = 0; i < 5; i++)
        {
            mailbox.Change(message.Id, RunningSandbox.Now, now => now with { IsRead = !now.IsRead });
        }

        mailbox.Move(message.Id, mailbox.FindFolder("archive")!, RunningSandbox.Now);
        mailbox.Move(message.ImmutableId, mailbox.FindFolder("inbox")!, RunningSandbox.Now);

        var told = Assert.Single((await RoundAsync(start.Link)).Items);

        Assert.Equal((message.ImmutableId, true), ((string?)told["id"], (bool)told["isRead"]!));
    }

    [Fact]
    public async Task Changes_during_a_round_are_told_in_it_or_after_it()
    {
        var page = await sandbox.GetAsync($"{Inbox}?$select=subject", "IdType=\"ImmutableId\"", "odata.maxpagesize=10");
        var seen = Ids(page);
        var between = Arrive("Between");
        var rest = await RoundAsync((string)page["@odata.nextLink"]!, pageSize: 200);
        var after = await RoundAsync(rest.Link);

        Assert.Contains(between.ImmutableId, seen.Concat(rest.Ids).Concat(after.Ids));
        Assert.Equal(
            mailbox.Messages.Where(message => message.Folder.WellKnownName == "inbox").Select(message => message.ImmutableId).Order(),
            seen.Concat(rest.Ids).Concat(after.Ids).Distinct().Order());
    }

    [Fact]
    public async Task A_filter_bounds_what_is_told_and_stays_in_the_token()
    {
        var since = RunningSandbox.Now.AddDays(-30);
        var round = await RoundAsync($"{Inbox}?$filter=receivedDateTime ge {since:yyyy-MM-ddTHH:mm:ssZ}&$select=receivedDateTime", pageSize: 50);
        var old = mailbox.Messages.Last(message => message.Folder.WellKnownName == "inbox");
        mailbox.Change(old.Id, RunningSandbox.Now, message => message with { IsRead = !message.IsRead });

        Assert.NotEmpty(round.Items);
        Assert.All(round.Items, item => Assert.True(DateTimeOffset.Parse((string)item["receivedDateTime"]!, null) >= since));
        Assert.Empty((await RoundAsync(round.Link)).Items);
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.SendAsync(HttpMethod.Get, $"{Inbox}?$filter=isRead eq true")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.SendAsync(HttpMethod.Get, $"{Inbox}?$search=\"x\"")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.SendAsync(HttpMethod.Get, $"{Inbox}?$expand=singleValueExtendedProperties($filter=id eq 'String 0x1A')")).StatusCode);
    }

    [Fact]
    public async Task With_a_filter_no_more_than_five_thousand_messages_are_ever_told()
    {
        await using var many = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 }, new RunningSandbox.FixedClock(RunningSandbox.Now));
        var amara = many.MailboxOf(SampleFirm.Amara);
        var letter = amara.Messages[0].Letter;
        for (var i = 0; i < 5_200; i++)
        {
            amara.Add(letter with { InternetMessageId = $"<{i}@many.example>" }, amara.FindFolder("archive")!, RunningSandbox.Now.AddSeconds(i), isRead: true);
        }

        var told = 0;
        string next = $"/users/{SampleFirm.Amara.Id}/mailFolders/archive/messages/delta?$filter=receivedDateTime ge 2026-11-23T09:00:00Z&$select=id";
        string? delta = null;
        while (delta is null)
        {
            var page = await GetAsync(many, next);
            told += page["value"]!.AsArray().Count;
            delta = (string?)page["@odata.deltaLink"];
            next = (string?)page["@odata.nextLink"] ?? "";
        }

        amara.Add(letter with { InternetMessageId = "<one-more@many.example>" }, amara.FindFolder("archive")!, RunningSandbox.Now.AddHours(9), isRead: true);
        Assert.Equal(5_000, told);
        Assert.Empty((await GetAsync(many, delta))["value"]!.AsArray());
    }

    [Theory]
    [InlineData("created", "New")]
    [InlineData("updated", "Known")]
    [InlineData("deleted", "Gone")]
    public async Task One_kind_of_change_can_be_asked_for(string changeType, string expected)
    {
        var (known, gone) = (Arrive("Known"), Arrive("Gone"));
        var start = await RoundAsync($"{Inbox}?changeType={changeType}&$select=subject", pageSize: 500);
        Assert.Equal(changeType != "created", start.Items.Count == 0);
        var added = Arrive("New");
        mailbox.Change(known.Id, RunningSandbox.Now, message => message with { IsRead = true });
        mailbox.DeleteForGood(gone.Id);

        var told = Assert.Single((await RoundAsync(start.Link)).Ids);

        Assert.Equal(expected, told == added.ImmutableId ? "New" : told == known.ImmutableId ? "Known" : "Gone");
    }

    [Fact]
    public async Task Both_forms_of_id_come_from_the_same_link()
    {
        var start = await RoundAsync($"{Inbox}?$select=subject", pageSize: 500);
        var message = Arrive("Two names");

        var plain = Assert.Single((await sandbox.GetAsync(start.Link))["value"]!.AsArray());
        var immutable = Assert.Single((await RoundAsync(start.Link)).Ids);

        Assert.Equal((message.Id, message.ImmutableId), ((string?)plain!["id"], immutable));
    }

    [Fact]
    public async Task A_token_expires_by_age_on_command_and_with_the_run_and_says_so_in_both_known_ways()
    {
        await using var own = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 }, new RunningSandbox.FixedClock(RunningSandbox.Now));
        var link = await LinkAsync(own);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(own, link)).StatusCode);

        own.DeltaTokens.ExpireAll(DeltaRefusal.SyncStateNotFound);
        var onCommand = await SendAsync(own, link);
        own.DeltaTokens.Refusal = DeltaRefusal.Gone;
        link = await LinkAsync(own);
        own.Clock.Advance(own.DeltaTokens.Lifetime + TimeSpan.FromMinutes(1));
        var byAge = await SendAsync(own, link);
        await using var next = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 }, new RunningSandbox.FixedClock(RunningSandbox.Now));
        var ofAnotherRun = await SendAsync(next, new Uri(next.Addresses.BackChannel, new Uri(link).PathAndQuery).AbsoluteUri);
        var rubbish = await SendAsync(own, link[..^9] + "AAAAAAAAA");

        Assert.Equal((HttpStatusCode.NotFound, "syncStateNotFound"), (onCommand.StatusCode, await CodeAsync(onCommand)));
        Assert.Equal((HttpStatusCode.Gone, "resyncRequired"), (byAge.StatusCode, await CodeAsync(byAge)));
        Assert.EndsWith("/messages/delta", byAge.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, ofAnotherRun.StatusCode);
        Assert.Contains(rubbish.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Gone });

        static async Task<string> LinkAsync(SandboxApplication of) =>
            (string)(await GetAsync(of, $"/users/{SampleFirm.Mira.Id}/mailFolders/junkemail/messages/delta?$select=id"))["@odata.deltaLink"]!;
    }

    [Fact]
    public async Task There_is_no_delta_of_a_whole_mailbox() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.SendAsync(HttpMethod.Get, $"/users/{SampleFirm.Mira.Id}/messages/delta")).StatusCode);

    [Fact]
    public async Task The_real_client_reads_a_delta()
    {
        var graph = sandbox.GraphAsApp();
        var page = await graph.Users[SampleFirm.Mira.Id.ToString()].MailFolders["sentitems"].Messages.Delta.GetAsDeltaGetResponseAsync(request =>
            request.QueryParameters.Select = ["subject"]);

        Assert.Equal(10, page!.Value!.Count);
        Assert.NotNull(page.OdataNextLink);
    }

    [Fact]
    public async Task A_calendars_delta_tells_series_whole_and_occurrences_barely()
    {
        var round = await RoundAsync(View, pageSize: 500);

        var weekly = mailbox.Calendar.Events.Single(kept => kept.Recurrence is not null && kept.Meeting.Subject == "Week planning");
        var series = Assert.Single(round.Items, item => (string?)item["id"] == weekly.ImmutableId);
        var occurrence = Assert.Single(round.Items, item => (string?)item["seriesMasterId"] == weekly.ImmutableId);
        Assert.Equal(("seriesMaster", "Week planning"), ((string?)series["type"], (string?)series["subject"]));
        Assert.Equal(["@odata.etag", "@odata.type", "end", "id", "seriesMasterId", "start", "type"], occurrence.Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.SendAsync(HttpMethod.Get, $"{View}&$select=subject")).StatusCode);
    }

    [Fact]
    public async Task What_leaves_the_window_is_removed_and_what_was_never_in_it_is_not_told()
    {
        var inside = Book("inside", 3);
        var outside = Book("outside", 20);
        var start = await RoundAsync(View, pageSize: 500);
        Assert.Contains(inside.ImmutableId, start.Ids);
        Assert.DoesNotContain(outside.ImmutableId, start.Ids);

        MoveTo(inside, 21);
        MoveTo(outside, 22);
        var left = await RoundAsync(start.Link);
        MoveTo(outside, 4);
        mailbox.Calendar.Remove(inside.Id);
        var entered = await RoundAsync(left.Link);

        Assert.Equal(inside.ImmutableId, Assert.Single(left.Ids));
        Assert.Equal("deleted", (string?)left.Items[0]["@removed"]!["reason"]);
        Assert.Equal(outside.ImmutableId, Assert.Single(entered.Ids));
        Assert.Equal("2026-12-04T09:00:00.0000000", (string?)entered.Items[0]["start"]!["dateTime"]);
    }

    [Fact]
    public async Task Of_a_series_that_is_gone_only_the_series_is_told_and_of_a_changed_occurrence_all_but_its_plan()
    {
        var first = Meeting("gone-series", 1);
        var series = mailbox.Calendar.AddSeries(first, Recurrence.Every("daily", first))!;
        var occurrences = Enumerable.Range(1, 3).Select(day => mailbox.Calendar.AddOccurrence(series, first.StartAt.AddDays(day - 1), Meeting("gone-series", day), isException: false)!).ToList();
        var start = await RoundAsync(View, pageSize: 500);
        mailbox.Calendar.Change(occurrences[1].Id, RunningSandbox.Now, kept => kept with { IsException = true, Meeting = kept.Meeting with { Subject = "Other" } });
        var changed = await RoundAsync(start.Link);
        mailbox.Calendar.Remove(series.Id);
        var gone = await RoundAsync(changed.Link);

        var exception = Assert.Single(changed.Items);
        Assert.Equal(("exception", "Other"), ((string?)exception["type"], (string?)exception["subject"]));
        Assert.False(exception.ContainsKey("originalStart"));
        Assert.Equal([series.ImmutableId], gone.Ids);
    }

    [FactWith(GraphMetadata.File)]
    public async Task Everything_a_delta_tells_is_in_the_published_metadata()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(GraphMetadata.File)!);
        var faults = new List<string>();
        foreach (var (type, round) in new[] { ("message", await RoundAsync(Inbox, 100)), ("event", await RoundAsync(View, 100)) })
        {
            round.Items.ForEach(item => metadata.Check(item, type, type, faults));
        }

        Assert.Empty(faults.Distinct());
    }

    private static Meeting Meeting(string uid, int day) => new(
        $"{uid}@delta.example", new Correspondent("Mira Birnbaum", SampleFirm.Mira.Address), [], uid, "", "", new DateTimeOffset(2026, 12, day, 9, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 12, day, 10, 0, 0, TimeSpan.Zero), "Europe/Berlin");

    private static async Task<JsonObject> GetAsync(SandboxApplication of, string path)
    {
        using var answer = await SendAsync(of, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await RunningSandbox.ReadAsync(answer);
    }

    private static async Task<HttpResponseMessage> SendAsync(SandboxApplication of, string path)
    {
        using var client = RunningSandbox.ClientOf(of);
        using var request = new HttpRequestMessage(HttpMethod.Get, path.StartsWith("http", StringComparison.Ordinal) ? path : $"/graph/v1.0{path}");
        request.Headers.Authorization = new("Bearer", of.Issuer.CreateGraphAppToken());
        request.Headers.Add("Prefer", "odata.maxpagesize=500");
        var answer = await client.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (string?)(await RunningSandbox.ReadAsync(answer))["error"]!["code"];

    private static List<string> Ids(JsonObject page) => [.. page["value"]!.AsArray().Select(item => (string)item!["id"]!)];

    private MailboxMessage Arrive(string subject) => mailbox.Add(
        new Letter($"<{Guid.NewGuid()}@x.example>", subject, new("", "a@x.example"), [], [], subject, RunningSandbox.Now, "", null, [], []),
        mailbox.FindFolder("inbox")!, RunningSandbox.Now, isRead: false);

    private CalendarEvent Book(string uid, int day) => mailbox.Calendar.Add(Meeting(uid, day))!;

    private void MoveTo(CalendarEvent kept, int day) => mailbox.Calendar.Change(kept.Id, RunningSandbox.Now, now => now with
    {
        Meeting = now.Meeting with { StartAt = new DateTimeOffset(2026, 12, day, 9, 0, 0, TimeSpan.Zero), EndAt = new DateTimeOffset(2026, 12, day, 10, 0, 0, TimeSpan.Zero) },
    });

    private async Task<Round> RoundAsync(string path, int pageSize = 100)
    {
        var items = new List<JsonObject>();
        for (var pages = 1; ; pages++)
        {
            var page = await sandbox.GetAsync(path, "IdType=\"ImmutableId\"", $"odata.maxpagesize={pageSize}");
            items.AddRange(page["value"]!.AsArray().Select(item => item!.AsObject()));
            Assert.InRange(page["value"]!.AsArray().Count, 0, pageSize);
            if ((string?)page["@odata.deltaLink"] is { } link)
            {
                return new Round(items, link, pages);
            }

            path = (string)page["@odata.nextLink"]!;
        }
    }

    private sealed record Round(List<JsonObject> Items, string Link, int Pages)
    {
        public List<string> Ids => [.. Items.Select(item => (string)item["id"]!)];
    }
}
