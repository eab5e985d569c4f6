using System.Collections.Frozen;
using System.Globalization;

namespace OutlookCrm.Pane;

/// <summary>The currency of who has none yet.</summary>
public static class LikelyCurrency
{
    // Of the cultures that this machine knows: a browser may ask for any other.
    private static readonly FrozenDictionary<string, string> ByCulture = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(culture => (culture.Name, new RegionInfo(culture.Name).ISOCurrencySymbol))
        .Where(one => one.ISOCurrencySymbol.Length == 3)
        .DistinctBy(one => one.Name)
        .ToFrozenDictionary(one => one.Name, one => one.ISOCurrencySymbol);

    /// <summary>That of the reader's country, as ISO 4217 has it; EUR where that is not known.</summary>
    public static string Of(CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        return ByCulture.GetValueOrDefault(culture.Name, "EUR");
    }
}
