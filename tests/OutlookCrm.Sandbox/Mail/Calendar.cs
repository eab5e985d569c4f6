using System.Globalization;
using System.Runtime.InteropServices;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>One colleague's calendar: meetings, series and each of their occurrences, and a log of what happened to them.</summary>
public sealed class Calendar
{
    // Before a meeting that nobody dated, as long as people plan ahead.
    private static readonly TimeSpan PlannedAhead = TimeSpan.FromDays(14);

    private readonly Mailbox mailbox;
    private readonly Lock changing = new();
    private readonly List<CalendarEvent?> events = []; // by number; null for one that is gone
    private readonly ItemIndex byStart = new(); // all but series
    private readonly Dictionary<string, int> numbers = []; // of both ids
    private readonly Dictionary<string, List<int>> byUid = [];
    private readonly Dictionary<string, int> byTransaction = [];
    private readonly List<EventChange> changes = [];
    private TimeSpan longest = TimeSpan.FromDays(1);
    private long version;

    internal Calendar(Mailbox mailbox) => this.mailbox = mailbox;

    /// <summary>All of them by start, series included: a copy.</summary>
    public IReadOnlyList<CalendarEvent> Events
    {
        get
        {
            lock (changing)
            {
                return [.. events.OfType<CalendarEvent>().OrderBy(kept => kept.Meeting.StartAt).ThenBy(kept => kept.Number)];
            }
        }
    }

    internal long Version
    {
        get
        {
            lock (changing)
            {
                return version;
            }
        }
    }

    public CalendarEvent? Find(string id)
    {
        lock (changing)
        {
            return Current(id);
        }
    }

    /// <summary>The meeting with this iCalendar identifier; of a series the series itself and each occurrence.</summary>
    public IReadOnlyList<CalendarEvent> FindByUid(string uid)
    {
        lock (changing)
        {
            return OfUid(uid);
        }
    }

    /// <summary>The event that was made by the request with this id, unless it is gone.</summary>
    public CalendarEvent? FindByTransaction(string transactionId)
    {
        lock (changing)
        {
            return byTransaction.TryGetValue(transactionId, out var number) ? events[number] : null;
        }
    }

    public IReadOnlyList<CalendarEvent> OccurrencesOf(CalendarEvent master)
    {
        ArgumentNullException.ThrowIfNull(master);
        return [.. FindByUid(master.Meeting.ICalUid).Where(kept => kept.SeriesMasterId == master.Id).OrderBy(kept => kept.OriginalStartAt)];
    }

    /// <summary>Null when a meeting of this identifier is there already.</summary>
    public CalendarEvent? Add(Meeting meeting, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        lock (changing)
        {
            return OfUid(meeting.ICalUid).Count > 0 ? null : Put(meeting, "", at, made => made);
        }
    }

    /// <summary>A series without its occurrences; null when it is there already.</summary>
    public CalendarEvent? AddSeries(Meeting first, Recurrence rule, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        lock (changing)
        {
            return OfUid(first.ICalUid).Count > 0 ? null : Put(first, "", at, made => made with { Recurrence = rule });
        }
    }

    /// <summary>Null when the series has an occurrence planned for then already.</summary>
    /// <param name="plannedAt">When the series plans it; the meeting itself may be moved.</param>
    public CalendarEvent? AddOccurrence(CalendarEvent master, DateTimeOffset plannedAt, Meeting meeting, bool isException, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(master);
        ArgumentNullException.ThrowIfNull(meeting);
        lock (changing)
        {
            if (OfUid(meeting.ICalUid).Exists(kept => kept.OriginalStartAt == plannedAt))
            {
                return null;
            }

            var key = plannedAt.UtcDateTime.ToString("yyyyMMddTHHmmss", CultureInfo.InvariantCulture);
            return Put(meeting, key, at, made => made with
            {
                SeriesMasterId = master.Id,
                SeriesMasterImmutableId = master.ImmutableId,
                OriginalStartAt = plannedAt,
                IsException = isException,
            });
        }
    }

