using NCrontab;

namespace OutlookCrm.LocalHost;

/// <summary>
/// When a timer is due: six-field NCRONTAB (seconds first) on the wall clock of a time zone.
/// When clocks change, a schedule for given hours runs once for each of its wall-clock times: a time that the clock skips is
/// due at the first moment after, one that comes twice is due the first time only. A schedule for every hour (or every few) runs on with real time.
/// </summary>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule schedule;
    private readonly TimeZoneInfo zone;
    private readonly bool everyHour;

    private TimerSchedule(CrontabSchedule schedule, TimeZoneInfo zone, bool everyHour)
    {
        this.schedule = schedule;
        this.zone = zone;
        this.everyHour = everyHour;
    }

    /// <exception cref="FormatException">Not six fields of NCRONTAB.</exception>
    public static TimerSchedule Parse(string expression, TimeZoneInfo zone)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            throw new FormatException($"'{expression}' has {fields.Length} fields; a schedule has six: second minute hour day month weekday.");
        }

        if (CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is not { } schedule)
        {
            throw new FormatException($"'{expression}' is no NCRONTAB schedule.");
        }

        return new TimerSchedule(schedule, zone, everyHour: fields[2].StartsWith('*'));
    }

    /// <summary>The first time it is due strictly after this instant; null when it never is again.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset instant)
    {
        var after = instant.UtcDateTime;
        var next = everyHour ? NextInRealTime(after) : NextOnWallClock(after);
        return next is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    private DateTime? NextOnWallClock(DateTime after)
    {
        for (var wall = Candidate(Wall(after)); wall is not null; wall = Candidate(wall.Value))
        {
            // In the second pass of an hour that comes twice, its times have been due already.
            if (FirstMoment(wall.Value) is var due && due > after)
            {
                return due;
            }
        }

        return null;
    }

    private DateTime? NextInRealTime(DateTime after)
    {
        var offset = Offset(after);
        var from = after;
        var wall = after + offset;
        while (Candidate(wall) is { } candidate)
        {
            var due = Utc(candidate - offset);
            if (Offset(due) == offset)
            {
                return due;
            }

            // A change of the clock lies between: look again from there, the moment itself included.
            from = ChangeBetween(from, due);
            offset = Offset(from);
            wall = from + offset - TimeSpan.FromTicks(1);
        }

        return null;
    }

    private DateTime? Candidate(DateTime wall)
    {
        var next = schedule.GetNextOccurrence(DateTime.SpecifyKind(wall, DateTimeKind.Unspecified));
        return next.Year < 9999 ? next : null;
    }

    /// <summary>The first instant at which the wall clock shows this time or a later one.</summary>
    private DateTime FirstMoment(DateTime wall)
    {
        if (zone.IsInvalidTime(wall))
        {
            return ChangeBetween(Utc(wall.AddDays(-1)), Utc(wall.AddDays(1)));
        }

        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        return Utc(wall - offset);
    }

    /// <summary>The first instant with another offset than at <paramref name="from"/>; there is one at or before <paramref name="to"/>.</summary>
    private DateTime ChangeBetween(DateTime from, DateTime to)
    {
        var before = Offset(from);
        var (low, high) = (from.Ticks, to.Ticks);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (Offset(new DateTime(middle, DateTimeKind.Utc)) == before)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new DateTime(high, DateTimeKind.Utc);
    }

    private TimeSpan Offset(DateTime utc) => zone.GetUtcOffset(utc);

    private DateTime Wall(DateTime utc) => utc + Offset(utc);

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
