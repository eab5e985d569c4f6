using OutlookCrm.Http;

namespace OutlookCrm.Sales;

/// <summary>What a deal's fields must be.</summary>
internal static class DealRules
{
    /// <returns>Both or neither.</returns>
    public static (decimal? Amount, string? Currency) Price(string? amount, string? currency, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(amount))
        {
            return (null, null);
        }

        var read = Amounts.Read(amount);
        if (read is null or 0)
        {
            errors.Add("amount", "must be more than 0, at most 1000000000, with at most two decimals");
        }

        if (currency is null || !Currencies.Has(currency.Trim()))
        {
            errors.Add("currency", "must be a currency of ISO 4217, such as EUR");
        }

        return (read, currency?.Trim());
    }

    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
