using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;

namespace OutlookCrm.Backup;

/// <summary>
/// Puts an exported firm into a store that has nothing of it. The file is read to its end before anything is written; then a row says that its
/// restore has begun; then come the rows; then all of them are read back and compared; then that row goes. What was broken off goes on when the
/// same file is given again.
/// </summary>
public sealed class FirmRestore(ITableStore tables, ITableScan scan, IWorkQueue queue, TimeProvider clock)
{
    private const int AtOnce = 8;
    private const int MaxBatchBytes = 256 * 1024; // of JSON: as JSON in a transaction it may grow, at most to a quarter of what one takes

    private const string Sum = "Sum";
    private const string BegunAt = "BegunAt";

    /// <exception cref="FirmFileException">The file is no whole export; nothing was written.</exception>
    /// <exception cref="TableStoreUnavailableException">The same file may be given again.</exception>
    public async Task<RestoreOutcome> RunAsync(string file, CancellationToken cancellation)
    {
        var (head, end) = await CheckAsync(file, cancellation);
        var partition = TableKeys.Restores(head.Firm);
        var sum = end.Sum.ToString("x32", CultureInfo.InvariantCulture);
        if (await tables.FindAsync(Tables.Restores, partition, TableKeys.Restore, cancellation) is { } begun)
        {
            if ((string)begun.Properties[Sum] != sum)
            {
                return new RestoreOutcome.Refused("The restore of another file of this firm has begun and not ended. Give that file again.");
            }
        }
        else
        {
            foreach (var table in FirmFile.Tables)
            {
                await foreach (var _ in scan.ScanAsync(table, TableKeys.Firm(head.Firm), cancellation))
                {
                    return new RestoreOutcome.Refused($"There are records of this firm already, in {table}. A firm is restored into an empty store only.");
                }
            }

            var mark = new TableRow(partition, TableKeys.Restore, new Dictionary<string, object> { [Sum] = sum, [BegunAt] = clock.GetUtcNow() });
            if (!(await tables.InsertAsync(Tables.Restores, mark, cancellation)).IsWritten)
            {
                return new RestoreOutcome.Refused("Somebody else began to restore this firm just now.");
            }
        }

        await Parallel.ForEachAsync(
            BatchesAsync(file, cancellation),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (batch, stop) => await tables.TransactAsync(
                batch[0].Table, batch[0].Row.PartitionKey, [.. batch.Select(one => new TableChange.Put(one.Row))], stop)); // a put is never refused
        if (await DifferenceAsync(head.Firm, end, cancellation) is { } difference)
        {
            return new RestoreOutcome.Refused($"{difference} Is somebody signed in already? Give the same file again when nobody is.");
        }

        await AskForTheRestAsync(head.Firm, cancellation);
        await tables.DeleteAsync(Tables.Restores, partition, TableKeys.Restore, etag: null, cancellation);
        return new RestoreOutcome.Restored(head.Firm, head.ExportedAt, end.Rows);
    }

    private static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);

    private static async Task<(FirmFileHead Head, FirmFileEnd End)> CheckAsync(string file, CancellationToken cancellation)
    {
        await using var stream = Open(file);
        FirmFileHead? head = null;
        FirmFileEnd? end = null;
        await foreach (var said in FirmFileReader.ReadAsync(stream, cancellation))
        {
            head ??= said as FirmFileHead;
            end = said as FirmFileEnd;
        }

        return (head!, end!);
    }

    /// <summary>Neighbouring rows of one partition, as many as one transaction takes.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<FirmFileRow>> BatchesAsync(string file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stream = Open(file);
        var batch = new List<FirmFileRow>();
        var bytes = 0;
        await foreach (var said in FirmFileReader.ReadAsync(stream, cancellation))
        {
            if (said is not FirmFileRow row)
            {
                continue;
            }

            var size = FirmFile.Line(row.Table, row.Row).Length;
            if (batch.Count > 0
                && (batch[0].Table != row.Table || batch[0].Row.PartitionKey != row.Row.PartitionKey
                    || batch.Count == TableLimits.MaxChanges || bytes + size > MaxBatchBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += size;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Reads everything back; null when it is what the file says.</summary>
    private async Task<string?> DifferenceAsync(Guid firm, FirmFileEnd end, CancellationToken cancellation)
    {
        var sum = UInt128.Zero;
        foreach (var table in FirmFile.Tables)
        {
            var count = 0L;
            await foreach (var row in scan.ScanAsync(table, TableKeys.Firm(firm), cancellation))
            {
                sum += FirmFile.SumOf(FirmFile.Line(table, row));
                count++;
            }

            if (count != end.Rows.GetValueOrDefault(table))
            {
                return $"Of {table} there are {count} rows now, and {end.Rows.GetValueOrDefault(table)} in the file.";
            }
        }

        return sum == end.Sum ? null : "What was read back is not what the file says.";
    }

    /// <summary>Messages are not exported. What a change still owed to other tables when the export was made is asked for anew.</summary>
    private async Task AskForTheRestAsync(Guid firm, CancellationToken cancellation)
    {
        await foreach (var row in scan.ScanAsync(Tables.Customers, TableKeys.Firm(firm), cancellation))
        {
            if (row.RowKey.StartsWith(TableKeys.Outboxes.From, StringComparison.Ordinal))
            {
                var message = new ChangeMessage(firm, TableKeys.Last(row.PartitionKey), TableKeys.Last(row.RowKey), Address: null);
                await queue.SendAsync(CustomerChanges.Queue, JsonSerializer.Serialize(message), delay: null, cancellation);
            }
            else if (TableKeys.IsOpenFollowUp(row.RowKey))
            {
                await queue.SendAsync(FollowUpStore.Queue, JsonSerializer.Serialize(FollowUpRow.ToChanged(firm, row)), delay: null, cancellation);
            }
        }

        await foreach (var row in scan.ScanAsync(Tables.Tombstones, TableKeys.Tombstones(firm), cancellation))
        {
            if (row.RowKey.StartsWith(TableKeys.Erasures.From, StringComparison.Ordinal) && Erasure.From(row) is { DoneAt: null } begun)
            {
                await queue.SendAsync(Erasing.Queue, JsonSerializer.Serialize(new ErasureWork(firm, begun.Name, Look: 1)), delay: null, cancellation);
            }
        }
    }
}

public abstract record RestoreOutcome
{
    private RestoreOutcome()
    {
    }

    /// <param name="Rows">By table.</param>
    public sealed record Restored(Guid Firm, DateTimeOffset ExportedAt, IReadOnlyDictionary<string, long> Rows) : RestoreOutcome;

    /// <param name="Why">A sentence or two.</param>
    public sealed record Refused(string Why) : RestoreOutcome;
}
