using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>
/// Answers that were written before, compressed, so that a card is written once a change and not once a look. What an answer was made
/// of is read anew for every request and is in its key; an answer that is not asked for any more makes room for others.
/// </summary>
internal sealed class KeptAnswers : IDisposable
{
    /// <summary>Cards of about ten thousand customers.</summary>
    internal const long MaxBytes = 40 * 1024 * 1024;

    // What an entry takes besides its bytes: key, stamp and the cache's own record of it.
    private const int EntryBytes = 600;

    private readonly MemoryCache answers = new(new MemoryCacheOptions { SizeLimit = MaxBytes, CompactionPercentage = 0.1 });

    public bool TryFind(AnswerKey key, [NotNullWhen(true)] out KeptAnswer? answer) => answers.TryGetValue(key, out answer);

    public void Keep(AnswerKey key, KeptAnswer answer) =>
        answers.Set(key, answer, new MemoryCacheEntryOptions { Size = answer.KeptBytes + EntryBytes });

    public void Dispose() => answers.Dispose();
}

/// <summary>All that an answer depends on besides the code: what it shows, and for whom.</summary>
/// <param name="Stamp">Its partition begins with the tenant's own key, so no firm is ever handed another's answer.</param>
/// <param name="Sight">See <see cref="Answer.Kept"/>.</param>
/// <param name="Page">Null for JSON, which is the same for every culture, zone and day.</param>
internal sealed record AnswerKey(Type Model, RowsStamp Stamp, string Sight, PageKey? Page);

/// <summary>For whom a page is drawn, by name: see <see cref="Reader"/>.</summary>
internal sealed record PageKey(string Culture, string TimeZone, DateOnly Today, bool MayEdit)
{
    public static PageKey Of(Reader reader) => new(reader.Culture.Name, reader.TimeZone.Id, reader.Today, reader.MayEdit);
}

/// <param name="compressed">Brotli.</param>
/// <param name="plainBytes">Its length before.</param>
internal sealed class KeptAnswer(byte[] compressed, int plainBytes, string? etag)
{
    public int KeptBytes => compressed.Length;

    public string? ETag => etag;

    public static KeptAnswer Of(ReadOnlySpan<byte> plain, string? etag)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(plain.Length));
        try
        {
            return new(buffer.AsSpan(0, Compression.Compress(plain, buffer)).ToArray(), plain.Length, etag);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public async Task WriteAsync(HttpContext http)
    {
        if (Compression.IsWanted(http.Request, plainBytes))
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
                throw new InvalidDataException("A kept answer cannot be unpacked.");
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
