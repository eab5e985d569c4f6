using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OutlookCrm.Capture;

/// <summary>Adds a page to what its mailbox's receipt says. Looks at nothing but its arguments.</summary>
internal sealed class ReceiptCounting
{
    /// <summary>Longer than any id of Graph's; what is longer is counted and not listed.</summary>
    private const int MaxItemIdLength = 400;

    private const int MaxListedChars = 30_000; // of JSON; a column takes 32,768

    private const int QuartersOfLongestDay = 100; // that on which clocks go back

    // A meeting may be planned years ahead; what claims to be later than this would be known for ever.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(5 * 366);

    private readonly PageReceipt page;
    private readonly ReceiptDayRow oldDay;
    private readonly ReceiptDayRow[] earlier;
    private readonly Dictionary<long, long> known;
    private readonly long floor;
    private readonly Dictionary<(int Quarter, IgnoreReason? Reason), int> counts;
    private readonly Dictionary<int, int> older;
    private readonly Dictionary<(int Quarter, int Away), int> lookedUp;
    private readonly Dictionary<string, ListedItem> listed;
    private readonly Dictionary<IgnoreReason, int> historySkipped;
    private readonly int quarter;
    private DateTimeOffset? lastTakenAt;
    private int historyTaken;
    private bool rowChanged;
    private bool dayChanged;

    private ReceiptCounting(ReceiptRow row, ReceiptDayRow day, IReadOnlyList<ReceiptDayRow> earlier, PageReceipt page)
    {
        this.page = page;
        oldDay = day;
        this.earlier = [.. earlier];
        known = new(row.Known);
        floor = known.Count < CaptureReceipts.MaxKnown ? long.MinValue : known.Values.Min();
        counts = day.Counts.ToDictionary(one => (one.Quarter, one.Reason), one => one.Count);
        older = day.Older.ToDictionary(one => one.Quarter, one => one.Count);
        lookedUp = day.LookedUp.ToDictionary(one => (one.Quarter, one.Away), one => one.Count);
        listed = day.Listed.ToDictionary(item => item.ItemId, StringComparer.Ordinal);
        historySkipped = new(row.HistorySkipped);
        quarter = QuarterOf(page.At);
        lastTakenAt = row.LastTakenAt;
        historyTaken = row.HistoryTaken;
    }

    /// <param name="earlier">Days before, on which what is taken now may have been skipped.</param>
    /// <returns>What is different now: null for a row that stays as it is, and of <paramref name="earlier"/> those that do not.</returns>
    public static (ReceiptRow? Row, ReceiptDayRow? Day, IReadOnlyList<ReceiptDayRow> Earlier) Count(
        ReceiptRow row, ReceiptDayRow day, IReadOnlyList<ReceiptDayRow> earlier, PageReceipt page)
    {
        var counting = new ReceiptCounting(row, day, earlier, page);
        foreach (var item in page.Taken)
        {
            counting.Take(item);
        }

        foreach (var item in page.Skipped.Where(_ => page.Kind != PageKind.Again))
        {
            counting.Skip(item);
        }

        return (
            counting.rowChanged ? counting.Row(row) : null,
            counting.dayChanged ? counting.Day() : null,
            [.. counting.earlier.Where((next, i) => next != earlier[i])]);
    }

    private void Take(TakenItem item)
    {
        var skipped = TakeOff(item.ItemId);
        var isNew = IsNew(item.ItemId, item.At) || page.Kind == PageKind.Again;
        if (!isNew && skipped is null)
        {
            return;
        }

        switch (page.Kind)
        {
            case PageKind.History when skipped is null:
                historyTaken++;
                break;
            case PageKind.Again:
                AddLookedUp(skipped?.JudgedAt ?? item.At);
                break;
            default:
                Add(quarter, reason: null, 1);
                break;
        }

        if (lastTakenAt is null || lastTakenAt < page.At)
        {
            lastTakenAt = page.At.ToUniversalTime();
            rowChanged = true;
        }
    }

    /// <summary>Skipped earlier, on this day or another, and taken after all: it is called skipped on that day no more.</summary>
    private ListedItem? TakeOff(string itemId)
    {
        if (listed.Remove(itemId, out var skipped))
        {
            Add(QuarterOf(skipped.JudgedAt), skipped.Reason, -1);
            return skipped;
        }

        for (var i = 0; i < earlier.Length; i++)
        {
            if (earlier[i].Listed.FirstOrDefault(item => item.ItemId == itemId) is { } before)
            {
                earlier[i] = earlier[i].Without(before, QuarterOf(before.JudgedAt));
                return before;
            }
        }

        return null;
    }

