using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;

namespace OutlookCrm.Http;

/// <summary>
/// Pages that were drawn before, compressed, so that a card is drawn once a change and not once a look. What a page was drawn from is
/// read anew for every answer and is in its key; a page that is not asked for any more makes room for others.
/// </summary>
internal sealed class DrawnPages : IDisposable
{
    /// <summary>Cards of about ten thousand customers.</summary>
    internal const long MaxBytes = 40 * 1024 * 1024;

    // What an entry takes besides its page: key, stamp and the cache's own record of it.
    private const int EntryBytes = 600;

    private readonly MemoryCache pages = new(new MemoryCacheOptions { SizeLimit = MaxBytes, CompactionPercentage = 0.1 });

    public bool TryFind(PageKey key, [NotNullWhen(true)] out DrawnPage? page) => pages.TryGetValue(key, out page);

    public void Keep(PageKey key, DrawnPage page) =>
        pages.Set(key, page, new MemoryCacheEntryOptions { Size = page.KeptBytes + EntryBytes });

    public void Dispose() => pages.Dispose();
}

/// <summary>All that a page depends on besides the code: what it shows, and for whom.</summary>
/// <param name="Stamp">Begins with the tenant's own key, so no firm is ever handed another's page.</param>
internal sealed record PageKey(Type Model, string Stamp, string Culture, string TimeZone, DateOnly Today, bool MayEdit);

/// <param name="compressed">Brotli.</param>
/// <param name="plainBytes">Its length before.</param>
internal sealed class DrawnPage(byte[] compressed, int plainBytes)
{
    public int KeptBytes => compressed.Length;

    public static DrawnPage Of(ReadOnlySpan<byte> html)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(html.Length));
        try
        {
            return new(buffer.AsSpan(0, Compression.Compress(html, buffer)).ToArray(), html.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public async Task WriteAsync(HttpContext http)
    {
        if (Accept.Encoding(http.Request, "br"))
        {
            await Compression.WriteCompressedAsync(http, compressed);
            return;
        }

        // No browser asks for it so, but a program may.
        var plain = ArrayPool<byte>.Shared.Rent(plainBytes);
        try
        {
            if (!BrotliDecoder.TryDecompress(compressed, plain, out var length) || length != plainBytes)
            {
                throw new InvalidDataException("A kept page cannot be unpacked.");
            }

            http.Response.ContentLength = plainBytes;
            await http.Response.BodyWriter.WriteAsync(plain.AsMemory(0, plainBytes), http.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        }
    }
}
