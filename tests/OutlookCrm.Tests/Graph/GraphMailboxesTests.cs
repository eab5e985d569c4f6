using Microsoft.Extensions.Configuration;
using OutlookCrm.Graph;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Tests.Sandbox;

namespace OutlookCrm.Tests.Graph;

/// <summary>The product's client against the sandbox, with the settings that the sandbox gives and a token of its issuer.</summary>
public sealed class GraphMailboxesTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>, IDisposable
{
    private static readonly Guid Tenant = SampleFirm.TenantId;
    private static readonly string Mira = SampleFirm.Mira.Id.ToString();
    private static readonly DateTimeOffset Now = RunningSandbox.Now;
    private readonly List<IDisposable> toDispose = [];

    public void Dispose() => toDispose.ForEach(one => one.Dispose());

    [Fact]
    public async Task A_whole_folder_is_read_newest_first_in_few_pages()
    {
        var mailboxes = Connect();
        var all = new List<MailItem>();
        var pages = 0;
        string? link = null;
        do
        {
            var page = await mailboxes.ReadMailAsync(Tenant, Mira, "inbox", Now.AddYears(-3), Now.AddDays(1), link, default);
            Assert.Empty(page.Unreadable);
            all.AddRange(page.Items);
            link = page.Next;
            pages++;
        }
        while (link is not null);

        Assert.True(all.Count > 250, $"{all.Count} messages");
        Assert.Equal((all.Count + 249) / 250, pages);
        Assert.Equal(all.Count, all.Select(mail => mail.ItemId).Distinct().Count());
        Assert.Equal(all.Select(mail => mail.ReceivedAt).OrderDescending(), all.Select(mail => mail.ReceivedAt));
        Assert.All(all, mail => Assert.True(
            mail is { From: not null, To.Count: > 0, InternetMessageId.Length: > 0, Subject.Length: > 0, Preview.Length: > 0, Headers.Count: > 0, ConversationId.Length: > 0 }));
    }

    [Fact]
    public async Task A_folder_is_read_between_two_times_the_first_included_and_the_last_not()
    {
        var mailboxes = Connect();
        var newest = (await mailboxes.ReadMailAsync(Tenant, Mira, "inbox", Now.AddYears(-3), Now.AddDays(1), null, default)).Items;
        var (from, before) = (newest[20].ReceivedAt, newest[10].ReceivedAt);

        var page = await mailboxes.ReadMailAsync(Tenant, Mira, "inbox", from, before, null, default);

        Assert.Equal(
            newest.Where(mail => mail.ReceivedAt >= from && mail.ReceivedAt < before).Select(mail => mail.ItemId), page.Items.Select(mail => mail.ItemId));
        Assert.Contains(page.Items, mail => mail.ItemId == newest[20].ItemId);
    }

