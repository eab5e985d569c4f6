using System.Globalization;
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
    private const int MaxFolders = 500;

    private static readonly string[] FolderFields = ["id", "displayName", "childFolderCount"];
    private static readonly string[] PlaceFields = ["id", "iCalUId", "webLink", "start", "end", "isAllDay"];
    private static readonly string[] SpecialFolders = ["inbox", "sentitems", "drafts", "junkemail", "deleteditems", "outbox"];

    private readonly GraphRequests requests;
    private readonly GraphOptions options;

    internal GraphMailboxes(GraphRequests requests, GraphOptions options)
    {
        this.requests = requests;
        this.options = options;
    }

    /// <summary>False when no credential is set: then nothing can be read, and to try is a fault.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>The special folders' ids: one request.</summary>
    public async Task<MailFolders> FindFoldersAsync(Guid tenantId, string user, CancellationToken cancellation)
    {
        var answers = await requests.SendBatchAsync(
            tenantId,
            user,
            [.. SpecialFolders.Select(name => (Func<GraphServiceClient, RequestInformation>)(client =>
                client.Users[user].MailFolders[name].ToGetRequestInformation(request => request.QueryParameters.Select = ["id"])))],
            cancellation);
        var ids = answers.Select(answer => answer.Refusal switch
        {
            null => GraphJson.Text(answer.Body, "id"),
            { Trouble: GraphTrouble.Item } => null,
            var refusal => throw refusal,
        }).ToList();
        return new MailFolders(ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]);
    }

    /// <summary>Every folder, for choosing: at most 500, those within folders too, in the order of their paths.</summary>
    public async Task<IReadOnlyList<NamedFolder>> ListFoldersAsync(Guid tenantId, string user, CancellationToken cancellation)
    {
        var found = new List<NamedFolder>();
        var parents = new List<NamedFolder>();
        using (var first = await requests.SendAsync(
            tenantId, user, client => client.Users[user].MailFolders.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = FolderFields;
                request.QueryParameters.Top = GraphRequests.PageSize;
            }), cancellation))
        {
            await AddAsync(first.RootElement, "");
        }

        // A level of the tree at a time, twenty folders in a request.
        while (parents.Count > 0 && found.Count < MaxFolders)
        {
            var level = parents;
            parents = [];
            var answers = await requests.SendBatchAsync(
                tenantId,
                user,
                [.. level.Select(parent => (Func<GraphServiceClient, RequestInformation>)(client =>
                    client.Users[user].MailFolders[parent.Id].ChildFolders.ToGetRequestInformation(request =>
                    {
                        request.QueryParameters.Select = FolderFields;
                        request.QueryParameters.Top = GraphRequests.PageSize;
                    })))],
                cancellation);
            foreach (var (parent, answer) in level.Zip(answers))
            {
                if (answer.Refusal is null)
                {
                    await AddAsync(answer.Body, $"{parent.Path} / ");
                }
                else if (answer.Refusal.Trouble != GraphTrouble.Item)
                {
                    throw answer.Refusal; // a folder that is gone meanwhile is no trouble
                }
            }
        }

        return [.. found.Take(MaxFolders).OrderBy(folder => folder.Path, StringComparer.OrdinalIgnoreCase)];

        async Task AddAsync(JsonElement page, string path)
        {
            Add(page, path);
            for (var next = requests.LinkIn(page, "@odata.nextLink"); next is not null && found.Count < MaxFolders;)
            {
                using var more = await requests.FollowAsync(tenantId, user, next, cancellation);
                Add(more.RootElement, path);
                next = requests.LinkIn(more.RootElement, "@odata.nextLink");
            }
        }

        void Add(JsonElement page, string path)
        {
            foreach (var json in GraphJson.Items(page, "value"))
            {
                if (GraphJson.Text(json, "id") is { Length: > 0 } id)
                {
                    var folder = new NamedFolder(id, path + (GraphJson.Text(json, "displayName") is { Length: > 0 } name ? name : "?"));
                    found.Add(folder);
                    if (GraphJson.Child(json, "childFolderCount") is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var children) && children > 0)
                    {
                        parents.Add(folder);
                    }
                }
            }
        }
    }

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
                request.QueryParameters.Filter = $"receivedDateTime ge {Instant(from)}";
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
                request.QueryParameters.StartDateTime = Instant(from);
                request.QueryParameters.EndDateTime = Instant(until);
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
                request.QueryParameters.Filter = $"receivedDateTime ge {Instant(from)} and receivedDateTime lt {Instant(before)}";
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
                request.QueryParameters.StartDateTime = Instant(from);
                request.QueryParameters.EndDateTime = Instant(until);
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
        using var found = await FindAsync(tenantId, user, client => Mail(client, user, itemId), cancellation);
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
                request.QueryParameters.Filter = WithMessageId(internetMessageId);
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(json => MailJson.Read(json, out _)).FirstOrDefault(mail => mail is not null);
    }

    /// <summary>Opens the mail with this Message-ID in Outlook; null when there is none. Of several any.</summary>
    public async Task<Uri?> FindWebLinkAsync(Guid tenantId, string user, string internetMessageId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(internetMessageId);
        using var page = await requests.SendAsync(
            tenantId,
            user,
            client => client.Users[user].Messages.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = ["id", "webLink"];
                request.QueryParameters.Filter = WithMessageId(internetMessageId);
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(LinkOf).FirstOrDefault(link => link is not null);
    }

    /// <summary>Opens a meeting in Outlook; null when it is gone.</summary>
    public async Task<MeetingPlace?> FindMeetingPlaceAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation)
    {
        using var found = await FindAsync(
            tenantId, user, client => client.Users[user].Events[itemId].ToGetRequestInformation(request => request.QueryParameters.Select = PlaceFields), cancellation);
        return found is null ? null : PlaceOf(found.RootElement);
    }

    /// <summary>The same meeting, or occurrence, in another's mailbox, where it has another id; null when it is not in their calendar.</summary>
    public async Task<MeetingPlace?> FindSameMeetingAsync(Guid tenantId, string user, MeetingPlace elsewhere, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(elsewhere);
        using var page = await requests.SendAsync(
            tenantId,
            user,
            client => client.Users[user].CalendarView.ToGetRequestInformation(request =>
            {
                request.QueryParameters.StartDateTime = Instant(elsewhere.StartAt);
                request.QueryParameters.EndDateTime = Instant(elsewhere.EndAt);
                request.QueryParameters.Select = PlaceFields;
                request.QueryParameters.Top = GraphRequests.PageSize;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(PlaceOf)
            .FirstOrDefault(place => place is not null && place.ICalUid == elsewhere.ICalUid && place.StartAt == elsewhere.StartAt);
    }

    /// <summary>Null when it is gone, and for a series, whose occurrences are the meetings.</summary>
    public async Task<MeetingItem?> FindMeetingAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation)
    {
        using var found = await FindAsync(tenantId, user, client => Meeting(client, user, itemId), cancellation);
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

    private static MeetingPlace? PlaceOf(JsonElement json)
    {
        var isAllDay = GraphJson.Flag(json, "isAllDay");
        return GraphJson.Text(json, "id") is { Length: > 0 } id && GraphJson.Text(json, "iCalUId") is { Length: > 0 } uid && LinkOf(json) is { } link
            && MeetingJson.Time(json, "start", isAllDay) is { } start
                ? new MeetingPlace(id, link, ICalUid.OfSeries(uid), start, MeetingJson.Time(json, "end", isAllDay) is { } end && end > start ? end : start.AddMinutes(1))
                : null;
    }

    private static Uri? LinkOf(JsonElement json) =>
        Uri.TryCreate(GraphJson.Text(json, "webLink"), UriKind.Absolute, out var link) && link.Scheme == Uri.UriSchemeHttps ? link : null;

    private static string WithMessageId(string id) => $"internetMessageId eq '{id.Replace("'", "''", StringComparison.Ordinal)}'";

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

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

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

    private async Task<JsonDocument?> FindAsync(
        Guid tenantId, string user, Func<GraphServiceClient, RequestInformation> build, CancellationToken cancellation)
    {
        try
        {
            return await requests.SendAsync(tenantId, user, build, cancellation);
        }
        catch (GraphException why) when (why is { Trouble: GraphTrouble.Item, Status: (int)HttpStatusCode.NotFound })
        {
            return null;
        }
    }
}

/// <param name="Path">"Inbox / Customers / Weberhof".</param>
public sealed record NamedFolder(string Id, string Path);

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

/// <summary>Where a meeting stands in one mailbox.</summary>
/// <param name="WebLink">Opens it there; https.</param>
/// <param name="ICalUid">The same in every mailbox, and for all occurrences of a series.</param>
/// <param name="EndAt">After <paramref name="StartAt"/>.</param>
public sealed record MeetingPlace(string ItemId, Uri WebLink, string ICalUid, DateTimeOffset StartAt, DateTimeOffset EndAt);

public sealed record UnreadableItem(string ItemId, string Why);
