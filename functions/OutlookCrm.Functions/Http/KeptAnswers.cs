using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using K4os.Compression.LZ4;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>
/// Answers that were written before, packed, so that a card is written once a change and not once a look. What an answer was made
/// of is read anew for every request and is in its key; an answer that is not asked for any more makes room for others.
/// </summary>
internal sealed class KeptAnswers : IDisposable
{
    /// <summary>Cards of about ten thousand customers.</summary>
    internal const long MaxBytes = 48 * 1024 * 1024;

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
/// <param name="Brotli">Whether the client takes it.</param>
internal sealed record AnswerKey(Type Model, RowsStamp Stamp, string Sight, PageKey? Page, bool Brotli);

/// <summary>For whom a page is drawn, by name: see <see cref="Reader"/>.</summary>
internal sealed record PageKey(string Culture, string TimeZone, DateOnly Today, bool MayEdit)
{
    public static PageKey Of(Reader reader) => new(reader.Culture.Name, reader.TimeZone.Id, reader.Today, reader.MayEdit);
}

/// <summary>
/// An answer as it is kept: in Brotli for a client that takes it, which is sent as it is; for others in LZ4, which is unpacked about as
/// fast as it is copied.
/// </summary>
internal sealed class KeptAnswer
{
    private readonly byte[] packed;
    private readonly int plainBytes;
    private readonly bool isBrotli;

    private KeptAnswer(byte[] packed, int plainBytes, bool isBrotli, string? etag)
    {
        this.packed = packed;
        this.plainBytes = plainBytes;
        this.isBrotli = isBrotli;
        ETag = etag;
    }

    public int KeptBytes => packed.Length;

    public string? ETag { get; }

    /// <param name="takesBrotli">False also for an answer that gains nothing from it.</param>
    public static KeptAnswer Of(ReadOnlySpan<byte> plain, bool takesBrotli, string? etag)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(Compression.MaxBytes(plain.Length), LZ4Codec.MaximumOutputSize(plain.Length)));
        try
        {
            var isBrotli = takesBrotli && Compression.IsWorthIt(plain.Length);
            var length = isBrotli ? Compression.Compress(plain, buffer) : LZ4Codec.Encode(plain, buffer, LZ4Level.L03_HC);
            return new(buffer.AsSpan(0, length).ToArray(), plain.Length, isBrotli, etag);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public async Task WriteAsync(HttpContext http)
    {
        if (isBrotli)
        {
            await Compression.WriteCompressedAsync(http, packed);
            return;
        }

        var plain = ArrayPool<byte>.Shared.Rent(plainBytes);
        try
        {
            if (LZ4Codec.Decode(packed, plain) != plainBytes)
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