    [Fact]
    public async Task A_mail_is_found_by_its_id_and_by_its_Message_ID_and_one_that_is_gone_is_not()
    {
        var mailboxes = Connect();
        var mail = (await mailboxes.ReadMailAsync(Tenant, Mira, "inbox", Now.AddYears(-3), Now.AddDays(1), null, default)).Items[7];

        var byId = await mailboxes.FindMailAsync(Tenant, Mira, mail.ItemId, default);
        var byMessageId = await mailboxes.FindMailByMessageIdAsync(Tenant, Mira, mail.InternetMessageId!, default);

        Assert.Equivalent(mail, byId, strict: true);
        Assert.Equivalent(mail, byMessageId, strict: true);
        Assert.Null(await mailboxes.FindMailAsync(Tenant, Mira, "AAkAGone=", default));
        Assert.Null(await mailboxes.FindMailByMessageIdAsync(Tenant, Mira, "<it's not there@birnbaum.example>", default));
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_needs_somebody()
    {
        var mailboxes = Connect();

        var refusal = await Assert.ThrowsAsync<GraphException>(() => mailboxes.FindMailAsync(Tenant, "nobody@birnbaum.example", "AAkA", default));

        Assert.Equal(GraphTrouble.Reconnect, refusal.Trouble);
    }

    [Fact]
    public async Task The_calendars_meetings_of_a_window_are_read_those_of_series_too()
    {
        var mailboxes = Connect();
        var (from, until) = (Now.AddDays(-60), Now);
        var meetings = new List<MeetingItem>();
        string? link = null;
        do
        {
            var page = await mailboxes.ReadMeetingsAsync(Tenant, SampleFirm.Tomasz.Address, from, until, link, default);
            Assert.Empty(page.Unreadable);
            meetings.AddRange(page.Items);
            link = page.Next;
        }
        while (link is not null);

        Assert.All(meetings, meeting => Assert.InRange(meeting.StartAt, from, until));
        var series = meetings.Where(meeting => meeting.SeriesMasterId is not null).ToList();
        Assert.NotEmpty(series);
        Assert.All(series, meeting => Assert.Equal(meeting.StartAt, meeting.OriginalStartAt));
        Assert.Equal(series.Count, series.Select(meeting => (meeting.ICalUId, meeting.OriginalStartAt)).Distinct().Count());
        Assert.Contains(meetings, meeting => meeting.SeriesMasterId is null && meeting is { OriginalStartAt: null, Attendees.Count: > 0, Organizer: not null });
        var one = series[0];
        Assert.Equivalent(one, await mailboxes.FindMeetingAsync(Tenant, SampleFirm.Tomasz.Address, one.ItemId, default), strict: true);
        Assert.Null(await mailboxes.FindMeetingAsync(Tenant, SampleFirm.Tomasz.Address, one.SeriesMasterId!, default));
    }

    [Fact]
    public async Task Changes_bring_the_same_mail_as_reading_the_folder_does_and_then_only_what_happened()
    {
        var mailboxes = Connect();
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Amara);
        var amara = SampleFirm.Amara.Id.ToString();
        var from = Now.AddDays(-60);
        var folders = await Folders().FindSpecialAsync(Tenant, amara, default);
        var (items, _, link) = await RoundAsync(mailboxes, amara, folders.Inbox!, null, from);
        var read = await ReadAllAsync(mailboxes, amara, folders.Inbox!, from);

        Assert.Equal(mailbox.FindFolder("inbox")!.Id, folders.Inbox);
        Assert.NotEmpty(read);
        Assert.Equivalent(read.OrderBy(mail => mail.ItemId), items.OrderBy(mail => mail.ItemId), strict: true);

        var arrived = mailbox.Add(mailbox.FindMessage(read[0].ItemId)!.Letter with { InternetMessageId = "<new@x.example>" }, mailbox.FindFolder("inbox")!, Now, isRead: false);
        mailbox.Move(read[1].ItemId, mailbox.FindFolder("archive")!, Now);
        mailbox.DeleteForGood(read[2].ItemId);
        var (changed, removed, _) = await RoundAsync(mailboxes, amara, folders.Inbox!, link, from);

        Assert.Equal((arrived.ImmutableId, "<new@x.example>"), (Assert.Single(changed).ItemId, changed[0].InternetMessageId));
        Assert.Equal(new[] { read[1].ItemId, read[2].ItemId }.Order(), removed.Order());
        Assert.Equal(mailbox.FindFolder("archive")!.Id, (await mailboxes.FindMailAsync(Tenant, amara, read[1].ItemId, default))!.FolderId);
    }

