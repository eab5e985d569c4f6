namespace OutlookCrm.Storage;

/// <summary>
/// Rows in tables, as Azure Table Storage has them: a partition key, a row key, flat properties, an ETag.
/// Two stores are run: <c>SqliteTableStore</c> on one machine, <c>AzureTableStore</c> in Azure.
/// Both refuse what either service refuses, with <see cref="TableLimitException"/>, before anything is written.
/// </summary>
/// <remarks>
/// Property values are string, bool, int, long, double, Guid, DateTimeOffset (UTC, 100 ns) or byte[]; null is left out.
/// Row keys compare ordinally. Every method may throw <see cref="TableStoreUnavailableException"/> after its retries.
/// </remarks>
public interface ITableStore
{
    /// <summary>One point read; null when the row is absent.</summary>
    Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation);

    /// <summary>
    /// At most <paramref name="maxRows"/> (1 to 1,000) rows of one partition in row-key order: one round trip,
    /// unless the service splits the page.
    /// </summary>
    Task<TableRange> RangeAsync(string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation);

    /// <summary>
    /// A point read and the range read that its row leads to. A store that can reads both of one moment, which costs less than one after
    /// the other. Who asks <see cref="TableRange.Release"/>s the range.
    /// </summary>
    /// <param name="where">Called with the row when there is one; null when it leads nowhere.</param>
    async Task<(TableRow? Row, TableRange? Range)> FollowAsync(
        string table, string partitionKey, string rowKey, Func<TableRow, RangeAsk?> where, CancellationToken cancellation) =>
        await FindAsync(table, partitionKey, rowKey, cancellation) is not { } row ? (null, null)
        : where(row) is not { } ask ? (row, null)
        : (row, await RangeAsync(ask.Table, ask.PartitionKey, ask.Range, ask.MaxRows, cancellation));

    /// <summary>
    /// Begins to watch what will be read. Null when the store cannot tell without reading whether something has changed.
    /// </summary>
    TableWatch? Watch() => null;

    /// <summary>All changes or none, in one partition: 1 to 100 changes, each row once, at most 4 MiB.</summary>
    Task<TransactionOutcome> TransactAsync(
        string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation);
}

/// <summary>The transactions of one change, by name.</summary>
public static class TableWrites
{
    /// <summary>Adds a row: <see cref="WriteResult.Written"/>, or <see cref="WriteResult.AlreadyExists"/> and nothing changes.</summary>
    public static Task<WriteOutcome> InsertAsync(this ITableStore store, string table, TableRow row, CancellationToken cancellation) =>
        store.WriteAsync(table, row.PartitionKey, new TableChange.Insert(row), cancellation);

    /// <summary>
    /// Replaces the whole row that still has this ETag: <see cref="WriteResult.Written"/>, <see cref="WriteResult.Changed"/>
    /// when another write came first, <see cref="WriteResult.Absent"/> when it is gone.
    /// </summary>
    public static Task<WriteOutcome> ReplaceAsync(
        this ITableStore store, string table, TableRow row, string etag, CancellationToken cancellation) =>
        store.WriteAsync(table, row.PartitionKey, new TableChange.Replace(row, etag), cancellation);

    /// <summary>Inserts or replaces whatever is there. For projections only: what may be written again from its source.</summary>
    public static Task<WriteOutcome> PutAsync(this ITableStore store, string table, TableRow row, CancellationToken cancellation) =>
        store.WriteAsync(table, row.PartitionKey, new TableChange.Put(row), cancellation);

    /// <summary>Deletes the row that still has this ETag, or any version when <paramref name="etag"/> is null.</summary>
    public static async Task<WriteResult> DeleteAsync(
        this ITableStore store, string table, string partitionKey, string rowKey, string? etag, CancellationToken cancellation) =>
        (await store.WriteAsync(table, partitionKey, new TableChange.Delete(rowKey, etag), cancellation)).Result;

    private static async Task<WriteOutcome> WriteAsync(
        this ITableStore store, string table, string partitionKey, TableChange change, CancellationToken cancellation)
    {
        var outcome = await store.TransactAsync(table, partitionKey, [change], cancellation);
        return new WriteOutcome(outcome.Result, outcome.IsWritten ? outcome.ETags[0] : null);
    }
}

/// <param name="ETag">The version as read; null on a row that was not read from a store.</param>
public sealed record TableRow(
    string PartitionKey, string RowKey, IReadOnlyDictionary<string, object> Properties, string? ETag = null);

