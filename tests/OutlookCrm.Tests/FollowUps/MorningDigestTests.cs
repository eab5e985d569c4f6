using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Issuer;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.FollowUps;

public sealed class MorningDigestTests : IAsyncLifetime
{
    private CaptureWorld world = null!;
    private OutlookSide outlook = null!;
    private CustomerId kim;

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        outlook = new OutlookSide(world);
        kim = CustomerId.Parse(await world.GivenCustomerAsync("kim@hotel-sonne.example", "Kim & Sons"));
        await world.GivenMailboxAsync(SampleFirm.Mira);
        await world.GivenMailboxAsync(SampleFirm.Tomasz);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_morning_is_had_once_on_a_journey_too_and_mornings_come_again_after_the_clock_was_a_year_ahead()
    {
        var marks = world.Services.GetRequiredService<DigestMarks>();
        var (user, now) = (Guid.NewGuid(), world.Clock.GetUtcNow());
        var day = DateOnly.FromDateTime(now.UtcDateTime);

        Assert.True(await HasAsync(day.AddYears(1)));
        Assert.True(await HasAsync(day)); // it was set back
        Assert.False(await HasAsync(day));
        Assert.True(await HasAsync(day.AddDays(1)));
        Assert.False(await HasAsync(day)); // a day to the west

        async Task<bool> HasAsync(DateOnly morning)
        {
            var turn = await marks.TakeAsync(world.Tenant, user, morning, now, default);
            if (turn is not null)
            {
                await marks.EndAsync(turn, problem: null, default);
            }

            return turn is not null;
        }
    }

