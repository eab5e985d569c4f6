using System.Globalization;

namespace OutlookCrm.Import;

/// <summary>How a column of dates is written, found from all of its rows together.</summary>
/// <param name="Pattern">In .NET's letters.</param>
public sealed record DateFormat(string Pattern)
{
    private static readonly string[] Certain =
        ["yyyy-MM-dd", "yyyyMMdd", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "d.M.yy", "yyyy-M-d", "d MMM yyyy", "d-MMM-yyyy", "MMM d, yyyy"];

    private static readonly string[] DayFirst = ["d/M/yyyy", "d/M/yy", "d-M-yyyy"];

    private static readonly string[] MonthFirst = ["M/d/yyyy", "M/d/yy", "M-d-yyyy"];

    /// <summary>All patterns, in .NET's letters.</summary>
    public static IReadOnlyList<string> Patterns { get; } = [.. Certain, .. DayFirst, .. MonthFirst];

    /// <summary>
    /// The patterns that read most of the dates: one, unless the dates could as well be read another way (all are like 03/04/2026).
    /// </summary>
    public static IReadOnlyList<DateFormat> Possible(IEnumerable<string> dates)
    {
        string[] distinct = [.. dates.Where(date => date.Length > 0).Distinct()];
        var counted = Patterns.Select(pattern => (Format: new DateFormat(pattern), Count: distinct.Count(date => new DateFormat(pattern).TryRead(date, out _)))).ToList();
        var most = counted.Max(one => one.Count);
        if (most == 0)
        {
            return [];
        }

        var possible = new List<DateFormat>();
        foreach (var (format, _) in counted.Where(one => one.Count == most))
        {
            if (!possible.Any(other => distinct.All(date => format.TryRead(date, out var mine) == other.TryRead(date, out var theirs) && mine == theirs)))
            {
                possible.Add(format);
            }
        }

        return possible;
    }

    /// <summary>The pattern that reads most of the dates; where several do, ISO first, then the order of day and month of the culture.</summary>
    public static DateFormat Of(IReadOnlyCollection<string> dates, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        var dayFirst = culture.DateTimeFormat.ShortDatePattern is var own && own.IndexOf('d') < own.IndexOf('M');
        string[] patterns = [.. Certain, .. dayFirst ? DayFirst : MonthFirst, .. dayFirst ? MonthFirst : DayFirst];
        return new DateFormat(patterns.MaxBy(pattern => dates.Count(date => new DateFormat(pattern).TryRead(date, out _)))!);
    }

    /// <summary>A time of day after the date is dropped: the date is what the file's maker saw.</summary>
    public bool TryRead(string text, out DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(text);
        var day = text.AsSpan().Trim();
        if (day.IndexOf(':') is > 0 and var colon && day[..colon].LastIndexOfAny('T', ' ') is > 0 and var end)
        {
            day = day[..end];
        }

        return DateOnly.TryParseExact(day, Pattern, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }
}
