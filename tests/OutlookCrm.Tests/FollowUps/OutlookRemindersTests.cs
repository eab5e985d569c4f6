using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.FollowUps;

public sealed class OutlookRemindersTests : IAsyncLifetime
{
    private CaptureWorld world = null!;
    private OutlookSide outlook = null!;
    private CustomerId kim;

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        outlook = new OutlookSide(world);
        kim = CustomerId.Parse(await world.GivenCustomerAsync("kim@hotel-sonne.example", "Kim & Sons"));
        foreach (var colleague in SampleFirm.Colleagues)
        {
            await world.GivenMailboxAsync(colleague);
        }
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_follow_up_rings_in_its_owners_calendar_wherever_it_moves_until_it_is_done()
    {
        var own = world.MailboxOf(SampleFirm.Mira).Calendar.Add(new Meeting(
            "own", new Correspondent("Mira", SampleFirm.Mira.Address), [], "Dentist", "", "", world.Clock.GetUtcNow(), world.Clock.GetUtcNow().AddHours(1), "UTC"))!;
        var f = await outlook.PlanAsync(kim, "Send <b>the</b> offer", webLink: "https://outlook.example/?a=1&b=2");
        await world.SettleAsync();

        var shown = Assert.Single(outlook.EventsOf(SampleFirm.Mira));
        Assert.Equal(("Send <b>the</b> offer", Sensitivity.Private, "free", 0), (shown.Meeting.Subject, shown.Meeting.Sensitivity, shown.ShowAs, shown.ReminderMinutes));
        Assert.Empty(shown.Meeting.Attendees);
        Assert.Equal(new DateTimeOffset(2026, 3, 5, 8, 0, 0, TimeSpan.Zero), shown.Meeting.StartAt);
        Assert.Equal(
            "<p>Send &lt;b&gt;the&lt;/b&gt; offer</p><p>Customer: Kim &amp; Sons</p>"
            + "<p><a href=\"https://outlook.example/?a=1&amp;b=2\">Open the mail: Offer &lt;7&gt;</a></p>",
            shown.Meeting.Html);

        await outlook.ChangeAsync(f, now => now with { DueTime = new TimeOnly(14, 30), Note = "Call" });
        await world.SettleAsync();
        shown = Assert.Single(outlook.EventsOf(SampleFirm.Mira));
        Assert.Equal(("Call", new DateTimeOffset(2026, 3, 5, 13, 30, 0, TimeSpan.Zero)), (shown.Meeting.Subject, shown.Meeting.StartAt));

        await outlook.ChangeAsync(f, now => now with { OwnerId = SampleFirm.Tomasz.Id, OwnerName = SampleFirm.Tomasz.Name });
        await world.SettleAsync();
        Assert.Empty(outlook.EventsOf(SampleFirm.Mira));
        Assert.DoesNotContain("href", Assert.Single(outlook.EventsOf(SampleFirm.Tomasz)).Meeting.Html, StringComparison.Ordinal); // it leads into Mira's mailbox

        await outlook.ChangeAsync(f, now => now.Complete("Tomasz", world.Clock.GetUtcNow()));
        await world.SettleAsync();
        Assert.Empty(outlook.EventsOf(SampleFirm.Tomasz));
        await outlook.ChangeAsync(f, now => now.Reopen("Tomasz", world.Clock.GetUtcNow()));
        await outlook.LookAsync();
        await outlook.AssertAgreedAsync([f]);
        Assert.Null((await outlook.NowAsync(f)).Sink!.Trouble);

        Assert.Empty(await world.TimelineAsync(kim.ToString())); // a reminder is no meeting
        outlook.AssertOnlyOursWasWritten();
        Assert.Equal(own.Version, world.MailboxOf(SampleFirm.Mira).Calendar.Find(own.Id)!.Version);
    }

