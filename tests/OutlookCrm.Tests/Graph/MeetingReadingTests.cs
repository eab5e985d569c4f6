using System.Text.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Graph.PlannedGraph;

namespace OutlookCrm.Tests.Graph;

public sealed class MeetingReadingTests
{
    private const string Uid = "040000008200E00074C5B7101A82E00800000000B0C1D2E3F4A5DA01000000000000000010000000ABCDEF0123456789ABCDEF0123456789";
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_occurrence_has_what_its_series_says_and_its_own_times()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(200, Page([Slim("o1", "m", 2), Master("m"), Slim("o2", "m", 9)], deltaLink: graph.Root + "/x?$deltatoken=1")));

        var changes = await ReadChangesAsync(graph);

        Assert.Equal(["o1", "o2"], changes.Items.Select(meeting => meeting.ItemId));
        Assert.All(changes.Items, meeting =>
        {
            Assert.Equal(("m", "Planning", Uid, meeting.StartAt), (meeting.SeriesMasterId, meeting.Subject, meeting.ICalUId, meeting.OriginalStartAt));
            Assert.Equal(2, meeting.Attendees.Count);
            Assert.Equal((Sensitivity.Private, MeetingResponse.Accepted), (meeting.Sensitivity, meeting.Response));
        });
        Assert.Equal(new(2026, 3, 9, 9, 0, 0, TimeSpan.Zero), changes.Items[1].StartAt);
        Assert.Single(graph.Seen);
        Assert.Equal(("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"), (graph.Seen[0].Query("startDateTime"), graph.Seen[0].Query("endDateTime")));
        Assert.Null(graph.Seen[0].Query("$select")); // with one, Graph leaves out what tells a series from its occurrences
    }

    [Fact]
    public async Task A_series_that_is_not_on_the_page_is_read_once_for_all_its_occurrences()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(200, Page(
            [.. Enumerable.Range(1, 28).Select(day => Slim($"o{day}", "m", day)), Slim("lost", "gone", 5)], deltaLink: graph.Root + "/x?$deltatoken=1")));
        graph.Otherwise = context => (context.Request.Path.Value!.EndsWith("/m", StringComparison.Ordinal)
            ? Json(200, Master("m"))
            : Json(404, Error("ErrorItemNotFound")))(context);

        var changes = await ReadChangesAsync(graph);

        Assert.Equal(28, changes.Items.Count);
        Assert.All(changes.Items, meeting => Assert.Equal("Planning", meeting.Subject));
        Assert.Equal(["gone", "lost"], changes.RemovedIds.Order());
        Assert.Equal(2, graph.Seen.Count(request => request.Method == "part GET"));
    }

    [Fact]
    public async Task An_occurrence_that_moved_is_known_by_the_start_it_was_planned_for()
    {
        await using var graph = await StartAsync();
        var moved = Meeting("e", "exception", 12);
        moved["seriesMasterId"] = "m";
        var whole = (JsonObject)moved.DeepClone();
        whole["originalStart"] = "2026-03-11T09:00:00Z";
        graph.Plan(Json(200, Page([Master("m"), moved], deltaLink: graph.Root + "/x?$deltatoken=1")));
        graph.Otherwise = Json(200, whole);

        var changes = await ReadChangesAsync(graph);

        var meeting = Assert.Single(changes.Items);
        Assert.Equal((new DateTimeOffset(2026, 3, 11, 9, 0, 0, TimeSpan.Zero), 12), (meeting.OriginalStartAt, meeting.StartAt.Day));
        Assert.Contains("originalStart", Assert.Single(graph.Seen, request => request.Method == "part GET").Query("$select")!.Split(','));
    }

    [Fact]
    public async Task An_occurrence_has_the_UID_of_its_series_by_whichever_way_it_is_found()
    {
        var occurrence = Meeting("o", "occurrence", 9);
        occurrence["seriesMasterId"] = "m";
        occurrence["iCalUId"] = "series@example.com/20260309"; // of its own, in a form that only its maker knows
        var master = Master("m");
        master["iCalUId"] = "series@example.com";
        await using var graph = await StartAsync();
        graph.Otherwise = context => Json(200, context.Request.Path.Value!.Split('/')[^1] switch
        {
            "calendarView" => Page([occurrence.DeepClone()]),
            "delta()" => Page([occurrence.DeepClone()], deltaLink: graph.Root + "/x?$deltatoken=1"),
            "m" => master.DeepClone(),
            _ => occurrence.DeepClone(),
        })(context);

        var viewed = Assert.Single((await graph.Mailboxes.ReadMeetingsAsync(Tenant, User, From, From.AddMonths(1), null, default)).Items);
        var told = Assert.Single((await ReadChangesAsync(graph)).Items);
        var found = await graph.Mailboxes.FindMeetingAsync(Tenant, User, "o", default);

        Assert.Equal("series@example.com", viewed.ICalUId);
        Assert.Equivalent(viewed, told, strict: true);
        Assert.Equivalent(viewed, found, strict: true);
    }

    [Fact]
    public async Task What_left_the_calendar_is_told_and_a_page_may_be_empty()
    {
        await using var graph = await StartAsync();
        graph.Plan(
            Json(200, Page([new JsonObject { ["id"] = "x", ["@removed"] = new JsonObject { ["reason"] = "deleted" } }], nextLink: graph.Root + "/x?$skiptoken=1")),
            Json(200, Page([], deltaLink: graph.Root + "/x?$deltatoken=1")));

        var first = await ReadChangesAsync(graph);
        var second = await graph.Mailboxes.ReadMeetingChangesAsync(Tenant, User, first.Link, From, From.AddMonths(1), default);

        Assert.Equal(["x"], first.RemovedIds);
        Assert.Equal((false, true), (first.IsLast, second.IsLast));
    }

    [Fact]
    public async Task A_meeting_without_identity_or_time_is_unreadable_and_the_others_are_there()
    {
        var noUid = Meeting("no uid", "singleInstance", 2);
        noUid["iCalUId"] = "";
        var noStart = Meeting("no start", "singleInstance", 2);
        noStart["start"] = new JsonObject { ["dateTime"] = "2026-02-30T09:00:00", ["timeZone"] = "UTC" };
        var noZone = Meeting("no zone", "singleInstance", 2);
        noZone["start"]!["timeZone"] = "Customized Time Zone";
        var noPlan = Meeting("no plan", "exception", 2);
        noPlan["seriesMasterId"] = "m";
        await using var graph = await StartAsync();
        graph.Otherwise = Json(200, Page([noUid, noStart, noZone, noPlan, new JsonObject(), Meeting("good", "singleInstance", 3)]));

        var page = await graph.Mailboxes.ReadMeetingsAsync(Tenant, User, From, From.AddMonths(1), null, default);

        Assert.Equal("good", Assert.Single(page.Items).ItemId);
        Assert.Equal(
            ["no uid: It has no iCalendar UID.", "no start: Its start cannot be read.", "no zone: Its start cannot be read.", "no plan: Its planned start cannot be read.", ": It has no id."],
            page.Unreadable.Select(item => $"{item.ItemId}: {item.Why}"));
    }

    [Theory]
    [InlineData("2026-03-29T00:30:00.0000000", "UTC", "2026-03-29T00:30:00Z")]
    [InlineData("2026-07-01T09:00:00.0000000", "W. Europe Standard Time", "2026-07-01T07:00:00Z")]
    [InlineData("2026-07-01T09:00:00", "Pacific/Auckland", "2026-06-30T21:00:00Z")]
    [InlineData("2026-03-29T02:30:00", "Europe/Berlin", "2026-03-29T01:30:00Z")] // an hour that clocks leave out
    [InlineData("9999-12-31T23:59:59.9999999", "UTC", "9999-12-31T23:59:59.9999999Z")]
    public void Times_are_read_in_the_zone_they_say(string time, string zone, string expected)
    {
        var json = Meeting("a", "singleInstance", 1);
        json["start"] = new JsonObject { ["dateTime"] = time, ["timeZone"] = zone };

        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Read(json)!.StartAt);
    }

    [Theory]
    [InlineData("UTC", null)]
    [InlineData("Pacific/Auckland", "2026-03-01T11:00:00Z")] // midnight there
    [InlineData("W. Europe Standard Time", "2026-03-01T23:00:00Z")]
    [InlineData("Pacific Standard Time", "2026-03-02T08:00:00Z")]
    [InlineData("Hawaiian Standard Time", "2026-03-02T10:00:00Z")]
    public void A_whole_day_is_that_date_everywhere(string zone, string? originalStart)
    {
        var json = Meeting("a", originalStart is null ? "singleInstance" : "exception", 1);
        json["isAllDay"] = true;
        json["start"] = new JsonObject { ["dateTime"] = "2026-03-02T00:00:00.0000000", ["timeZone"] = zone };
        json["end"] = new JsonObject { ["dateTime"] = "2026-03-03T00:00:00.0000000", ["timeZone"] = zone };
        if (originalStart is not null)
        {
            json["seriesMasterId"] = "m";
            json["originalStart"] = originalStart;
        }

        var meeting = Read(json)!;

        var day = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal((day, day.AddDays(1), true), (meeting.StartAt, meeting.EndAt, meeting.IsAllDay));
        Assert.Equal(originalStart is null ? null : day, meeting.OriginalStartAt);
    }

    [Fact]
    public void A_series_has_one_UID_whichever_form_of_it_Graph_gives()
    {
        var ofOccurrence = Uid[..32] + "07EA0309" + Uid[40..]; // 9 March 2026
        var foreign = Convert.ToHexString([.. Convert.FromHexString(Uid[..72]), 27, 0, 0, 0, .. "vCal-Uid\x01\0\0\0abc-123@google"u8, 0]);

        Assert.Equal(Uid, ICalUid.OfSeries(ofOccurrence));
        Assert.Equal(Uid, ICalUid.OfSeries(Uid));
        Assert.Equal(Uid, ICalUid.OfSeries(Uid.ToLowerInvariant()));
        Assert.Equal("abc-123@google.com", ICalUid.OfSeries("abc-123@google.com"));
        Assert.Equal("abc-123@google", ICalUid.OfSeries(foreign));
        Assert.Equal(Uid[..50], ICalUid.OfSeries(Uid[..50])); // too short to be one
        Assert.Equal(Uid + "x", ICalUid.OfSeries(Uid + "x"));
    }

    [Fact]
    public void Guests_answers_and_things_are_told_apart()
    {
        var json = Meeting("a", "singleInstance", 1);
        json["attendees"] = new JsonArray(
            Guest("required", "accepted", "a@example.com"), Guest("optional", "declined", "b@example.com"), Guest("resource", "none", "room@example.com"),
            Guest("required", "notResponded", "nobody"), Guest("required", "tentativelyAccepted", "c@example.com"), null, new JsonObject());
        json["responseStatus"] = new JsonObject { ["response"] = "organizer" };

        var meeting = Read(json)!;

        Assert.Equal(MeetingResponse.Organizer, meeting.Response);
        Assert.Equal(
            [("a@example.com", false, false, MeetingResponse.Accepted), ("b@example.com", true, false, MeetingResponse.Declined),
                ("room@example.com", false, true, MeetingResponse.None), ("c@example.com", false, false, MeetingResponse.Tentative)],
            meeting.Attendees.Select(guest => (guest.Who.Address.Key, guest.IsOptional, guest.IsResource, guest.Response)));
    }

    [Fact]
    public async Task A_window_has_what_begins_in_it_its_first_instant_included_and_its_last_not()
    {
        await using var graph = await StartAsync();
        graph.Otherwise = Json(200, Page([At("2026-02-28T23:59:59"), At("2026-03-01T00:00:00"), At("2026-03-31T23:59:59"), At("2026-04-01T00:00:00"), Master("m")]));

        var page = await graph.Mailboxes.ReadMeetingsAsync(Tenant, User, From, From.AddMonths(1), null, default);

        Assert.Equal(["2026-03-01T00:00:00", "2026-03-31T23:59:59"], page.Items.Select(meeting => meeting.ItemId));

        static JsonObject At(string start)
        {
            var json = Meeting(start, "singleInstance", 1);
            json["start"]!["dateTime"] = start;
            return json;
        }
    }

    private static Task<MeetingChanges> ReadChangesAsync(PlannedGraph graph) =>
        graph.Mailboxes.ReadMeetingChangesAsync(Tenant, User, null, From, From.AddMonths(1), default);

    private static MeetingItem? Read(JsonObject json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        return MeetingJson.Read(document.RootElement, document.RootElement, out _);
    }

    private static JsonObject Slim(string id, string master, int day) => new()
    {
        ["@odata.type"] = "#microsoft.graph.event",
        ["@odata.etag"] = "W/\"1\"",
        ["id"] = id,
        ["seriesMasterId"] = master,
        ["type"] = "occurrence",
        ["start"] = Time(day, 9),
        ["end"] = Time(day, 10),
    };

    private static JsonObject Master(string id)
    {
        var json = Meeting(id, "seriesMaster", 2);
        json["recurrence"] = new JsonObject();
        return json;
    }

    private static JsonObject Meeting(string id, string type, int day) => new()
    {
        ["id"] = id,
        ["type"] = type,
        ["seriesMasterId"] = null,
        ["iCalUId"] = Uid,
        ["subject"] = "Planning",
        ["start"] = Time(day, 9),
        ["end"] = Time(day, 10),
        ["isAllDay"] = false,
        ["sensitivity"] = "private",
        ["responseStatus"] = new JsonObject { ["response"] = "accepted" },
        ["organizer"] = new JsonObject { ["emailAddress"] = new JsonObject { ["address"] = "kim@example.com", ["name"] = "Kim" } },
        ["attendees"] = new JsonArray(Guest("required", "accepted", "a@example.com"), Guest("optional", "none", "b@example.com")),
    };

    private static JsonObject Guest(string type, string answer, string address) => new()
    {
        ["type"] = type,
        ["status"] = new JsonObject { ["response"] = answer },
        ["emailAddress"] = new JsonObject { ["address"] = address, ["name"] = "" },
    };

    private static JsonObject Time(int day, int hour) => new() { ["dateTime"] = $"2026-03-{day:D2}T{hour:D2}:00:00.0000000", ["timeZone"] = "UTC" };
}
