using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Row <c>r|{user}</c> of table <c>mailboxes</c>: what was counted, on whatever day.</summary>
/// <param name="Known">The newest things that were counted: a hash of the id, and when (UTC ticks).</param>
/// <param name="ETag">The version as read; null when it is new.</param>
internal sealed record ReceiptRow(
    DateTimeOffset? LastTakenAt,
    int HistoryTaken,
    IReadOnlyDictionary<IgnoreReason, int> HistorySkipped,
    IReadOnlyDictionary<long, long> Known,
    string? ETag)
{
    private const int BytesEach = 16;

    public static ReceiptRow Empty { get; } =
        new(null, 0, new Dictionary<IgnoreReason, int>(), new Dictionary<long, long>(), ETag: null);

    public static ReceiptRow From(TableRow row)
    {
        var known = (byte[])row.Properties[nameof(Known)];
        return new ReceiptRow(
            row.Properties.GetValueOrDefault(nameof(LastTakenAt)) as DateTimeOffset?,
            (int)row.Properties[nameof(HistoryTaken)],
            ((row.Properties.GetValueOrDefault(nameof(HistorySkipped)) as string)?.Split('\n') ?? [])
                .Select(line => line.Split(' '))
                .ToDictionary(parts => Enum.Parse<IgnoreReason>(parts[0]), parts => int.Parse(parts[1], CultureInfo.InvariantCulture)),
            Enumerable.Range(0, known.Length / BytesEach).ToDictionary(
                i => BinaryPrimitives.ReadInt64BigEndian(known.AsSpan(i * BytesEach)),
                i => BinaryPrimitives.ReadInt64BigEndian(known.AsSpan((i * BytesEach) + 8))),
            row.ETag);
    }

    public Dictionary<string, object> ToProperties()
    {
        var known = new byte[Known.Count * BytesEach];
        var at = 0;
        foreach (var (hash, ticks) in Known)
        {
            BinaryPrimitives.WriteInt64BigEndian(known.AsSpan(at), hash);
            BinaryPrimitives.WriteInt64BigEndian(known.AsSpan(at + 8), ticks);
            at += BytesEach;
        }

        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(HistoryTaken)] = HistoryTaken,
            [nameof(Known)] = known,
        };
        if (LastTakenAt is { } lastTakenAt)
        {
            properties[nameof(LastTakenAt)] = lastTakenAt;
        }

        if (HistorySkipped.Count > 0)
        {
            properties[nameof(HistorySkipped)] = string.Join('\n', HistorySkipped
                .OrderBy(one => one.Key)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value}")));
        }

        return properties;
    }
}