    [Fact]
    public async Task What_was_planned_beside_a_mail_opens_it_for_whoever_has_it_and_for_nobody_else()
    {
        var letter = world.Deliver(world.Letter("kim@hotel-sonne.example", SampleFirm.Mira.Address));
        var mail = Assert.Single(world.MailboxOf(SampleFirm.Mira).FindByInternetMessageId(letter.InternetMessageId));
        var link = $"{world.Sandbox.Addresses.Outlook}?item={Uri.EscapeDataString(mail.Id)}";
        world.Sandbox.Faults.Plan = new FaultPlan { RefuseEvery = 1, RetryAfter = TimeSpan.FromMinutes(2) };
        var f = await outlook.PlanAsync(kim, messageId: letter.InternetMessageId);
        using var mira = world.SignIn(SampleFirm.Mira);
        using var tomasz = world.SignIn(SampleFirm.Tomasz);
        Assert.Null(await LinkAsync(mira, $"/api/customers/{kim}", "followUps", "open"));
        world.Sandbox.Faults.Plan = FaultPlan.None;
        await world.SettleAsync();

        Assert.EndsWith($"<p><a href=\"{link}\">Open the mail: Offer &lt;7&gt;</a></p>", Assert.Single(outlook.EventsOf(SampleFirm.Mira)).Meeting.Html, StringComparison.Ordinal);
        Assert.Equal(link, await LinkAsync(mira, "/api/my-day", "followUps"));
        foreach (var (who, its) in new[] { (mira, link), (tomasz, null), (mira, link) })
        {
            Assert.Equal(its, await LinkAsync(who, $"/api/customers/{kim}", "followUps", "open"));
            Assert.Equal(its, await LinkAsync(who, $"/api/customers/{kim}/follow-ups", "open"));
        }

        // Its mail stays where it was.
        await outlook.ChangeAsync(f, now => now with { OwnerId = SampleFirm.Tomasz.Id, OwnerName = SampleFirm.Tomasz.Name });
        await world.SettleAsync();
        Assert.Null(await LinkAsync(tomasz, "/api/my-day", "followUps"));
        outlook.AssertOnlyOursWasWritten();

        static async Task<string?> LinkAsync(HttpClient who, string url, params string[] path)
        {
            var json = await who.GetFromJsonAsync<JsonNode>(url);
            return (string?)Assert.Single(path.Aggregate(json, (node, name) => node![name])!.AsArray())!["link"];
        }
    }

