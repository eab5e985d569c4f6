using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace OutlookCrm.Storage;

/// <summary>
/// Tables in one SQLite file: what one machine needs. Reads run on the caller's thread, they take microseconds. Writes go through one
/// thread, which commits all that wait together: a write costs its share of one flush to the disk, and SQLite never sees two writers.
/// </summary>
/// <remarks>What has been acknowledged survives the end of the process and of the power.</remarks>
internal sealed class SqliteTableStore : ITableStore, ITableScan, IDisposable
{
    private const int MaxIdleReaders = 16;

    private readonly string file;
    private readonly TimeSpan busyTimeout;
    private readonly StorageMetrics metrics;
    private readonly SqliteDatabase writer;
    private readonly ConcurrentStack<SqliteDatabase> idleReaders = [];
    private readonly SqliteGroupCommit<Write> writes;
    private readonly SqliteChanges changes;
    private readonly HashSet<string> madeTables = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, TableSql> sql = new(StringComparer.Ordinal);
    private int idleCount;
    private bool disposed;

    /// <param name="busyTimeout">How long a write waits while another process writes to the file.</param>
    /// <param name="maxMegabytes">How large the file may grow; null is as large as the disk takes.</param>
    public SqliteTableStore(string file, TimeSpan busyTimeout, int? maxMegabytes = null)
    {
        this.file = file;
        this.busyTimeout = busyTimeout;
        writer = SqliteDatabase.OpenForWriting(file, busyTimeout, maxMegabytes);
        metrics = new StorageMetrics(this);
        changes = SqliteChanges.Of(file);
        changes.TakeNote(writer);
        writes = new SqliteGroupCommit<Write>(
            file, "sqlite writer", write => write.Cancellation.IsCancellationRequested && write.Done.TrySetCanceled(write.Cancellation), Commit);
    }

