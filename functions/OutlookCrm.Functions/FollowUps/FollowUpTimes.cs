using System.Globalization;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>
/// When a follow-up is due. Dates are calendar dates where the owner lives. A time that clocks skip in spring is as much later as they
/// skip; of a time that clocks show twice in autumn the first counts.
/// </summary>
public static class FollowUpTimes
{
    /// <summary>When a whole day's follow-up rings.</summary>
    public static readonly TimeOnly StartOfDay = new(9, 0);

    /// <summary>Nobody plans further ahead.</summary>
    public const int MaxYearsAhead = 10;

    /// <summary>The instant at which a clock there shows this.</summary>
    public static DateTimeOffset InstantOf(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            // By the offset before the gap: 2:30 of a day without it is 3:30.
            return new DateTimeOffset(local, OffsetBefore(local, zone)).ToUniversalTime();
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>UTC for an id that this machine does not know: one that was known when it was stored.</summary>
    public static TimeZoneInfo ZoneOf(string id) => TimeZoneNames.TryFind(id, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>
    /// The day that a button means, always after <paramref name="today"/>: the day after, three days after, or the day on which the next
    /// week of work begins; when nobody works on it the next day on which somebody does.
    /// </summary>
    /// <param name="isHoliday">Days on which the firm is closed.</param>
    public static DateOnly DayOf(DueWhen when, DateOnly today, CultureInfo culture, Func<DateOnly, bool> isHoliday)
    {
        const int mostDaysClosed = 60;
        var day = when switch
        {
            DueWhen.Tomorrow => today.AddDays(1),
            DueWhen.InThreeDays => today.AddDays(3),
            _ => today.AddDays(1 + ((7 + (int)WorkWeeks.FirstDay(culture) - (int)today.AddDays(1).DayOfWeek) % 7)),
        };
        for (var i = 0; i < mostDaysClosed && (!WorkWeeks.IsWorkday(day.DayOfWeek, culture) || isHoliday(day)); i++)
        {
            day = day.AddDays(1);
        }

        return day;
    }

    private static TimeSpan OffsetBefore(DateTime local, TimeZoneInfo zone)
    {
        var before = local;
        do
        {
            before = before.AddMinutes(-15); // no gap is longer than a day
        }
        while (zone.IsInvalidTime(before));
        return zone.GetUtcOffset(before);
    }
}
