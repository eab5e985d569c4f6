using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Capture;

/// <summary>Mail logs itself, once, and leaves what it must alone: the whole way from a mailbox to a timeline.</summary>
public sealed class MailLoggingTests : IAsyncLifetime
{
    private const string Kim = "kim@hotel-sonne.example";

    private static readonly SampleColleague Mira = SampleFirm.Mira;
    private static readonly SampleColleague Tomasz = SampleFirm.Tomasz;

    private CaptureWorld world = null!;

    public async Task InitializeAsync()
    {
        world = await CaptureWorld.StartAsync();
        await world.GivenMailboxAsync(Mira);
        await world.GivenMailboxAsync(Tomasz);
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_mail_that_both_got_and_the_answer_that_one_sent_stand_on_the_timeline_once()
    {
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, $"{Mira.Address} {Tomasz.Address}", "Offer"));
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        world.Sandbox.Post.Send(world.MailboxOf(Mira), world.Letter(Mira.Address, $"{Kim} {Tomasz.Address}", "Re: Offer"));

        await world.LookAsync(Mira, Tomasz);
        await world.LookAsync(Tomasz, Mira);

        var lines = await world.TimelineAsync(kim);
        Assert.Equal(["Re: Offer", "Offer"], lines.Select(line => (string?)line["title"]));
        Assert.Equal(["outgoing", "incoming"], lines.Select(line => (string?)line["direction"]));
        Assert.Equal(["Mira Birnbaum", null], lines.Select(line => (string?)line["by"]));
    }

    [Fact]
    public async Task Nobody_waits_for_us_once_we_have_answered_though_Outlook_keeps_no_headers_of_what_was_sent()
    {
        var kim = await world.GivenCustomerAsync(Kim);
        var question = world.Deliver(world.Letter(Kim, Mira.Address, "When do the lamps come?"));
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        world.Sandbox.Post.Send(
            world.MailboxOf(Mira),
            world.Letter(Mira.Address, Kim, "Re: When do the lamps come?", answer => answer with { Thread = question.Thread, References = [question.InternetMessageId] }));

        await world.LookAsync(Mira);

        var lines = await world.TimelineAsync(kim);
        Assert.Equal(["them", null], lines.Select(line => (string?)line["waitsFor"]));
    }

    [Fact]
    public async Task Months_of_history_come_on_the_first_day_and_nothing_from_before_the_start()
    {
        var kim = await world.GivenCustomerAsync(Kim);
        var inbox = world.MailboxOf(Mira);
        for (var week = 1; week <= 60; week++)
        {
            var at = world.Sandbox.Post.Now.AddDays(-7 * week);
            inbox.Add(world.Letter(Kim, Mira.Address, $"Week {week}") with { SentAt = at }, inbox.Folder("inbox"), at, isRead: true);
        }

        await world.LookAsync(Mira);

        Assert.Equal(Enumerable.Range(1, 52).Select(week => $"Week {week}"), await world.SubjectsAsync(kim));
        var status = await world.StatusAsync(Mira);
        Assert.True(status.HistoryIsComplete);
        Assert.Equal((52, null), (status.HistoryDone, status.HistoryReached));
    }

    [Fact]
    public async Task A_mail_moved_to_Junk_goes_and_comes_back_with_it_while_a_deleted_one_stays()
    {
        var kim = await world.GivenCustomerAsync(Kim);
        var inbox = world.MailboxOf(Mira);
        world.Deliver(world.Letter(Kim, Mira.Address, "Cheap lamps"));
        world.Deliver(world.Letter(Kim, Mira.Address, "Thanks"));
        await world.LookAsync(Mira);
        Assert.Equal(2, (await world.TimelineAsync(kim)).Count);

        await MoveAsync("Cheap lamps", "junkemail");
        await MoveAsync("Thanks", "deleteditems");
        await world.LookAsync(Mira);
        Assert.Equal(["Thanks"], await world.SubjectsAsync(kim));

        await MoveAsync("Cheap lamps", "inbox");
        await world.LookAsync(Mira);
        Assert.Equal(2, (await world.TimelineAsync(kim)).Count);

        Task MoveAsync(string subject, string folder)
        {
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            var message = inbox.Messages.Single(message => message.Letter.Subject == subject);
            Assert.NotNull(inbox.Move(message.Id, inbox.Folder(folder), world.Sandbox.Post.Now));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_mail_that_is_marked_private_afterwards_goes()
    {
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, Mira.Address));
        await world.LookAsync(Mira);
        Assert.Single(await world.TimelineAsync(kim));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var message = Assert.Single(world.MailboxOf(Mira).Messages);
        world.MailboxOf(Mira).Change(message.Id, world.Sandbox.Post.Now, old => old with { Categories = ["Private"] });
        await world.LookAsync(Mira);

        Assert.Empty(await world.TimelineAsync(kim));
    }

    [Fact]
    public async Task Colleagues_of_the_firms_other_domains_are_known_before_the_first_mail_is_read()
    {
        // A customer by mistake, at a domain that only the firm's directory knows for its own.
        var other = $"bob@{SampleFirm.FirstDomain}";
        world.Deliver(world.Letter(other, Mira.Address));
        world.Deliver(world.Letter(Kim, Mira.Address, "From outside"));
        var (bob, kim) = (await world.GivenCustomerAsync(other), await world.GivenCustomerAsync(Kim));

        await world.LookAsync(Mira);

        Assert.Equal(["From outside"], await world.SubjectsAsync(kim));
        Assert.Empty(await world.TimelineAsync(bob));
    }

    [Theory]
    [InlineData(DeltaRefusal.Gone)]
    [InlineData(DeltaRefusal.SyncStateNotFound)]
    public async Task After_a_cursor_has_expired_nothing_is_missing_and_nothing_twice(DeltaRefusal refusal)
    {
        var kim = await world.GivenCustomerAsync(Kim);
        world.Deliver(world.Letter(Kim, Mira.Address, "before"));
        await world.LookAsync(Mira);
        for (var day = 1; day <= 5; day++)
        {
            world.Clock.Advance(TimeSpan.FromDays(1));
            world.Deliver(world.Letter(Kim, Mira.Address, $"day {day}"));
        }

        world.Sandbox.DeltaTokens.ExpireAll(refusal);
        await world.LookAsync(Mira);
        world.Deliver(world.Letter(Kim, Mira.Address, "after"));
        await world.LookAsync(Mira);

        Assert.Equal(["after", "day 5", "day 4", "day 3", "day 2", "day 1", "before"], await world.SubjectsAsync(kim));
        Assert.Null((await world.StatusAsync(Mira)).Trouble);
    }

    [Fact]
    public async Task When_Graph_refuses_and_tears_and_repeats_all_comes_in_the_end()
    {
        world.Sandbox.Faults.Plan = new FaultPlan { Seed = 7, RefuseEvery = 5, Torn = 0.1, EmptyPages = 0.2, Replays = 0.3, Doubles = 0.3 };
        var kim = await world.GivenCustomerAsync(Kim);
        var mailbox = world.MailboxOf(Mira);
        for (var i = 0; i < 400; i++)
        {
            var at = world.Sandbox.Post.Now.AddHours(-6 * i);
            mailbox.Add(world.Letter(Kim, Mira.Address, $"{i}") with { SentAt = at }, mailbox.Folder("inbox"), at, isRead: true);
        }

        await world.LookAsync(Mira);
        for (var i = 0; i < 40; i++)
        {
            world.Deliver(world.Letter(Kim, Mira.Address, $"new {i}"));
        }

        await world.LookAsync(Mira);

        var subjects = await world.SubjectsAsync(kim);
        Assert.Equal(440, subjects.Count);
        Assert.Equal(440, subjects.Distinct().Count());
    }
}
