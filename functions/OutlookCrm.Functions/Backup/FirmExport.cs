using OutlookCrm.Firm;
using OutlookCrm.Interactions;
using OutlookCrm.Storage;

namespace OutlookCrm.Backup;

/// <summary>
/// Writes a whole firm into a folder: one file that a restore reads, with everything, and tables for people, with what every colleague sees.
/// For whoever has the store itself: it does not ask who sees what.
/// </summary>
public sealed class FirmExport(ITableStore tables, ITableScan scan, FirmDirectory directory, TimeProvider clock)
{
    /// <summary>The firms that have anybody who signed in.</summary>
    public async Task<IReadOnlyList<Guid>> FirmsAsync(CancellationToken cancellation)
    {
        var firms = new HashSet<Guid>();
        await foreach (var row in scan.ScanAsync(Tables.Colleagues, "", cancellation))
        {
            if (Guid.TryParseExact(row.PartitionKey, "N", out var firm))
            {
                firms.Add(firm);
            }
        }

        return [.. firms.Order()];
    }

    /// <param name="folder">Must be absent or empty. It is there when the export is whole, and not before.</param>
    public async Task<ExportOutcome> WriteAsync(Guid firm, string folder, CancellationToken cancellation)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return new ExportOutcome.Refused($"The folder {folder} is not empty.");
        }

        if (await tables.FindAsync(Tables.Restores, TableKeys.Restores(firm), TableKeys.Restore, cancellation) is not null)
        {
            return new ExportOutcome.Refused("A restore of this firm has begun and not ended. Restore the same file again, then export.");
        }

        var part = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".part";
        if (Directory.Exists(part))
        {
            Directory.Delete(part, recursive: true);
        }

        MakePrivate(part);
        var counts = FirmFile.Tables.ToDictionary(table => table, _ => 0L);
        var sum = UInt128.Zero;
        await using (var file = new FileStream(Path.Combine(part, FirmFile.Name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, useAsync: true))
        {
            await using var sheets = new FirmSheets(part, new Sight(Guid.Empty, await directory.OfAsync(firm, cancellation), clock.GetUtcNow()));
            await WriteLineAsync(file, FirmFile.Line(new FirmFileHead(firm, clock.GetUtcNow())), cancellation);
            foreach (var table in FirmFile.Tables)
            {
                await foreach (var row in scan.ScanAsync(table, TableKeys.Firm(firm), cancellation))
                {
                    var line = FirmFile.Line(table, row);
                    sum += FirmFile.SumOf(line);
                    counts[table]++;
                    await WriteLineAsync(file, line, cancellation);
                    await sheets.TakeAsync(table, row);
                }
            }

            await WriteLineAsync(file, FirmFile.Line(new FirmFileEnd(counts, sum)), cancellation);
            file.Flush(flushToDisk: true);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder);
        }

        Directory.Move(part, folder);
        return new ExportOutcome.Written(counts);
    }

    private static async Task WriteLineAsync(Stream file, byte[] line, CancellationToken cancellation)
    {
        await file.WriteAsync(line, cancellation);
        file.WriteByte((byte)'\n');
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

public abstract record ExportOutcome
{
    private ExportOutcome()
    {
    }

    /// <param name="Rows">By table.</param>
    public sealed record Written(IReadOnlyDictionary<string, long> Rows) : ExportOutcome;

    /// <param name="Why">A sentence.</param>
    public sealed record Refused(string Why) : ExportOutcome;
}
