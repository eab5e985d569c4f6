using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Graph.PlannedGraph;

namespace OutlookCrm.Tests.Graph;

public sealed class MailReadingTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task All_that_Graph_says_of_a_mail_is_there()
    {
        var mail = await ReadOneAsync("""
            {
              "@odata.etag": "W/\"CQ\"", "id": "AAMkA=", "parentFolderId": "inboxId", "internetMessageId": "<1@example.com>", "conversationId": "AAQk=",
              "sentDateTime": "2026-03-01T10:00:00Z", "receivedDateTime": "2026-03-01T10:00:07+01:00", "subject": "Re: Stairs", "bodyPreview": "Hello",
              "from": {"emailAddress": {"name": "Kim Sommer", "address": "Kim@Example.com"}},
              "sender": {"emailAddress": {"name": "Office", "address": "office@example.com"}},
              "toRecipients": [{"emailAddress": {"name": "Mira", "address": "mira@birnbaum.example"}}],
              "ccRecipients": [{"emailAddress": {"address": "cc@example.com"}}], "bccRecipients": [{"emailAddress": {"name": "", "address": "bcc@example.com"}}],
              "isDraft": true, "categories": ["Red", "Private"],
              "internetMessageHeaders": [{"name": "List-Id", "value": "<x>"}, {"name": "References", "value": ""}],
              "singleValueExtendedProperties": [{"id": "String 0x1a", "value": "IPM.Note.SMIME"}, {"id": "Integer 0x36", "value": "2"}, {"id": "String 0x1042", "value": "<0@x>"}],
              "attachments": [
                {"@odata.type": "#microsoft.graph.fileAttachment", "id": "1", "name": "plan.pdf", "isInline": false},
                {"@odata.type": "#microsoft.graph.fileAttachment", "id": "2", "name": "logo.png", "isInline": true}]
            }
            """);

        var expected = new MailItem(
            "AAMkA=", "inboxId", "<1@example.com>", "AAQk=", new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), new(2026, 3, 1, 9, 0, 7, TimeSpan.Zero),
            "Re: Stairs", "Hello", Who("kim@example.com", "Kim Sommer"), Who("office@example.com", "Office"), [Who("mira@birnbaum.example", "Mira")],
            [Who("cc@example.com", "")], [Who("bcc@example.com", "")], true, Sensitivity.Private, ["Red", "Private"],
            [new("List-Id", "<x>"), new("References", "")], "IPM.Note.SMIME", ["plan.pdf"]);
        Assert.Equivalent(expected, mail, strict: true);
    }

    [Fact]
    public async Task What_we_sent_says_by_its_properties_which_mail_it_answers()
    {
        var answer = await ReadOneAsync("""
            {"id":"a","singleValueExtendedProperties":[{"id":"String 0x1042","value":"<2@x>"},{"id":"String 0x1039","value":"<1@x> <2@x>"}]}
            """);

        Assert.Equal([new MailHeader("References", "<1@x> <2@x>"), new MailHeader("In-Reply-To", "<2@x>")], answer!.Headers);
    }

    [Theory]
    [InlineData("0", Sensitivity.Normal)]
    [InlineData("1", Sensitivity.Personal)]
    [InlineData("3", Sensitivity.Confidential)]
    [InlineData("7", Sensitivity.Confidential)] // nobody knows: rather too careful
    [InlineData("secret", Sensitivity.Confidential)]
    public async Task A_mail_is_as_private_as_it_is_marked_however_the_tag_is_written(string value, Sensitivity expected)
    {
        foreach (var id in new[] { "Integer 0x0036", "Integer 0x36", "integer 0x00000036" })
        {
            var mail = await ReadOneAsync($$"""{"id":"a","singleValueExtendedProperties":[{"id":"{{id}}","value":"{{value}}"}]}""");
            Assert.Equal(expected, mail!.Sensitivity);
        }

        Assert.Equal(Sensitivity.Normal, (await ReadOneAsync("""{"id":"a","singleValueExtendedProperties":[{"id":"Integer 0x360","value":"2"}]}"""))!.Sensitivity);
    }

    [Fact]
    public async Task One_broken_mail_does_not_spoil_its_page()
    {
        await using var graph = await StartAsync();
        var five = string.Join(',', Enumerable.Range(0, 5_000).Select(n => $$$"""{"emailAddress":{"name":"n{{{n}}}","address":"n{{{n}}}@example.com"}}"""));
        graph.Otherwise = Text(200, $$$"""
            {"value":[
              {"id":"good","subject":"fine","receivedDateTime":"2026-03-01T10:00:00Z"},
              {"subject":"nobody can ask for me"}, null, 7, "text", [], {"id":""}, {"id":5},
              {"id":"dates","sentDateTime":"2026-02-31T99:00:00Z","receivedDateTime":{}},
              {"id":"old","sentDateTime":"1601-01-01T00:00:00Z","receivedDateTime":"9999-12-31T23:59:59.9999999Z"},
              {"id":"edge","sentDateTime":"0001-01-01T00:00:00+14:00","receivedDateTime":"9999-12-31T23:59:59-12:00"},
              {"id":"halves","subject":"a\ud83db \udc00 \ud83d\ude00 \\ud800 \"","bodyPreview":"\u0000x\u0000","internetMessageId":"<\ud800@x>"},
              {"id":"people","from":null,"sender":{"emailAddress":null},"toRecipients":null,"ccRecipients":{"emailAddress":{}},
               "bccRecipients":[null,{},{"emailAddress":{"address":"not an address"}},{"emailAddress":{"address":"/O=EXCHANGELABS/OU=X/CN=Y"}},
                {"emailAddress":{"address":"ok@example.com","name":null}}],"categories":[null,1,"Red"],"internetMessageHeaders":[null,{"name":"X"},{"value":"y"}],
               "attachments":[{"name":null},{"name":"a"}],"singleValueExtendedProperties":"none"},
              {"id":"many","toRecipients":[{{{five}}}]},
              {"id":"last","subject":"{{{new string('s', 100_000)}}}"}
            ]}
            """, "application/json; odata.metadata=minimal; charset=utf-8");

        var page = await graph.Mailboxes.ReadMailAsync(Tenant, User, "inbox", From, From.AddYears(1), null, default);

        var mails = page.Items.ToDictionary(mail => mail.ItemId);
        Assert.Equal(["good", "dates", "old", "edge", "halves", "people", "many", "last"], page.Items.Select(mail => mail.ItemId));
        Assert.Equal(7, page.Unreadable.Count);
        Assert.All(page.Unreadable, item => Assert.Equal("It has no id.", item.Why));
        Assert.Equal((default, default), (mails["dates"].SentAt, mails["dates"].ReceivedAt));
        Assert.Equal((1601, 9999), (mails["old"].SentAt.Year, mails["old"].ReceivedAt.Year));
        Assert.Equal("a\ufffdb \ufffd 😀 \\ud800 \"", mails["halves"].Subject);
        Assert.Equal(("x", "<\ufffd@x>"), (mails["halves"].Preview, mails["halves"].InternetMessageId));
        Assert.Equal("ok@example.com", Assert.Single(mails["people"].Bcc).Address.Key);
        Assert.Null(mails["people"].From ?? mails["people"].Sender);
        Assert.Equal(["Red"], mails["people"].Categories);
        Assert.Equal(["a"], mails["people"].AttachmentNames);
        Assert.Equal("X", Assert.Single(mails["people"].Headers).Name);
        Assert.Equal(5_000, mails["many"].To.Count);
        Assert.Equal(100_000, mails["last"].Subject!.Length);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_do_not_spoil_a_page()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync((byte[])[.. """{"value":[{"id":"a","subject":"x"""u8, 0xff, 0xc3, .. "\"},{\"id\":\"b\"}]}"u8]);
        };

        var page = await graph.Mailboxes.ReadMailAsync(Tenant, User, "inbox", From, From.AddYears(1), null, default);

        Assert.Equal(["a", "b"], page.Items.Select(mail => mail.ItemId));
        Assert.StartsWith("x\ufffd", page.Items[0].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_in_a_mail_or_a_meeting_it_is_read_or_refused_and_what_is_read_is_text() =>
        Prop.ForAll(Rubbish([.. MailJson.Fields, "singleValueExtendedProperties", "attachments"]), Rubbish(MeetingJson.Fields), (mail, meeting) =>
        {
            using var mailJson = JsonDocument.Parse(mail);
            using var meetingJson = JsonDocument.Parse(meeting);
            var readMail = MailJson.Read(mailJson.RootElement, out var whyMail);
            var readMeeting = MeetingJson.Read(meetingJson.RootElement, meetingJson.RootElement, out var whyMeeting);
            return (readMail is not null || whyMail.Length > 0) && (readMeeting is not null || whyMeeting.Length > 0)
                && IsText(readMail?.Subject) && IsText(readMail?.Preview) && IsText(readMeeting?.Subject)
                && (readMail?.Headers.All(header => IsText(header.Name) && IsText(header.Value)) ?? true)
                && (readMeeting is null || (readMeeting.EndAt >= readMeeting.StartAt && readMeeting.OriginalStartAt is null == readMeeting.SeriesMasterId is null));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Changes_are_told_by_id_and_each_is_read_whole()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(200, Page(
            [
                Parse("""{"@odata.etag":"W/\"1\"","id":"new","subject":"a part of it"}"""),
                Parse("""{"id":"seen"}"""), // reading a mail is told without an etag and without properties
                Parse("""{"@removed":{"reason":"deleted"},"id":"gone"}"""),
                Parse("""{"id":"moved away and back","@removed":{"reason":"changed"}}"""),
                Parse("""{"id":"moved away and back"}"""),
                Parse("""{"id":"came and went"}"""),
                Parse("""{"id":"came and went","@removed":{"reason":"changed"}}"""),
                Parse("""{"id":"new"}"""),
                Parse("""{"subject":"no id"}"""),
            ],
            deltaLink: graph.Root + "/users/x/mailFolders/y/messages/delta?$deltatoken=1")));
        graph.Otherwise = context => Json(200, Whole(context.Request.Path.Value!.Split('/')[^1]))(context);

        var changes = await graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default);

        Assert.Equal(["moved away and back", "new", "seen"], changes.Items.Select(mail => mail.ItemId).Order());
        Assert.All(changes.Items, mail => Assert.Equal(("whole", "IPM.Note"), (mail.Subject, mail.MessageClass)));
        Assert.Equal(["came and went", "gone"], changes.RemovedIds.Order());
        Assert.True(changes.IsLast);
        Assert.Equal(["GET", "POST"], graph.Seen.Where(request => !request.Method.StartsWith("part", StringComparison.Ordinal)).Select(request => request.Method));
        Assert.Equal("receivedDateTime ge 2026-01-01T00:00:00Z", graph.Seen[0].Query("$filter"));

        // What a function of Graph's refuses, or answers with whole files.
        Assert.Null(graph.Seen[0].Query("$expand"));
        Assert.All(graph.Seen.Where(request => request.Method == "part GET"), request => Assert.Contains("attachments($select=name,isInline)", request.Query("$expand")!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_changes_costs_a_request_and_one_for_every_twenty_of_them()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(200, Page(Enumerable.Range(0, 41).Select(n => Parse($$"""{"id":"m{{n}}"}""")), nextLink: graph.Root + "/x?$skiptoken=1")));
        graph.Otherwise = context => Json(200, Whole(context.Request.Path.Value!.Split('/')[^1]))(context);

        var changes = await graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default);
        var empty = await ReadEmptyAsync(graph);

        Assert.Equal(Enumerable.Range(0, 41).Select(n => $"m{n}"), changes.Items.Select(mail => mail.ItemId));
        Assert.False(changes.IsLast);
        Assert.Equal(1 + 3 + 1, graph.Seen.Count(request => !request.Method.StartsWith("part", StringComparison.Ordinal)));
        Assert.Equal((0, 0, false), (empty.Items.Count, empty.RemovedIds.Count, empty.IsLast));
    }

    [Fact]
    public async Task Of_changes_what_is_gone_is_removed_what_is_broken_is_unreadable_and_the_rest_is_there()
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Plan(Json(200, Page(
            new[] { "good", "gone", "malformed", "poison" }.Select(id => new JsonObject { ["id"] = id }), deltaLink: graph.Root + "/x?$deltatoken=1")));
        graph.Otherwise = context => (context.Request.Path.Value!.Split('/')[^1] switch
        {
            "gone" => Json(404, Error("ErrorItemNotFound")),
            "malformed" => Json(400, Error("ErrorInvalidIdMalformed")),
            "poison" => Json(500, Error("ErrorInternalServerError")),
            var id => Json(200, Whole(id)),
        })(context);

        var changes = await graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default);

        Assert.Equal("good", Assert.Single(changes.Items).ItemId);
        Assert.Equal(["gone"], changes.RemovedIds);
        Assert.Equal(
            [new("malformed", "Graph: ErrorInvalidIdMalformed."), new UnreadableItem("poison", "Graph: ErrorInternalServerError.")], changes.Unreadable);
        Assert.Equal(4, graph.Seen.Count(request => request.Path.EndsWith("/poison", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(500)] // for all of them: Graph is in trouble, not the mail
    [InlineData(503)]
    [InlineData(403)]
    public async Task While_changes_cannot_be_read_the_page_is_not_taken_as_read(int status)
    {
        await using var graph = await StartAsync(new JumpingClock());
        graph.Plan(Json(200, Page(new[] { "a", "b" }.Select(id => new JsonObject { ["id"] = id }), deltaLink: graph.Root + "/x?$deltatoken=1")));
        graph.Otherwise = context => (status != 500 && context.Request.Path.Value!.EndsWith("/a", StringComparison.Ordinal)
            ? Json(200, Whole("a"))
            : Json(status, Error("SomeError")))(context);

        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", null, From, default));

        Assert.Equal((status == 403 ? GraphTrouble.Reconnect : GraphTrouble.Temporary, status), (refusal.Trouble, refusal.Status));
    }

    [Fact]
    public async Task What_a_search_looks_for_cannot_end_the_search()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = Json(200, Page([]));
        Assert.True(MailAddress.TryParse("\"a\\\"b\\\\ c\"@example.com", out var odd));
        Assert.True(MailAddress.TryParse("Kim.O'Hara@Example.com", out var kim));

        await graph.Mailboxes.SearchMailAsync(Tenant, User, odd, null, default);
        await graph.Mailboxes.SearchMailAsync(Tenant, User, kim, null, default);
        await graph.Mailboxes.FindMailByMessageIdAsync(Tenant, User, "<it's' or 1 eq 1&$x=#é@example.com>", default);

        Assert.Equal("""
            "participants:\"a\\\"b\\\\ c\"@example.com"
            """, graph.Seen[0].Query("$search"));
        Assert.Equal("\"participants:kim.o'hara@example.com\"", graph.Seen[1].Query("$search"));
        Assert.Equal("internetMessageId eq '<it''s'' or 1 eq 1&$x=#é@example.com>'", graph.Seen[2].Query("$filter"));
        Assert.All(graph.Seen, request => Assert.Null(request.Query("$x")));
    }

    [Fact]
    public async Task Folders_are_listed_with_those_within_them_by_their_paths()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = context => Json(200, context.Request.Path.Value!.Split('/') switch
        {
            [.., "mailFolders"] when !context.Request.QueryString.Value!.Contains("skiptoken", StringComparison.Ordinal) =>
                Page([Folder("i", "Inbox", 2)], nextLink: graph.Root + "/users/x/mailFolders?$skiptoken=1"),
            [.., "mailFolders"] => Page([Folder("s", "Sent Items", 0), Parse("{}")]),
            [.., "i", "childFolders"] => Page([Folder("c", "Customers", 1), Folder("e", "", 0)]),
            [.., "c", "childFolders"] => Page([Folder("w", "Weberhof", 0)]),
            _ => Page([]),
        })(context);

        var folders = await graph.Folders.ListAsync(Tenant, User, default);

        Assert.Equal(
            [new("i", "Inbox"), new("e", "Inbox / ?"), new("c", "Inbox / Customers"), new("w", "Inbox / Customers / Weberhof"), new NamedFolder("s", "Sent Items")],
            folders);

        static JsonObject Folder(string id, string name, int children) => new() { ["id"] = id, ["displayName"] = name, ["childFolderCount"] = children };
    }

    [Fact]
    public async Task A_tree_of_folders_without_end_is_listed_to_five_hundred()
    {
        await using var graph = await StartAsync();
        var made = 0;
        graph.Otherwise = context => Json(200, Page(Enumerable.Range(0, 3).Select(_ => new JsonObject
        {
            ["id"] = $"f{Interlocked.Increment(ref made)}",
            ["displayName"] = "again",
            ["childFolderCount"] = 3,
        })))(context);

        Assert.Equal(500, (await graph.Folders.ListAsync(Tenant, User, default)).Count);
    }

    private static Task<MailChanges> ReadEmptyAsync(PlannedGraph graph)
    {
        graph.Plan(Json(200, Page([], nextLink: graph.Root + "/x?$skiptoken=2")));
        return graph.Mailboxes.ReadMailChangesAsync(Tenant, User, "inbox", graph.Root + "/x?$skiptoken=1", From, default);
    }

    private static async Task<MailItem?> ReadOneAsync(string json)
    {
        await using var graph = await StartAsync();
        graph.Otherwise = Text(200, json, "application/json");
        return await graph.Mailboxes.FindMailAsync(Tenant, User, "x", default);
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    private static JsonObject Whole(string id) => new()
    {
        ["id"] = id,
        ["subject"] = "whole",
        ["singleValueExtendedProperties"] = new JsonArray(new JsonObject { ["id"] = "String 0x1a", ["value"] = "IPM.Note" }),
    };

    private static Correspondent Who(string address, string name)
    {
        Assert.True(MailAddress.TryParse(address == "kim@example.com" ? "Kim@Example.com" : address, out var read));
        return new Correspondent(read, name);
    }

    private static bool IsText(string? text)
    {
        for (var i = 0; i < text?.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i]))))
            {
                return false;
            }
        }

        return true;
    }

    private static Arbitrary<string> Rubbish(string[] names)
    {
        var leaf = Gen.Elements(
            "null", "0", "-1e9", "true", "false", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"a\\udc00\\ud83d\\ude00\"", "\"2026-03-01T10:00:00Z\"",
            "\"2026-03-01T00:00:00.0000000\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"1601-01-01T00:00:00Z\"",
            "\"2026-02-30T10:00:00Z\"", "\"kim@example.com\"", "\"UTC\"", "\"Pacific/Auckland\"", "\"Nowhere/Else\"", "\"exception\"", "\"occurrence\"", "\"resource\"");
        var inner = Gen.Elements("emailAddress", "address", "name", "value", "id", "dateTime", "timeZone", "type", "status", "response", "isInline");
        return Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 4), Value(3)), names.Length)
            .Select(values => $"{{{string.Join(',', names.Zip(values).Where(one => one.Second.Item1 > 0).Select(one => $"\"{one.First}\":{one.Second.Item2}"))}}}")
            .ToArbitrary();

        Gen<string> Value(int depth) => depth == 0 ? leaf : Gen.Frequency(
            (3, leaf),
            (1, Gen.ListOf(Value(depth - 1), 2).Select(items => $"[{string.Join(',', items)}]")),
            (2, Gen.ListOf(Gen.Zip(inner, Value(depth - 1)), 3).Select(pairs => $"{{{string.Join(',', pairs.DistinctBy(pair => pair.Item1).Select(pair => $"\"{pair.Item1}\":{pair.Item2}"))}}}")));
    }
}
