using System.Text.Json;

namespace OutlookCrm.Graph;

/// <summary>Where Outlook opens a mail or meeting of a mailbox. As <see cref="GraphMailboxes"/> in all else.</summary>
public sealed class GraphPlaces
{
    private static readonly string[] Fields = ["id", "iCalUId", "webLink", "start", "end", "isAllDay"];

    private readonly GraphRequests requests;
    private readonly GraphOptions options;

    internal GraphPlaces(GraphRequests requests, GraphOptions options)
    {
        this.requests = requests;
        this.options = options;
    }

    /// <inheritdoc cref="GraphMailboxes.IsOn"/>
    public bool IsOn => options.IsOn;

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
                request.QueryParameters.Filter = GraphFilters.MessageIdIs(internetMessageId);
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(LinkOf).FirstOrDefault(link => link is not null);
    }

    /// <summary>Opens a meeting in Outlook; null when it is gone.</summary>
    public async Task<MeetingPlace?> FindMeetingPlaceAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation)
    {
        using var found = await requests.FindAsync(
            tenantId, user, client => client.Users[user].Events[itemId].ToGetRequestInformation(request => request.QueryParameters.Select = Fields), cancellation);
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
                request.QueryParameters.StartDateTime = GraphFilters.Instant(elsewhere.StartAt);
                request.QueryParameters.EndDateTime = GraphFilters.Instant(elsewhere.EndAt);
                request.QueryParameters.Select = Fields;
                request.QueryParameters.Top = GraphRequests.PageSize;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(PlaceOf)
            .FirstOrDefault(place => place is not null && place.ICalUid == elsewhere.ICalUid && place.StartAt == elsewhere.StartAt);
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
}

/// <summary>Where a meeting stands in one mailbox.</summary>
/// <param name="WebLink">Opens it there; https.</param>
/// <param name="ICalUid">The same in every mailbox, and for all occurrences of a series.</param>
/// <param name="EndAt">After <paramref name="StartAt"/>.</param>
public sealed record MeetingPlace(string ItemId, Uri WebLink, string ICalUid, DateTimeOffset StartAt, DateTimeOffset EndAt);
