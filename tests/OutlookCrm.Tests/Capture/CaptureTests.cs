using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>Capture as a whole: killed at any moment, told of by notifications or not, recounted, asked for what was before.</summary>
public sealed class CaptureTests
{
    private const string Kim = "kim@hotel-sonne.example";

    private static readonly SampleColleague Mira = SampleFirm.Mira;
    private static readonly SampleColleague Tomasz = SampleFirm.Tomasz;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_at_every_step_it_logs_each_mail_once(bool isLastStepDone)
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenMailboxAsync(Tomasz);
        var kim = await world.GivenCustomerAsync(Kim);
        var number = 0;
        for (var step = 0; step < 25; step++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(5));
            for (var i = 0; i < 3; i++)
            {
                world.Deliver(world.Letter(Kim, $"{Mira.Address} {Tomasz.Address}", $"{number++}"));
            }

            world.Life.EndAfter(step + 1, isLastStepDone); // the first is the asking
            await world.AskAsync(Mira);
            await world.UntilKilledAsync();
            await world.RestartAsync();
            await world.SettleAsync();
        }

        await world.LookAsync(Mira, Tomasz);

        var subjects = await world.SubjectsAsync(kim);
        Assert.Equal(number, subjects.Count);
        Assert.Equal(Enumerable.Range(0, number).Select(i => $"{i}").Order(), subjects.Order());
        Assert.Equal(number, await TakenAsync(world) is var taken ? taken.Taken + taken.Older + taken.HistoryTaken : 0);
    }

    [Fact]
    public async Task A_history_that_is_broken_off_goes_on_where_it_was()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        var mailbox = world.MailboxOf(Mira);
        for (var i = 0; i < 1_000; i++)
        {
            var at = world.Sandbox.Post.Now.AddHours(-8 * i);
            mailbox.Add(world.Letter(Kim, Mira.Address, $"{i}") with { SentAt = at }, mailbox.Folder("inbox"), at, isRead: true);
        }

        var random = new Random(11);
        for (var kill = 0; kill < 6; kill++)
        {
            world.Life.EndAfter(random.Next(6, 14), isDone: random.Next(2) == 0);
            await world.AskAsync(Mira);
            await world.UntilKilledAsync();
            await world.RestartAsync();
        }

        await world.LookAsync(Mira);

        var subjects = await world.SubjectsAsync(kim);
        Assert.Equal(1_000, subjects.Count);
        Assert.Equal(1_000, subjects.Distinct().Count());
        var status = await world.StatusAsync(Mira);
        Assert.True(status.HistoryIsComplete);
        Assert.InRange(status.HistoryDone, 999, 1_010); // the newest second is live's
    }

    [Fact]
    public async Task Two_workers_who_want_one_mailbox_log_each_mail_once()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        for (var i = 0; i < 50; i++)
        {
            world.Deliver(world.Letter(Kim, Mira.Address, $"{i}"));
        }

        var queue = world.Services.GetRequiredService<IWorkQueue>();
        var ask = JsonSerializer.Serialize(new LookAtMailboxes([new MailboxToLookAt(world.Tenant, Mira.Id)], world.Clock.GetUtcNow().AddSeconds(30)));
        for (var i = 0; i < 8; i++)
        {
            await queue.SendAsync(CaptureRequests.MailboxQueue, ask, delay: null, default);
        }

        await world.SettleAsync();

        Assert.Equal(50, (await world.TimelineAsync(kim)).Count);
        Assert.Equal(50, (await TakenAsync(world)).HistoryTaken);
    }

    [Fact]
    public async Task Each_notification_that_was_acknowledged_is_acted_on_after_a_kill()
    {
        await using var world = await CaptureWorld.StartAsync(notified: true);
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await SubscribeAsync(world);
        Assert.True((await world.StatusAsync(Mira)).IsNotified);

        for (var round = 0; round < 5; round++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(30));
            world.Deliver(world.Letter(Kim, Mira.Address, $"{round}"));
            await Waiting.UntilAsync(() => world.Sandbox.WaitingNotifications == 0);

            await world.RestartAsync(); // acknowledged, and the process is gone
            await world.SettleAsync();
            Assert.Equal(round + 1, (await world.TimelineAsync(kim)).Count);
        }
    }

    [Fact]
    public async Task Polling_rests_while_notifications_come_and_takes_over_when_they_stop_coming()
    {
        await using var world = await CaptureWorld.StartAsync(notified: true);
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await SubscribeAsync(world);
        var sweep = world.Services.GetRequiredService<MailboxSweep>();

        async Task<DateTimeOffset?> LookedAsync(Func<CancellationToken, Task> ask)
        {
            world.Clock.Advance(MailboxSweep.Rest + TimeSpan.FromSeconds(1));
            await ask(default);
            await world.SettleAsync();
            return (await world.StatusAsync(Mira)).LastSuccessAt;
        }

        var looked = (await world.StatusAsync(Mira)).LastSuccessAt;
        Assert.Equal(looked, await LookedAsync(sweep.PollAsync)); // told of: nothing to poll

        // Nobody tells any more, and nobody says so.
        world.Sandbox.Faults.Plan = new FaultPlan { NotificationsLost = 1 };
        world.Deliver(world.Letter(Kim, Mira.Address, "Untold"));
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotEqual(looked, await LookedAsync(cancellation => sweep.EveryAsync(subscriptions: false, recount: false, cancellation)));
        Assert.Equal(["Untold"], await world.SubjectsAsync(kim));
        Assert.False((await world.StatusAsync(Mira)).IsNotified);

        world.Deliver(world.Letter(Kim, Mira.Address, "Polled"));
        await LookedAsync(sweep.PollAsync);
        Assert.Equal(["Polled", "Untold"], await world.SubjectsAsync(kim));

        // Renewed, they are trusted again.
        world.Sandbox.Faults.Plan = FaultPlan.None;
        looked = await LookedAsync(cancellation => sweep.EveryAsync(subscriptions: true, recount: false, cancellation));
        Assert.True((await world.StatusAsync(Mira)).IsNotified);
        Assert.Equal(looked, await LookedAsync(sweep.PollAsync));
    }

    [Theory]
    [InlineData(LifecycleEvent.Missed)]
    [InlineData(LifecycleEvent.SubscriptionRemoved)]
    [InlineData(LifecycleEvent.ReauthorizationRequired)]
    public async Task Whatever_becomes_of_its_subscriptions_a_mailbox_is_told_of_again(LifecycleEvent what)
    {
        await using var world = await CaptureWorld.StartAsync(notified: true);
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        await SubscribeAsync(world);
        var before = world.Sandbox.Subscriptions.Count;

        foreach (var subscription in world.Sandbox.Subscriptions)
        {
            world.Sandbox.TellLifecycle(subscription, what);
        }

        await ArriveAsync(world);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Deliver(world.Letter(Kim, Mira.Address));
        await ArriveAsync(world);

        Assert.Single(await world.TimelineAsync(kim));
        Assert.Equal(before, world.Sandbox.Subscriptions.Count);
        Assert.True((await world.StatusAsync(Mira)).IsNotified);
    }

    [Fact]
    public async Task The_recount_finds_what_no_cursor_tells_of()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        var mailbox = world.MailboxOf(Mira);
        world.Deliver(world.Letter(Kim, Mira.Address, "told"));
        await world.LookAsync(Mira);

        // A mail of last week that lands in the folder now: delta is anchored later, and passes it over.
        var at = world.Sandbox.Post.Now.AddDays(-7);
        mailbox.Add(world.Letter(Kim, Mira.Address, "untold") with { SentAt = at }, mailbox.Folder("inbox"), at, isRead: true);
        await world.LookAsync(Mira);
        Assert.Equal(["told"], await world.SubjectsAsync(kim));

        await RecountAsync(world);

        Assert.Equal(["told", "untold"], await world.SubjectsAsync(kim));
        var status = await world.StatusAsync(Mira);
        Assert.Equal(1, status.RecountFound);
        Assert.NotNull(status.RecountedAt);
        await RecountAsync(world);
        Assert.Equal(0, (await world.StatusAsync(Mira)).RecountFound);
    }

    [Fact]
    public async Task The_recount_says_which_folders_have_customers_mail_that_nobody_chose()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenCustomerAsync(Kim);
        var mailbox = world.MailboxOf(Mira);
        mailbox.Add(world.Letter(Kim, Mira.Address, "sorted by a rule"), "Hotels", isRead: false);
        mailbox.Add(world.Letter("news@shop.example", Mira.Address, "Sale"), "Reading", isRead: false);

        await RecountAsync(world);

        Assert.Equal("Hotels", Assert.Single((await world.StatusAsync(Mira)).MailElsewhere).Path);
    }

    [Fact]
    public async Task A_new_customers_history_is_found_in_every_mailbox()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenMailboxAsync(Tomasz);
        for (var i = 0; i < 30; i++)
        {
            var owner = i % 2 == 0 ? Mira : Tomasz;
            var at = world.Sandbox.Post.Now.AddDays(-i);
            world.MailboxOf(owner).Add(world.Letter(Kim, owner.Address, $"{i}") with { SentAt = at }, "archive", isRead: true);
        }

        await world.LookAsync(Mira, Tomasz);
        var kim = await world.GivenCustomerAsync(Kim);
        Assert.True(MailAddress.TryParse(Kim, out var address));
        await world.Services.GetRequiredService<CaptureRequests>().FindHistoryAsync(world.Tenant, address, default);
        await world.SettleAsync();

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), await world.SubjectsAsync(kim));
    }

    [Fact]
    public async Task However_often_the_store_is_away_a_new_customers_history_goes_on_from_the_page_where_it_was()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.LookAsync(Mira); // nothing is there yet: its first day finds none of what is searched for below
        var kim = await world.GivenCustomerAsync(Kim);
        for (var i = 0; i < 1_000; i++)
        {
            var at = world.Sandbox.Post.Now.AddHours(-8 * i);
            world.MailboxOf(Mira).Add(world.Letter(Kim, Mira.Address, $"{i}") with { SentAt = at }, "archive", isRead: true);
        }

        world.Life.AwayEvery = 4; // a page of 250 takes several writes
        var requests = await SearchAsync();
        var outages = world.Life.Outages;
        world.Life.AwayEvery = null;

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), await world.SubjectsAsync(kim));
        Assert.InRange(outages, 5, int.MaxValue);
        Assert.InRange(requests, 0, await SearchAsync() + outages);

        // How much Graph is asked for one search.
        async Task<long> SearchAsync()
        {
            var before = world.Sandbox.Traffic.Requests;
            Assert.True(MailAddress.TryParse(Kim, out var address));
            await world.Services.GetRequiredService<CaptureRequests>().FindHistoryAsync(world.Tenant, address, default);
            await world.SettleAsync();
            return world.Sandbox.Traffic.Requests - before;
        }
    }

    [Fact]
    public async Task Customers_who_are_there_before_a_mailbox_was_looked_at_get_their_history_by_its_first_day_and_no_search_of_their_own()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        world.MailboxOf(Mira).Add(world.Letter(Kim, Mira.Address, "long ago") with { SentAt = world.Sandbox.Post.Now.AddDays(-90) }, "inbox", isRead: true);
        var kim = await world.GivenCustomerAsync(Kim);
        await world.SettleAsync();
        Assert.Equal(0, world.Sandbox.Traffic.Requests);

        await world.LookAsync(Mira);

        Assert.Equal(["long ago"], await world.SubjectsAsync(kim));
    }

    [Fact]
    public async Task What_was_there_at_the_first_look_is_history_and_only_what_comes_after_it_is_todays()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, Mira.Address));
        world.Deliver(world.Letter("stranger@elsewhere.example", Mira.Address));
        await world.LookAsync(Mira);
        var first = await TakenAsync(world);
        Assert.Equal((0, 0, 1, 1), (first.Taken, first.Skipped.Values.Sum(), first.HistoryTaken, first.HistorySkipped.Values.Sum()));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Deliver(world.Letter(Kim, Mira.Address));
        world.Deliver(world.Letter(Kim, Mira.Address));
        world.Deliver(world.Letter("stranger@elsewhere.example", Mira.Address));
        await world.LookAsync(Mira);

        var second = await TakenAsync(world);
        Assert.Equal((2, 1, 1, 1), (second.Taken, second.Skipped.Values.Sum(), second.HistoryTaken, second.HistorySkipped.Values.Sum()));
    }

    [Fact]
    public async Task What_a_new_customer_wrote_before_is_not_counted_as_what_came_today()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        var mailbox = world.MailboxOf(Mira);
        for (var day = 1; day <= 3; day++)
        {
            var at = world.Sandbox.Post.Now.AddDays(-day);
            mailbox.Add(world.Letter(Kim, Mira.Address) with { SentAt = at }, mailbox.Folder("inbox"), at, isRead: true);
        }

        await world.LookAsync(Mira);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Deliver(world.Letter(Kim, Mira.Address));
        await world.LookAsync(Mira);

        var kim = await world.GivenCustomerAsync(Kim);
        await world.SettleAsync();

        Assert.Equal(4, (await world.TimelineAsync(kim)).Count);
        var receipt = await TakenAsync(world);
        Assert.Equal((1, 3, 0), (receipt.Taken, receipt.Older, receipt.HistoryTaken));
        using var mira = world.SignIn(Mira);
        mira.DefaultRequestHeaders.Add("Accept", "text/html");
        Assert.Contains("today 1 and 3 older, left out 0", await mira.GetStringAsync("/api/mailboxes/mine/line"), StringComparison.Ordinal);
        var page = await mira.GetStringAsync("/api/mailboxes/mine/receipt");
        Assert.Contains("1 mails and meetings on this day", page, StringComparison.Ordinal);
        Assert.Contains("3 older", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(0)]
    public async Task One_mail_that_nobody_can_read_is_named_in_the_receipt_and_all_others_are_logged(int daysAgo)
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira, monthsBack: 24);
        var kim = await world.GivenCustomerAsync(Kim);
        world.Sandbox.Faults.Plan = new FaultPlan { Poisoned = ["7"] };
        var mailbox = world.MailboxOf(Mira);
        for (var i = 0; i < 15; i++)
        {
            var at = world.Sandbox.Post.Now.AddDays(-daysAgo).AddMinutes(-i);
            mailbox.Add(world.Letter(Kim, Mira.Address, $"{i}") with { SentAt = at }, mailbox.Folder("inbox"), at, isRead: true);
        }

        await world.LookAsync(Mira);

        Assert.Equal(Enumerable.Range(0, 15).Where(i => i != 7).Select(i => $"{i}"), await world.SubjectsAsync(kim));
        var receipt = await TakenAsync(world);
        Assert.Equal(14, receipt.HistoryTaken);
        Assert.InRange(receipt.HistorySkipped[IgnoreReason.Unreadable], 1, 2); // of the newest hour as a change and as history: of the latter nobody tells the id
        var status = await world.StatusAsync(Mira);
        Assert.True(status is { Trouble: null, HistoryIsComplete: true });
    }

    [Fact]
    public async Task A_mailbox_that_is_not_logged_any_more_is_told_of_no_more_at_once()
    {
        await using var world = await CaptureWorld.StartAsync(notified: true);
        await world.GivenMailboxAsync(Tomasz);
        await world.LookAsync(Tomasz);
        Assert.Equal(3, world.Sandbox.Subscriptions.Count);
        using var mira = world.SignIn(Mira);

        using var off = await mira.PutAsync($"/api/mailboxes/{Tomasz.Id}/off", null);
        off.EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Empty(world.Sandbox.Subscriptions);

        // As of a shared one that an owner takes off the list; the pretend Microsoft 365 has none.
        using var on = await mira.DeleteAsync($"/api/mailboxes/{Tomasz.Id}/off");
        on.EnsureSuccessStatusCode();
        await world.Services.GetRequiredService<CaptureRequests>().LookAsync([new MailboxToLookAt(world.Tenant, Tomasz.Id, Subscriptions: true)], default);
        await world.SettleAsync();
        Assert.Equal(3, world.Sandbox.Subscriptions.Count);
        await world.Services.GetRequiredService<CapturedMailboxes>().ChangeAsync(world.Tenant, Tomasz.Id, row => row with { IsShared = true }, default);
        using var removed = await mira.DeleteAsync($"/api/mailboxes/{Tomasz.Id}");
        removed.EnsureSuccessStatusCode();
        await world.SettleAsync();
        Assert.Empty(world.Sandbox.Subscriptions);
    }

    [Fact]
    public async Task A_folder_of_ones_own_is_chosen_from_a_list_and_logged_from_then_on_with_what_lies_in_it()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenMailboxAsync(Tomasz);
        world.MailboxOf(Mira).Add(world.Letter(Kim, Mira.Address, "sorted by a rule"), "Hotels", isRead: false);
        await world.LookAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim, "Kim");
        using var mira = world.SignIn(Mira);
        const string Folders = "/api/mailboxes/mine/folders";

        var choices = (await mira.GetFromJsonAsync<JsonObject>(Folders))!["folders"]!.AsArray();
        Assert.Equal(["Archive", "Hotels"], choices.Select(folder => (string)folder!["path"]!));
        var hotels = (string)choices[1]!["id"]!;
        using var nowhere = await mira.PostAsJsonAsync(Folders, new { id = world.MailboxOf(Tomasz).Folder("inbox").Id });
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        Assert.Contains("must be a folder of this mailbox", await nowhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var chosen = await mira.PostAsJsonAsync(Folders, new { id = hotels });
        Assert.Equal("Hotels", (string)(await chosen.Content.ReadFromJsonAsync<JsonObject>())!["folders"]![0]!["path"]!);
        Assert.Equal(["Archive"], (await mira.GetFromJsonAsync<JsonObject>(Folders))!["folders"]!.AsArray().Select(folder => (string)folder!["path"]!));
        await world.SettleAsync();
        Assert.Equal(["sorted by a rule"], await world.SubjectsAsync(kim));

        await world.Services.GetRequiredService<CapturedMailboxes>().ChangeAsync(
            world.Tenant, Mira.Id, row => row with { Folders = [hotels, .. Enumerable.Range(2, 19).Select(number => $"folder {number}")] }, default);
        using var oneTooMany = await mira.PostAsJsonAsync(Folders, new { id = (string)choices[0]!["id"]! });
        Assert.Equal(HttpStatusCode.Conflict, oneTooMany.StatusCode);
        Assert.Contains("20 folders", await oneTooMany.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        world.Sandbox.App.Mailboxes = [Tomasz.Address];
        using var refused = await mira.GetAsync(Folders);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task A_newsletter_is_logged_when_somebody_asks_for_this_very_one()
    {
        await using var world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        var kim = await world.GivenCustomerAsync(Kim);
        var letter = world.Deliver(world.Letter(
            Kim, Mira.Address, "News", letter => letter with { Headers = [new OutlookCrm.Sandbox.Mail.MailHeader("List-Id", "<news.hotel-sonne.example>")] }));
        await world.LookAsync(Mira);
        Assert.Empty(await world.TimelineAsync(kim));

        await world.Services.GetRequiredService<CaptureRequests>().LogMailAsync(world.Tenant, Mira.Id, letter.InternetMessageId, default);
        await world.SettleAsync();

        Assert.Equal(["News"], await world.SubjectsAsync(kim));
    }

    private static async Task SubscribeAsync(CaptureWorld world)
    {
        await world.Services.GetRequiredService<CaptureRequests>().LookAsync([new MailboxToLookAt(world.Tenant, Mira.Id, Subscriptions: true)], default);
        await world.SettleAsync();
    }

    private static async Task RecountAsync(CaptureWorld world)
    {
        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.Services.GetRequiredService<CaptureRequests>().LookAsync([new MailboxToLookAt(world.Tenant, Mira.Id, Recount: true)], default);
        await world.SettleAsync();
    }

    /// <summary>Notifications on their way are taken, and what they ask for is done.</summary>
    private static async Task ArriveAsync(CaptureWorld world)
    {
        await Waiting.UntilAsync(() => world.Sandbox.WaitingNotifications == 0);

        await world.SettleAsync();
    }

    private static Task<MailboxReceipt> TakenAsync(CaptureWorld world) => world.Services.GetRequiredService<CaptureReceipts>().ReadAsync(
        world.Tenant, Mira.Id, CaptureWorld.Monday.AddHours(-9), CaptureWorld.Monday.AddDays(5).AddHours(-9), default);
}
