using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

public sealed class MeetingTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private readonly GraphServiceClient mira = sandbox.GraphAs(SampleFirm.Mira);
    private readonly GraphServiceClient tomasz = sandbox.GraphAs(SampleFirm.Tomasz);
    private readonly GraphServiceClient amara = sandbox.GraphAs(SampleFirm.Amara);

    [Fact]
    public async Task Whoever_is_invited_has_a_copy_of_their_own_and_an_invitation_by_mail()
    {
        var booked = await BookAsync("Site visit", day: 1, SampleFirm.Tomasz.Address, "s.weber@hotel-weberhof.example");

        var copy = await CopyAsync(tomasz, booked);
        var invitation = await MailAsync(tomasz, "inbox", "Site visit");
        Assert.NotEqual(booked.Id, copy.Id);
        Assert.Equal((ResponseType.Organizer, ResponseType.NotResponded), (booked.ResponseStatus!.Response, copy.ResponseStatus!.Response));
        Assert.Equal((true, false), (booked.IsOrganizer, copy.IsOrganizer));
        Assert.Equal(FreeBusyStatus.Tentative, copy.ShowAs);
        Assert.Equal("2026-12-01T09:00:00.0000000", copy.Start!.DateTime);
        Assert.IsType<EventMessageRequest>(invitation);
        Assert.Equal("Site visit", (await MailAsync(mira, "sentitems", "Site visit")).Subject);
    }

    [Fact]
    public async Task An_answer_is_seen_by_the_organizer_and_a_declined_meeting_is_gone()
    {
        var booked = await BookAsync("Answered", day: 2, SampleFirm.Tomasz.Address, SampleFirm.Amara.Address);

        await tomasz.Me.Events[(await CopyAsync(tomasz, booked)).Id].Accept.PostAsync(new() { Comment = "I bring the plans", SendResponse = true });
        await amara.Me.Events[(await CopyAsync(amara, booked)).Id].Decline.PostAsync(new());

        var seen = (await mira.Me.Events[booked.Id].GetAsync())!;
        Assert.Equal(ResponseType.Accepted, Status(seen, SampleFirm.Tomasz));
        Assert.Equal(ResponseType.Declined, Status(seen, SampleFirm.Amara));
        Assert.Equal(ResponseType.Accepted, (await CopyAsync(tomasz, booked)).ResponseStatus!.Response);
        Assert.Null(await FindCopyAsync(amara, booked));
        Assert.IsType<EventMessageResponse>(await MailAsync(mira, "inbox", "Accepted: Answered"));
        Assert.Equal((400, "ErrorInvalidRequest"), await RunningSandbox.RefusalAsync(() => mira.Me.Events[booked.Id].Accept.PostAsync(new())));
    }

    [Fact]
    public async Task A_moved_meeting_moves_for_everybody_and_asks_them_again()
    {
        var booked = await BookAsync("Moved", day: 3, SampleFirm.Tomasz.Address);
        var copy = await CopyAsync(tomasz, booked);
        await tomasz.Me.Events[copy.Id].Accept.PostAsync(new());

        await mira.Me.Events[booked.Id].PatchAsync(new Event { Start = At(4, 14), End = At(4, 15) });

        var moved = (await tomasz.Me.Events[copy.Id].GetAsync())!;
        Assert.Equal("2026-12-04T14:00:00.0000000", moved.Start!.DateTime);
        Assert.Equal(ResponseType.NotResponded, moved.ResponseStatus!.Response);
    }

    [Fact]
    public async Task What_an_attendee_makes_of_a_meeting_is_theirs_alone_and_the_plan_is_the_organizers()
    {
        var booked = await BookAsync("Mine", day: 5, SampleFirm.Tomasz.Address);
        var copy = await CopyAsync(tomasz, booked);

        await tomasz.Me.Events[copy.Id].PatchAsync(new Event { Sensitivity = Sensitivity.Private, Categories = ["Private"] });
        await mira.Me.Events[booked.Id].PatchAsync(new Event { Location = new Location { DisplayName = "Yard" } });

        Assert.Equal((Sensitivity.Normal, 0), ((await mira.Me.Events[booked.Id].GetAsync())!.Sensitivity, (await mira.Me.Events[booked.Id].GetAsync())!.Categories!.Count));
        Assert.Equal(["Private"], (await tomasz.Me.Events[copy.Id].GetAsync())!.Categories!);
        Assert.Equal("Yard", (await tomasz.Me.Events[copy.Id].GetAsync())!.Location!.DisplayName);
        Assert.Equal((400, "ErrorInvalidRequest"), await RunningSandbox.RefusalAsync(() => tomasz.Me.Events[copy.Id].PatchAsync(new Event { Subject = "Other" })));
    }

    [Fact]
    public async Task A_cancelled_meeting_leaves_the_organizer_and_is_marked_for_the_others()
    {
        var booked = await BookAsync("Off", day: 7, SampleFirm.Tomasz.Address);
        var copy = await CopyAsync(tomasz, booked);
        Assert.Equal((400, "ErrorInvalidRequest"), await RunningSandbox.RefusalAsync(() => tomasz.Me.Events[copy.Id].Cancel.PostAsync(new())));

        await mira.Me.Events[booked.Id].Cancel.PostAsync(new() { Comment = "Rain" });

        var cancelled = (await tomasz.Me.Events[copy.Id].GetAsync())!;
        Assert.Equal((true, "Canceled: Off"), (cancelled.IsCancelled, cancelled.Subject));
        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => mira.Me.Events[booked.Id].GetAsync()));
        Assert.Equal("Rain", (await MailAsync(tomasz, "inbox", "Canceled: Off")).BodyPreview);
        await tomasz.Me.Events[copy.Id].DeleteAsync();
        Assert.Null(await FindCopyAsync(tomasz, booked));
    }

    [Fact]
    public async Task One_occurrence_of_a_series_is_moved_and_another_called_off()
    {
        var series = await mira.Me.Events.PostAsync(new Event
        {
            Subject = "Every Tuesday",
            Start = At(1, 9),
            End = At(1, 10),
            Attendees = [Invited(SampleFirm.Tomasz.Address)],
            Recurrence = new PatternedRecurrence
            {
                Pattern = new RecurrencePattern { Type = RecurrencePatternType.Weekly, Interval = 1, DaysOfWeek = [DayOfWeekObject.Tuesday] },
                Range = new RecurrenceRange { Type = RecurrenceRangeType.Numbered, NumberOfOccurrences = 4, StartDate = new Microsoft.Kiota.Abstractions.Date(2026, 12, 1) },
            },
        });
        var occurrences = await ViewAsync(mira, "Every Tuesday");
        Assert.Equal(["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"], occurrences.Select(one => one.Start!.DateTime![..10]));
        Assert.Equal(4, occurrences.Select(one => one.ICalUId).Distinct().Count());

        await mira.Me.Events[occurrences[1].Id].PatchAsync(new Event { Start = At(9, 15), End = At(9, 16) });
        await mira.Me.Events[occurrences[2].Id].Cancel.PostAsync(new());

        var theirs = await ViewAsync(tomasz, "Every Tuesday");
        Assert.Equal([EventType.Occurrence, EventType.Exception, EventType.Exception, EventType.Occurrence], theirs.Select(one => one.Type));
        Assert.Equal(("2026-12-09T15:00:00.0000000", new DateTimeOffset(2026, 12, 8, 9, 0, 0, TimeSpan.Zero)), (theirs[1].Start!.DateTime!, theirs[1].OriginalStart!.Value));
        Assert.Equal([false, false, true, false], theirs.Select(one => one.IsCancelled));
        Assert.Equal(occurrences.Select(one => one.ICalUId), theirs.Select(one => one.ICalUId));
        Assert.Equal(3, (await ViewAsync(mira, "Every Tuesday")).Count);
        Assert.Equal(EventType.SeriesMaster, (await mira.Me.Events[series!.Id].GetAsync())!.Type);
        Assert.Equal(3, (await mira.Me.Events[series.Id].Instances.GetAsync(request =>
        {
            request.QueryParameters.StartDateTime = "2026-12-01T00:00:00Z";
            request.QueryParameters.EndDateTime = "2027-01-01T00:00:00Z";
        }))!.Value!.Count);

        await mira.Me.Events[series.Id].DeleteAsync();
        Assert.Empty(await ViewAsync(mira, "Every Tuesday"));
        Assert.All(await ViewAsync(tomasz, "Every Tuesday"), one => Assert.True(one.IsCancelled));
    }

    [Fact]
    public async Task People_outside_invite_change_and_cancel()
    {
        var organizer = new { name = "Fiona MacLeod", address = "fiona.macleod@lakeside-architects.example" };
        var asked = await PostAsync("/sandbox/incoming/meetings", new { organizer, attendees = new[] { SampleFirm.Amara.Address }, subject = "Drawings", startAt = "2026-12-10T10:00:00Z", endAt = "2026-12-10T11:00:00Z" });
        var uid = (string)asked!["uid"]!;
        await PostAsync("/sandbox/incoming/meetings", new { uid, organizer, attendees = new[] { SampleFirm.Amara.Address }, subject = "Drawings", startAt = "2026-12-11T10:00:00Z", endAt = "2026-12-11T11:00:00Z" });
        var kept = Assert.Single(await ViewAsync(amara, "Drawings"));
        Assert.Equal(("2026-12-11T10:00:00.0000000", organizer.address), (kept.Start!.DateTime!, kept.Organizer!.EmailAddress!.Address!));

        await PostAsync("/sandbox/incoming/meetings/cancel", new { uid });

        Assert.True((await amara.Me.Events[kept.Id].GetAsync())!.IsCancelled);
    }

    [Fact]
    public async Task A_customer_answers_an_invitation()
    {
        var booked = await BookAsync("With Sabine", day: 14, "s.weber@hotel-weberhof.example");

        await PostAsync("/sandbox/incoming/meetings/answer", new { uid = booked.ICalUId, from = new { address = "s.weber@hotel-weberhof.example", name = "Sabine Weber" }, response = "tentativelyAccepted" });

        Assert.Equal(ResponseType.TentativelyAccepted, (await mira.Me.Events[booked.Id].GetAsync())!.Attendees![0].Status!.Response);
    }

    [Fact]
    public async Task A_retried_booking_with_the_same_transaction_is_one_event()
    {
        var event1 = await mira.Me.Events.PostAsync(new Event { Subject = "Once", Start = At(15, 9), End = At(15, 10), TransactionId = "t-1" });
        var event2 = await mira.Me.Events.PostAsync(new Event { Subject = "Once", Start = At(15, 9), End = At(15, 10), TransactionId = "t-1" });

        Assert.Equal(event1!.Id, event2!.Id);
        Assert.Single(await ViewAsync(mira, "Once"));
    }

    [Fact]
    public async Task Times_that_make_no_sense_are_refused()
    {
        Assert.Equal((400, "ErrorPropertyValidationFailure"), await RunningSandbox.RefusalAsync(() => mira.Me.Events.PostAsync(new Event { Start = At(15, 9), End = At(14, 9) })));
        Assert.Equal((400, "ErrorInvalidRequest"), await RunningSandbox.RefusalAsync(() => mira.Me.Events.PostAsync(new Event { Start = At(15, 9), End = At(16, 9), IsAllDay = true })));
        Assert.Equal((400, "TimeZoneNotSupportedException"), await RunningSandbox.RefusalAsync(() => mira.Me.Events.PostAsync(new Event { Start = new() { DateTime = "2026-12-15T09:00:00", TimeZone = "Atlantis" }, End = At(15, 10) })));
    }

    [Fact]
    public async Task A_whole_day_stays_the_day_it_was_where_it_was_planned()
    {
        var day = await mira.Me.Events.PostAsync(new Event
        {
            Subject = "Fair",
            IsAllDay = true,
            Start = new() { DateTime = "2026-12-17T00:00:00", TimeZone = "W. Europe Standard Time" },
            End = new() { DateTime = "2026-12-18T00:00:00", TimeZone = "W. Europe Standard Time" },
        });

        Assert.Equal(("2026-12-17T00:00:00.0000000", "UTC"), (day!.Start!.DateTime, day.Start.TimeZone));
    }

    private static DateTimeTimeZone At(int day, int hour) => new() { DateTime = $"2026-12-{day:D2}T{hour:D2}:00:00", TimeZone = "UTC" };

    private static Microsoft.Graph.Models.Attendee Invited(string address) => new() { Type = AttendeeType.Required, EmailAddress = new EmailAddress { Address = address } };

    private static ResponseType? Status(Event seen, SampleColleague who) =>
        seen.Attendees!.Single(attendee => attendee.EmailAddress!.Address == who.Address).Status!.Response;

    private async Task<Event> BookAsync(string subject, int day, params string[] attendees) => (await mira.Me.Events.PostAsync(new Event
    {
        Subject = subject,
        Start = At(day, 9),
        End = At(day, 10),
        Attendees = [.. attendees.Select(Invited)],
    }))!;

    private static async Task<Event> CopyAsync(GraphServiceClient client, Event booked) => (await FindCopyAsync(client, booked))!;

    private static async Task<Event?> FindCopyAsync(GraphServiceClient client, Event booked) =>
        (await client.Me.Events.GetAsync(request => request.QueryParameters.Filter = $"iCalUId eq '{booked.ICalUId}'"))!.Value!.SingleOrDefault();

    private static async Task<List<Event>> ViewAsync(GraphServiceClient client, string subject) => (await client.Me.CalendarView.GetAsync(request =>
    {
        request.QueryParameters.StartDateTime = "2026-12-01T00:00:00Z";
        request.QueryParameters.EndDateTime = "2027-01-01T00:00:00Z";
        request.QueryParameters.Top = 500;
    }))!.Value!.Where(one => one.Subject!.EndsWith(subject, StringComparison.Ordinal)).ToList();

    private static async Task<Message> MailAsync(GraphServiceClient client, string folder, string subject) =>
        Assert.Single((await client.Me.MailFolders[folder].Messages.GetAsync(request => request.QueryParameters.Filter = $"subject eq '{subject}'"))!.Value!);

    private async Task<JsonNode?> PostAsync(string path, object body)
    {
        using var answer = await sandbox.Client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer.Content.Headers.ContentLength is 0 || answer.StatusCode == System.Net.HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync<JsonNode>();
    }
}