    [Fact]
    public async Task Changes_of_a_calendar_bring_the_same_meetings_as_its_view_does_occurrences_with_the_same_identity()
    {
        var mailboxes = Connect();
        var (from, until) = (Now.AddDays(-90), Now.AddDays(30));
        var told = new List<MeetingItem>();
        string? link = null;
        for (var isLast = false; !isLast;)
        {
            var page = await mailboxes.ReadMeetingChangesAsync(Tenant, Mira, link, from, until, default);
            Assert.Empty(page.Unreadable);
            told.AddRange(page.Items);
            (link, isLast) = (page.Link, page.IsLast);
        }

        var viewed = new List<MeetingItem>();
        for (string? next = null; ;)
        {
            var page = await mailboxes.ReadMeetingsAsync(Tenant, Mira, from, until, next, default);
            viewed.AddRange(page.Items);
            if ((next = page.Next) is null)
            {
                break;
            }
        }

        Assert.Contains(viewed, meeting => meeting.SeriesMasterId is not null);
        Assert.Equivalent(Sorted(viewed), Sorted(told.Where(meeting => meeting.StartAt >= from)), strict: true);

        // A delta says when the series changed; of a whole occurrence Graph says when it itself did.
        static List<MeetingItem> Sorted(IEnumerable<MeetingItem> meetings) =>
            [.. meetings.OrderBy(meeting => meeting.ItemId).Select(meeting => meeting.SeriesMasterId is null ? meeting : meeting with { ChangedAt = default })];
    }

    [Theory]
    [InlineData(DeltaRefusal.Gone)]
    [InlineData(DeltaRefusal.SyncStateNotFound)]
    public async Task A_link_that_has_ended_means_to_begin_anew(DeltaRefusal refusal)
    {
        var mailboxes = Connect();
        var (_, _, link) = await RoundAsync(mailboxes, Mira, "inbox", null, Now.AddDays(-1));
        sandbox.Application.DeltaTokens.ExpireAll(refusal);

        var ended = await Assert.ThrowsAsync<GraphException>(() => mailboxes.ReadMailChangesAsync(Tenant, Mira, "inbox", link, Now, default));

        Assert.Equal(GraphTrouble.Resync, ended.Trouble);
        await RoundAsync(mailboxes, Mira, "inbox", null, Now.AddDays(-1));
    }

    [Fact]
    public async Task A_Graph_that_refuses_breaks_off_and_doubles_tells_the_same_in_the_end()
    {
        var calm = await ReadAllAsync(Connect(), Mira, "inbox", Now.AddDays(-200));
        var (told, _, _) = await RoundAsync(Connect(), Mira, "inbox", null, Now.AddDays(-200));
        sandbox.Application.Faults.Plan = new FaultPlan
        {
            Seed = 7,
            RefuseEvery = 5,
            Torn = 0.1,
            EmptyPages = 0.2,
            Replays = 0.2,
            Doubles = 0.1,
        };
        try
        {
            var clock = new JumpingClock();
            var mailboxes = Connect(clock);
            var stormy = await ReadAllAsync(mailboxes, Mira, "inbox", Now.AddDays(-200));
            var (stormyTold, _, _) = await RoundAsync(mailboxes, Mira, "inbox", null, Now.AddDays(-200));

            Assert.Equal(calm.Select(mail => mail.ItemId), stormy.Select(mail => mail.ItemId));
            Assert.Equal(told.Select(mail => mail.ItemId).Order(), stormyTold.Select(mail => mail.ItemId).Distinct().Order());
            Assert.NotEmpty(clock.Waits);
        }
        finally
        {
            sandbox.Application.Faults.Plan = FaultPlan.None;
        }
    }

