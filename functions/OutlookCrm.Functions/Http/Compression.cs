using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace OutlookCrm.Http;

/// <summary>Brotli for answers that are long enough to gain from it.</summary>
internal static class Compression
{
    /// <summary>What fits one packet arrives no sooner when it is smaller.</summary>
    private const int MinBytes = 1_200;

    /// <summary>Measured on a card with 20 timeline lines: see docs/decisions/0005.</summary>
    private const int Quality = 5;
    private const int WindowBits = 18;

    public static bool IsTaken(HttpRequest request) => Accept.Encoding(request, "br");

    public static bool IsWorthIt(int bytes) => bytes >= MinBytes;

    /// <summary>What so many bytes take at most, compressed.</summary>
    public static int MaxBytes(int bytes) => BrotliEncoder.GetMaxCompressedLength(bytes);

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        if (!IsWorthIt(body.Length) || !IsTaken(http.Request))
        {
            http.Response.ContentLength = body.Length;
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
            return;
        }

        var compressed = ArrayPool<byte>.Shared.Rent(MaxBytes(body.Length));
        try
        {
            var length = Compress(body.Span, compressed);
            await WriteCompressedAsync(http, compressed.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed, clearArray: true);
        }
    }

    public static ValueTask<System.IO.Pipelines.FlushResult> WriteCompressedAsync(HttpContext http, ReadOnlyMemory<byte> compressed)
    {
        http.Response.Headers.ContentEncoding = "br";
        http.Response.ContentLength = compressed.Length;
        return http.Response.BodyWriter.WriteAsync(compressed, http.RequestAborted);
    }

    /// <returns>How many bytes of <paramref name="target"/> are used.</returns>
    public static int Compress(ReadOnlySpan<byte> body, Span<byte> target) =>
        BrotliEncoder.TryCompress(body, target, out var length, Quality, WindowBits)
            ? length
            : throw new InvalidOperationException("Brotli's own bound was too small.");
}