    [Fact]
    public async Task Handed_over_it_opens_the_mail_in_the_mailbox_of_whoever_has_it_now()
    {
        var letter = world.Deliver(world.Letter("kim@hotel-sonne.example", $"{SampleFirm.Mira.Address} {SampleFirm.Tomasz.Address}"));
        var f = await outlook.PlanAsync(kim, messageId: letter.InternetMessageId);
        await world.SettleAsync();
        foreach (var colleague in new[] { SampleFirm.Tomasz, SampleFirm.Mira })
        {
            await outlook.ChangeAsync(f, now => now with { OwnerId = colleague.Id, OwnerName = colleague.Name });
            await world.SettleAsync();

            var its = Assert.Single(world.MailboxOf(colleague).FindByInternetMessageId(letter.InternetMessageId)).Id;
            Assert.Contains($"?item={Uri.EscapeDataString(its)}\"", Assert.Single(outlook.EventsOf(colleague)).Meeting.Html, StringComparison.Ordinal);
        }

        outlook.AssertOnlyOursWasWritten();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_planned_beside_a_meeting_opens_it_for_whoever_has_it_in_their_calendar_too(bool isSeries)
    {
        var start = world.Clock.GetUtcNow().AddDays(2);
        var meeting = new Meeting(
            "kitchen", new Correspondent("Mira", SampleFirm.Mira.Address),
            [.. new[] { "kim@hotel-sonne.example", SampleFirm.Tomasz.Address }.Select(who => new Attendee(new Correspondent(who, who), "accepted"))],
            "Kitchen plan", "", "", start, start.AddHours(1), "Europe/Berlin");
        var booked = world.Sandbox.Scheduling.Book(
            world.MailboxOf(SampleFirm.Mira), meeting, isSeries ? Recurrence.Every("weekly", meeting) with { Count = 3 } : null, own => own);
        CalendarEvent In(SampleColleague colleague)
        {
            var calendar = world.MailboxOf(colleague).Calendar;
            var its = calendar.Events.Single(kept => kept.Meeting.ICalUid == meeting.ICalUid && kept.SeriesMasterId is null);
            return isSeries ? calendar.OccurrencesOf(its)[1] : its;
        }

        await outlook.RemindByAsync(SampleFirm.Tomasz, SinkKind.Task);
        using var mira = world.SignIn(SampleFirm.Mira);
        var id = Guid.NewGuid();
        using var planned = await mira.PostAsJsonAsync($"/api/customers/{kim}/follow-ups", new
        {
            id,
            note = "Bring the plan",
            dueOn = "2026-03-05",
            timeZone = "Europe/Berlin",
            itemId = isSeries ? In(SampleFirm.Mira).Id : booked.Id,
            subject = "Kitchen plan",
        });
        Assert.True(planned.IsSuccessStatusCode, await planned.Content.ReadAsStringAsync());
        var f = (await outlook.Store.GetAsync(world.Tenant, kim, id, default))!;
        await world.SettleAsync();
        Assert.EndsWith(
            $"<p><a href=\"{LinkTo(In(SampleFirm.Mira))}\">Open the meeting: Kitchen plan</a></p>", Assert.Single(outlook.EventsOf(SampleFirm.Mira)).Meeting.Html, StringComparison.Ordinal);

        await HandToAsync(SampleFirm.Tomasz);
        Assert.Equal(LinkTo(In(SampleFirm.Tomasz)), Assert.Single(Assert.Single(outlook.TasksOf(SampleFirm.Tomasz)).Links).WebUrl);
        await HandToAsync(SampleFirm.Amara);
        Assert.DoesNotContain("href", Assert.Single(outlook.EventsOf(SampleFirm.Amara)).Meeting.Html, StringComparison.Ordinal);
        await HandToAsync(SampleFirm.Mira);
        Assert.Contains(LinkTo(In(SampleFirm.Mira)), Assert.Single(outlook.EventsOf(SampleFirm.Mira)).Meeting.Html, StringComparison.Ordinal);
        outlook.AssertOnlyOursWasWritten();

        string LinkTo(CalendarEvent kept) => $"{world.Sandbox.Addresses.Outlook}?event={Uri.EscapeDataString(kept.Id)}";

        async Task HandToAsync(SampleColleague colleague)
        {
            await outlook.ChangeAsync(f, now => now with { OwnerId = colleague.Id, OwnerName = colleague.Name });
            await world.SettleAsync();
        }
    }

    [Fact]
    public async Task What_its_owner_does_with_the_event_happens_to_the_follow_up()
    {
        var (moved, renamed, deleted) = (await outlook.PlanAsync(kim, "Move"), await outlook.PlanAsync(kim, "Rename"), await outlook.PlanAsync(kim, "Delete"));
        await outlook.LookAsync();
        CalendarEvent Of(FollowUp f) => outlook.EventsOf(SampleFirm.Mira).Single(kept => kept.TransactionId!.Contains(f.Id.ToString("N"), StringComparison.Ordinal));

        world.Clock.Advance(TimeSpan.FromMinutes(5));
        outlook.ChangeEvent(SampleFirm.Mira, Of(moved), meeting => meeting with { StartAt = meeting.StartAt.AddDays(1), EndAt = meeting.EndAt.AddDays(1) });
        outlook.ChangeEvent(SampleFirm.Mira, Of(renamed), meeting => meeting with { Subject = "Renamed" });
        world.MailboxOf(SampleFirm.Mira).Calendar.Remove(Of(deleted).Id);
        await outlook.LookAsync();

        var now = await outlook.NowAsync(moved);
        Assert.Equal((OutlookSide.Thursday.AddDays(1), null, "moved in Outlook to 2026-03-06"), (now.DueOn, now.DueTime, now.History[^1].What));
        Assert.Equal("Renamed", (await outlook.NowAsync(renamed)).Note);
        now = await outlook.NowAsync(deleted);
        Assert.Equal((FollowUpState.Deleted, FollowUpEnding.Outlook), (now.State, now.End!.Ending));

        // To an hour, and in one go to a whole day.
        outlook.ChangeEvent(SampleFirm.Mira, Of(moved), meeting => meeting with { StartAt = meeting.StartAt.AddHours(2), EndAt = meeting.EndAt.AddHours(2) });
        outlook.ChangeEvent(SampleFirm.Mira, Of(renamed), meeting => meeting with
        {
            IsAllDay = true,
            StartAt = new(2026, 3, 9, 0, 0, 0, TimeSpan.Zero),
            EndAt = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero),
        });
        await outlook.LookAsync();
        Assert.Equal(new TimeOnly(11, 0), (await outlook.NowAsync(moved)).DueTime);
        Assert.Equal((new DateOnly(2026, 3, 9), (TimeOnly?)null), ((await outlook.NowAsync(renamed)).DueOn, (await outlook.NowAsync(renamed)).DueTime));
        await outlook.AssertAgreedAsync([moved, renamed, deleted]);
    }