    [Fact]
    public async Task Many_readers_of_one_mailbox_are_never_too_many_for_Graph()
    {
        var mailboxes = Connect(new RefusingToWait());

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => (Task)ReadAllAsync(mailboxes, Mira, "inbox", Now.AddDays(-100)))
                .Concat(Enumerable.Range(0, 5).Select(_ => RoundAsync(mailboxes, Mira, "inbox", null, Now.AddDays(-100)))));
    }

    [Fact]
    public async Task A_mailbox_that_the_app_may_not_open_needs_somebody()
    {
        sandbox.Application.App.Mailboxes = [SampleFirm.Mira.Address];
        try
        {
            var refusal = await Assert.ThrowsAsync<GraphException>(() => ReadAllAsync(Connect(), SampleFirm.Tomasz.Address, "inbox", Now.AddDays(-1)));
            Assert.Equal((GraphTrouble.Reconnect, 403), (refusal.Trouble, refusal.Status));
        }
        finally
        {
            sandbox.Application.App.Mailboxes = null;
        }
    }

    [Fact]
    public async Task Mail_is_found_by_who_took_part_in_it_in_every_folder()
    {
        var mailboxes = Connect();
        var somebody = (await ReadAllAsync(mailboxes, Mira, "inbox", Now.AddYears(-3))).GroupBy(mail => mail.From!.Address).MaxBy(group => group.Count())!.Key;

        var page = await mailboxes.SearchMailAsync(Tenant, Mira, somebody, null, default);

        Assert.Contains(page.Items, mail => mail.From!.Address == somebody);
        Assert.Contains(page.Items, mail => mail.To.Any(who => who.Address == somebody)); // what was sent to them
        Assert.All(page.Items, mail => Assert.Contains(somebody, new[] { mail.From, mail.Sender }.Concat(mail.To).Concat(mail.Cc).Select(who => who?.Address)));
    }

    [Fact]
    public async Task All_folders_can_be_chosen_from()
    {
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);

        var folders = await Folders().ListAsync(Tenant, Mira, default);

        Assert.Equal(mailbox.Folders.Select(folder => folder.Id).Order(), folders.Select(folder => folder.Id).Order());
    }

    [Fact]
    public async Task The_firms_domains_are_known_before_the_first_mail()
    {
        Assert.Equal([SampleFirm.Domain, SampleFirm.FirstDomain], await Connect().ListDomainsAsync(Tenant, default));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_by_the_issuer_and_needs_somebody()
    {
        var refusal = await Assert.ThrowsAsync<GraphException>(() => Connect(("Graph:Secret", "guessed")).ListDomainsAsync(Tenant, default));

        Assert.Equal((GraphTrouble.Reconnect, "invalid_client"), (refusal.Trouble, refusal.Code));
    }

    private static async Task<(List<MailItem> Items, List<string> Removed, string Link)> RoundAsync(
        GraphMailboxes mailboxes, string user, string folder, string? link, DateTimeOffset from)
    {
        var (items, removed) = (new List<MailItem>(), new List<string>());
        while (true)
        {
            var page = await mailboxes.ReadMailChangesAsync(Tenant, user, folder, link, from, default);
            Assert.Empty(page.Unreadable);
            items.AddRange(page.Items);
            removed.AddRange(page.RemovedIds);
            link = page.Link;
            if (page.IsLast)
            {
                return (items, removed, link);
            }
        }
    }

    private static async Task<List<MailItem>> ReadAllAsync(GraphMailboxes mailboxes, string user, string folder, DateTimeOffset from)
    {
        var items = new List<MailItem>();
        for (string? link = null; ;)
        {
            var page = await mailboxes.ReadMailAsync(Tenant, user, folder, from, Now.AddDays(1), link, default);
            items.AddRange(page.Items);
            if ((link = page.Next) is null)
            {
                return items;
            }
        }
    }

    private GraphMailboxes Connect(params (string Name, string Value)[] settings) => Connect(TimeProvider.System, settings);

    private GraphMailboxes Connect(TimeProvider clock, params (string Name, string Value)[] settings)
    {
        var (requests, options) = Requests(clock, settings);
        return new GraphMailboxes(requests, options);
    }

    private GraphFolders Folders() => new(Requests(TimeProvider.System).Requests);

    private (GraphRequests Requests, GraphOptions Options) Requests(TimeProvider clock, params (string Name, string Value)[] settings)
    {
        var options = GraphOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(ProductSettings.For(sandbox.Application.Addresses))
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build());
        var credentials = new GraphCredentials(options);
        var clients = new GraphClients(options, credentials.For, clock);
        var requests = new GraphRequests(options, clients, clock);
        toDispose.AddRange([requests, clients, credentials]);
        return (requests, options);
    }

    /// <summary>A clock on which nothing can be waited for but a request's time limit.</summary>
    private sealed class RefusingToWait : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime == TimeSpan.FromSeconds(30) ? base.CreateTimer(callback, state, dueTime, period) : throw new InvalidOperationException("Graph asked to wait.");
    }
}
