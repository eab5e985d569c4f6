namespace OutlookCrm;

/// <summary>The calendar date of an instant, which is another one elsewhere.</summary>
internal static class CalendarDays
{
    public static DateOnly DayIn(this DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>In UTC: for what is counted and kept by days, wherever its readers are.</summary>
    public static DateOnly DayInUtc(this DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