    [Fact]
    public async Task Of_a_mailbox_that_is_not_logged_reminders_are_read_back_all_the_same()
    {
        await world.Services.GetRequiredService<OutlookCrm.Capture.CapturedMailboxes>().ChangeAsync(world.Tenant, SampleFirm.Mira.Id, row => row with { IsOn = false }, default);
        using (var mira = world.SignIn(SampleFirm.Mira))
        {
            Assert.NotNull(await mira.GetStringAsync("/api/my-day"));
        }

        var f = await outlook.PlanAsync(kim);
        await world.SettleAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        outlook.ChangeEvent(SampleFirm.Mira, Assert.Single(outlook.EventsOf(SampleFirm.Mira)), meeting => meeting with { StartAt = meeting.StartAt.AddDays(1), EndAt = meeting.EndAt.AddDays(1) });
        await outlook.LookAsync();
        Assert.Equal(OutlookSide.Thursday, (await outlook.NowAsync(f)).DueOn);
        for (var patience = 0; patience < 200 && (await outlook.NowAsync(f)).DueOn == OutlookSide.Thursday; patience++)
        {
            // Until it is known that she has signed in.
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            await ActivatorUtilities.CreateInstance<ReadBackReminders>(world.Services).RunAsync(new Microsoft.Azure.Functions.Worker.TimerInfo(), default);
            await world.SettleAsync();
        }

        Assert.Equal(OutlookSide.Thursday.AddDays(1), (await outlook.NowAsync(f)).DueOn);
    }