    [Fact]
    public async Task Whoever_wants_it_finds_their_own_day_in_their_drafts_once_each_working_morning()
    {
        var offer = await outlook.PlanAsync(kim, "Send <b>the</b> offer", webLink: "https://outlook.example/?a=1&b=2");
        var call = await outlook.PlanAsync(kim, "Call them", dueOn: OutlookSide.Thursday.AddDays(1));
        await outlook.PlanAsync(kim, "Tomasz's alone", owner: SampleFirm.Tomasz);
        await world.SettleAsync();

        Assert.Null((string?)(await ChoicesAsync())["digestAt"]); // off by default
        await RunAtAsync("2026-03-05T06:00Z");
        Assert.Empty(DraftsOf(SampleFirm.Mira));

        await ChooseAsync("07:30");
        await RunAtAsync("2026-03-05T06:29Z"); // 07:29 in Berlin
        Assert.Empty(DraftsOf(SampleFirm.Mira));
        GoTo("2026-03-05T06:31Z");
        await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        await RunAsync();
        var draft = Assert.Single(DraftsOf(SampleFirm.Mira));
        Assert.Equal(("Your day: 1 due today", true), (draft.Letter.Subject, draft.IsDraft));
        Assert.Empty(draft.Letter.To.Concat(draft.Letter.Cc).Concat(draft.Letter.Bcc));
        Assert.Contains(
            "<h3>Due today</h3><ul><li>Send &lt;b&gt;the&lt;/b&gt; offer, Kim &amp; Sons <a href=\"https://outlook.example/?a=1&amp;b=2\">Open in Outlook</a></li></ul>"
            + "<h3>Planned</h3><ul><li>Call them, Kim &amp; Sons (tomorrow)</li></ul>",
            draft.Letter.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Tomasz", draft.Letter.Html, StringComparison.Ordinal);
        Assert.Empty(DraftsOf(SampleFirm.Tomasz));

        // It is no contact with anybody, and answers nothing.
        await world.LookAsync(SampleFirm.Mira);
        Assert.Empty(await world.TimelineAsync(kim.ToString()));
        Assert.Equal(FollowUpState.Open, (await outlook.NowAsync(offer)).State);

        await RunAtAsync("2026-03-06T06:31Z");
        Assert.Equal(["Your day: 1 due today", "Your day: 1 overdue, 1 due today"], DraftsOf(SampleFirm.Mira).Select(mail => mail.Letter.Subject).Order());
        await world.Services.GetRequiredService<ReminderSettingsStore>().SaveHolidaysAsync(world.Tenant, [new DateOnly(2026, 3, 9)], default);
        await RunAtAsync("2026-03-07T06:31Z"); // a Saturday
        await RunAtAsync("2026-03-09T06:31Z"); // the firm is closed
        await RunAtAsync("2026-03-10T11:01Z"); // after noon
        Assert.Equal(2, DraftsOf(SampleFirm.Mira).Count);
        await RunAtAsync("2026-03-11T10:50Z"); // late, and still this morning's
        Assert.Equal(3, DraftsOf(SampleFirm.Mira).Count);

        foreach (var one in new[] { offer, call })
        {
            await outlook.ChangeAsync(one, now => now.Complete("Mira", world.Clock.GetUtcNow()));
        }

        await world.SettleAsync();
        await RunAtAsync("2026-03-12T06:31Z"); // nothing is due
        Assert.Equal(3, DraftsOf(SampleFirm.Mira).Count);
        outlook.AssertOnlyOursWasWritten();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_before_or_after_the_draft_was_made_it_still_comes_once(bool isMade)
    {
        await outlook.PlanAsync(kim);
        await world.SettleAsync();
        await ChooseAsync("07:30");
        GoTo("2026-03-05T06:31Z");
        Assert.NotNull(await world.Services.GetRequiredService<DigestMarks>().TakeAsync(
            world.Tenant, SampleFirm.Mira.Id, OutlookSide.Thursday, world.Clock.GetUtcNow(), default));
        if (isMade)
        {
            await world.Services.GetRequiredService<GraphDigests>().CreateDraftAsync(
                world.Tenant, SampleFirm.Mira.Id.ToString("D"), WriteMorningDigests.KeyOf(SampleFirm.Mira.Id, OutlookSide.Thursday), "Your day", "", default);
        }

        await RunAsync(); // whoever has it may still live
        Assert.Equal(isMade ? 1 : 0, DraftsOf(SampleFirm.Mira).Count);

        await world.RestartAsync();
        world.Clock.Advance(DigestMarks.Lease);
        await RunAsync();
        await RunAsync();
        Assert.Equal(isMade ? "Your day" : "Your day: 1 due today", Assert.Single(DraftsOf(SampleFirm.Mira)).Letter.Subject);
    }

    [Fact]
    public async Task A_draft_whose_answer_was_lost_is_found_again()
    {
        await outlook.PlanAsync(kim);
        await world.SettleAsync();
        await ChooseAsync("07:30");
        world.Sandbox.Faults.Plan = new FaultPlan { Torn = 1 };
        await RunAtAsync("2026-03-05T06:31Z");
        world.Sandbox.Faults.Plan = FaultPlan.None;
        await RunAtAsync("2026-03-05T06:41Z");
        await RunAtAsync("2026-03-05T06:51Z");

        Assert.Single(DraftsOf(SampleFirm.Mira));
        Assert.Null((await ChoicesAsync())["digestProblem"]);
    }

    [Fact]
    public async Task Without_the_permission_it_is_tried_once_a_day_and_the_page_says_so()
    {
        await outlook.PlanAsync(kim);
        await world.SettleAsync();
        world.Sandbox.App.Roles = [.. AppRegistration.AskedFor.Except(["Mail.ReadWrite"])];
        await world.RestartAsync(); // a token has what was granted when it was made
        await ChooseAsync("07:30");
        await RunAtAsync("2026-03-05T06:31Z");
        await RunAtAsync("2026-03-05T07:31Z");

        Assert.Equal(403, Assert.Single(world.Sandbox.Writes.All, write => write.Path.EndsWith("/messages", StringComparison.Ordinal)).Status);
        Assert.Equal("notAllowed", (string?)(await ChoicesAsync())["digestProblem"]);
        using (var mira = SignIn())
        {
            mira.DefaultRequestHeaders.Accept.ParseAdd("text/html");
            Assert.Contains("your administrator has not permitted drafts", await mira.GetStringAsync("/api/my-day/settings"), StringComparison.Ordinal);
        }

        world.Sandbox.App.Roles = AppRegistration.AskedFor;
        await world.RestartAsync();
        await RunAtAsync("2026-03-06T06:31Z");
        Assert.Equal("Your day: 1 overdue", Assert.Single(DraftsOf(SampleFirm.Mira)).Letter.Subject);
        Assert.Null((await ChoicesAsync())["digestProblem"]);
    }

    [Theory]
    [InlineData("2026-03-29", "2026-03-29T01:29Z", "2026-03-29T01:31Z")] // 2:30 does not exist: 3:30
    [InlineData("2026-10-25", "2026-10-25T00:29Z", "2026-10-25T00:31Z")] // 2:30 comes twice: the first
    public async Task A_time_that_clocks_skip_or_show_twice_gives_one(string dueOn, string before, string after)
    {
        await outlook.PlanAsync(kim, dueOn: DateOnly.Parse(dueOn, null));
        await world.SettleAsync();
        await ChooseAsync("02:30", "he-IL"); // where people work on Sundays
        await RunAtAsync(before);
        Assert.Empty(DraftsOf(SampleFirm.Mira));
        await RunAtAsync(after);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync();
        Assert.Equal("Your day: 1 due today", Assert.Single(DraftsOf(SampleFirm.Mira)).Letter.Subject);
    }

    [Fact]
    public async Task A_time_after_eleven_is_refused_and_an_empty_one_turns_it_off()
    {
        await ChooseAsync("11:00");
        foreach (var wrong in new[] { "11:01", "7:30", "soon", "24:00" })
        {
            using var mira = SignIn();
            using var answer = await mira.PatchAsJsonAsync("/api/my-day/settings", new { digestAt = wrong });
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("digestAt", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("11:00", (string?)(await ChoicesAsync())["digestAt"]);
        await ChooseAsync("");
        Assert.Null((await ChoicesAsync())["digestAt"]);
    }

    private IReadOnlyList<MailboxMessage> DraftsOf(SampleColleague colleague)
    {
        var mailbox = world.MailboxOf(colleague);
        return [.. mailbox.Messages.Where(message => message.Folder == mailbox.Folder("drafts"))];
    }

    private void GoTo(string at) => world.Clock.Advance(DateTimeOffset.Parse(at, null) - world.Clock.GetUtcNow());

    private Task RunAtAsync(string at)
    {
        GoTo(at);
        return RunAsync();
    }

    private Task RunAsync() => ActivatorUtilities.CreateInstance<WriteMorningDigests>(world.Services).RunAsync(new TimerInfo(), default);

    private HttpClient SignIn(string language = "de-DE")
    {
        var mira = world.SignIn(SampleFirm.Mira);
        mira.DefaultRequestHeaders.Add("Time-Zone", "Europe/Berlin");
        mira.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        return mira;
    }

    private async Task ChooseAsync(string digestAt, string language = "de-DE")
    {
        using var mira = SignIn(language);
        using var answer = await mira.PatchAsJsonAsync("/api/my-day/settings", new { digestAt });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonNode> ChoicesAsync()
    {
        using var mira = SignIn();
        return (await mira.GetFromJsonAsync<JsonNode>("/api/my-day/settings"))!;
    }
}
