using System.Globalization;
using System.Text.RegularExpressions;

namespace OutlookCrm.Sales;

/// <summary>Amounts of money as text: JSON's numbers lose cents.</summary>
internal static partial class Amounts
{
    public const decimal Largest = 1_000_000_000;

    public static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Reads 1250, 12.5 and 12,50. What could be read two ways, such as 1.250, is none.</summary>
    /// <returns>0 or more, at most <see cref="Largest"/>; null when it is no such amount.</returns>
    public static decimal? Read(string text) =>
        Written().IsMatch(text.Trim())
        && decimal.TryParse(text.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && amount <= Largest
            ? amount
            : null;

    [GeneratedRegex(@"^[0-9]{1,10}([.,][0-9]{1,2})?$")]
    private static partial Regex Written();
}
