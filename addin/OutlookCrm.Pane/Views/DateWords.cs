using System.Globalization;
using System.Text.RegularExpressions;

namespace OutlookCrm.Pane;

/// <summary>Instants and dates in the words of the reader: their time zone, their language's order of day and month.</summary>
internal static partial class DateWords
{
    /// <summary>"today 14:05", "yesterday", "tomorrow 9:00", "3 May", "3 May 2024".</summary>
    public static string When(this Reader reader, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, reader.TimeZone);
        return reader.DaysUntil(at) switch
        {
            0 => "today " + local.ToString("t", reader.Culture),
            -1 => "yesterday",
            1 => "tomorrow " + local.ToString("t", reader.Culture),
            _ => reader.Day(DateOnly.FromDateTime(local.DateTime)),
        };
    }

    /// <summary>"today", "12 days ago"; a date once a month has passed.</summary>
    public static string Ago(this Reader reader, DateTimeOffset at) => reader.DaysUntil(at) switch
    {
        0 => "today",
        -1 => "yesterday",
        < -1 and > -31 and var days => $"{-days} days ago",
        _ => reader.When(at),
    };

    /// <summary>"just now", "40 s ago", "5 min ago", "3 h ago"; from the day before on as <see cref="When"/> has it.</summary>
    /// <param name="asOf">When the model was made: no view looks at a clock.</param>
    public static string Ago(this Reader reader, DateTimeOffset at, DateTimeOffset asOf) => (asOf - at) switch
    {
        { TotalSeconds: < 2 } => "just now",
        { TotalSeconds: < 100 } age => string.Create(reader.Culture, $"{age.TotalSeconds:0} s ago"),
        { TotalMinutes: < 100 } age => string.Create(reader.Culture, $"{age.TotalMinutes:0} min ago"),
        { TotalHours: < 12 } age when reader.DaysUntil(at) == 0 => string.Create(reader.Culture, $"{age.TotalHours:0} h ago"),
        _ => reader.When(at),
    };

    /// <summary>"March 2026".</summary>
    public static string Month(this Reader reader, DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, reader.TimeZone).ToString("Y", reader.Culture);

    /// <summary>"today 14:00–15:00", "3 May 14:00 – 4 May 9:00"; whole days without times.</summary>
    public static string Between(this Reader reader, DateTimeOffset at, DateTimeOffset endsAt)
    {
        var (from, to) = (TimeZoneInfo.ConvertTime(at, reader.TimeZone), TimeZoneInfo.ConvertTime(endsAt, reader.TimeZone));
        var (day, lastDay) = (DateOnly.FromDateTime(from.DateTime), DateOnly.FromDateTime(to.DateTime));
        var (fromTime, toTime) = (from.ToString("t", reader.Culture), to.ToString("t", reader.Culture));
        if (endsAt > at && (endsAt - at).Ticks % TimeSpan.TicksPerDay == 0)
        {
            var days = (int)(endsAt - at).TotalDays;
            return days == 1 ? reader.NearDay(day) : $"{reader.NearDay(day)} – {reader.Day(day.AddDays(days - 1))}";
        }

        return day == lastDay
            ? $"{reader.NearDay(day)} {fromTime}–{toTime}"
            : $"{reader.NearDay(day)} {fromTime} – {reader.Day(lastDay)} {toTime}";
    }

    /// <summary>"since today", "since yesterday", "12 days".</summary>
    public static string HowLong(this Reader reader, DateTimeOffset since) => reader.DaysUntil(since) switch
    {
        >= 0 => "since today",
        -1 => "since yesterday",
        var days => $"{LoggingWords.Count(-days, reader)} days",
    };

    /// <summary>Day and month, with the year when it is not this one.</summary>
    public static string Day(this Reader reader, DateOnly day)
    {
        var today = reader.Today;
        var format = reader.Culture.DateTimeFormat;
        if (!Has(format.Calendar, day))
        {
            return Machine(day);
        }

        var pattern = day.Year == today.Year ? format.MonthDayPattern : Weekday().Replace(format.LongDatePattern, "");
        return day.ToString(pattern.Replace("MMMM", "MMM", StringComparison.Ordinal), reader.Culture);
    }

    /// <summary>For <c>datetime</c>: the instant to the minute.</summary>
    public static string Machine(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm'Z'", CultureInfo.InvariantCulture);

    public static string Machine(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>"today", "yesterday", "tomorrow", "3 May".</summary>
    public static string NearDay(this Reader reader, DateOnly day) => (day.DayNumber - reader.Today.DayNumber) switch
    {
        0 => "today",
        -1 => "yesterday",
        1 => "tomorrow",
        _ => reader.Day(day),
    };

    /// <summary>Today or on one of the two days before: so long one may wonder what became of something.</summary>
    public static bool IsLately(this Reader reader, DateTimeOffset at) => reader.DaysUntil(at) > -3;

    // Some calendars end: that of Saudi Arabia in 2077.
    private static bool Has(Calendar calendar, DateOnly day) =>
        day >= DateOnly.FromDateTime(calendar.MinSupportedDateTime) && day <= DateOnly.FromDateTime(calendar.MaxSupportedDateTime);

    private static int DaysUntil(this Reader reader, DateTimeOffset at) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, reader.TimeZone).DateTime).DayNumber - reader.Today.DayNumber;

    // With the words around it that name no day, month or year.
    [GeneratedRegex(@"^(?:[^yMd']|'[^']*')*dddd[\s,،.]*|[\s,،]*dddd(?:[^yMd']|'[^']*')*$")]
    private static partial Regex Weekday();
}