    [Fact]
    public async Task What_its_owner_does_with_the_task_happens_to_the_follow_up()
    {
        await outlook.RemindByAsync(SampleFirm.Mira, SinkKind.Task);
        var all = new List<FollowUp>();
        foreach (var note in new[] { "Tick", "Day", "Hour", "Elsewhere", "Delete" })
        {
            all.Add(await outlook.PlanAsync(kim, note, webLink: "https://outlook.example/1"));
        }

        await outlook.LookAsync();
        Assert.Equal(5, outlook.TasksOf(SampleFirm.Mira).Count);
        TodoTask Of(string note) => outlook.TasksOf(SampleFirm.Mira).Single(task => task.Title == note);
        Assert.Equal((OutlookSide.Thursday, true, "https://outlook.example/1"), (Of("Day").DueOn, Of("Day").IsReminderOn, Of("Day").Links[0].WebUrl));

        world.Clock.Advance(TimeSpan.FromMinutes(5));
        outlook.ChangeTask(SampleFirm.Mira, Of("Tick"), task => task with { Status = TodoTask.Completed });
        outlook.ChangeTask(SampleFirm.Mira, Of("Day"), task => task with { DueOn = OutlookSide.Thursday.AddDays(4) });
        outlook.ChangeTask(SampleFirm.Mira, Of("Hour"), task => task with { RemindsAt = task.RemindsAt!.Value.AddHours(3) });
        var tasks = world.MailboxOf(SampleFirm.Mira).Tasks;
        tasks.Move(Of("Elsewhere").Id, tasks.AddList("Later"), world.Sandbox.Post.Now);
        tasks.Remove(Of("Delete").Id);
        await outlook.LookAsync();

        var now = new List<FollowUp>();
        foreach (var f in all)
        {
            now.Add(await outlook.NowAsync(f));
        }

        Assert.Equal(
            [FollowUpState.Done, FollowUpState.Open, FollowUpState.Open, FollowUpState.Open, FollowUpState.Deleted], now.Select(f => f.State));
        Assert.Equal(OutlookSide.Thursday.AddDays(4), now[1].DueOn);
        Assert.Equal(new TimeOnly(12, 0), now[2].DueTime);
        Assert.Equal(TodoTask.Completed, Of("Tick").Status); // stays in their list

        // It is followed into the other list.
        outlook.ChangeTask(SampleFirm.Mira, Of("Elsewhere"), task => task with { Title = "Renamed there" });
        outlook.ChangeTask(SampleFirm.Mira, Of("Hour"), task => task with { IsReminderOn = false });
        await outlook.LookAsync();
        Assert.False(Of("Hour").IsReminderOn); // dismissed, and nothing else
        Assert.Equal(new TimeOnly(12, 0), (await outlook.NowAsync(all[2])).DueTime);
        Assert.Equal("Renamed there", (await outlook.NowAsync(all[3])).Note);
        await outlook.AssertAgreedAsync(all);

        await outlook.RemindByAsync(SampleFirm.Mira, SinkKind.None);
        await outlook.ChangeAsync(all[1], f => f with { Note = "No more" });
        await world.SettleAsync();
        Assert.DoesNotContain(outlook.TasksOf(SampleFirm.Mira), task => task.Title is "Day" or "No more");
        outlook.AssertOnlyOursWasWritten();
    }

    [Fact]
    public async Task Of_a_change_here_and_one_in_Outlook_the_later_holds_on_both_sides_and_the_other_is_told()
    {
        var (here, there) = (await outlook.PlanAsync(kim, "Here last"), await outlook.PlanAsync(kim, "There last"));
        await outlook.LookAsync();
        CalendarEvent Of(FollowUp f) => outlook.EventsOf(SampleFirm.Mira).Single(kept => kept.TransactionId!.Contains(f.Id.ToString("N"), StringComparison.Ordinal));
        void Move(FollowUp f, int days) =>
            outlook.ChangeEvent(SampleFirm.Mira, Of(f), meeting => meeting with { StartAt = meeting.StartAt.AddDays(days), EndAt = meeting.EndAt.AddDays(days) });

        // Graph is away, so neither side knows of the other.
        world.Sandbox.Faults.Plan = new FaultPlan { RefuseEvery = 1, RetryAfter = TimeSpan.FromMinutes(2) };
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Move(here, 1);
        await outlook.ChangeAsync(there, f => f with { DueOn = f.DueOn.AddDays(7) });
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Move(there, 2);
        await outlook.ChangeAsync(here, f => f with { DueOn = f.DueOn.AddDays(14) });
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Sandbox.Faults.Plan = FaultPlan.None;
        await outlook.LookAsync();

        var (first, second) = (await outlook.NowAsync(here), await outlook.NowAsync(there));
        Assert.Equal((OutlookSide.Thursday.AddDays(14), OutlookSide.Thursday.AddDays(2)), (first.DueOn, second.DueOn));
        Assert.Contains(first.History, line => line.What == "moved in Outlook to 2026-03-06, but what was done here came later");
        await outlook.AssertAgreedAsync([here, there]);
    }

