using OutlookCrm.Firm;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Customers;

/// <summary>
/// Runs several actors one step at a time in an order that a seed decides. A step is one call of the store or the queue, so every
/// interleaving of calls can happen, and any actor can die before or after any of them.
/// </summary>
internal sealed class Stepping(int seed, TestClock clock)
{
    private readonly Random random = new(seed);
    private readonly double burst = (seed % 3) switch { 0 => 0, 1 => 0.8, _ => 0.95 };
    private readonly List<TaskCompletionSource> waiting = [];

    /// <summary>How many in a thousand steps an actor does not survive.</summary>
    public int DeathsPerThousand { get; init; }

    /// <summary>How many in a thousand steps take so long that who waits for it gives up.</summary>
    public int StallsPerThousand { get; init; }

    private bool isFree;
    private int steps;
    private int? deathAt;

    /// <summary>A firm without colleagues that is asked at no step: what one actor asks for, and dies over, all actors of a process wait for.</summary>
    public static FirmDirectory NoFirm(TestClock clock)
    {
        var free = new Stepping(0, clock);
        free.Pause();
        return new FirmDirectory(new SteppedStore(free), new FirmOptions([]), clock);
    }

    /// <summary>Turns are free: whoever asks goes on at once.</summary>
    public void Pause() => isFree = true;

    public void Resume() => isFree = false;

    /// <summary>Of the actors that run from now on, the one that takes this step dies. Odd steps are before a call, even ones after.</summary>
    public void DieAt(int step) => (steps, deathAt) = (0, step);

    /// <summary>Waits for its turn; never returns for an actor that dies here.</summary>
    public Task TurnAsync()
    {
        if (isFree)
        {
            return Task.CompletedTask;
        }

        var turn = new TaskCompletionSource();
        waiting.Add(turn);
        return turn.Task;
    }

    /// <summary>Until every actor is done or dead. Then turns are free, for looking at what is left.</summary>
    public void Run()
    {
        for (var idle = 0; waiting.Count > 0 || (clock.WaitingTimers > 0 && idle < 1_000);)
        {
            if (waiting.Count == 0 || random.Next(1_000) < StallsPerThousand)
            {
                idle = waiting.Count == 0 ? idle + 1 : 0;
                clock.Advance(TimeSpan.FromMilliseconds(random.Next(20, 700)));
                continue;
            }

            idle = 0;
            // Who ran last waits at the end of the list. Long runs of one are long pauses of all others.
            var index = random.NextDouble() < burst ? waiting.Count - 1 : random.Next(waiting.Count);
            var turn = waiting[index];
            waiting.RemoveAt(index);
            if (++steps != deathAt && random.Next(1_000) >= DeathsPerThousand)
            {
                turn.SetResult(); // its actor runs on this thread to its next turn
            }
        }

        isFree = true;
    }
}

/// <summary>Tables in memory, a call a step before and a step after: an answer may be lost on its way.</summary>
internal sealed class SteppedStore(Stepping steps) : ITableStore, ITableScan
{
    private readonly SortedDictionary<(string Table, string PartitionKey, string RowKey), TableRow> rows = new(Comparer<(string, string, string)>.Create(
        (a, b) => (string.CompareOrdinal(a.Item1, b.Item1), string.CompareOrdinal(a.Item2, b.Item2), string.CompareOrdinal(a.Item3, b.Item3)) switch
        {
            (not 0 and var t, _, _) => t,
            (_, not 0 and var p, _) => p,
            (_, _, var r) => r,
        }));

    private long version;

    /// <summary>Awaited before each call, which it gets as "find addresses {row key}" or "write customers": to stop one caller there.</summary>
    public Func<string, Task>? Before { get; set; }

    public IEnumerable<(string Table, TableRow Row)> All => rows.Select(r => (r.Key.Table, r.Value));

    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
        StepAsync($"find {table} {rowKey}", () => rows.GetValueOrDefault((table, partitionKey, rowKey)));

    public Task<TableRange> RangeAsync(
        string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
        StepAsync($"range {table}", () => TableRange.Of([.. rows
            .Where(r => r.Key.Table == table && r.Key.PartitionKey == partitionKey && string.CompareOrdinal(r.Key.RowKey, range.From) >= 0
                && (range.Before is null || string.CompareOrdinal(r.Key.RowKey, range.Before) < 0))
            .Select(r => r.Value).Take(maxRows)]));

    public Task<TransactionOutcome> TransactAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation) =>
        StepAsync($"write {table}", () => Apply(table, partitionKey, changes));

