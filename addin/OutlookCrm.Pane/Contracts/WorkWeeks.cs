using System.Globalization;

namespace OutlookCrm.Pane;

/// <summary>Which days people work on, by the region of their language (Unicode CLDR 46, supplemental/weekData).</summary>
public static class WorkWeeks
{
    private static readonly HashSet<string> FridayAndSaturday =
        new(StringComparer.Ordinal) { "BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE" };

    private static readonly HashSet<string> OnlySunday = new(StringComparer.Ordinal) { "IN", "UG" };

    public static bool IsWorkday(DayOfWeek day, CultureInfo culture) => RegionOf(culture) switch
    {
        "IR" => day != DayOfWeek.Friday,
        "AF" => day is not (DayOfWeek.Thursday or DayOfWeek.Friday),
        var region when FridayAndSaturday.Contains(region) => day is not (DayOfWeek.Friday or DayOfWeek.Saturday),
        var region when OnlySunday.Contains(region) => day != DayOfWeek.Sunday,
        _ => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
    };

    /// <summary>The day after the weekend.</summary>
    public static DayOfWeek FirstDay(CultureInfo culture)
    {
        for (var day = DayOfWeek.Sunday; day <= DayOfWeek.Saturday; day++)
        {
            if (IsWorkday(day, culture) && !IsWorkday((DayOfWeek)(((int)day + 6) % 7), culture))
            {
                return day;
            }
        }

        return DayOfWeek.Monday;
    }

    private static string RegionOf(CultureInfo culture)
    {
        var end = culture.Name.LastIndexOf('-');
        return end > 0 && culture.Name.Length - end == 3 ? culture.Name[(end + 1)..] : "";
    }
}
