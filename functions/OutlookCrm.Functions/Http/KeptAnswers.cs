using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using K4os.Compression.LZ4;
using Microsoft.AspNetCore.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Http;

/// <summary>
/// Answers that were written before, packed, so that a card is written once a change and not once a look. What an answer was made
/// of is read anew for every request and is in its key. They lie one behind the other in memory of a fixed size, the oldest making room
/// for the newest: what is given up is no work for the garbage collector, which would leave it lying for long. What is made anew because its
/// rows changed lies where the answer of the old rows lay, which nobody can ask for again: memory goes with how much is looked at, and not with
/// how often that changes.
/// </summary>
/// <param name="maxBytes">Of all answers as they are packed; a multiple of <see cref="MinBytes"/>.</param>
public sealed class KeptAnswers(int maxBytes)
{
    /// <summary>Cards of about ten thousand customers.</summary>
    internal const int MaxBytes = 34 * 1024 * 1024;

    internal const int MinBytes = Shelf.PieceBytes * ShelfCount;

    // So that who looks seldom waits for another who looks.
    private const int ShelfCount = 4;

    private readonly Shelf[] shelves = [.. Enumerable.Range(0, ShelfCount).Select(_ => new Shelf(maxBytes / ShelfCount))];

    /// <summary>Forgets all of them: somebody was erased, and may be in any.</summary>
    public void Clear()
    {
        foreach (var shelf in shelves)
        {
            shelf.Clear();
        }
    }

    internal bool TryFind(AnswerKey key, [NotNullWhen(true)] out KeptAnswer? answer) => ShelfOf(key).TryFind(key, out answer);

    internal void Keep(AnswerKey key, KeptAnswer answer) => ShelfOf(key).Keep(key, answer);

    // By the record, so that its old answer lies on the same shelf as the new one.
    private Shelf ShelfOf(AnswerKey key) => shelves[(uint)SameButForRows.Hash(key) % ShelfCount];

    private sealed class Shelf(int bytes)
    {
        /// <summary>Memory is taken in pieces of this size, as answers come.</summary>
        public const int PieceBytes = 128 * 1024;

        // An answer is seldom as long as the one before it, and often nearly.
        private const int StepBytes = 256;

        private readonly Lock gate = new();
        private readonly byte[]?[] pieces = new byte[]?[bytes / PieceBytes];
        private readonly Dictionary<AnswerKey, Place> places = new(new SameButForRows());
        private readonly Queue<(AnswerKey Key, int Start)> oldestFirst = new();
        private int next;

        public bool TryFind(AnswerKey key, [NotNullWhen(true)] out KeptAnswer? answer)
        {
            lock (gate)
            {
                answer = places.TryGetValue(key, out var place) && place.Stamp == key.Stamp
                    ? KeptAnswer.Copied(At(place.Start, place.Length), place.PlainBytes, place.IsBrotli, place.ETag)
                    : null;
                return answer is not null;
            }
        }

        public void Keep(AnswerKey key, KeptAnswer answer)
        {
            var packed = answer.Packed;
            if (packed.Length > PieceBytes)
            {
                return;
            }

            lock (gate)
            {
                var has = places.TryGetValue(key, out var place);
                if (has && place.Stamp == key.Stamp)
                {
                    return;
                }

                if (!has || packed.Length > place.Room)
                {
                    place = Make(key, room: (packed.Length + StepBytes - 1) / StepBytes * StepBytes);
                }

                packed.CopyTo(At(place.Start, packed.Length));
                places[key] = place with
                {
                    Stamp = key.Stamp,
                    Length = packed.Length,
                    PlainBytes = answer.PlainBytes,
                    IsBrotli = answer.IsBrotli,
                    ETag = answer.ETag,
                };
            }
        }

        public void Clear()
        {
            lock (gate)
            {
                places.Clear();
                oldestFirst.Clear();
                Array.Clear(pieces);
                next = 0;
            }
        }

        private Place Make(AnswerKey key, int room)
        {
            var left = PieceBytes - (next % PieceBytes);
            if (room > left)
            {
                GiveUp(left);
            }

            var start = next;
            GiveUp(room);
            oldestFirst.Enqueue((key, start));
            return new Place(start, room, default, Length: 0, PlainBytes: 0, IsBrotli: false, ETag: null);
        }