    /// <summary>A few rows a step, so that others come in between.</summary>
    public async IAsyncEnumerable<TableRow> ScanAsync(
        string table, string partitionKeyPrefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation, int pageRows = 10)
    {
        (string Table, string PartitionKey, string RowKey) after = (table, "", "");
        List<TableRow> page;
        do
        {
            page = await StepAsync($"scan {table}", () => rows
                .Where(r => r.Key.Table == table && r.Key.PartitionKey.StartsWith(partitionKeyPrefix, StringComparison.Ordinal) && rows.Comparer.Compare(r.Key, after) > 0)
                .Select(r => r.Value).Take(pageRows).ToList());
            foreach (var row in page)
            {
                yield return row;
                after = (table, row.PartitionKey, row.RowKey);
            }
        }
        while (page.Count == pageRows);
    }

    private async Task<T> StepAsync<T>(string name, Func<T> call)
    {
        await (Before?.Invoke(name) ?? Task.CompletedTask);
        await steps.TurnAsync();
        var answer = call();
        await steps.TurnAsync();
        return answer;
    }

    private TransactionOutcome Apply(string table, string partitionKey, IReadOnlyList<TableChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var there = rows.GetValueOrDefault((table, partitionKey, KeyOf(changes[i])));
            var refusal = changes[i] switch
            {
                TableChange.Insert when there is not null => WriteResult.AlreadyExists,
                TableChange.Replace or TableChange.Delete when there is null => WriteResult.Absent,
                TableChange.Replace replace when there!.ETag != replace.ETag => WriteResult.Changed,
                TableChange.Delete { ETag: { } etag } when there!.ETag != etag => WriteResult.Changed,
                _ => WriteResult.Written,
            };
            if (refusal != WriteResult.Written)
            {
                return new TransactionOutcome(refusal, i, []);
            }
        }

        return new TransactionOutcome(WriteResult.Written, null, [.. changes.Select(change =>
        {
            var key = (table, partitionKey, KeyOf(change));
            if (RowOf(change) is not { } row)
            {
                rows.Remove(key);
                return null;
            }

            var etag = $"v{++version}";
            rows[key] = row with { ETag = etag };
            return etag;
        })]);
    }

    private static string KeyOf(TableChange change) => change is TableChange.Delete delete ? delete.RowKey : RowOf(change)!.RowKey;

    private static TableRow? RowOf(TableChange change) => change switch
    {
        TableChange.Insert insert => insert.Row,
        TableChange.Replace replace => replace.Row,
        TableChange.Put put => put.Row,
        _ => null,
    };
}

/// <summary>Messages in memory; a test delivers those that are due.</summary>
internal sealed class SteppedQueue(Stepping steps, TestClock clock) : IWorkQueue
{
    private readonly List<(string Queue, string Body, DateTimeOffset DueAt)> messages = [];

    public int Count => messages.Count;

    public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
    {
        await steps.TurnAsync();
        messages.Add((queue, message, clock.GetUtcNow() + (delay ?? TimeSpan.Zero)));
        await steps.TurnAsync();
    }

    /// <summary>As on both hosts, work that found the records away comes again later.</summary>
    public async Task WorkAsync((string Queue, string Body) message, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (TableStoreUnavailableException)
        {
            await SendAsync(message.Queue, message.Body, StoreAwayMiddleware.RetryAfter, default);
        }
    }

    /// <summary>The messages that are due, which are then gone.</summary>
    public IReadOnlyList<(string Queue, string Body)> TakeDue()
    {
        var due = messages.Where(m => m.DueAt <= clock.GetUtcNow()).ToList();
        messages.RemoveAll(due.Contains);
        return [.. due.Select(m => (m.Queue, m.Body))];
    }

    /// <summary>One message that is due soon, which stays: deliveries may be early, late and repeated.</summary>
    public (string Queue, string Body)? Peek(Random random)
    {
        var soon = messages.Where(m => m.DueAt < clock.GetUtcNow().AddMinutes(1)).ToList();
        return soon.Count == 0 ? null : soon[random.Next(soon.Count)] is var m ? (m.Queue, m.Body) : null;
    }

    public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<long> CountAsync(string queue, CancellationToken cancellation) => Task.FromResult<long>(messages.Count(m => m.Queue == queue));

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => throw new NotSupportedException();
}
