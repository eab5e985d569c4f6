using System.Collections.Concurrent;

namespace OutlookCrm.Storage;

/// <summary>
/// One thread that commits together all writes to a file that wait: they share one turn among the process's writers and one flush to the disk,
/// and nobody who waits for an answer waits for the disk on a thread of the pool.
/// </summary>
internal sealed class SqliteGroupCommit<TWrite> : IDisposable
{
    private const int MaxTogether = 256;

    private readonly BlockingCollection<TWrite> waiting = [];
    private readonly SemaphoreSlim turn;
    private readonly Predicate<TWrite> isCalledOff;
    private readonly Action<List<TWrite>> commit;
    private readonly Thread thread;

    /// <param name="isCalledOff">Asked before a write's turn; true takes it out. After that its outcome is reported, whatever the caller does.</param>
    /// <param name="commit">Commits at least one write and tells each what became of it; never throws.</param>
    public SqliteGroupCommit(string file, string name, Predicate<TWrite> isCalledOff, Action<List<TWrite>> commit)
    {
        turn = SqliteWriteTurn.Of(file);
        this.isCalledOff = isCalledOff;
        this.commit = commit;
        thread = new Thread(CommitAll) { IsBackground = true, Name = name };
        thread.Start();
    }

    public void Add(TWrite write, CancellationToken cancellation) => waiting.Add(write, cancellation);

    /// <summary>Finishes what waits to be written.</summary>
    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        waiting.Dispose();
    }

    private void CommitAll()
    {
        var together = new List<TWrite>(MaxTogether);
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            together.Add(first);
            turn.Wait();
            try
            {
                // What came while another wrote goes along.
                while (together.Count < MaxTogether && waiting.TryTake(out var next))
                {
                    together.Add(next);
                }

                together.RemoveAll(isCalledOff);
                if (together.Count > 0)
                {
                    commit(together);
                }
            }
            finally
            {
                turn.Release();
            }

            together.Clear();
        }
    }
}
