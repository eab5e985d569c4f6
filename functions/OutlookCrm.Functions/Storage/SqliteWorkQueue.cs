using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace OutlookCrm.Storage;

/// <summary>
/// Messages in one SQLite file, which may be the tables' own. Several processes may share the file; each message is taken
/// by one of them at a time.
/// </summary>
public sealed class SqliteWorkQueue : IWorkQueue, IDisposable
{
    private readonly TimeProvider clock;
    private readonly QueueBell bell;

    // One connection, one statement at a time: SQLite writes one after the other in any case.
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lazy<SqliteConnection> connection;

    /// <param name="file">Made, with its folder, when it is first needed.</param>
    public SqliteWorkQueue(string file, TimeProvider clock)
    {
        this.clock = clock;
        bell = new QueueBell(clock);
        connection = new Lazy<SqliteConnection>(() => Open(file));
    }

    public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
    {
        var body = WorkQueueLimits.CheckMessage(queue, message, delay);
        var now = clock.GetUtcNow();
        var visibleAt = now + (delay ?? TimeSpan.Zero);
        await RunAsync(
            """
            INSERT INTO work_messages (queue, visible_at, receipt, body, dequeue_count, inserted_at)
            VALUES ($queue, $visible, 0, $body, 0, $now)
            """,
            command =>
            {
                command.Parameters.AddWithValue("$queue", queue);
                command.Parameters.AddWithValue("$visible", visibleAt.UtcTicks);
                command.Parameters.AddWithValue("$body", body);
                command.Parameters.AddWithValue("$now", now.UtcTicks);
                return command.ExecuteNonQuery();
            },
            cancellation);
        bell.Ring(queue, visibleAt);
    }

    public async Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation)
    {
        WorkQueueLimits.CheckReceive(queue, max, visibility);
        var now = clock.GetUtcNow();
        if (!await AnyAsync(queue, now, cancellation))
        {
            return [];
        }

        return await RunAsync(
            """
            UPDATE work_messages SET visible_at = $until, dequeue_count = dequeue_count + 1, receipt = receipt + 1
            WHERE id IN (
                SELECT id FROM work_messages WHERE queue = $queue AND visible_at <= $now ORDER BY visible_at, id LIMIT $max)
            RETURNING id, receipt, body, dequeue_count, inserted_at
            """,
            command =>
            {
                command.Parameters.AddWithValue("$queue", queue);
                command.Parameters.AddWithValue("$now", now.UtcTicks);
                command.Parameters.AddWithValue("$until", (now + visibility).UtcTicks);
                command.Parameters.AddWithValue("$max", max);
                using var row = command.ExecuteReader();
                var messages = new List<WorkMessage>();
                while (row.Read())
                {
                    messages.Add(new WorkMessage(
                        queue, Text(row.GetInt64(0)), Text(row.GetInt64(1)), Encoding.UTF8.GetString((byte[])row[2]), row.GetInt32(3),
                        new DateTimeOffset(row.GetInt64(4), TimeSpan.Zero)));
                }

                return messages;
            },
            cancellation);
    }

    public async Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) =>
        await RunAsync(
            "DELETE FROM work_messages WHERE id = $id AND receipt = $receipt AND queue = $queue",
            command =>
            {
                AddKey(command, message);
                return command.ExecuteNonQuery();
            },
            cancellation) == 1;

    public async Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation)
    {
        WorkQueueLimits.CheckHiding(visibility);
        var visibleAt = clock.GetUtcNow() + visibility;
        var receipt = await RunAsync(
            """
            UPDATE work_messages SET visible_at = $until, receipt = receipt + 1
            WHERE id = $id AND receipt = $receipt AND queue = $queue RETURNING receipt
            """,
            command =>
            {
                AddKey(command, message);
                command.Parameters.AddWithValue("$until", visibleAt.UtcTicks);
                return command.ExecuteScalar();
            },
            cancellation);
        if (receipt is not long newest)
        {
            return null;
        }

        bell.Ring(message.Queue, visibleAt);
        return message with { Receipt = Text(newest) };
    }

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => bell.WaitAsync(queue, atMost, cancellation);

    public void Dispose()
    {
        if (connection.IsValueCreated)
        {
            connection.Value.Dispose();
        }

        turn.Dispose();
    }

    /// <summary>A look without a lock: most looks find nothing, and must not hold up a writer.</summary>
    private Task<bool> AnyAsync(string queue, DateTimeOffset now, CancellationToken cancellation) => RunAsync(
        "SELECT EXISTS (SELECT 1 FROM work_messages WHERE queue = $queue AND visible_at <= $now)",
        command =>
        {
            command.Parameters.AddWithValue("$queue", queue);
            command.Parameters.AddWithValue("$now", now.UtcTicks);
            return command.ExecuteScalar() is 1L;
        },
        cancellation);

    private async Task<T> RunAsync<T>(string sql, Func<SqliteCommand, T> run, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            using var command = connection.Value.CreateCommand();
            command.CommandText = sql;
            return run(command);
        }
        catch (SqliteException e)
        {
            throw new WorkQueueUnavailableException($"The queue's file answered: {e.Message}", e);
        }
        finally
        {
            turn.Release();
        }
    }

    private static void AddKey(SqliteCommand command, WorkMessage message)
    {
        command.Parameters.AddWithValue("$queue", message.Queue);
        command.Parameters.AddWithValue("$id", long.Parse(message.Id, CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue("$receipt", long.Parse(message.Receipt, CultureInfo.InvariantCulture));
    }

    private static SqliteConnection Open(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();

        // FULL: a message is on the disk before its sender goes on, also when the power fails.
        command.CommandText =
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
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
        command.ExecuteNonQuery();
        return connection;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
