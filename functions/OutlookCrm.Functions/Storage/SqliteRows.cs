using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace OutlookCrm.Storage;

/// <summary>
/// The rows of one read as they lie in SQLite, one behind the other: version, length of key, length of properties, key, properties.
/// Who only compares versions pays for no row.
/// </summary>
internal sealed class SqliteRows : TableRange
{
    public static readonly SqliteRows None = new("", [], 0, [], isRented: false);

    private const int HeadBytes = 8 + 4 + 4;

    private readonly string partitionKey;
    private readonly int length;
    private readonly int[] starts;
    private readonly TableRow?[] made;
    private readonly bool isRented;
    private byte[]? bytes;

    private SqliteRows(string partitionKey, byte[] bytes, int length, int[] starts, bool isRented)
    {
        this.partitionKey = partitionKey;
        this.bytes = bytes;
        this.length = length;
        this.starts = starts;
        this.isRented = isRented;
        made = new TableRow?[starts.Length];
    }

    public override int Count => starts.Length;

    // All that is stored is hashed, which is no slower than to pick out the versions.
    public override UInt128 Stamp => XxHash128.HashToUInt128(Bytes(0, length), Seed);

    // Two threads may both make a row; they come to the same.
    public override TableRow this[int index] => made[index] ??= Make(starts[index]);

    public override void Release()
    {
        if (isRented && Interlocked.Exchange(ref bytes, null) is { } rented)
        {
            rented.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <exception cref="ObjectDisposedException">The rows were released: by now their memory may hold another customer's.</exception>
    internal ReadOnlySpan<byte> Bytes(int start, int count)
    {
        var held = bytes;
        ObjectDisposedException.ThrowIf(held is null, this);
        return held.AsSpan(start, count);
    }

    private TableRow Make(int start)
    {
        var head = Bytes(start, HeadBytes);
        var keyLength = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        return new TableRow(
            partitionKey,
            SqliteRowFormat.DecodeKey(Bytes(start + HeadBytes, keyLength)),
            new SqliteRowProperties(this, start + HeadBytes + keyLength, BinaryPrimitives.ReadInt32LittleEndian(head[12..])),
            SqliteRowFormat.ETagOf(BinaryPrimitives.ReadInt64LittleEndian(head)));
    }

    /// <summary>Takes rows up, one read after the other; of one connection, and so for one thread at a time.</summary>
    public sealed class Collector
    {
        // A read that was much larger than others must not keep its room for ever.
        private const int MaxKeptBytes = 256 * 1024;

        private readonly List<int> starts = [];
        private byte[] buffer = new byte[16 * 1024];
        private int length;

        public void Add(long version, ReadOnlySpan<byte> key, ReadOnlySpan<byte> properties)
        {
            var size = HeadBytes + key.Length + properties.Length;
            if (buffer.Length - length < size)
            {
                Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
            }

            starts.Add(length);
            var row = buffer.AsSpan(length, size);
            BinaryPrimitives.WriteInt64LittleEndian(row, version);
            BinaryPrimitives.WriteInt32LittleEndian(row[8..], key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(row[12..], properties.Length);
            key.CopyTo(row[HeadBytes..]);
            properties.CopyTo(row[(HeadBytes + key.Length)..]);
            length += size;
        }

        /// <summary>The rows since the last call.</summary>
        /// <param name="isReleased">Whether the asker will tell when they are done with: then the rows lie in an array of the pool.</param>
        public SqliteRows Take(string partitionKey, bool isReleased)
        {
            var bytes = isReleased ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
            buffer.AsSpan(0, length).CopyTo(bytes);
            var rows = new SqliteRows(partitionKey, bytes, length, [.. starts], isReleased);
            Clear();
            return rows;
        }

        /// <summary>Forgets what was taken up: after a read that failed.</summary>
        public void Clear()
        {
            starts.Clear();
            length = 0;
            if (buffer.Length > MaxKeptBytes)
            {
                buffer = new byte[16 * 1024];
            }
        }
    }
}
