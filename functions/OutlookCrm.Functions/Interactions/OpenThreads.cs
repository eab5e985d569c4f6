using System.Buffers.Binary;
using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>A mail as far as it says who waits for whom.</summary>
/// <param name="ThreadId">16 hexadecimal digits.</param>
internal sealed record ThreadEnd(Mailboxes SeenIn, string ThreadId, DateTimeOffset At, bool IsIncoming);

/// <summary>
/// Column <c>Threads</c> of a customer's row: the newest mail of each thread of the last weeks, apart for each set of mailboxes that it came
/// out of. So each reader is told by the mails that they may see who waits for whom, without another read.
/// </summary>
/// <remarks>
/// Bytes: the number of sets; for each of them how many mailboxes, these (<see cref="Mailboxes"/>), how many threads, and for each 8
/// bytes of its id and 8 of twice the ticks, plus one when it came from the customer. A set keeps its newest
/// <see cref="MaxThreads"/>; what is older than the oldest of a full set is not known well enough to be told.
/// </remarks>
internal sealed class OpenThreads
{
    public const string Column = "Threads";

    /// <summary>After so long nobody waits any more, or has asked again by other means.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(30);

    public const int MaxThreads = 40;
    public const int MaxSets = 60;

    private readonly Dictionary<Mailboxes, Dictionary<ulong, long>> sets = [];

    public static OpenThreads From(TableRow record)
    {
        var threads = new OpenThreads();
        foreach (var set in SetsIn(record))
        {
            var ends = threads.sets[Mailboxes.From(set.Mailboxes.Span)] = [];
            for (var i = 0; i < set.Count; i++)
            {
                ends[set.ThreadAt(i)] = set.CodeAt(i);
            }
        }

        return threads;
    }

    public void Add(ThreadEnd end)
    {
        if (!sets.TryGetValue(end.SeenIn, out var ends))
        {
            sets[end.SeenIn] = ends = [];
        }

        var thread = IdOf(end.ThreadId);
        ends[thread] = Math.Max(CodeOf(end), ends.GetValueOrDefault(thread));
    }

    /// <summary>True when this mail is the newest of its thread here, so that without it another one is.</summary>
    public bool IsNewest(ThreadEnd end) =>
        sets.TryGetValue(end.SeenIn, out var ends) && ends.TryGetValue(IdOf(end.ThreadId), out var code) && code <= CodeOf(end);

    /// <param name="since">What is older is left out.</param>
    public byte[] ToBytes(DateTimeOffset since)
    {
        var kept = sets
            .Select(set => (Mailboxes: set.Key, Ends: set.Value
                .Where(end => end.Value >= CodeOf(since)).OrderByDescending(end => end.Value).ThenBy(end => end.Key).Take(MaxThreads).ToList()))
            .Where(set => set.Ends.Count > 0)
            .OrderByDescending(set => set.Ends[0].Value)
            .ThenBy(set => Convert.ToHexString(set.Mailboxes.Bytes), StringComparer.Ordinal)
            .Take(MaxSets)
            .ToList();
        if (kept.Count == 0)
        {
            return [];
        }

        var bytes = new byte[1 + kept.Sum(set => 2 + set.Mailboxes.Bytes.Length + (16 * set.Ends.Count))];
        bytes[0] = (byte)kept.Count;
        var rest = bytes.AsSpan(1);
        foreach (var (mailboxes, ends) in kept)
        {
            rest[0] = (byte)mailboxes.Count;
            mailboxes.Bytes.CopyTo(rest[1..]);
            rest = rest[(1 + mailboxes.Bytes.Length)..];
            rest[0] = (byte)ends.Count;
            rest = rest[1..];
            foreach (var (thread, code) in ends)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(rest, thread);
                BinaryPrimitives.WriteInt64LittleEndian(rest[8..], code);
                rest = rest[16..];
            }
        }

        return bytes;
    }

    internal static IEnumerable<Set> SetsIn(TableRow record)
    {
        if (record.Properties.GetValueOrDefault(Column) is not byte[] { Length: > 0 } bytes)
        {
            yield break;
        }

        ReadOnlyMemory<byte> rest = bytes.AsMemory(1);
        for (var i = 0; i < bytes[0]; i++)
        {
            var mailboxes = rest.Slice(1, rest.Span[0] * Mailboxes.BytesEach);
            rest = rest[(1 + mailboxes.Length)..];
            var ends = rest.Slice(1, rest.Span[0] * 16);
            rest = rest[(1 + ends.Length)..];
            yield return new Set(mailboxes, ends);
        }
    }

    /// <summary>Every mailbox that one of the threads came out of.</summary>
    internal static IReadOnlySet<Guid> MailboxesIn(TableRow record) =>
        SetsIn(record).SelectMany(set => Mailboxes.From(set.Mailboxes.Span).ToList().Select(one => one.UserId)).ToHashSet();

    /// <summary>Every thread that the row tells of, to anybody.</summary>
    internal static IReadOnlySet<ulong> ThreadsIn(TableRow record) =>
        SetsIn(record).SelectMany(set => Enumerable.Range(0, set.Count).Select(i => set.ThreadAt(i))).ToHashSet();

    internal static ulong IdOf(string threadId) => ulong.Parse(threadId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    internal static long CodeOf(DateTimeOffset at) => at.UtcTicks << 1;

    private static long CodeOf(ThreadEnd end) => CodeOf(end.At) | (end.IsIncoming ? 1L : 0L);

    internal readonly record struct Set(ReadOnlyMemory<byte> Mailboxes, ReadOnlyMemory<byte> Ends)
    {
        public int Count => Ends.Length / 16;

        public ulong ThreadAt(int index) => BinaryPrimitives.ReadUInt64LittleEndian(Ends.Span[(16 * index)..]);

        public long CodeAt(int index) => BinaryPrimitives.ReadInt64LittleEndian(Ends.Span[((16 * index) + 8)..]);
    }
}
