using System.Globalization;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>A meeting as one calendar has it: the organizer's plan, or what an attendee was last told of it.</summary>
/// <param name="ICalUid">The same in every mailbox and for the whole series; see <see cref="CalendarEvent.ICalUid"/> for an occurrence's.</param>
/// <param name="StartAt">For a whole day: midnight UTC of the first day.</param>
/// <param name="EndAt">For a whole day: midnight UTC after the last day.</param>
/// <param name="Zone">IANA name of the zone in which it was planned.</param>
public sealed record Meeting(
    string ICalUid,
    Correspondent? Organizer,
    IReadOnlyList<Attendee> Attendees,
    string Subject,
    string Location,
    string Text,
    DateTimeOffset StartAt,
    DateTimeOffset EndAt,
    string Zone,
    bool IsAllDay = false,
    Sensitivity Sensitivity = Sensitivity.Normal,
    bool IsCancelled = false)
{
    public Importance Importance { get; init; } = Importance.Normal;

    public bool IsOnline { get; init; }

    /// <summary>Null when the text is plain.</summary>
    public string? Html { get; init; }

    public bool IsOrganizedBy(SampleColleague colleague) => Organizer is not null && IsSame(Organizer.Address, colleague.Address);

    public Attendee? AttendeeOf(string address) => Attendees.FirstOrDefault(attendee => IsSame(attendee.Who.Address, address));

    internal static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Answer">Graph's word: none, accepted, declined, tentativelyAccepted, notResponded.</param>
public sealed record Attendee(Correspondent Who, string Answer, bool IsOptional = false)
{
    /// <summary>A room or a thing, not a person.</summary>
    public bool IsResource { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }
}

/// <summary>When a series happens, in the words of Graph's recurrencePattern and recurrenceRange.</summary>
/// <param name="Type">daily, weekly, absoluteMonthly, relativeMonthly, absoluteYearly, relativeYearly.</param>
/// <param name="Index">first, second, third, fourth, last: which such day of the month.</param>
/// <param name="EndsOn">The last day it may happen; null with <paramref name="Count"/> null too: never ends.</param>
/// <param name="Count">How often it happens.</param>
public sealed record Recurrence(
    string Type, int Interval, IReadOnlyList<DayOfWeek> Days, int? DayOfMonth, int? Month, string? Index, DateOnly StartsOn, DateOnly? EndsOn, int? Count)
{
    /// <summary>Every one of these from the first meeting's day on, for ever.</summary>
    public static Recurrence Every(string type, Meeting first)
    {
        ArgumentNullException.ThrowIfNull(first);
        var day = DayOf(first.StartAt, first);
        return new Recurrence(
            type, 1, type == "weekly" ? [day.DayOfWeek] : [], type is "absoluteMonthly" or "absoluteYearly" ? day.Day : null,
            type == "absoluteYearly" ? day.Month : null, null, day, null, null);
    }

    /// <summary>The days on which it happens, not after <paramref name="last"/>.</summary>
    public IEnumerable<DateOnly> DaysUntil(DateOnly last)
    {
        last = EndsOn is { } end && end < last ? end : last;
        var left = Count ?? int.MaxValue;
        for (var day = StartsOn; day <= last && left > 0; day = day.AddDays(1))
        {
            if (HappensOn(day))
            {
                left--;
                yield return day;
            }
        }
    }

    /// <summary>The calendar day of a moment where the meeting was planned.</summary>
    public static DateOnly DayOf(DateTimeOffset at, Meeting meeting) => DateOnly.FromDateTime(
        (meeting.IsAllDay ? at : TimeZoneInfo.ConvertTime(at, CalendarZones.Find(meeting.Zone))).DateTime);

    private bool HappensOn(DateOnly day)
    {
        var months = ((day.Year - StartsOn.Year) * 12) + day.Month - StartsOn.Month;
        return Type switch
        {
            "daily" => (day.DayNumber - StartsOn.DayNumber) % Interval == 0,
            "weekly" => Days.Contains(day.DayOfWeek) && (Monday(day) - Monday(StartsOn)) / 7 % Interval == 0,
            "absoluteMonthly" => day.Day == DayOfMonth && months % Interval == 0,
            "relativeMonthly" => IsIndexed(day) && months % Interval == 0,
            "absoluteYearly" => day.Day == DayOfMonth && day.Month == Month && (day.Year - StartsOn.Year) % Interval == 0,
            _ => day.Month == Month && IsIndexed(day) && (day.Year - StartsOn.Year) % Interval == 0,
        };
    }

    private bool IsIndexed(DateOnly day) => Days.Contains(day.DayOfWeek) && Index switch
    {
        "first" => day.Day <= 7,
        "second" => day.Day is > 7 and <= 14,
        "third" => day.Day is > 14 and <= 21,
        "fourth" => day.Day is > 21 and <= 28,
        _ => day.AddDays(7).Month != day.Month,
    };

    private static int Monday(DateOnly day) => day.DayNumber - (((int)day.DayOfWeek + 6) % 7);
}

/// <summary>A meeting in one calendar, as it is at one moment: a change makes another record.</summary>
public sealed record CalendarEvent(string Id, string ImmutableId, Meeting Meeting)
{
    /// <summary>Which one it is in its calendar, in order of arrival.</summary>
    public int Number { get; init; }

    /// <summary>Set on a series itself, which is no time in the calendar.</summary>
    public Recurrence? Recurrence { get; init; }

    /// <summary>Set on an occurrence.</summary>
    public string? SeriesMasterId { get; init; }

    public string? SeriesMasterImmutableId { get; init; }

    /// <summary>When the series planned this occurrence, wherever it was moved to; null for anything else.</summary>
    public DateTimeOffset? OriginalStartAt { get; init; }

    /// <summary>An occurrence that is not as its series plans it.</summary>
    public bool IsException { get; init; }

    /// <summary>The calendar owner's own: organizer, none, notResponded, accepted, tentativelyAccepted, declined.</summary>
    public string Response { get; init; } = "none";

    public DateTimeOffset? RespondedAt { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>free, tentative, busy, oof, workingElsewhere; null for what Outlook takes by itself.</summary>
    public string? ShowAs { get; init; }

    /// <summary>Null: it does not remind.</summary>
    public int? ReminderMinutes { get; init; }

    /// <summary>When the reminder fires, where somebody snoozed it.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>Somebody has seen the reminder of this start, and needs no other.</summary>
    public DateTimeOffset? DismissedFor { get; init; }

    /// <summary>When it reminds; null when it does not, or no more.</summary>
    public DateTimeOffset? RemindsAt =>
        ReminderMinutes is not { } minutes || Recurrence is not null || DismissedFor == Meeting.StartAt ? null : SnoozedUntil ?? Meeting.StartAt.AddMinutes(-minutes);

    /// <summary>A client's own word by which it knows a retry.</summary>
    public string? TransactionId { get; init; }

    /// <summary>Named MAPI properties that clients set, by the name as Graph has it.</summary>
    public IReadOnlyDictionary<string, string> NamedProperties { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The calendar's count of changes when this one happened.</summary>
    public long Version { get; init; }

    public string Type => this switch
    {
        { Recurrence: not null } => "seriesMaster",
        { SeriesMasterId: null } => "singleInstance",
        { IsException: true } => "exception",
        _ => "occurrence",
    };

    /// <summary>As Graph gives it: the same in every mailbox, and another for each occurrence.</summary>
    public string ICalUid
    {
        get
        {
            if (OriginalStartAt is not { } planned)
            {
                return Meeting.ICalUid;
            }

            // Exchange keeps the day of the occurrence within its own identifiers (MS-OXOCAL, 2.2.1.27), bytes 16 to 19.
            var day = Recurrence.DayOf(planned, Meeting);
            return Meeting.ICalUid.StartsWith(ExchangePrefix, StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"{Meeting.ICalUid[..32]}{day.Year:X4}{day.Month:X2}{day.Day:X2}{Meeting.ICalUid[40..]}")
                : string.Create(CultureInfo.InvariantCulture, $"{Meeting.ICalUid}/{day:yyyyMMdd}");
        }
    }

    internal const string ExchangePrefix = "040000008200E00074C5B7101A82E008";
}
