using System.Net;
using System.Text.Json;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;
using OutlookCrm.Customers;

namespace OutlookCrm.Graph;

/// <summary>
/// The firm's mailboxes through Microsoft Graph, in our words, with the app's own identity. Reads only; every id is immutable. At most 4
/// requests at once for each mailbox. What fails is a <see cref="GraphException"/> of one of four sorts. What Graph asks to wait for is
/// waited for up to ten seconds; beyond, it is <see cref="GraphException.RetryAfter"/>.
/// </summary>
/// <remarks>A user is an object id or a mail address, as Graph's paths have it: /users/{this}.</remarks>
public sealed class GraphMailboxes
{
    private readonly GraphRequests requests;
    private readonly GraphOptions options;

    internal GraphMailboxes(GraphRequests requests, GraphOptions options)
    {
        this.requests = requests;
        this.options = options;
    }

    /// <summary>False when no credential is set: then nothing can be read, and to try is a fault.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>
    /// One page of what changed in a folder since the link was given; without a link, of what was received since <paramref name="from"/>. A
    /// page costs a request, and one more for every twenty messages on it: a change is told by its id, and read for itself.
    /// </summary>
    /// <exception cref="GraphException"><see cref="GraphTrouble.Resync"/>: the link is no longer good.</exception>
    public async Task<MailChanges> ReadMailChangesAsync(
        Guid tenantId, string user, string folderId, string? link, DateTimeOffset from, CancellationToken cancellation)
    {
        using var page = await requests.PageAsync(
            tenantId,
            user,
            link,
            client => client.Users[user].MailFolders[folderId].Messages.Delta.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = MailJson.DeltaFields;
                request.QueryParameters.Filter = $"receivedDateTime ge {GraphFilters.Instant(from)}";
            }),
            cancellation);
        var (next, isLast) = NextOfRound(page.RootElement);
        var removed = new List<string>();
        var changed = Changes(page.RootElement, removed);
        var answers = await requests.SendBatchAsync(
            tenantId,
            user,
            [.. changed.Keys.Select(id => (Func<GraphServiceClient, RequestInformation>)(client => Mail(client, user, id)))],
            cancellation);
        var items = new List<MailItem>(changed.Count);
        var unreadable = new List<UnreadableItem>();
        foreach (var (id, json) in Told(changed.Keys, answers, removed, unreadable))
        {
            Add(MailJson.Read(json, out var why), id, why, items, unreadable);
        }

        return new MailChanges(items, unreadable, removed, next, isLast);
    }

    /// <summary>
    /// One page of what changed in the calendar within a window; the window is in the link. Of a series that is gone, its own id may be all
    /// that is said: <see cref="MeetingItem.SeriesMasterId"/> of its occurrences.
    /// </summary>
    /// <exception cref="GraphException"><see cref="GraphTrouble.Resync"/>: the link is no longer good.</exception>
    public async Task<MeetingChanges> ReadMeetingChangesAsync(
        Guid tenantId, string user, string? link, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation)
    {
        using var page = await requests.PageAsync(
            tenantId,
            user,
            link,
            client => client.Users[user].CalendarView.Delta.ToGetRequestInformation(request =>
            {
                request.QueryParameters.StartDateTime = GraphFilters.Instant(from);
                request.QueryParameters.EndDateTime = GraphFilters.Instant(until);
            }),
            cancellation);
        var (next, isLast) = NextOfRound(page.RootElement);
        var removed = new List<string>();
        var changed = Changes(page.RootElement, removed);
        var masters = changed.Where(pair => MeetingJson.IsMaster(pair.Value)).ToDictionary();

        // An occurrence says its times and whose it is; the series mostly stands on the same page. The rest is asked for.
        var toRead = changed.Where(pair => !MeetingJson.IsMaster(pair.Value))
            .SelectMany(pair => new[]
            {
                MeetingJson.LacksOriginalStart(pair.Value) || (!MeetingJson.IsWhole(pair.Value) && !MeetingJson.IsOccurrence(pair.Value)) ? pair.Key : null,
                MeetingJson.SeriesOf(pair.Value) is { } series && !masters.ContainsKey(series) ? series : null,
            })
            .OfType<string>()
            .Distinct()
            .ToList();
        var answers = await requests.SendBatchAsync(
            tenantId,
            user,
            [.. toRead.Select(id => (Func<GraphServiceClient, RequestInformation>)(client => Meeting(client, user, id)))],
            cancellation);
        var unreadable = new List<UnreadableItem>();
        foreach (var (id, json) in Told(toRead, answers, removed, unreadable))
        {
            (MeetingJson.IsMaster(json) ? masters : changed)[id] = json;
        }

        var gone = removed.Concat(unreadable.Select(item => item.ItemId)).ToHashSet();
        var items = new List<MeetingItem>(changed.Count);
        foreach (var (id, json) in changed.Where(pair => !gone.Contains(pair.Key) && !MeetingJson.IsMaster(pair.Value)))
        {
            var series = MeetingJson.SeriesOf(json);
            if (series is not null && gone.Contains(series) && !masters.ContainsKey(series))
            {
                removed.Add(id); // with its series
                continue;
            }

            Add(MeetingJson.Read(json, series is not null && masters.TryGetValue(series, out var master) ? master : json, out var why), id, why, items, unreadable);
        }

        return new MeetingChanges(items, unreadable, removed, next, isLast);
    }

    /// <summary>One page of a folder, newest first: received from <paramref name="from"/> on and before <paramref name="before"/>.</summary>
    public Task<MailPage> ReadMailAsync(
        Guid tenantId, string user, string folderId, DateTimeOffset from, DateTimeOffset before, string? link, CancellationToken cancellation) =>
        MailPageAsync(
            tenantId,
            user,
            link,
            client => client.Users[user].MailFolders[folderId].Messages.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = MailJson.Fields;
                request.QueryParameters.Expand = MailJson.Expand;
                request.QueryParameters.Filter = $"receivedDateTime ge {GraphFilters.Instant(from)} and receivedDateTime lt {GraphFilters.Instant(before)}";
                request.QueryParameters.Orderby = ["receivedDateTime desc"];
                request.QueryParameters.Top = GraphRequests.PageSize;
            }),
            cancellation);

    /// <summary>
    /// One page of the calendar's occurrences that begin within a window: from its beginning on and before its end. A page costs a request, and
    /// one more for every twenty series on it.
    /// </summary>
    public async Task<MeetingPage> ReadMeetingsAsync(
        Guid tenantId, string user, DateTimeOffset from, DateTimeOffset until, string? link, CancellationToken cancellation)
    {
        using var page = await requests.PageAsync(
            tenantId,
            user,
            link,
            client => client.Users[user].CalendarView.ToGetRequestInformation(request =>
            {
                request.QueryParameters.StartDateTime = GraphFilters.Instant(from);
                request.QueryParameters.EndDateTime = GraphFilters.Instant(until);
                request.QueryParameters.Select = MeetingJson.Fields;
                request.QueryParameters.Top = GraphRequests.PageSize;
            }),
            cancellation);
        var found = GraphJson.Items(page.RootElement, "value").Where(json => !MeetingJson.IsMaster(json)).ToList();
        var masters = await SeriesAsync(tenantId, user, found, cancellation);
        var items = new List<MeetingItem>();
        var unreadable = new List<UnreadableItem>();
        foreach (var json in found)
        {
            var master = MeetingJson.SeriesOf(json) is { } series && masters.TryGetValue(series, out var of) ? of : json;
            Add(MeetingJson.Read(json, master, out var why), GraphJson.Text(json, "id"), why, items, unreadable);
        }

        // A view has what overlaps the window.
        items.RemoveAll(meeting => meeting.StartAt < from || meeting.StartAt >= until);
        return new MeetingPage(items, unreadable, requests.LinkIn(page.RootElement, "@odata.nextLink"));
    }

    /// <summary>One page of the mail that an address took part in, in all folders; newest first as far as Graph sorts it.</summary>
    /// <remarks>A search, with a search's limits: at most a thousand messages, and those that only look alike among them.</remarks>
    public Task<MailPage> SearchMailAsync(Guid tenantId, string user, MailAddress participant, string? link, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(participant);
        var words = participant.Key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return MailPageAsync(
            tenantId,
            user,
            link,
            client => client.Users[user].Messages.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = MailJson.Fields;
                request.QueryParameters.Expand = MailJson.Expand;
                request.QueryParameters.Search = $"\"participants:{words}\"";
                request.QueryParameters.Top = GraphRequests.PageSize;
            }),
            cancellation);
    }

    /// <summary>Null when it is gone.</summary>
    public async Task<MailItem?> FindMailAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation)
    {
        using var found = await requests.FindAsync(tenantId, user, client => Mail(client, user, itemId), cancellation);
        return found is null ? null : MailJson.Read(found.RootElement, out _);
    }

    /// <summary>Null when there is none with this Message-ID. Of several, such as what one sent to oneself, any.</summary>
    public async Task<MailItem?> FindMailByMessageIdAsync(Guid tenantId, string user, string internetMessageId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(internetMessageId);
        using var page = await requests.SendAsync(
            tenantId,
            user,
            client => client.Users[user].Messages.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = MailJson.Fields;
                request.QueryParameters.Expand = MailJson.Expand;
                request.QueryParameters.Filter = GraphFilters.MessageIdIs(internetMessageId);
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(json => MailJson.Read(json, out _)).FirstOrDefault(mail => mail is not null);
    }

    /// <summary>Null when it is gone, and for a series, whose occurrences are the meetings.</summary>
    public async Task<MeetingItem?> FindMeetingAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation)
    {
        using var found = await requests.FindAsync(tenantId, user, client => Meeting(client, user, itemId), cancellation);
        if (found is null || MeetingJson.IsMaster(found.RootElement))
        {
            return null;
        }

        var masters = await SeriesAsync(tenantId, user, [found.RootElement], cancellation);
        return MeetingJson.Read(found.RootElement, masters.Values.FirstOrDefault(found.RootElement), out _);
    }

    /// <summary>The verified domains of the firm: own domains known before the first mail is read.</summary>
    public async Task<IReadOnlyList<string>> ListDomainsAsync(Guid tenantId, CancellationToken cancellation)
    {
        using var page = await requests.SendAsync(
            tenantId,
            GraphRequests.NoMailbox,
            client => client.Domains.ToGetRequestInformation(request => request.QueryParameters.Select = ["id", "isVerified"]),
            cancellation);
        return
        [
            .. GraphJson.Items(page.RootElement, "value")
                .Where(domain => GraphJson.Flag(domain, "isVerified"))
                .Select(domain => MailAddress.TryParseDomain(GraphJson.Text(domain, "id"), out var name) ? name : null)
                .OfType<string>(),
        ];
    }

    /// <summary>The series of these meetings, by id. One that cannot be had for good is left out: its occurrences then speak for themselves.</summary>
    /// <exception cref="GraphException">Some could not be had now.</exception>
    private async Task<Dictionary<string, JsonElement>> SeriesAsync(
        Guid tenantId, string user, IEnumerable<JsonElement> meetings, CancellationToken cancellation)
    {
        var ids = meetings.Select(MeetingJson.SeriesOf).OfType<string>().Distinct().ToList();
        var answers = await requests.SendBatchAsync(
            tenantId,
            user,
            [.. ids.Select(id => (Func<GraphServiceClient, RequestInformation>)(client => Meeting(client, user, id)))],
            cancellation);
        return Told(ids, answers, [], []).ToDictionary(told => told.Id, told => told.Json);
    }

    private static RequestInformation Mail(GraphServiceClient client, string user, string id) =>
        client.Users[user].Messages[id].ToGetRequestInformation(request =>
        {
            request.QueryParameters.Select = MailJson.Fields;
            request.QueryParameters.Expand = MailJson.Expand;
        });

    private static RequestInformation Meeting(GraphServiceClient client, string user, string id) =>
        client.Users[user].Events[id].ToGetRequestInformation(request => request.QueryParameters.Select = MeetingJson.Fields);

    /// <summary>What a round's page tells of, by id: an id that comes twice means its last state.</summary>
    private static Dictionary<string, JsonElement> Changes(JsonElement page, List<string> removed)
    {
        var changed = new Dictionary<string, JsonElement>();
        foreach (var json in GraphJson.Items(page, "value"))
        {
            if (GraphJson.Text(json, "id") is not { Length: > 0 } id)
            {
                continue; // nothing by which it could be asked for
            }

            changed.Remove(id);
            removed.Remove(id);
            if (GraphJson.Child(json, "@removed").ValueKind == JsonValueKind.Undefined)
            {
                changed[id] = json;
            }
            else
            {
                removed.Add(id);
            }
        }

        return changed;
    }

    /// <summary>The bodies of what was asked for by id; what is gone meanwhile, and what Graph itself cannot read, goes where it belongs.</summary>
    /// <exception cref="GraphException">Some could not be had now: the whole page again.</exception>
    private static IEnumerable<(string Id, JsonElement Json)> Told(
        IEnumerable<string> ids, IReadOnlyList<PartAnswer> answers, List<string> removed, List<UnreadableItem> unreadable)
    {
        var others = answers.Any(answer => answer.Refusal is null);
        foreach (var (id, answer) in ids.Zip(answers))
        {
            switch (answer.Refusal)
            {
                case null:
                    yield return (id, answer.Body);
                    break;
                case { Status: (int)HttpStatusCode.NotFound, Trouble: GraphTrouble.Item }:
                    removed.Add(id);
                    break;
                case { Trouble: GraphTrouble.Item } refusal:
                    unreadable.Add(new UnreadableItem(id, $"Graph: {refusal.Code}."));
                    break;

                // Again and again, while it answers for others: this one would hold up the mailbox for ever.
                case { Status: (int)HttpStatusCode.InternalServerError } refusal when others:
                    unreadable.Add(new UnreadableItem(id, $"Graph: {refusal.Code}."));
                    break;
                case var refusal:
                    throw refusal;
            }
        }
    }

    private static void Add<T>(T? item, string? id, string why, List<T> items, List<UnreadableItem> unreadable)
        where T : class
    {
        if (item is not null)
        {
            items.Add(item);
        }
        else
        {
            unreadable.Add(new UnreadableItem(id ?? "", why));
        }
    }

    private (string Link, bool IsLast) NextOfRound(JsonElement page) =>
        requests.LinkIn(page, "@odata.nextLink") is { } next ? (next, false)
        : requests.LinkIn(page, "@odata.deltaLink") is { } delta ? (delta, true)
        : throw new GraphException(GraphTrouble.Temporary, "noLink", null, null, null);

    private async Task<MailPage> MailPageAsync(
        Guid tenantId, string user, string? link, Func<GraphServiceClient, RequestInformation> first, CancellationToken cancellation)
    {
        using var page = await requests.PageAsync(tenantId, user, link, first, cancellation);
        var items = new List<MailItem>(GraphRequests.PageSize);
        var unreadable = new List<UnreadableItem>();
        foreach (var json in GraphJson.Items(page.RootElement, "value"))
        {
            Add(MailJson.Read(json, out var why), GraphJson.Text(json, "id"), why, items, unreadable);
        }

        return new MailPage(items, unreadable, requests.LinkIn(page.RootElement, "@odata.nextLink"));
    }
}

/// <param name="Unreadable">Items that came and cannot be read, by id, each with its reason; the rest of the page is good.</param>
/// <param name="RemovedIds">Deleted or moved to another folder.</param>
/// <param name="Link">For the next page, or when <paramref name="IsLast"/> for the next round.</param>
public sealed record MailChanges(
    IReadOnlyList<MailItem> Items, IReadOnlyList<UnreadableItem> Unreadable, IReadOnlyList<string> RemovedIds, string Link, bool IsLast);

/// <inheritdoc cref="MailChanges"/>
public sealed record MeetingChanges(
    IReadOnlyList<MeetingItem> Items, IReadOnlyList<UnreadableItem> Unreadable, IReadOnlyList<string> RemovedIds, string Link, bool IsLast);

/// <param name="Next">Null on the last page.</param>
public sealed record MailPage(IReadOnlyList<MailItem> Items, IReadOnlyList<UnreadableItem> Unreadable, string? Next);

/// <param name="Next">Null on the last page.</param>
public sealed record MeetingPage(IReadOnlyList<MeetingItem> Items, IReadOnlyList<UnreadableItem> Unreadable, string? Next);

public sealed record UnreadableItem(string ItemId, string Why);