        /// <summary>Goes on by so many bytes and forgets what begins there; that is the oldest, once all pieces have been used.</summary>
        private void GiveUp(int count)
        {
            while (oldestFirst.TryPeek(out var oldest) && oldest.Start >= next && oldest.Start < next + count)
            {
                if (places.TryGetValue(oldest.Key, out var place) && place.Start == oldest.Start)
                {
                    places.Remove(oldest.Key);
                }

                oldestFirst.Dequeue();
            }

            next = (next + count) % bytes;
        }

        private Span<byte> At(int start, int length) =>
            (pieces[start / PieceBytes] ??= GC.AllocateUninitializedArray<byte>(PieceBytes)).AsSpan(start % PieceBytes, length);

        /// <param name="Room">Bytes from <paramref name="Start"/> that are this record's.</param>
        private readonly record struct Place(int Start, int Room, RowsStamp Stamp, int Length, int PlainBytes, bool IsBrotli, string? ETag);
    }

    /// <summary>The same answer of the same record, whatever its rows were.</summary>
    private sealed class SameButForRows : IEqualityComparer<AnswerKey>
    {
        // Of one record there are few answers.
        public static int Hash(AnswerKey key) => key.Stamp.PartitionKey.GetHashCode(StringComparison.Ordinal);

        public bool Equals(AnswerKey? x, AnswerKey? y) =>
            x is not null && y is not null && x.Model == y.Model && x.Stamp.PartitionKey == y.Stamp.PartitionKey && x.Sight == y.Sight && x.Page == y.Page
            && x.Brotli == y.Brotli;

        public int GetHashCode(AnswerKey key) => Hash(key);
    }
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
/// fast as it is copied. In an array of the pool, as it holds people's data for as long as it is in use only.
/// </summary>
internal sealed class KeptAnswer : IDisposable
{
    private readonly byte[] rented;
    private readonly int length;

    private KeptAnswer(byte[] rented, int length, int plainBytes, bool isBrotli, string? etag)
    {
        this.rented = rented;
        this.length = length;
        PlainBytes = plainBytes;
        IsBrotli = isBrotli;
        ETag = etag;
    }

    public ReadOnlySpan<byte> Packed => rented.AsSpan(0, length);

    public int PlainBytes { get; }

    public bool IsBrotli { get; }

    public string? ETag { get; }

    /// <param name="takesBrotli">False also for an answer that gains nothing from it.</param>
    public static KeptAnswer Of(ReadOnlySpan<byte> plain, bool takesBrotli, string? etag)
    {
        var isBrotli = takesBrotli && Compression.IsWorthIt(plain.Length);
        var rented = ArrayPool<byte>.Shared.Rent(isBrotli ? Compression.MaxBytes(plain.Length) : LZ4Codec.MaximumOutputSize(plain.Length));
        var length = isBrotli ? Compression.Compress(plain, rented) : LZ4Codec.Encode(plain, rented, LZ4Level.L03_HC);
        return new(rented, length, plain.Length, isBrotli, etag);
    }

    public static KeptAnswer Copied(ReadOnlySpan<byte> packed, int plainBytes, bool isBrotli, string? etag)
    {
        var rented = ArrayPool<byte>.Shared.Rent(packed.Length);
        packed.CopyTo(rented);
        return new(rented, packed.Length, plainBytes, isBrotli, etag);
    }

    public async Task WriteAsync(HttpContext http)
    {
        if (IsBrotli)
        {
            await Compression.WriteCompressedAsync(http, rented.AsMemory(0, length));
            return;
        }

        // Once it has begun, the server hands out the memory that it sends from: it is unpacked right there.
        http.Response.ContentLength = PlainBytes;
        await http.Response.StartAsync(http.RequestAborted);
        Unpack(http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public void Dispose()
    {
        rented.AsSpan(0, length).Clear();
        ArrayPool<byte>.Shared.Return(rented);
    }

    private void Unpack(PipeWriter target)
    {
        if (LZ4Codec.Decode(Packed, target.GetSpan(PlainBytes)) != PlainBytes)
        {
            throw new InvalidDataException("A kept answer cannot be unpacked.");
        }

        target.Advance(PlainBytes);
    }
}
