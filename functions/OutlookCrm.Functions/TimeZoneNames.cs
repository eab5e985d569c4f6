using System.Text.RegularExpressions;

namespace OutlookCrm;

/// <summary>Time zones by the name that somebody sends us: a header, a field, an invitation.</summary>
public static partial class TimeZoneNames
{
    private const int MaxLength = 64;

    /// <summary>By its IANA or its Windows name; UTC and false when there is none of this name.</summary>
    /// <remarks>
    /// On Linux .NET opens the file of this name, holding a lock, and keeps what it read for ever. <c>Europe//Berlin</c> is a zone of its own to it, so
    /// that one zone would have as many names as there are detours to its file.
    /// </remarks>
    public static bool TryFind(string? name, out TimeZoneInfo zone)
    {
        if (name is { Length: > 0 and <= MaxLength } && Names().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found))
        {
            zone = found;
            return true;
        }

        zone = TimeZoneInfo.Utc;
        return false;
    }

    // Europe/Berlin, or W. Europe Standard Time: dots and slashes in one name only lead somewhere else.
    [GeneratedRegex(@"\A(?:[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*|[A-Za-z][A-Za-z0-9.() +-]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
