using System.Collections;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace OutlookCrm.Storage;

/// <summary>Rows of one partition in row-key order, as one read found them. A store may make each only when it is asked for.</summary>
public abstract class TableRange : IReadOnlyList<TableRow>
{
    public abstract int Count { get; }

    public abstract TableRow this[int index] { get; }

    /// <summary>
    /// Names the rows and their versions: what is made of these rows alone is the same while this is. Good within this process.
    /// </summary>
    public abstract UInt128 Stamp { get; }

    // Nobody outside can make out rows whose stamps are alike. Versions are random or of the service's clock besides.
    private protected static long Seed { get; } = Random.Shared.NextInt64();

    /// <summary>
    /// Tells that nobody looks at these rows any more: the store may use their memory for others. To look at one after that is an error. Who
    /// does not tell leaves it to the garbage collector.
    /// </summary>
    public virtual void Release()
    {
    }

    /// <summary>Rows that are there already.</summary>
    public static TableRange Of(IReadOnlyList<TableRow> rows) => new MadeRows(rows);

    /// <summary>One stamp for several reads.</summary>
    public static UInt128 StampOf(params ReadOnlySpan<TableRange> ranges)
    {
        if (ranges.Length == 1)
        {
            return ranges[0].Stamp;
        }

        var hash = new XxHash128(Seed);
        foreach (var range in ranges)
        {
            var stamp = range.Stamp;
            hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in stamp)));
        }

        return hash.GetCurrentHashAsUInt128();
    }

    public IEnumerator<TableRow> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class MadeRows(IReadOnlyList<TableRow> rows) : TableRange
    {
        public override int Count => rows.Count;

        public override TableRow this[int index] => rows[index];

        public override UInt128 Stamp
        {
            get
            {
                var hash = new XxHash128(Seed);
                foreach (var row in rows)
                {
                    // Neither holds a control character.
                    hash.Append(MemoryMarshal.AsBytes(row.RowKey.AsSpan()));
                    hash.Append("\0\0"u8);
                    hash.Append(MemoryMarshal.AsBytes(row.ETag.AsSpan()));
                    hash.Append("\0\0"u8);
                }

                return hash.GetCurrentHashAsUInt128();
            }
        }
    }
}

/// <summary>Names rows of one partition and their versions. See <see cref="TableRange.Stamp"/>.</summary>
/// <param name="Time">Changes whenever the passing of time alone makes something else of the rows.</param>
public readonly record struct RowsStamp(string PartitionKey, UInt128 Versions, long Time);
