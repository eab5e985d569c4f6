namespace OutlookCrm.LocalHost;

/// <summary>
/// Threads on which timers and queues run, as many as there are processors, apart from the thread pool. A mailbox's history is long work between
/// one wait and the next, and SQLite reads on the caller's thread: on the pool, which has no more threads than processors, a request would wait
/// for a turn behind it; beside it, the system gives it its share of a processor at once.
/// </summary>
/// <remarks>What is awaited in a function comes back to these threads, as to any scheduler. A thread without work ends after a while.</remarks>
internal sealed class BackgroundThreads : TaskScheduler
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly object gate = new();
    private readonly Queue<Task> waiting = new();
    private int threads;
    private int idle;

    public override int MaximumConcurrencyLevel => Environment.ProcessorCount;

    /// <summary>Starts it here; done when all that it awaits is.</summary>
    public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            waiting.Enqueue(task);
            if (waiting.Count <= idle)
            {
                Monitor.Pulse(gate);
            }
            else if (threads < MaximumConcurrencyLevel)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "background functions" }.UnsafeStart();
            }
        }
    }

    // On one of these threads already; what lies in the queue stays there, as it cannot be taken out of the middle.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate)
        {
            return [.. waiting];
        }
    }

    private void Work()
    {
        while (Next() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    private Task? Next()
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                idle++;
                var isWoken = Monitor.Wait(gate, Linger);
                idle--;
                if (!isWoken && waiting.Count == 0)
                {
                    threads--;
                    return null;
                }
            }

            return waiting.Dequeue();
        }
    }
}
