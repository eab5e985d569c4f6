using System.Globalization;
using System.Text;

namespace OutlookCrm.Storage;

/// <summary>
/// Messages in the tables' own SQLite file. Several processes may share it; each message is held by one receiver at a time. As in
/// <see cref="SqliteTableStore"/> one thread writes and commits all that wait together: they share one turn and one flush to the disk, and no
/// thread that answers requests waits for the disk.
/// </summary>
internal sealed class SqliteWorkQueue : IWorkQueue, IDisposable
{
    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS work_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            visible_at INTEGER NOT NULL,
            receipt INTEGER NOT NULL,
            body BLOB NOT NULL,
            dequeue_count INTEGER NOT NULL,
            inserted_at INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS work_messages_due ON work_messages (queue, visible_at);
        """;

    // When a message was last sent, taken or hidden: one that was so in the future is from before the clock was set back. Files of before lack it.
    private const string TouchedAt = "ALTER TABLE work_messages ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;";

    private const string TouchedIndex = "CREATE INDEX IF NOT EXISTS work_messages_touched ON work_messages (queue, touched_at);";

    private const string Due = "SELECT 1 FROM work_messages WHERE queue = ?1 AND visible_at <= ?2 LIMIT 1";
    private const string OfAnotherClock = "SELECT 1 FROM work_messages WHERE queue = ?1 AND touched_at > ?2 LIMIT 1";

    private readonly TimeProvider clock;
    private readonly QueueBell bell;
    private readonly SqliteGroupCommit<Write> writes;
    private readonly SqliteChanges changes;

    // One connection, one statement at a time: SQLite writes one after the other in any case.
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lazy<SqliteDatabase> database;
    private bool disposed;

    /// <param name="file">Opened, or made, when it is first needed.</param>
    /// <param name="maxMegabytes">As of <see cref="SqliteTableStore"/>.</param>
    public SqliteWorkQueue(string file, TimeSpan busyTimeout, TimeProvider clock, int? maxMegabytes = null)
    {
        this.clock = clock;
        bell = new QueueBell(clock);
        changes = SqliteChanges.Of(file);
        database = new Lazy<SqliteDatabase>(
            () =>
            {
                var opened = SqliteDatabase.OpenForWriting(file, busyTimeout, maxMegabytes);
                opened.Execute(Schema);
                if (!opened.HasColumn("work_messages", "touched_at"))
                {
                    opened.Execute(TouchedAt);
                }

                opened.Execute(TouchedIndex);
                return opened;
            },
            LazyThreadSafetyMode.PublicationOnly);
        writes = new SqliteGroupCommit<Write>(file, "sqlite queue writer", write => write.IsCalledOff(), Commit);
    }

    public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
    {
        var body = WorkQueueLimits.CheckMessage(queue, MessageTrace.Stamp(message), delay);
        var now = clock.GetUtcNow();
        var visibleAt = now + (delay ?? TimeSpan.Zero);
        await WriteAsync(
            "INSERT INTO work_messages (queue, visible_at, receipt, body, dequeue_count, inserted_at, touched_at) VALUES (?1, ?2, 0, ?3, 0, ?4, ?4)",
            insert =>
            {
                insert.Bind(1, queue);
                insert.Bind(2, visibleAt.UtcTicks);
                insert.Bind(3, body);
                insert.Bind(4, now.UtcTicks);
                return insert.Run();
            },
            cancellation);
        bell.Ring(queue, visibleAt);
    }

    public async Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation)
    {
        WorkQueueLimits.CheckReceive(queue, max, visibility);
        var now = clock.GetUtcNow();

        // Most looks find nothing, and must not hold up a writer.
        if (await AnyAsync(OfAnotherClock, queue, now + ClockSteps.Slack, cancellation))
        {
            await WriteAsync(
                "UPDATE work_messages SET visible_at = min(visible_at, ?3), touched_at = ?3 WHERE queue = ?1 AND touched_at > ?2",
                free =>
                {
                    free.Bind(1, queue);
                    free.Bind(2, (now + ClockSteps.Slack).UtcTicks);
                    free.Bind(3, now.UtcTicks);
                    return free.Run();
                },
                cancellation);
        }

        if (!await AnyAsync(Due, queue, now, cancellation))
        {
            return [];
        }

        return await WriteAsync(
            """
            UPDATE work_messages SET visible_at = ?1, touched_at = ?3, dequeue_count = dequeue_count + 1, receipt = receipt + 1
            WHERE id IN (SELECT id FROM work_messages WHERE queue = ?2 AND visible_at <= ?3 ORDER BY visible_at, id LIMIT ?4)
            RETURNING id, receipt, body, dequeue_count, inserted_at
            """,
            take =>
            {
                take.Bind(1, (now + visibility).UtcTicks);
                take.Bind(2, queue);
                take.Bind(3, now.UtcTicks);
                take.Bind(4, max);
                var messages = new List<WorkMessage>();
                while (take.Step())
                {
                    messages.Add(new WorkMessage(
                        queue, Text(take.Int64(0)), Text(take.Int64(1)), Encoding.UTF8.GetString(take.Blob(2)), (int)take.Int64(3),
                        new DateTimeOffset(take.Int64(4), TimeSpan.Zero)));
                }

                return messages;
            },
            cancellation);
    }

    public async Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        var key = KeyOf(message);
        return await WriteAsync(
            "DELETE FROM work_messages WHERE id = ?1 AND receipt = ?2 AND queue = ?3 RETURNING id",
            delete =>
            {
                BindKey(delete, message.Queue, key);
                return delete.Step() && StepsToEnd(delete);
            },
            cancellation);
    }

    public async Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        WorkQueueLimits.CheckHiding(visibility);
        return await HideAsync(message, visibility, livesGivenBack: 0, cancellation);
    }

    public Task ReturnAsync(WorkMessage message, TimeSpan delay, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        WorkQueueLimits.CheckHiding(delay);
        return HideAsync(message, delay, livesGivenBack: 1, cancellation);
    }

    public Task<long> CountAsync(string queue, CancellationToken cancellation) => UseAsync(
        "SELECT count(*) FROM work_messages WHERE queue = ?1",
        count =>
        {
            count.Bind(1, queue);
            count.Step();
            return count.Int64(0);
        },
        cancellation);

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => bell.WaitAsync(queue, atMost, cancellation);

    /// <summary>Finishes what waits to be written.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        writes.Dispose();

        // A function that did not end in time may be reading; whoever comes after that finds it closed.
        turn.Wait();
        if (database.IsValueCreated)
        {
            database.Value.Dispose();
        }

        turn.Release();
    }

    private async Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, int livesGivenBack, CancellationToken cancellation)
    {
        var key = KeyOf(message);
        var now = clock.GetUtcNow();
        var visibleAt = now + visibility;
        var hidden = await WriteAsync(
            """
            UPDATE work_messages SET visible_at = ?4, touched_at = ?5, dequeue_count = max(dequeue_count - ?6, 0), receipt = receipt + 1
            WHERE id = ?1 AND receipt = ?2 AND queue = ?3 RETURNING receipt
            """,
            hide =>
            {
                BindKey(hide, message.Queue, key);
                hide.Bind(4, visibleAt.UtcTicks);
                hide.Bind(5, now.UtcTicks);
                hide.Bind(6, livesGivenBack);
                var renewed = hide.Step() ? message with { Receipt = Text(hide.Int64(0)) } : null;
                return renewed is not null && StepsToEnd(hide) ? renewed : null;
            },
            cancellation);
        if (hidden is not null)
        {
            bell.Ring(message.Queue, visibleAt);
        }

        return hidden;
    }

    private Task<bool> AnyAsync(string sql, string queue, DateTimeOffset at, CancellationToken cancellation) => UseAsync(
        sql,
        any =>
        {
            any.Bind(1, queue);
            any.Bind(2, at.UtcTicks);
            return any.Step();
        },
        cancellation);

    private async Task<T> WriteAsync<T>(string sql, Func<SqliteStatement, T> apply, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var write = new Write<T>(sql, apply, cancellation);
        writes.Add(write, cancellation);
        return await write.Done;
    }

    private void Commit(List<Write> together)
    {
        turn.Wait();
        try
        {
            var opened = database.Value;
            changes.Commit(opened, () =>
            {
                together.ForEach(write => write.Apply(opened));
                return []; // no partition of any table
            });
        }
        catch (Exception failure) // Whatever it is, those who wait must hear of it, and the next commit must find no transaction open.
        {
            together.ForEach(write => write.Fail(failure is TableStoreUnavailableException ? new WorkQueueUnavailableException(failure.Message, failure) : failure));
            return;
        }
        finally
        {
            turn.Release();
        }

        together.ForEach(write => write.Acknowledge());
    }

    private async Task<T> UseAsync<T>(string sql, Func<SqliteStatement, T> use, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var statement = database.Value.Prepare(sql);
            try
            {
                return use(statement);
            }
            finally
            {
                statement.Reset();
            }
        }
        catch (TableStoreUnavailableException e)
        {
            throw new WorkQueueUnavailableException(e.Message, e);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The last step is what ends a statement that answers rows, and what says when that fails.</summary>
    private static bool StepsToEnd(SqliteStatement statement)
    {
        while (statement.Step())
        {
        }

        return true;
    }

    // Read before a message's turn: what is no message of ours must not fail those it is written with.
    private static (long Id, long Receipt) KeyOf(WorkMessage message) =>
        (long.Parse(message.Id, CultureInfo.InvariantCulture), long.Parse(message.Receipt, CultureInfo.InvariantCulture));

    private static void BindKey(SqliteStatement statement, string queue, (long Id, long Receipt) key)
    {
        statement.Bind(1, key.Id);
        statement.Bind(2, key.Receipt);
        statement.Bind(3, queue);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private abstract class Write
    {
        public abstract bool IsCalledOff();

        public abstract void Apply(SqliteDatabase database);

        /// <summary>It is on the disk.</summary>
        public abstract void Acknowledge();

        public abstract void Fail(Exception failure);
    }

    private sealed class Write<T>(string sql, Func<SqliteStatement, T> apply, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T outcome = default!;

        public Task<T> Done => done.Task;

        public override bool IsCalledOff() => cancellation.IsCancellationRequested && done.TrySetCanceled(cancellation);

        public override void Apply(SqliteDatabase database)
        {
            var statement = database.Prepare(sql);
            try
            {
                outcome = apply(statement);
            }
            finally
            {
                statement.Reset();
            }
        }

        public override void Acknowledge() => done.SetResult(outcome);

        public override void Fail(Exception failure) => done.SetException(failure);
    }
}
