using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using OutlookCrm.Storage;

namespace OutlookCrm.Backup;

/// <summary>A file that is no whole and unchanged export.</summary>
/// <param name="line">Counted from 1.</param>
public sealed class FirmFileException(long line, string message) : Exception($"line {line}: {message}")
{
    public long Line { get; } = line;
}

/// <summary>
/// Reads an export line by line and believes nothing of it: every row must be one that could have been exported of this firm and that a store
/// takes, and the last line must say just what was read.
/// </summary>
internal static class FirmFileReader
{
    /// <returns>The head, then the rows, then the end. Only with the end is any of it known to be right.</returns>
    /// <exception cref="FirmFileException">The message says what is wrong, not what stands there.</exception>
    public static async IAsyncEnumerable<object> ReadAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        FirmFileHead? head = null;
        FirmFileEnd? end = null;
        var sum = UInt128.Zero;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var number = 0L;
        var partition = ("", "");
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var line in LinesAsync(file, cancellation))
        {
            number++;
            if (end is not null)
            {
                throw new FirmFileException(number, "Something follows the end of the export.");
            }

            var said = Read(number, line, isFirst: head is null);
            switch (said)
            {
                case FirmFileHead first when head is null:
                    head = first;
                    break;
                case FirmFileEnd last when head is not null:
                    end = last;
                    CheckEnd(number, last, counts, sum);
                    break;
                case FirmFileRow row when head is not null:
                    CheckRow(number, row, head);
                    if (partition != (row.Table, row.Row.PartitionKey))
                    {
                        partition = (row.Table, row.Row.PartitionKey);
                        keys.Clear();
                    }

                    if (!keys.Add(row.Row.RowKey))
                    {
                        throw new FirmFileException(number, "The same row stands here twice.");
                    }

                    counts[row.Table] = counts.GetValueOrDefault(row.Table) + 1;
                    sum += FirmFile.SumOf(line.Span);
                    break;
                default:
                    throw new FirmFileException(number, head is null ? "This is no export of Outlook CRM." : "An export begins once.");
            }

            yield return said;
        }

        if (end is null)
        {
            throw new FirmFileException(
                number + 1, head is null ? "The file is empty: this is no export of Outlook CRM." : "The file was cut off: its last line is missing.");
        }
    }

    private static void CheckRow(long number, FirmFileRow row, FirmFileHead head)
    {
        if (!FirmFile.Tables.Contains(row.Table))
        {
            throw new FirmFileException(number, "There is no such table.");
        }

        if (!TableKeys.IsOf(head.Firm, row.Row.PartitionKey))
        {
            throw new FirmFileException(number, "This row is another firm's.");
        }

        try
        {
            TableLimits.CheckRow(row.Row);
        }
        catch (TableLimitException e)
        {
            throw new FirmFileException(number, e.Message);
        }
    }

    private static void CheckEnd(long number, FirmFileEnd end, Dictionary<string, long> counts, UInt128 sum)
    {
        foreach (var table in end.Rows.Keys.Union(counts.Keys))
        {
            if (end.Rows.GetValueOrDefault(table) != counts.GetValueOrDefault(table))
            {
                throw new FirmFileException(
                    number, $"Of {table} there are {counts.GetValueOrDefault(table)} rows and should be {end.Rows.GetValueOrDefault(table)}: the file was changed or damaged.");
            }
        }

        if (end.Sum != sum)
        {
            throw new FirmFileException(number, "The rows are not those that were exported: the file was changed or damaged.");
        }
    }

    private static object Read(long number, ReadOnlyMemory<byte> line, bool isFirst)
    {
        try
        {
            return FirmFile.Read(line);
        }
        catch (FormatException e)
        {
            throw new FirmFileException(number, isFirst ? $"This is no export that can be restored here. {e.Message}" : e.Message);
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var number = 0L;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                number++;
                yield return rest.Slice(0, end).ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (rest.Length > FirmFile.MaxLineBytes)
            {
                throw new FirmFileException(number + 1, "The line is longer than any of an export.");
            }

            if (read.IsCompleted)
            {
                if (!rest.IsEmpty)
                {
                    // Whole lines end with a line break. The end cannot be told from the start of something longer without it.
                    throw new FirmFileException(number + 1, number == 0 ? "This is no export of Outlook CRM." : "The file was cut off within this line.");
                }

                yield break;
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }
    }
}
