using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>
/// A process as its records see it: from a certain step on nothing of it reaches them any more, as when it is killed. Steps are writes of tables
/// and of queues.
/// </summary>
internal sealed class Life
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int steps;
    private int? lastStep;
    private bool isLastDone;
    private int tableWrites;
    private int outages;

    /// <summary>Each so many-th write of a table finds the store away, and comes to nothing; null is none.</summary>
    public int? AwayEvery { get; set; }

    /// <summary>How many did.</summary>
    public int Outages => Volatile.Read(ref outages);

    /// <summary>How many steps it has made.</summary>
    public int Steps
    {
        get
        {
            lock (gate)
            {
                return steps;
            }
        }
    }

    /// <summary>Ends with the process.</summary>
    public Task Ended => ended.Task;

    public bool IsOver => ended.Task.IsCompleted;

    public void End() => ended.TrySetResult();

    /// <summary>It ends with the step after so many more.</summary>
    /// <param name="isDone">Whether the last step still comes about: it was killed between the write and its answer.</param>
    public void EndAfter(int more, bool isDone)
    {
        lock (gate)
        {
            lastStep = steps + more + 1;
            isLastDone = isDone;
        }
    }

    /// <summary>What only reads.</summary>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read, Func<Exception> death) => IsOver ? throw death() : await read();

    /// <exception cref="TableStoreUnavailableException">The store is away for this write.</exception>
    public void FindStore()
    {
        if (AwayEvery is { } every && Interlocked.Increment(ref tableWrites) % every == 0)
        {
            Interlocked.Increment(ref outages);
            throw new TableStoreUnavailableException("The store is away.");
        }
    }

    public async Task<T> StepAsync<T>(Func<Task<T>> write, Func<Exception> death)
    {
        bool isLast;
        lock (gate)
        {
            steps++;
            isLast = steps == lastStep;
        }

        if (IsOver)
        {
            throw death();
        }

        if (!isLast)
        {
            var outcome = await write();
            return IsOver ? throw death() : outcome;
        }

        if (isLastDone)
        {
            await write();
        }

        End();
        throw death();
    }
}

internal sealed class MortalStore(ITableStore real, Life life) : ITableStore, ITableScan, IDisposable
{
    public ITableStore Real => real;

    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
        life.ReadAsync(() => real.FindAsync(table, partitionKey, rowKey, cancellation), Death);

    public Task<TableRange> RangeAsync(
        string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
        life.ReadAsync(() => real.RangeAsync(table, partitionKey, range, maxRows, cancellation), Death);

    public Task<TransactionOutcome> TransactAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation) =>
        life.StepAsync(
            () =>
            {
                life.FindStore();
                return real.TransactAsync(table, partitionKey, changes, cancellation);
            },
            Death);

    public async IAsyncEnumerable<TableRow> ScanAsync(
        string table, string partitionKeyPrefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation, int pageRows = TableLimits.MaxRangeRows)
    {
        await foreach (var row in ((ITableScan)real).ScanAsync(table, partitionKeyPrefix, cancellation, pageRows))
        {
            yield return life.IsOver ? throw Death() : row;
        }
    }

    public void Dispose() => (real as IDisposable)?.Dispose();

    private static TableStoreUnavailableException Death() => new("The process has ended.");
}

internal sealed class MortalQueue(IWorkQueue real, Life life) : IWorkQueue, IDisposable
{
    public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation) => life.StepAsync(
        async () =>
        {
            await real.SendAsync(queue, message, delay, cancellation);
            return true;
        },
        Death);

    public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
        life.ReadAsync(() => real.ReceiveAsync(queue, max, visibility, cancellation), Death);

    public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) =>
        life.StepAsync(() => real.DeleteAsync(message, cancellation), Death);

    public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) =>
        life.StepAsync(() => real.HideAsync(message, visibility, cancellation), Death);

    public Task ReturnAsync(WorkMessage message, TimeSpan delay, CancellationToken cancellation) => life.StepAsync(
        async () =>
        {
            await real.ReturnAsync(message, delay, cancellation);
            return true;
        },
        Death);

    public Task<long> CountAsync(string queue, CancellationToken cancellation) => life.ReadAsync(() => real.CountAsync(queue, cancellation), Death);

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) =>
        life.IsOver ? Task.Delay(Timeout.InfiniteTimeSpan, cancellation) : real.WaitAsync(queue, atMost, cancellation);

    public void Dispose() => (real as IDisposable)?.Dispose();

    private static WorkQueueUnavailableException Death() => new("The process has ended.");
}