    // Refusals and failures of a read come out of the task, as from any store, although the work is done at once.
    public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<TableRow?>(cancellation);
        }

        try
        {
            return Task.FromResult(Find(table, partitionKey, rowKey));
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return Task.FromException<TableRow?>(refusal);
        }
    }

    public Task<TableRange> RangeAsync(
        string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<TableRange>(cancellation);
        }

        try
        {
            return Task.FromResult<TableRange>(Range(table, partitionKey, range, maxRows));
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return Task.FromException<TableRange>(refusal);
        }
    }

    public Task<(TableRow? Row, TableRange? Range)> FollowAsync(
        string table, string partitionKey, string rowKey, Func<TableRow, RangeAsk?> where, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<(TableRow?, TableRange?)>(cancellation);
        }

        try
        {
            return Task.FromResult(Follow(table, partitionKey, rowKey, where));
        }
        catch (Exception refusal) when (IsRefusal(refusal))
        {
            return Task.FromException<(TableRow?, TableRange?)>(refusal);
        }
    }

    public async Task<TransactionOutcome> TransactAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
    {
        TableLimits.CheckTransaction(partitionKey, changes);
        ObjectDisposedException.ThrowIf(disposed, this);
        var write = new Write(
            table, SqlOf(table), SqliteRowFormat.EncodeKey(partitionKey), SqliteChanges.PlaceOf(table, partitionKey), [.. changes.Select(Change.From)], cancellation);
        writes.Add(write, cancellation);
        var outcome = await write.Done.Task;
        metrics.Write(table);
        return outcome;
    }

    public TableWatch? Watch() => new SqliteTableWatch(this, changes.Now);

    // A page at a time, not one long read: that would keep the write-ahead log from being folded into the file.
    public async IAsyncEnumerable<TableRow> ScanAsync(
        string table, string partitionKeyPrefix, [EnumeratorCancellation] CancellationToken cancellation, int pageRows = TableLimits.MaxRangeRows)
    {
        TableLimits.CheckKeys(partitionKeyPrefix, "");
        var before = RowKeyRange.StartingWith(partitionKeyPrefix).Before;
        var (partitionKey, rowKey) = (partitionKeyPrefix, "");
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = Scan(table, partitionKey, rowKey, before, pageRows);
            foreach (var row in page)
            {
                yield return row;
            }

            if (page.Count < pageRows)
            {
                yield break;
            }

            (partitionKey, rowKey) = (page[^1].PartitionKey, RowKeyRange.After(page[^1].RowKey, before: null).From);
            await Task.Yield(); // SQLite reads on the caller's thread
        }
    }

    /// <summary>Finishes what waits to be written, then folds the write-ahead log into the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        writes.Dispose();
        while (idleReaders.TryPop(out var reader))
        {
            reader.Dispose();
        }

        writer.Checkpoint();
        writer.Dispose();
        metrics.Dispose();
    }

    private static bool IsRefusal(Exception failure) =>
        failure is TableLimitException or TableStoreUnavailableException or ArgumentException;

    private TableRow? Find(string table, string partitionKey, string rowKey)
    {
        TableLimits.CheckKeys(partitionKey, rowKey);
        using var read = Read(table, SqlOf(table).Find);
        return Find(read, table, partitionKey, rowKey);
    }

    private TableRow? Find(Reading read, string table, string partitionKey, string rowKey)
    {
        TableRow? row = null;
        if (read.Statement is { } statement)
        {
            statement.BindKey(1, partitionKey);
            statement.BindKey(2, rowKey);
            if (statement.Step())
            {
                row = new TableRow(
                    partitionKey,
                    rowKey,
                    new SqliteRowProperties(statement.Blob(1).ToArray()),
                    SqliteRowFormat.ETagOf(statement.Int64(0)));
            }
        }

        metrics.PointRead(table, row is not null);
        return row;
    }

    private SqliteRows Range(string table, string partitionKey, RowKeyRange range, int maxRows)
    {
        TableLimits.CheckRange(partitionKey, range, maxRows);
        using var read = Read(table, SqlOf(table, range));
        return Range(read.Reader, read.Statement, table, partitionKey, range, maxRows, isReleased: false);
    }

    private SqliteRows Range(
        SqliteDatabase reader, SqliteStatement? statement, string table, string partitionKey, RowKeyRange range, int maxRows, bool isReleased)
    {
        var found = SqliteRows.None;
        if (statement is not null)
        {
            statement.BindKey(1, partitionKey);
            statement.BindKey(2, range.From);
            statement.Bind(3, maxRows);
            if (range.Before is not null)
            {
                statement.BindKey(4, range.Before);
            }

            var rows = reader.Rows;
            rows.Clear();
            while (statement.Step())
            {
                rows.Add(statement.Int64(0), statement.Blob(2), statement.Blob(1));
            }

            found = rows.Take(partitionKey, isReleased);
        }

        metrics.RangeRead(table, found.Count);
        return found;
    }

    private List<TableRow> Scan(string table, string partitionKey, string rowKey, string? before, int maxRows)
    {
        var rows = new List<TableRow>();
        using var read = Read(table, SqlOf(table).Scan);
        if (read.Statement is { } statement)
        {
            statement.BindKey(1, partitionKey);
            statement.BindKey(2, rowKey);
            if (before is null)
            {
                statement.Bind(3, [byte.MaxValue]); // no key begins with it
            }
            else
            {
                statement.BindKey(3, before);
            }

            statement.Bind(4, maxRows);
            while (statement.Step())
            {
                rows.Add(new TableRow(
                    SqliteRowFormat.DecodeKey(statement.Blob(3)),
                    SqliteRowFormat.DecodeKey(statement.Blob(2)),
                    new SqliteRowProperties(statement.Blob(1).ToArray()),
                    SqliteRowFormat.ETagOf(statement.Int64(0))));
            }
        }

        metrics.RangeRead(table, rows.Count);
        return rows;
    }

    private (TableRow? Row, TableRange? Range) Follow(string table, string partitionKey, string rowKey, Func<TableRow, RangeAsk?> where)
    {
        TableLimits.CheckKeys(partitionKey, rowKey);
        using var read = Read(table, SqlOf(table).Find);
        if (Find(read, table, partitionKey, rowKey) is not { } row)
        {
            return (null, null);
        }

        if (where(row) is not { } ask)
        {
            return (row, null);
        }

        // The first statement stands on its row until it is reset, so SQLite goes on reading the file as it was then.
        TableLimits.CheckRange(ask.PartitionKey, ask.Range, ask.MaxRows);
        var statement = read.Reader.TryPrepare(SqlOf(ask.Table, ask.Range), missingTable: $"t_{ask.Table}");
        try
        {
            return (row, Range(read.Reader, statement, ask.Table, ask.PartitionKey, ask.Range, ask.MaxRows, isReleased: true));
        }
        finally
        {
            statement?.Reset();
        }
    }

    private string SqlOf(string table, RowKeyRange range) => range.Before is null ? SqlOf(table).From : SqlOf(table).Range;

    private TableSql SqlOf(string table) => sql.GetOrAdd(table, static name => new TableSql(name));

    private Reading Read(string table, string text)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (idleReaders.TryPop(out var reader))
        {
            Interlocked.Decrement(ref idleCount);
        }
        else
        {
            reader = SqliteDatabase.OpenForReading(file, busyTimeout);
        }

        try
        {
            return new Reading(this, reader, reader.TryPrepare(text, missingTable: $"t_{table}"));
        }
        catch
        {
            Return(reader);
            throw;
        }
    }

    private bool AreUnchanged(long since, int place, int other)
    {
        if (disposed || !idleReaders.TryPop(out var reader))
        {
            return false;
        }

        Interlocked.Decrement(ref idleCount);
        try
        {
            return changes.AreUnchanged(reader, since, place, other);
        }
        finally
        {
            Return(reader);
        }
    }

    private void Return(SqliteDatabase reader)
    {
        if (Interlocked.Increment(ref idleCount) <= MaxIdleReaders && !disposed)
        {
            idleReaders.Push(reader);
        }
        else
        {
            Interlocked.Decrement(ref idleCount);
            reader.Dispose();
        }
    }

    private void Commit(List<Write> together)
    {
        var made = new List<string>();
        var outcomes = new List<TransactionOutcome>(together.Count);
        try
        {
            changes.Commit(writer, () =>
            {
                foreach (var write in together)
                {
                    if (!madeTables.Contains(write.Table))
                    {
                        writer.Execute(write.Sql.Make);
                        made.Add(write.Table);
                    }

                    outcomes.Add(Apply(write));
                }

                return together.Where((_, i) => outcomes[i].IsWritten).Select(write => write.Place);
            });
        }
        catch (Exception failure) // Whatever it is, those who wait must hear of it.
        {
            together.ForEach(write => write.Done.SetException(failure));
            return;
        }

        madeTables.UnionWith(made);
        for (var i = 0; i < together.Count; i++)
        {
            together[i].Done.SetResult(outcomes[i]);
        }
    }

    private TransactionOutcome Apply(Write write)
    {
        var isTransaction = write.Changes.Length > 1;
        if (isTransaction)
        {
            writer.Prepare("SAVEPOINT one").Run();
        }

        for (var i = 0; i < write.Changes.Length; i++)
        {
            var result = Apply(write, write.Changes[i]);
            if (result != WriteResult.Written)
            {
                if (isTransaction)
                {
                    writer.Prepare("ROLLBACK TO one").Run();
                    writer.Prepare("RELEASE one").Run();
                }

                return new TransactionOutcome(result, i, []);
            }
        }

        if (isTransaction)
        {
            writer.Prepare("RELEASE one").Run();
        }

        return new TransactionOutcome(
            WriteResult.Written, null, [.. write.Changes.Select(change => change.Body is null ? null : SqliteRowFormat.ETagOf(change.NewVersion))]);
    }

    private WriteResult Apply(Write write, Change change)
    {
        var statement = writer.Prepare(change.Kind switch
        {
            ChangeKind.Insert => write.Sql.Insert,
            ChangeKind.Put => write.Sql.Put,
            ChangeKind.Replace => write.Sql.Replace,
            ChangeKind.Delete => write.Sql.Delete,
            ChangeKind.DeleteVersion => write.Sql.DeleteVersion,
            _ => throw new InvalidOperationException($"Unknown change {change.Kind}."),
        });
        statement.Bind(1, write.PartitionKey);
        statement.Bind(2, change.RowKey);
        if (change.Body is not null)
        {
            statement.Bind(3, change.NewVersion);
            statement.Bind(4, change.Body);
        }

        if (change.Kind is ChangeKind.Replace or ChangeKind.DeleteVersion)
        {
            statement.Bind(5, change.OldVersion);
        }

        if (statement.Run() == 1)
        {
            return WriteResult.Written;
        }

        return change.Kind switch
        {
            ChangeKind.Insert => WriteResult.AlreadyExists,
            ChangeKind.Delete => WriteResult.Absent,
            _ => Exists(write, change.RowKey) ? WriteResult.Changed : WriteResult.Absent,
        };
    }

    private bool Exists(Write write, byte[] rowKey)
    {
        var statement = writer.Prepare(write.Sql.Find);
        statement.Bind(1, write.PartitionKey);
        statement.Bind(2, rowKey);
        var exists = statement.Step();
        statement.Reset();
        return exists;
    }

    private enum ChangeKind
    {
        Insert,
        Replace,
        Put,
        Delete,
        DeleteVersion,
    }

    /// <param name="Body">Null for a deletion.</param>
    /// <param name="NewVersion">Random: a row that is deleted and made again never has an old version's ETag.</param>
    private readonly record struct Change(ChangeKind Kind, byte[] RowKey, byte[]? Body, long OldVersion, long NewVersion)
    {
        public static Change From(TableChange change) => change switch
        {
            TableChange.Insert insert => With(ChangeKind.Insert, insert.Row, null),
            TableChange.Replace replace => With(ChangeKind.Replace, replace.Row, replace.ETag),
            TableChange.Put put => With(ChangeKind.Put, put.Row, null),
            TableChange.Delete { ETag: null } delete => new(ChangeKind.Delete, SqliteRowFormat.EncodeKey(delete.RowKey), null, 0, 0),
            TableChange.Delete delete => new(
                ChangeKind.DeleteVersion, SqliteRowFormat.EncodeKey(delete.RowKey), null, SqliteRowFormat.VersionOf(delete.ETag), 0),
            _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
        };

        private static Change With(ChangeKind kind, TableRow row, string? etag) => new(
            kind, SqliteRowFormat.EncodeKey(row.RowKey), SqliteRowFormat.EncodeProperties(row.Properties),
            SqliteRowFormat.VersionOf(etag), Random.Shared.NextInt64(1, long.MaxValue));
    }

    /// <summary>The statements of one table, made once.</summary>
    private sealed class TableSql
    {
        public TableSql(string table)
        {
            TableLimits.CheckTable(table);
            var name = $"\"t_{table}\"";

            // Clustered by key: a partition lies together, and a range read walks neighbouring pages.
            Make = $"CREATE TABLE IF NOT EXISTS {name} (pk BLOB NOT NULL, rk BLOB NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL, "
                + "PRIMARY KEY (pk, rk)) WITHOUT ROWID";
            Find = $"SELECT version, body FROM {name} WHERE pk=?1 AND rk=?2";
            From = $"SELECT version, body, rk FROM {name} WHERE pk=?1 AND rk>=?2 ORDER BY rk LIMIT ?3";
            Range = $"SELECT version, body, rk FROM {name} WHERE pk=?1 AND rk>=?2 AND rk<?4 ORDER BY rk LIMIT ?3";
            Scan = $"SELECT version, body, rk, pk FROM {name} WHERE (pk, rk)>=(?1, ?2) AND pk<?3 ORDER BY pk, rk LIMIT ?4";
            Insert = $"INSERT INTO {name} (pk, rk, version, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            Put = $"INSERT INTO {name} (pk, rk, version, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET version=?3, body=?4";
            Replace = $"UPDATE {name} SET version=?3, body=?4 WHERE pk=?1 AND rk=?2 AND version=?5";
            Delete = $"DELETE FROM {name} WHERE pk=?1 AND rk=?2";
            DeleteVersion = $"DELETE FROM {name} WHERE pk=?1 AND rk=?2 AND version=?5";
        }

        public string Make { get; }

        public string Find { get; }

        public string From { get; }

        public string Range { get; }

        public string Scan { get; }

        public string Insert { get; }

        public string Put { get; }

        public string Replace { get; }

        public string Delete { get; }

        public string DeleteVersion { get; }
    }

    /// <param name="Statement">Null when the table is not there yet.</param>
    private readonly record struct Reading(SqliteTableStore Store, SqliteDatabase Reader, SqliteStatement? Statement) : IDisposable
    {
        public void Dispose()
        {
            Statement?.Reset();
            Store.Return(Reader);
        }
    }

    private sealed record Write(
        string Table, TableSql Sql, byte[] PartitionKey, int Place, Change[] Changes, CancellationToken Cancellation)
    {
        public TaskCompletionSource<TransactionOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class SqliteTableWatch(SqliteTableStore store, long since) : TableWatch
    {
        private int place = -1;
        private int other = -1;

        public override bool IsUnchanged => place >= 0 && store.AreUnchanged(since, place, other < 0 ? place : other);

        public override void Cover(string table, string partitionKey)
        {
            var covered = SqliteChanges.PlaceOf(table, partitionKey);
            if (place < 0 || place == covered)
            {
                place = covered;
            }
            else if (other < 0 || other == covered)
            {
                other = covered;
            }
            else
            {
                throw new InvalidOperationException("A watch covers two partitions.");
            }
        }
    }
}
