using System.Globalization;
using System.Text.RegularExpressions;

namespace OutlookCrm.Import;

/// <summary>How a column of amounts is written, found from all of its rows together.</summary>
/// <param name="Separator">Before the decimals: point or comma.</param>
public sealed partial record AmountFormat(char Separator)
{
    /// <summary>Beyond it no small firm's invoice goes: a slipped comma, more likely.</summary>
    public const decimal Largest = 1_000_000_000_000;

    // Much longer than any amount, and short enough for the pattern, which tries all ways to divide a run of spaces.
    private const int MaxLength = 100;

    /// <param name="amounts">As written.</param>
    /// <param name="delimiter">Of the file, for what could be read both ways: semicolons go with decimal commas.</param>
    public static AmountFormat Of(IEnumerable<string> amounts, char delimiter)
    {
        int point = 0, comma = 0;
        foreach (var amount in amounts)
        {
            var (lastPoint, lastComma) = (amount.LastIndexOf('.'), amount.LastIndexOf(','));
            if (lastPoint >= 0 && lastComma >= 0)
            {
                _ = lastPoint > lastComma ? point++ : comma++;
            }
            else if (Math.Max(lastPoint, lastComma) is >= 0 and var only && !Thousands().IsMatch(amount))
            {
                _ = amount[only] == '.' ? point++ : comma++;
            }
        }

        return new AmountFormat(point != comma ? point > comma ? '.' : ',' : delimiter == ';' ? ',' : '.');
    }

    /// <summary>Reads "1.234,50 €", "CHF 1'234.50", "-12,5", "12.5-" and "(12.50)".</summary>
    /// <param name="currency">The letters or sign beside it, upper case; null when there are none.</param>
    public bool TryRead(string text, out decimal amount, out string? currency)
    {
        ArgumentNullException.ThrowIfNull(text);
        amount = 0;
        currency = null;
        if (text.Length > MaxLength || Written().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var beside = match.Groups["before"].Value + match.Groups["after"].Value;
        currency = beside.Length == 0 ? null : beside.ToUpperInvariant();
        var digits = match.Groups["digits"].Value;
        var at = digits.LastIndexOf(Separator);
        var (whole, rest) = at < 0 ? (digits, "") : (digits[..at], digits[(at + 1)..]);
        if (whole.Contains(Separator) || !Grouped().IsMatch(whole) || rest.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var plain = string.Concat(whole.Where(char.IsAsciiDigit)) + "." + rest;
        if (!decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) || amount > Largest)
        {
            return false;
        }

        if (match.Groups["minus"].Success || match.Groups["open"].Success)
        {
            amount = -amount;
        }

        return true;
    }

    // One group of three digits after one separator: could be either.
    [GeneratedRegex(@"^\D*\d{1,3}[.,]\d{3}\D*$")]
    private static partial Regex Thousands();

    [GeneratedRegex(@"^(\d*|\d{1,3}([.,'’\u00A0\u202F ]\d{3})+)$")]
    private static partial Regex Grouped();

    [GeneratedRegex(
        @"^\s*(?<minus>[-−])?\s*(?<open>\()?\s*(?<before>[\p{L}\p{Sc}]{0,4})\s*(?<minus>[-−])?\s*" +
        @"(?<digits>[.,]?\d(?:[\d.,'’\u00A0\u202F ]*\d)?[.,]?)\s*(?<minus>[-−])?\s*(?<after>[\p{L}\p{Sc}]{0,4})\s*\)?\s*$")]
    private static partial Regex Written();
}
