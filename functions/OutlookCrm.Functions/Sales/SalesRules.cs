using OutlookCrm.Http;

namespace OutlookCrm.Sales;

/// <summary>What money and days must be, in whatever form they come: typed, or in a file.</summary>
internal static class SalesRules
{
    /// <summary>Before it no purchase is believed.</summary>
    public static readonly DateOnly Earliest = new(1990, 1, 1);

    /// <summary>True for a day on which somebody can have bought.</summary>
    /// <param name="today">In UTC: east of Greenwich it may be tomorrow already.</param>
    public static bool IsDay(DateOnly on, DateOnly today) => on >= Earliest && on <= today.AddDays(1);

    /// <summary>The code, trimmed; an error when it is none.</summary>
    public static string Currency(string? currency, FieldErrors errors)
    {
        var code = currency?.Trim() ?? "";
        if (!Currencies.Has(code))
        {
            errors.Add("currency", "must be a currency of ISO 4217, such as EUR");
        }

        return code;
    }

    /// <summary>More than zero; null, with an error, when it is no such amount.</summary>
    public static decimal? Amount(string amount, string field, FieldErrors errors)
    {
        if (Amounts.Read(amount) is > 0 and var read)
        {
            return read;
        }

        errors.Add(field, "must be more than 0, at most 1000000000, with at most two decimals");
        return null;
    }
}