    private void Skip(SkippedItem item)
    {
        if (!IsNew(item.ItemId, item.At))
        {
            return;
        }

        if (page.Kind == PageKind.History)
        {
            historySkipped[item.Reason] = historySkipped.GetValueOrDefault(item.Reason) + 1;
            return;
        }

        Add(quarter, item.Reason, 1);
        if (item.MayBeListed && item.ItemId.Length <= MaxItemIdLength)
        {
            listed[item.ItemId] = new ListedItem(
                item.ItemId, item.IsMeeting, item.At?.ToUniversalTime(), page.At.ToUniversalTime(), item.Reason, item.Address?.ToString());
        }
    }

    /// <summary>Remembers it, too. Of history all is new that is not known: it is passed once.</summary>
    private bool IsNew(string itemId, DateTimeOffset? at)
    {
        var ticks = at is { } time && time <= page.At + MaxAhead ? time.UtcTicks : page.At.UtcTicks;
        var hash = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(itemId)));
        if (known.ContainsKey(hash) || (ticks <= floor && page.Kind == PageKind.Live))
        {
            return false;
        }

        known[hash] = ticks;
        rowChanged = true;
        return true;
    }

    /// <summary>Whether it came on the day on which it was looked up, each reader's time zone says; but for what lies further apart than any day is long.</summary>
    private void AddLookedUp(DateTimeOffset cameAt)
    {
        var away = QuartersTo(cameAt) - QuartersTo(page.At);
        if (away == 0)
        {
            Add(quarter, reason: null, 1);
            return;
        }

        dayChanged = true;
        if (Math.Abs(away) < QuartersOfLongestDay && (quarter, (int)away) is var key
            && (lookedUp.Count < CaptureReceipts.MaxLookedUp || lookedUp.ContainsKey(key)))
        {
            lookedUp[key] = lookedUp.GetValueOrDefault(key) + 1;
        }
        else
        {
            older[quarter] = older.GetValueOrDefault(quarter) + 1;
        }
    }

    private void Add(int inQuarter, IgnoreReason? reason, int count)
    {
        var next = counts.GetValueOrDefault((inQuarter, reason)) + count;
        dayChanged = true;
        if (next > 0)
        {
            counts[(inQuarter, reason)] = next;
        }
        else
        {
            counts.Remove((inQuarter, reason));
        }
    }

    private ReceiptRow Row(ReceiptRow old) => old with
    {
        LastTakenAt = lastTakenAt,
        HistoryTaken = historyTaken,
        HistorySkipped = historySkipped,
        Known = known.OrderByDescending(one => one.Value).ThenBy(one => one.Key).Take(CaptureReceipts.MaxKnown).ToDictionary(),
    };

    private ReceiptDayRow Day()
    {
        // Some of every reason: a hundred newsletters must not hide the one that somebody looks for.
        var kept = listed.Values
            .GroupBy(item => item.Reason)
            .SelectMany(same => same.OrderByDescending(item => item.At ?? item.JudgedAt).ThenBy(item => item.ItemId, StringComparer.Ordinal).Index())
            .OrderBy(one => one.Index)
            .ThenByDescending(one => one.Item.At ?? one.Item.JudgedAt)
            .ThenBy(one => one.Item.ItemId, StringComparer.Ordinal)
            .Take(CaptureReceipts.MaxListed)
            .Select(one => one.Item)
            .ToList();
        while (ReceiptDayRow.Serialize(kept).Length > MaxListedChars)
        {
            kept.RemoveRange(kept.Count - (kept.Count / 4), kept.Count / 4);
        }

        return oldDay with
        {
            Counts = [.. counts.Select(one => new QuarterCount(one.Key.Quarter, one.Key.Reason, one.Value))],
            Older = [.. older.Select(one => new QuarterCount(one.Key, Reason: null, one.Value))],
            LookedUp = [.. lookedUp.Select(one => new LookedUpCount(one.Key.Quarter, one.Key.Away, one.Value))],
            Listed = kept,
        };
    }

    private static int QuarterOf(DateTimeOffset at) => (int)(at.UtcDateTime.TimeOfDay.Ticks / ReceiptDayRow.Quarter.Ticks);

    private static long QuartersTo(DateTimeOffset at) => at.UtcTicks / ReceiptDayRow.Quarter.Ticks;
}
