using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>Removes ticked tasks from their owners' lists.</summary>
internal sealed class TickedTasks(MissingMailboxes missing, GraphReminders graph, ITableStore tables, ILogger log)
{
    private const int MaxRows = 100; // read at once

    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongRetry = TimeSpan.FromHours(1);

    /// <summary>When to try again; null when no ticked task of the follow-up is left. May be repeated at will.</summary>
    public async Task<TimeSpan?> TryRemoveAsync(Guid tenantId, Guid id, CancellationToken cancellation)
    {
        await foreach (var row in tables.ReadAllAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.TickedTasks(id), MaxRows, cancellation))
        {
            var ticked = TickedTask.From(row);
            var user = ticked.UserId.ToString("D");
            try
            {
                if ((await graph.FindTaskAsync(tenantId, user, ticked.ListId, ticked.ItemId, cancellation)
                    ?? await graph.FindTaskByKeyAsync(tenantId, user, ticked.Key, cancellation)) is { ListId: { } list } task)
                {
                    await graph.RemoveTaskAsync(tenantId, user, list, task.ItemId, cancellation);
                }
            }
            catch (GraphException refusal) when (refusal.IsMailboxMissing)
            {
                await missing.NoteAsync(tenantId, ticked.UserId, cancellation); // and the task is gone with it
            }
            catch (GraphException refusal)
            {
                var wait = refusal.Trouble == GraphTrouble.Temporary ? Retry : LongRetry;
                log.LogWarning("Ticked task of follow-up {FollowUpId}: Graph said {Code} ({Status}, {Trouble}); next try in {Wait}", id, refusal.Code, refusal.Status, refusal.Trouble, wait);
                return refusal.RetryAfter > wait ? refusal.RetryAfter.Value : wait;
            }

            await tables.DeleteAsync(Tables.Reminders, row.PartitionKey, row.RowKey, etag: null, cancellation);
        }

        return null;
    }
}
