using System.Globalization;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What a caller prefers, from the Prefer headers.</summary>
/// <param name="TimeZoneName">As the caller spelt it.</param>
internal sealed record Preferences(bool ImmutableIds, bool TextBodies, TimeZoneInfo TimeZone, string TimeZoneName, int? PageSize)
{
    /// <exception cref="GraphError">A time zone that nobody knows.</exception>
    public static Preferences Read(HttpRequest request)
    {
        var preferences = new Preferences(false, false, TimeZoneInfo.Utc, "UTC", null);
        foreach (var part in request.Headers["Prefer"].SelectMany(header => header!.Split(',', StringSplitOptions.TrimEntries)))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = pair.Length == 2 ? pair[1].Trim('"') : "";
            preferences = pair[0].ToLowerInvariant() switch
            {
                "idtype" => preferences with { ImmutableIds = value.Equals("ImmutableId", StringComparison.OrdinalIgnoreCase) },
                "outlook.body-content-type" => preferences with { TextBodies = value.Equals("text", StringComparison.OrdinalIgnoreCase) },
                "outlook.timezone" => preferences.In(value),
                "odata.maxpagesize" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 1000 =>
                    preferences with { PageSize = size },
                _ => preferences,
            };
        }

        return preferences;
    }

    private Preferences In(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
        ? this with { TimeZone = found, TimeZoneName = zone }
        : throw new GraphError(StatusCodes.Status400BadRequest, "TimeZoneNotSupportedException", $"A valid TimeZone value must be specified, not '{zone}'.");
}
