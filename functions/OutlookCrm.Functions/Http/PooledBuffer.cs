using System.Buffers;

namespace OutlookCrm.Http;

/// <summary>Bytes written to one rented array that grows; cleared when it goes back, as it holds people's data.</summary>
internal sealed class PooledBuffer(int initialBytes) : IBufferWriter<byte>, IDisposable
{
    private byte[] array = ArrayPool<byte>.Shared.Rent(initialBytes);
    private int length;

    public ReadOnlyMemory<byte> Written => array.AsMemory(0, length);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsSpan(length);
    }

    public void Dispose()
    {
        Release(array);
        array = [];
        length = 0;
    }

    private void Reserve(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (array.Length - length >= wanted)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(array.Length * 2, length + wanted));
        array.AsSpan(0, length).CopyTo(larger);
        Release(array);
        array = larger;
    }

    private void Release(byte[] old)
    {
        old.AsSpan(0, length).Clear();
        ArrayPool<byte>.Shared.Return(old);
    }
}