/// <param name="From">The first key that may be included.</param>
/// <param name="Before">The first key that is not; null to the partition's end.</param>
public readonly record struct RowKeyRange(string From, string? Before)
{
    /// <summary>Every key that starts with <paramref name="prefix"/>.</summary>
    public static RowKeyRange StartingWith(string prefix) => new(prefix, Following(prefix));

    /// <summary>The keys after <paramref name="key"/>, for the next page.</summary>
    public static RowKeyRange After(string key, string? before) => new(key + '\u0020', before);

    // The first key after all that start with the prefix, in the order of UTF-16 code units and without half a surrogate pair.
    private static string? Following(string prefix)
    {
        for (var end = prefix.Length; end > 0; end--)
        {
            var last = prefix[end - 1];
            if (end > 1 && char.IsSurrogatePair(prefix[end - 2], last))
            {
                var point = char.ConvertToUtf32(prefix[end - 2], last);
                return prefix[..(end - 2)] + (point == 0x10ffff ? "\ue000" : char.ConvertFromUtf32(point + 1));
            }

            if (last != '\uffff')
            {
                return prefix[..(end - 1)] + (last == '\ud7ff' ? "\U00010000" : ((char)(last + 1)).ToString());
            }
        }

        return null;
    }
}

/// <summary>What <see cref="ITableStore.RangeAsync"/> is asked for.</summary>
public sealed record RangeAsk(string Table, string PartitionKey, RowKeyRange Range, int MaxRows);

/// <summary>Tells without reading whether partitions are as they were when they were read.</summary>
public abstract class TableWatch
{
    /// <summary>
    /// True when nothing was written to the partitions since the watch began, whoever writes. It may be false when nothing was: then read.
    /// </summary>
    public abstract bool IsUnchanged { get; }

    /// <summary>Watches a partition as well, two at most; it is read after the watch began.</summary>
    public abstract void Cover(string table, string partitionKey);
}

public enum WriteResult
{
    Written,
    AlreadyExists,
    Changed,
    Absent,
}

/// <param name="ETag">The new version when <see cref="WriteResult.Written"/>, else null.</param>
public readonly record struct WriteOutcome(WriteResult Result, string? ETag)
{
    public bool IsWritten => Result == WriteResult.Written;
}

/// <param name="FailedIndex">Which change was refused, counted from 0; null when all were written.</param>
/// <param name="ETags">The new versions in the order of the changes; null for a deleted row. Empty when refused.</param>
public sealed record TransactionOutcome(WriteResult Result, int? FailedIndex, IReadOnlyList<string?> ETags)
{
    public bool IsWritten => Result == WriteResult.Written;
}

/// <summary>One change of a transaction.</summary>
public abstract record TableChange
{
    private TableChange()
    {
    }

    public sealed record Insert(TableRow Row) : TableChange;

    public sealed record Replace(TableRow Row, string ETag) : TableChange;

    public sealed record Put(TableRow Row) : TableChange;

    /// <param name="ETag">Null deletes any version; the row must exist either way.</param>
    public sealed record Delete(string RowKey, string? ETag) : TableChange;
}

/// <summary>The row or transaction breaks a limit of the service. Nothing was written.</summary>
public sealed class TableLimitException(string message) : Exception(message);

/// <summary>The store did not answer in time or refused for load, retries included. The write may or may not have happened.</summary>
/// <param name="message">For the log: may name files.</param>
public sealed class TableStoreUnavailableException(string message, Exception? inner = null, StoreTrouble trouble = StoreTrouble.NoAnswer)
    : Exception(message, inner)
{
    public StoreTrouble Trouble { get; } = trouble;
}

/// <summary>Why a store does not take what it is given.</summary>
public enum StoreTrouble
{
    NoAnswer,

    /// <summary>No room on the disk, or none up to <see cref="StorageOptions.SqliteMaxMegabytes"/>.</summary>
    Full,

    /// <summary>Another program has it.</summary>
    Locked,
    ReadOnly,
    Damaged,
}

/// <summary>For people, and for anybody: without names.</summary>
internal static class StoreTroubles
{
    public static string WordsOf(StoreTrouble trouble) => trouble switch
    {
        StoreTrouble.Full => "There is no room left for more records.",
        StoreTrouble.Locked => "Another program holds the records.",
        StoreTrouble.ReadOnly => "The records may only be read.",
        StoreTrouble.Damaged => "The file of the records is damaged.",
        _ => "The records cannot be reached.",
    };
}