    /// <summary>Null when there is none of that id.</summary>
    public CalendarEvent? Change(string id, DateTimeOffset at, Func<CalendarEvent, CalendarEvent> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (changing)
        {
            if (Current(id) is not { } before)
            {
                return null;
            }

            var wanted = change(before);
            if (wanted == before)
            {
                return before;
            }

            var after = wanted with { Id = before.Id, ImmutableId = before.ImmutableId, Number = before.Number, ModifiedAt = at, Version = ++version };
            TakeOut(before);
            PutIn(after);
            changes.Add(new EventChange(version, before, after));
            Tell(after, ChangeKind.Updated);
            return after;
        }
    }

    /// <summary>Of a series each occurrence goes too. False when there is none of that id.</summary>
    public bool Remove(string id)
    {
        lock (changing)
        {
            if (Current(id) is not { } gone)
            {
                return false;
            }

            // Occurrences before their series: who reads the log knows by then whether the series was in sight.
            IEnumerable<CalendarEvent> all = gone.Recurrence is null ? [gone] : OfUid(gone.Meeting.ICalUid).OrderBy(kept => kept.Recurrence is not null);
            foreach (var kept in all)
            {
                version++;
                TakeOut(kept);
                events[kept.Number] = null;
                changes.Add(new EventChange(version, kept, null));
                Tell(kept, ChangeKind.Deleted);
            }

            return true;
        }
    }

    /// <summary>What lies in a span of time, by start, from a place on; series only as their occurrences.</summary>
    internal (IReadOnlyList<CalendarEvent> Events, bool HasMore) Read(
        DateTimeOffset from, DateTimeOffset to, ItemPosition? after, int take, Func<CalendarEvent, bool>? test = null)
    {
        lock (changing)
        {
            var found = new List<CalendarEvent>();
            var first = byStart.FirstFrom(from.UtcTicks - DateTimeOffset.MinValue.Ticks > longest.Ticks ? (from - longest).UtcTicks : 0);
            if (after is { } place)
            {
                var at = byStart.FirstFrom(place);
                first = Math.Max(first, at < byStart.Count && byStart[at] == place ? at + 1 : at);
            }

            for (var i = first; i < byStart.Count && byStart[i].Ticks < to.UtcTicks; i++)
            {
                var kept = events[byStart[i].Number]!;
                if (!IsWithin(kept, from, to) || test?.Invoke(kept) == false)
                {
                    continue;
                }

                if (found.Count == take)
                {
                    return (found, true);
                }

                found.Add(kept);
            }

            return (found, false);
        }
    }

    /// <summary>What lies in a span of time now, series themselves included, in order of arrival.</summary>
    /// <param name="after">The number of the last one that was told; -1 at first.</param>
    internal (IReadOnlyList<CalendarEvent> Events, bool HasMore) ReadAll(DateTimeOffset from, DateTimeOffset to, int after, int take)
    {
        lock (changing)
        {
            var found = new List<CalendarEvent>();
            for (var i = after + 1; i < events.Count; i++)
            {
                if (events[i] is not { } kept || !Concerns(kept, from, to))
                {
                    continue;
                }

                if (found.Count == take)
                {
                    return (found, true);
                }

                found.Add(kept);
            }

            return (found, false);
        }
    }

    /// <summary>What happened within a span of time, each event once and as it is now.</summary>
    /// <param name="since">The version at which the caller knew everything.</param>
    /// <param name="told">The version up to which it has been told since.</param>
    internal CalendarSlice ReadChanges(DateTimeOffset from, DateTimeOffset to, long since, long told, int take)
    {
        lock (changing)
        {
            var found = new List<EventChange>();
            var known = new HashSet<int>();
            for (var i = FirstAfter(since); i < changes.Count; i++)
            {
                var change = changes[i];
                if (change.Before is { Recurrence: null } before && IsWithin(before, from, to))
                {
                    known.Add(before.Number);
                    if (before.SeriesMasterId is { } series)
                    {
                        known.Add(numbers[series]);
                    }
                }

                var isNewest = change.After is null || events[change.After.Number]?.Version == change.Version;
                if (change.Version <= told || !isNewest)
                {
                    continue;
                }

                var shown = change.After is { } after && Concerns(after, from, to) ? change : change with { After = null };
                if (shown.After is null && (change.Before is null || !known.Contains(change.Before.Number) || IsOfGoneSeries(change.Before)))
                {
                    continue; // never in sight, or told by its series
                }

                if (found.Count == take)
                {
                    return new CalendarSlice(found, found[^1].Version, HasMore: true);
                }

                found.Add(shown);
            }

            return new CalendarSlice(found, version, HasMore: false);
        }
    }

