using Microsoft.Extensions.Configuration;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Sandbox;
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
    public async Task A_whole_folder_is_read_newest_first_in_pages_of_a_hundred()
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

        Assert.True(all.Count > 200, $"{all.Count} messages");
        Assert.Equal((all.Count + 99) / 100, pages);
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

    private GraphMailboxes Connect(params (string Name, string Value)[] settings)
    {
        var options = GraphOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(ProductSettings.For(sandbox.Application.Addresses))
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build());
        var credentials = new GraphCredentials(options);
        var clients = new GraphClients(options, credentials.For, TimeProvider.System);
        var requests = new GraphRequests(options, clients, TimeProvider.System);
        toDispose.AddRange([requests, clients, credentials]);
        return new GraphMailboxes(requests, options);
    }
}
