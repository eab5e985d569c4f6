using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>Time zones by the names that calendar programs give them.</summary>
internal static partial class CalendarZones
{
    /// <summary>
    /// IANA and Windows names; IANA names behind a prefix (<c>/Europe/Stockholm</c>, <c>/mozilla.org/20050126_1/Europe/Berlin</c>);
    /// and what states its offset (<c>(UTC-03:00) Brasília</c>).
    /// </summary>
    public static bool TryFind(string? name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        if (string.IsNullOrWhiteSpace(name))
        {
            return false;
        }

        var parts = name.Trim('/', ' ', '"').Split('/');
        for (var from = 0; from < parts.Length; from++)
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(string.Join('/', parts[from..]), out zone))
            {
                return true;
            }
        }

        if (Offset().Match(name) is { Success: true } match
            && TimeSpan.TryParseExact(match.Groups[2].Value, @"hh\:mm", CultureInfo.InvariantCulture, out var offset)
            && offset <= TimeSpan.FromHours(14))
        {
            zone = TimeZoneInfo.CreateCustomTimeZone(name, match.Groups[1].Value == "-" ? -offset : offset, name, name);
            return true;
        }

        return false;
    }

    /// <summary>The zone of that name; UTC where nobody knows it.</summary>
    public static TimeZoneInfo Find(string name) => TryFind(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>As Graph names it.</summary>
    public static string WindowsName(string zone) => TimeZoneInfo.TryConvertIanaIdToWindowsId(zone, out var windows) ? windows : zone;

    [GeneratedRegex(@"(?:UTC|GMT)\s*([+-])\s*(\d{2}:\d{2})")]
    private static partial Regex Offset();
}