    private static bool IsWithin(CalendarEvent kept, DateTimeOffset from, DateTimeOffset to) =>
        kept.Meeting.StartAt < to && (kept.Meeting.EndAt > from || kept.Meeting.StartAt >= from);

    // A series concerns a span when one of its occurrences does.
    private bool Concerns(CalendarEvent kept, DateTimeOffset from, DateTimeOffset to) => kept.Recurrence is null
        ? IsWithin(kept, from, to)
        : OfUid(kept.Meeting.ICalUid).Exists(other => other.Recurrence is null && IsWithin(other, from, to));

    private bool IsOfGoneSeries(CalendarEvent before) => before.SeriesMasterId is { } series && events[numbers[series]] is null;

    private int FirstAfter(long since)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = changes[middle].Version <= since ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private CalendarEvent? Current(string id) => numbers.TryGetValue(id, out var number) ? events[number] : null;

    private List<CalendarEvent> OfUid(string uid) =>
        byUid.TryGetValue(uid, out var found) ? [.. found.Select(number => events[number]).OfType<CalendarEvent>()] : [];

    private CalendarEvent Put(Meeting meeting, string occurrence, DateTimeOffset? at, Func<CalendarEvent, CalendarEvent> finish)
    {
        var made = at ?? meeting.StartAt - PlannedAhead;
        var owner = mailbox.Owner;
        var kept = finish(new CalendarEvent(NewId("event", meeting.ICalUid + occurrence), NewId("immutable event", meeting.ICalUid + occurrence), meeting)
        {
            Number = events.Count,
            Response = meeting.IsOrganizedBy(owner) ? "organizer" : meeting.AttendeeOf(owner.Address)?.Answer ?? "none",
            RespondedAt = meeting.AttendeeOf(owner.Address) is { Answer: not ("none" or "notResponded") } answered ? answered.AnsweredAt ?? made : null,
            CreatedAt = made,
            ModifiedAt = made,
            Version = ++version,
        });
        events.Add(kept);
        numbers[kept.Id] = numbers[kept.ImmutableId] = kept.Number;
        ref var ofUid = ref CollectionsMarshal.GetValueRefOrAddDefault(byUid, meeting.ICalUid, out _);
        (ofUid ??= []).Add(kept.Number);
        PutIn(kept);
        changes.Add(new EventChange(version, null, kept));
        Tell(kept, ChangeKind.Created);
        return kept;
    }

    private void PutIn(CalendarEvent kept)
    {
        events[kept.Number] = kept;
        if (kept.TransactionId is { } transaction)
        {
            byTransaction[transaction] = kept.Number;
        }

        if (kept.Recurrence is null)
        {
            byStart.Add(new ItemPosition(kept.Meeting.StartAt.UtcTicks, kept.Number));
            var length = kept.Meeting.EndAt - kept.Meeting.StartAt;
            longest = length > longest ? length : longest;
        }
    }

    private void TakeOut(CalendarEvent kept)
    {
        if (kept.Recurrence is null)
        {
            byStart.Remove(new ItemPosition(kept.Meeting.StartAt.UtcTicks, kept.Number));
        }
    }

    private string NewId(string kind, string what)
    {
        var id = mailbox.MakeId(kind, what);
        for (var again = 2; numbers.ContainsKey(id); again++)
        {
            id = mailbox.MakeId(kind, $"{what} {again}");
        }

        return id;
    }

    private void Tell(CalendarEvent kept, ChangeKind kind) =>
        mailbox.Changed?.Invoke(mailbox, new ItemChange(ItemKind.Event, kind, IsMove: false, null, kept.Id, kept.ImmutableId, kept.Version));
}

/// <summary>Something that happened to an event.</summary>
/// <param name="Before">Null when it is new.</param>
/// <param name="After">Null when it is gone, or out of sight.</param>
internal readonly record struct EventChange(long Version, CalendarEvent? Before, CalendarEvent? After);

/// <param name="Version">Up to which everything is told.</param>
internal sealed record CalendarSlice(IReadOnlyList<EventChange> Changes, long Version, bool HasMore);