    [Theory]
    [InlineData(SinkKind.CalendarEvent)]
    [InlineData(SinkKind.Task)]
    public async Task Killed_at_any_step_and_with_answers_lost_there_is_one_item_and_then_none(SinkKind kind)
    {
        await outlook.RemindByAsync(SampleFirm.Mira, kind);
        world.Sandbox.Faults.Plan = new FaultPlan { Seed = 4, Torn = 0.3 };
        var all = new List<FollowUp>();
        for (var step = 0; step < 6; step++)
        {
            var f = await outlook.PlanAsync(kim, $"Step {step}");
            all.Add(f);
            await KillAsync(step);
            await outlook.ChangeAsync(f, now => now with { DueOn = now.DueOn.AddDays(step) });
            await KillAsync(step);
            await outlook.AssertAgreedAsync(all);
            if (step % 2 == 1)
            {
                await outlook.ChangeAsync(f, now => now.Complete("Mira", world.Clock.GetUtcNow()));
                await KillAsync(step);
            }
        }

        await outlook.LookAsync();
        await outlook.AssertAgreedAsync(all);
        outlook.AssertOnlyOursWasWritten();

        async Task KillAsync(int step)
        {
            world.Life.EndAfter(step, isDone: step % 2 == 0);
            await world.UntilKilledAsync();
            await world.RestartAsync();
            await world.SettleAsync();
        }
    }

    [Fact]
    public async Task Whoever_cannot_be_reminded_is_told_and_reminded_once_it_is_possible()
    {
        world.Sandbox.App.Roles = ["Calendars.Read", "Domain.Read.All", "Mail.Read"];
        var f = await outlook.PlanAsync(kim);
        await Waiting.UntilAsync(async () => (await outlook.NowAsync(f)).Sink?.Trouble is not null);
        Assert.Equal("ErrorAccessDenied", (await outlook.NowAsync(f)).Sink!.Trouble);
        Assert.True((await outlook.Store.ListAsync(world.Tenant, kim, SampleFirm.Mira.Id, default))!.Open.Single().NotInOutlook);

        world.Sandbox.App.Roles = OutlookCrm.Sandbox.Issuer.AppRegistration.AskedFor;
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.SettleAsync();
        Assert.Null((await outlook.NowAsync(f)).Sink!.Trouble);
        Assert.False((await outlook.Store.ListAsync(world.Tenant, kim, SampleFirm.Mira.Id, default))!.Open.Single().NotInOutlook);
        await outlook.AssertAgreedAsync([f]);

        // Graph itself is away: told after a day, not before.
        world.Sandbox.Faults.Plan = new FaultPlan { RefuseEvery = 1, RetryAfter = TimeSpan.FromHours(1) };
        await outlook.ChangeAsync(f, now => now with { Note = "Later" });
        await Waiting.UntilAsync(() => world.Logs.Lines.Any(line => line.Contains("next try in 01:00:00", StringComparison.Ordinal)));
        Assert.Null((await outlook.NowAsync(f)).Sink!.Trouble);
        var since = world.Clock.GetUtcNow();
        var told = Waiting.UntilAsync(async () => (await outlook.NowAsync(f)).Sink?.Trouble is not null, TimeSpan.FromMinutes(3));
        await world.SettleAsync(until: told); // from one try to the next
        await told;
        Assert.InRange(world.Clock.GetUtcNow() - since, OutlookReminders.ToldAfter, TimeSpan.MaxValue);
        world.Sandbox.Faults.Plan = FaultPlan.None;
        await world.SettleAsync();
        Assert.Null((await outlook.NowAsync(f)).Sink!.Trouble);
        await outlook.AssertAgreedAsync([f]);
    }
}
