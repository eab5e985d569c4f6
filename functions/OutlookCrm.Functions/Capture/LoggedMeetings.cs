using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// A meeting of one mailbox that is on timelines: row <c>g|{user}|{item}</c> of table <c>mailboxes</c>. Of a meeting that is deleted Graph
/// tells the id and no more.
/// </summary>
/// <param name="InteractionId">As <see cref="MailIdentity"/> names it.</param>
/// <param name="Series">Graph's id of the series that it is an occurrence of; null for a single meeting.</param>
/// <param name="StartAt">When it begins, as far as we know.</param>
internal sealed record LoggedMeeting(
    string ItemId, string? Series, string InteractionId, DateTimeOffset StartAt, IReadOnlyList<CustomerId> Customers)
{
    public static LoggedMeeting From(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        row.Properties.GetValueOrDefault(nameof(Series)) as string,
        (string)row.Properties[nameof(InteractionId)],
        (DateTimeOffset)row.Properties[nameof(StartAt)],
        [.. ((string)row.Properties[nameof(Customers)]).Split('\n').Select(CustomerId.Parse)]);

    public TableRow ToTableRow(Guid tenantId, Guid userId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(InteractionId)] = InteractionId,
            [nameof(StartAt)] = StartAt.ToUniversalTime(),
            [nameof(Customers)] = string.Join('\n', Customers),
        };
        if (Series is not null)
        {
            properties[nameof(Series)] = Series;
        }

        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.LoggedMeeting(userId, ItemId), properties);
    }

    public bool Says(LoggedMeeting other) =>
        ItemId == other.ItemId && Series == other.Series && InteractionId == other.InteractionId && StartAt == other.StartAt && Customers.SequenceEqual(other.Customers);
}

/// <summary>Which meetings of a mailbox are on timelines.</summary>
public sealed class LoggedMeetings(ITableStore tables)
{
    private const int PageRows = 1_000;
    private const int MaxReadsAtOnce = 32;
    private const int MaxChanges = 100; // of a transaction

    /// <summary>A point read for each, all at once.</summary>
    internal async Task<IReadOnlyDictionary<string, LoggedMeeting>> FindAsync(
        Guid tenantId, Guid userId, IEnumerable<string> itemIds, CancellationToken cancellation)
    {
        var partition = TableKeys.Mailboxes(tenantId);
        var found = new Dictionary<string, LoggedMeeting>(StringComparer.Ordinal);
        foreach (var some in itemIds.Distinct(StringComparer.Ordinal).Chunk(MaxReadsAtOnce))
        {
            var rows = await Task.WhenAll(some.Select(id =>
                tables.FindAsync(Tables.Mailboxes, partition, TableKeys.LoggedMeeting(userId, id), cancellation)));
            foreach (var meeting in rows.OfType<TableRow>().Select(LoggedMeeting.From))
            {
                found[meeting.ItemId] = meeting;
            }
        }

        return found;
    }

    /// <summary>Those that have one of these ids, or are occurrences of a series that has: for the latter the whole list is read.</summary>
    internal async Task<IReadOnlyCollection<LoggedMeeting>> FindWithSeriesAsync(
        Guid tenantId, Guid userId, IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        var found = await FindAsync(tenantId, userId, ids, cancellation);
        var others = ids.Where(id => !found.ContainsKey(id)).ToHashSet(StringComparer.Ordinal);
        return others.Count == 0
            ? [.. found.Values]
            : [.. found.Values, .. await ListAsync(tenantId, userId, meeting => meeting.Series is { } series && others.Contains(series), cancellation)];
    }

    /// <summary>All for which this holds: the list is read a thousand at a time.</summary>
    internal async Task<IReadOnlyList<LoggedMeeting>> ListAsync(
        Guid tenantId, Guid userId, Func<LoggedMeeting, bool> isWanted, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.LoggedMeetings(userId), PageRows, cancellation)
            .Select(LoggedMeeting.From).Where(isWanted).ToListAsync(cancellation);

    /// <summary>A transaction for each hundred.</summary>
    internal async Task PutAsync(Guid tenantId, Guid userId, IEnumerable<LoggedMeeting> meetings, CancellationToken cancellation)
    {
        foreach (var some in meetings.Chunk(MaxChanges))
        {
            await tables.TransactAsync(
                Tables.Mailboxes,
                TableKeys.Mailboxes(tenantId),
                [.. some.Select(meeting => new TableChange.Put(meeting.ToTableRow(tenantId, userId)))],
                cancellation);
        }
    }

    internal Task RemoveAsync(Guid tenantId, Guid userId, string itemId, CancellationToken cancellation) => tables.DeleteAsync(
        Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.LoggedMeeting(userId, itemId), etag: null, cancellation);
}
