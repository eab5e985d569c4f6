using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;

namespace OutlookCrm.Health;

/// <summary>
/// Work that failed five times and was put aside. All firms' lies in the same queues, so each message is taken to see whose it is, and given back at
/// once when it is another's. What names no firm is nobody's: only who runs the product can do something about it.
/// </summary>
public sealed class FailedWorkQueues(IWorkQueue queue) : IDisposable
{
    /// <summary>Every queue of ours, and what its work is.</summary>
    internal static readonly FrozenDictionary<string, WorkKind> Kinds = new Dictionary<string, WorkKind>
    {
        [CaptureRequests.MailboxQueue] = WorkKind.MailLogging,
        [CaptureRequests.ItemQueue] = WorkKind.ItemLogging,
        [CaptureRequests.HistoryQueue] = WorkKind.MailHistory,
        [Undoing.Queue] = WorkKind.Undo,
        [CustomerChanges.Queue] = WorkKind.Customers,
        [CustomerProjection.RenameQueue] = WorkKind.CompanyNames,
        [FollowUpStore.Queue] = WorkKind.Reminders,
        [HandOverNextFollowUps.Queue] = WorkKind.HandOver,
        [Erasing.Queue] = WorkKind.Erasure,
        [ImportJob.Queue] = WorkKind.Import,
        [FirmRecompute.Queue] = WorkKind.Insights,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Of one queue at one look; of more an operator knows already.</summary>
    private const int MaxMessages = 5_000;

    private const int AtOnce = 8;

    /// <summary>So long those of a process that dies while it looks are not seen.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // Two who looked at once would hide messages from each other.
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Of one firm, by kind; kinds of which there is none are left out.</summary>
    public async Task<IReadOnlyList<FailedWork>> CountAsync(Guid firm, CancellationToken cancellation)
    {
        var counts = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await EachAsync(
            (name, message) =>
            {
                if (Divide(name, message.Body, firm).Own is not null)
                {
                    counts.AddOrUpdate(name, 1, (_, before) => before + 1);
                }

                return Task.FromResult(false);
            },
            cancellation);
        return [.. counts.Select(one => new FailedWork(Kinds[one.Key], one.Value)).OrderBy(failed => failed.Kind)];
    }

    /// <summary>Puts those of one firm back into their queues, where they have all their lives.</summary>
    public Task TryAgainAsync(Guid firm, CancellationToken cancellation) => EachAsync(
        async (name, message) =>
        {
            var (own, others) = Divide(name, message.Body, firm);
            if (own is null)
            {
                return false;
            }

            // Taken away last: whoever dies before has the work done twice, which does no harm.
            await queue.SendAsync(name, own, delay: null, CancellationToken.None);
            if (others is not null)
            {
                await queue.SendAsync(message.Queue, others, delay: null, CancellationToken.None);
            }

            await queue.DeleteAsync(message, CancellationToken.None);
            return true;
        },
        cancellation);

    /// <summary>Keeps what would be deleted unasked: Azure's host lays work aside for seven days only.</summary>
    public Task KeepAsync(CancellationToken cancellation) => EachAsync(
        async (_, message) =>
        {
            if (message.ExpiresAt is null)
            {
                return false;
            }

            await queue.SendAsync(message.Queue, message.Body, delay: null, CancellationToken.None);
            await queue.DeleteAsync(message, CancellationToken.None);
            return true;
        },
        cancellation);

    public void Dispose() => turn.Dispose();

    /// <param name="endAsync">By the queue that a message came from; false gives it back.</param>
    private async Task EachAsync(Func<string, WorkMessage, Task<bool>> endAsync, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            await Task.WhenAll(Kinds.Keys.Select(name => EachOfAsync(name, message => endAsync(name, message), cancellation)));
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task EachOfAsync(string name, Func<WorkMessage, Task<bool>> endAsync, CancellationToken cancellation)
    {
        var held = new ConcurrentDictionary<string, WorkMessage>(StringComparer.Ordinal);
        try
        {
            for (var seen = 0; seen < MaxMessages;)
            {
                var messages = await queue.ReceiveAsync(PoisonQueue.Of(name), WorkQueueLimits.MaxReceive, Lease, cancellation);
                if (messages.Count == 0)
                {
                    break;
                }

                seen += messages.Count;
                foreach (var message in messages)
                {
                    held[message.Id] = message;
                }

                await Parallel.ForEachAsync(messages, OwnThreads.AtMost(AtOnce, cancellation), async (message, _) =>
                {
                    if (await endAsync(message))
                    {
                        held.TryRemove(message.Id, out WorkMessage? _);
                    }
                });
            }
        }
        finally
        {
            // Also when somebody who looked went away: the next who looks must see them.
            await Parallel.ForEachAsync(held.Values, OwnThreads.AtMost(AtOnce, CancellationToken.None), async (message, _) => await queue.HideAsync(message, TimeSpan.Zero, CancellationToken.None));
        }
    }

    /// <summary>What of a message is this firm's, and what is not; null when there is nothing of it.</summary>
    private static (string? Own, string? Others) Divide(string name, string body, Guid firm)
    {
        try
        {
            if (name != CaptureRequests.MailboxQueue)
            {
                return JsonSerializer.Deserialize<OfFirm>(body, JsonSerializerOptions.Web)?.TenantId == firm ? (body, null) : (null, body);
            }

            // The only one that may be several firms'.
            var look = JsonSerializer.Deserialize<LookAtMailboxes>(body, JsonSerializerOptions.Web);
            var firms = (look?.Mailboxes ?? []).ToLookup(mailbox => mailbox.TenantId == firm);
            return !firms[true].Any() ? (null, body)
                : !firms[false].Any() ? (body, null)
                : (Of(firms[true]), Of(firms[false]));

            string Of(IEnumerable<MailboxToLookAt> mailboxes) => JsonSerializer.Serialize(look! with { Mailboxes = [.. mailboxes] });
        }
        catch (JsonException)
        {
            return (null, body);
        }
    }

    private sealed record OfFirm(Guid? TenantId);
}
