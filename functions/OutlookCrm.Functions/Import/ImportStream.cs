using OutlookCrm.Storage;

namespace OutlookCrm.Import;

/// <summary>A stored file, piece by piece: one is in memory at a time.</summary>
internal sealed class ImportStream(ITableStore tables, string partition, int pieces, string part) : Stream
{
    private readonly Queue<byte[]> parts = new();
    private ReadOnlyMemory<byte> current;
    private int next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (current.IsEmpty)
        {
            if (parts.TryDequeue(out var bytes))
            {
                current = bytes;
            }
            else if (next == pieces)
            {
                return 0;
            }
            else
            {
                var row = await tables.FindAsync(Tables.Imports, partition, TableKeys.ImportPiece(next++), cancellationToken)
                    ?? throw new InvalidOperationException("A piece of the file is gone.");
                for (var i = 0; row.Properties.GetValueOrDefault(part + i) is byte[] one; i++)
                {
                    parts.Enqueue(one);
                }
            }
        }

        var length = Math.Min(buffer.Length, current.Length);
        current[..length].CopyTo(buffer);
        current = current[length..];
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Stored files are read without blocking.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
