using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Capture;

/// <summary>Meetings log themselves, and end right when they change.</summary>
public sealed class MeetingLoggingTests : IAsyncLifetime
{
    private const string Kim = "kim@hotel-sonne.example";
    private const string Lee = "lee@hotel-mond.example";

    private static readonly SampleColleague Mira = SampleFirm.Mira;
    private static readonly SampleColleague Tomasz = SampleFirm.Tomasz;

    private CaptureWorld world = null!;
    private string kim = "";
    private string lee = "";

    private Mailbox Calendar => world.MailboxOf(Mira);

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenMailboxAsync(Tomasz);
        kim = await world.GivenCustomerAsync(Kim);
        lee = await world.GivenCustomerAsync(Lee);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_meeting_in_two_calendars_stands_once_and_moves_when_it_is_moved()
    {
        var meeting = Meeting("m1", "Kitchen plan", CaptureWorld.Monday.AddDays(2), Kim, Tomasz.Address);
        var booked = world.Sandbox.Scheduling.Book(Calendar, meeting, rule: null, own => own);
        await LookAsync();
        Assert.Equal([CaptureWorld.Monday.AddDays(2)], await TimesAsync(kim));

        Pass();
        world.Sandbox.Scheduling.Replan(
            Calendar, booked, meeting with { StartAt = CaptureWorld.Monday.AddDays(9), EndAt = CaptureWorld.Monday.AddDays(9).AddHours(1) }, rule: null, own => own);
        await LookAsync();

        Assert.Equal([CaptureWorld.Monday.AddDays(9)], await TimesAsync(kim));
    }

    [Fact]
    public async Task A_meeting_that_is_cancelled_did_not_happen()
    {
        var booked = world.Sandbox.Scheduling.Book(Calendar, Meeting("m1", "Kitchen plan", CaptureWorld.Monday.AddDays(2), Kim, Tomasz.Address), rule: null, own => own);
        await LookAsync();
        Assert.Single(await world.TimelineAsync(kim));

        Pass();
        world.Sandbox.Scheduling.Cancel(Calendar, booked, "");
        await LookAsync();

        Assert.Empty(await world.TimelineAsync(kim));
    }

    [Fact]
    public async Task A_customer_who_is_no_longer_invited_loses_the_line_and_the_other_keeps_it()
    {
        var meeting = Meeting("m1", "Kitchen plan", CaptureWorld.Monday.AddDays(2), Kim, Lee);
        var booked = world.Sandbox.Scheduling.Book(Calendar, meeting, rule: null, own => own);
        await LookAsync();
        Assert.Equal((1, 1), ((await world.TimelineAsync(kim)).Count, (await world.TimelineAsync(lee)).Count));

        Pass();
        world.Sandbox.Scheduling.Replan(Calendar, booked, meeting with { Attendees = [meeting.Attendees[0]] }, rule: null, own => own);
        await LookAsync();

        Assert.Equal((1, 0), ((await world.TimelineAsync(kim)).Count, (await world.TimelineAsync(lee)).Count));
    }

    [Fact]
    public async Task A_series_is_logged_by_its_occurrences_and_goes_with_them()
    {
        var first = Meeting("m1", "Site visit", CaptureWorld.Monday.AddDays(-34), Kim);
        var series = world.Sandbox.Scheduling.Book(Calendar, first, Recurrence.Every("weekly", first) with { Count = 6 }, own => own);
        await LookAsync();
        Assert.Equal(6, (await world.TimelineAsync(kim)).Count);

        Pass();
        Calendar.Calendar.Remove(Calendar.Calendar.OccurrencesOf(series)[3].Id);
        await LookAsync();
        Assert.Equal(5, (await world.TimelineAsync(kim)).Count);

        Pass();
        Calendar.Calendar.Remove(series.Id);
        await LookAsync();
        Assert.Empty(await world.TimelineAsync(kim));
    }

    [Fact]
    public async Task What_leaves_the_watched_window_was_held_and_stays()
    {
        world.Sandbox.Scheduling.Book(Calendar, Meeting("m1", "Kitchen plan", CaptureWorld.Monday.AddDays(2), Kim), rule: null, own => own);
        await LookAsync();

        for (var month = 0; month < 6; month++)
        {
            world.Clock.Advance(TimeSpan.FromDays(31));
            await LookAsync();
        }

        Assert.Single(await world.TimelineAsync(kim));
    }

    [Fact]
    public async Task Last_years_meetings_come_with_the_history()
    {
        for (var month = 1; month <= 14; month++)
        {
            var at = CaptureWorld.Monday.AddMonths(-month);
            Calendar.Calendar.Add(Meeting($"m{month}", $"Month {month}", at, Kim), at.AddDays(-7));
        }

        await LookAsync();

        Assert.Equal(12, (await world.TimelineAsync(kim)).Count);
    }

    private static Meeting Meeting(string uid, string subject, DateTimeOffset at, params string[] attendees) => new(
        uid, new Correspondent(Mira.Name, Mira.Address), [.. attendees.Select(who => new Attendee(new Correspondent(who.Split('@')[0], who), "accepted"))],
        subject, "", "", at, at.AddHours(1), "Europe/Berlin");

    private void Pass() => world.Clock.Advance(TimeSpan.FromMinutes(1));

    private Task LookAsync() => world.LookAsync(Mira, Tomasz);

    private async Task<IEnumerable<DateTimeOffset>> TimesAsync(string customer) =>
        (await world.TimelineAsync(customer)).Select(line => (DateTimeOffset)line["at"]!);
}