/// <summary>Row <c>r|{user}|{day}</c> of table <c>mailboxes</c>: one mailbox's receipt of one day in UTC.</summary>
/// <param name="Counts">
/// For each quarter of an hour and reason how many were skipped, without a reason how many were taken: in whatever time zone somebody
/// reads it, their day begins with one of these quarters.
/// </param>
/// <param name="Older">For each quarter of an hour how many were taken that had come longer ago, or begin later, than any day is long; in <paramref name="Counts"/> they are not.</param>
/// <param name="LookedUp">What was taken when it was looked up, nearer to when it came or begins: each reader's day says whether that is the same one. In none of the others.</param>
/// <param name="Listed">At most <see cref="CaptureReceipts.MaxListed"/> of what was skipped.</param>
/// <param name="ETag">The version as read; null when it is new.</param>
internal sealed record ReceiptDayRow(
    DateOnly Day,
    IReadOnlyList<QuarterCount> Counts,
    IReadOnlyList<QuarterCount> Older,
    IReadOnlyList<LookedUpCount> LookedUp,
    IReadOnlyList<ListedItem> Listed,
    string? ETag)
{
    /// <summary>In which times are counted: every time zone's day begins with one.</summary>
    public static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private const string Taken = "Taken";
    private const string Skipped = "Skipped";

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static ReceiptDayRow Empty(DateOnly day) => new(day, [], [], [], [], ETag: null);

    public static ReceiptDayRow From(TableRow row) => new(
        TableKeys.DayOf(row.RowKey),
        [
            .. Parse(null, row.Properties.GetValueOrDefault(Taken) as string),
            .. ((row.Properties.GetValueOrDefault(Skipped) as string)?.Split('\n') ?? [])
                .Select(line => line.Split(' ', 2))
                .SelectMany(parts => Parse(Enum.Parse<IgnoreReason>(parts[0]), parts[1])),
        ],
        [.. Parse(null, row.Properties.GetValueOrDefault(nameof(Older)) as string)],
        [
            .. ((row.Properties.GetValueOrDefault(nameof(LookedUp)) as string)?.Split(' ') ?? [])
                .Select(one => one.Split(':').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray())
                .Select(numbers => new LookedUpCount(numbers[0], numbers[1], numbers[2])),
        ],
        row.Properties.GetValueOrDefault(nameof(Listed)) is string listed ? JsonSerializer.Deserialize<List<ListedItem>>(listed, Json)! : [],
        row.ETag);

    public Dictionary<string, object> ToProperties()
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        var counts = Counts.OrderBy(count => count.Quarter).ToLookup(count => count.Reason);
        if (counts.Contains(null))
        {
            properties[Taken] = Text(counts[null]);
        }

        if (counts.Count > (counts.Contains(null) ? 1 : 0))
        {
            properties[Skipped] = string.Join(
                '\n', counts.Where(one => one.Key is not null).OrderBy(one => one.Key).Select(one => $"{one.Key} {Text(one)}"));
        }

        if (Older.Count > 0)
        {
            properties[nameof(Older)] = Text(Older.OrderBy(count => count.Quarter));
        }

        if (LookedUp.Count > 0)
        {
            properties[nameof(LookedUp)] = string.Join(' ', LookedUp.OrderBy(one => one.Quarter).ThenBy(one => one.Away)
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Quarter}:{one.Away}:{one.Count}")));
        }

        if (Listed.Count > 0)
        {
            properties[nameof(Listed)] = Serialize(Listed);
        }

        return properties;
    }

    /// <param name="quarter">0 to 95.</param>
    public DateTimeOffset StartOf(int quarter) => new DateTimeOffset(Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) + (quarter * Quarter);

    /// <summary>As if it had not been skipped.</summary>
    /// <param name="quarter">Of the hour, in which it was.</param>
    public ReceiptDayRow Without(ListedItem item, int quarter) => this with
    {
        Counts =
        [
            .. Counts.Select(one => one.Quarter == quarter && one.Reason == item.Reason ? one with { Count = one.Count - 1 } : one)
                .Where(one => one.Count > 0),
        ],
        Listed = [.. Listed.Where(one => one.ItemId != item.ItemId)],
    };

    public static string Serialize(IReadOnlyList<ListedItem> listed) => JsonSerializer.Serialize(listed, Json);

    private static string Text(IEnumerable<QuarterCount> counts) =>
        string.Join(' ', counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Quarter}:{count.Count}")));

    private static IEnumerable<QuarterCount> Parse(IgnoreReason? reason, string? text) =>
        (text?.Split(' ') ?? []).Select(one => one.Split(':')).Select(parts => new QuarterCount(
            int.Parse(parts[0], CultureInfo.InvariantCulture), reason, int.Parse(parts[1], CultureInfo.InvariantCulture)));
}

/// <param name="Quarter">Of an hour, in UTC: 0 to 95.</param>
/// <param name="Reason">Null for what was taken.</param>
/// <param name="Count">At least 1.</param>
internal sealed record QuarterCount(int Quarter, IgnoreReason? Reason, int Count);

/// <param name="Quarter">Of an hour, in UTC, in which it was looked up: 0 to 95.</param>
/// <param name="Away">In quarters of an hour, from then to the one in which it came or begins: -99 to 99, and not 0.</param>
/// <param name="Count">At least 1.</param>
internal sealed record LookedUpCount(int Quarter, int Away, int Count);

/// <summary>One thing that was skipped, as its mailbox's user may see it.</summary>
/// <param name="At">When it was sent or begins.</param>
/// <param name="Address">Whom it was about, as people write it.</param>
/// <param name="IsAskedFor">Its user wants it taken anyway.</param>
internal sealed record ListedItem(
    string ItemId,
    bool IsMeeting,
    DateTimeOffset? At,
    DateTimeOffset JudgedAt,
    [property: JsonConverter(typeof(JsonStringEnumConverter<IgnoreReason>))] IgnoreReason Reason,
    string? Address,
    bool IsAskedFor = false);
