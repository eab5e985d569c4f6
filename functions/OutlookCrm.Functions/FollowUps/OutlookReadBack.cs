using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Notices what owners do with their reminders in Outlook: what is told of a mailbox is compared with what was written, and where it differs
/// <see cref="OutlookReminders"/> looks closer. Durable when it returns; the same again changes nothing.
/// </summary>
public sealed class OutlookReadBack(FollowUpStore followUps, GraphReminders graph, ITableStore tables)
{
    private const string Link = "Link";
    private const int PageRows = 1_000;
    private const int MaxReadsAtOnce = 32;
    private const int MaxLists = 50;

    /// <summary>Made by us, and no meeting of anybody's.</summary>
    internal static bool IsOurs(MeetingItem meeting) =>
        meeting.TransactionId?.StartsWith(OutlookReminders.KeyPrefix, StringComparison.Ordinal) is true;

    /// <param name="ours">Events as they are now, of those that <see cref="IsOurs"/>.</param>
    /// <param name="removedIds">Of any events.</param>
    internal async Task SeeEventsAsync(
        Guid tenantId, Guid userId, IReadOnlyCollection<MeetingItem> ours, IReadOnlyCollection<string> removedIds, CancellationToken cancellation) =>
        await SeeAsync(
            tenantId,
            userId,
            [.. ours.Select(meeting => new ReminderItem(
                meeting.ItemId, ListId: null, meeting.Subject, meeting.StartAt, DueOn: null, meeting.IsAllDay, IsDone: false, meeting.ChangedAt))],
            removedIds,
            cancellation);

    /// <summary>Sees what is new in the lists that hold our tasks: one request for each.</summary>
    /// <exception cref="GraphException">What was read before it is kept.</exception>
    internal async Task ReadTasksAsync(Guid tenantId, Guid userId, CancellationToken cancellation)
    {
        var cursors = await tables.RangeAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.TaskCursors(userId), MaxLists, cancellation);
        foreach (var cursor in cursors)
        {
            var list = TableKeys.Last(cursor.RowKey);
            var link = cursor.Properties.GetValueOrDefault(Link) as string;
            var isWhole = link is null;
            while (true)
            {
                TaskChanges page;
                try
                {
                    page = await graph.ReadTaskChangesAsync(tenantId, userId.ToString("D"), list, link, cancellation);
                }
                catch (GraphException why) when (why.Trouble == GraphTrouble.Resync && link is not null && !isWhole)
                {
                    isWhole = true;
                    link = null;
                    continue;
                }
                catch (GraphException why) when (why.Trouble == GraphTrouble.Item)
                {
                    // The list is gone, and its tasks with it.
                    await LookAtAllAsync(tenantId, userId, cancellation);
                    await tables.DeleteAsync(Tables.Reminders, cursor.PartitionKey, cursor.RowKey, etag: null, cancellation);
                    break;
                }

                await SeeAsync(tenantId, userId, page.Items, page.RemovedIds, cancellation);
                if (page.IsLast && isWhole)
                {
                    await LookAtAllAsync(tenantId, userId, cancellation); // of what was deleted before, nobody tells
                }

                if (page.Link != link)
                {
                    link = page.Link;
                    await tables.PutAsync(Tables.Reminders, CursorRow(tenantId, userId, list, link), cancellation);
                }

                if (page.IsLast)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Has every reminder of a mailbox looked at: for when changes may have been missed.</summary>
    internal async Task LookAtAllAsync(Guid tenantId, Guid userId, CancellationToken cancellation)
    {
        await foreach (var row in tables.ReadAllAsync(
            Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.ReminderItems(userId), PageRows, cancellation))
        {
            await LookCloserAsync(tenantId, userId, row, cancellation);
        }
    }

    internal static TableRow CursorRow(Guid tenantId, Guid userId, string listId, string? link) => new(
        TableKeys.Reminders(tenantId),
        TableKeys.TaskCursor(userId, listId),
        link is null ? new Dictionary<string, object>() : new Dictionary<string, object> { [Link] = link });

    private async Task SeeAsync(
        Guid tenantId, Guid userId, IReadOnlyCollection<ReminderItem> items, IReadOnlyCollection<string> removedIds, CancellationToken cancellation)
    {
        var partition = TableKeys.Reminders(tenantId);
        var told = items.Select(item => new Told(item.ItemId, item)).Concat(removedIds.Select(id => new Told(id, null)));
        foreach (var some in told.Chunk(MaxReadsAtOnce))
        {
            var rows = await Task.WhenAll(some.Select(one => tables.FindAsync(Tables.Reminders, partition, TableKeys.ReminderItem(userId, one.ItemId), cancellation)));
            foreach (var (row, one) in rows.Zip(some))
            {
                if (row is null)
                {
                    continue; // not ours
                }

                var key = TableKeys.Reminder((Guid)row.Properties[nameof(ShownReminder.FollowUpId)]);
                if (one.Item is { } item
                    && await tables.FindAsync(Tables.Reminders, partition, key, cancellation) is { } shown
                    && ShownReminder.From(shown).IsAsWritten(item))
                {
                    continue; // our own writing, come back
                }

                await LookCloserAsync(tenantId, userId, row, cancellation);
            }
        }
    }

    private Task LookCloserAsync(Guid tenantId, Guid userId, TableRow item, CancellationToken cancellation) => followUps.SendAsync(
        new FollowUpChanged(
            tenantId, userId, (string)item.Properties[nameof(ShownReminder.Customer)], (Guid)item.Properties[nameof(ShownReminder.FollowUpId)], Version: 1),
        delay: null,
        cancellation);

    /// <param name="Item">Null when it is gone.</param>
    private readonly record struct Told(string ItemId, ReminderItem? Item);
}
