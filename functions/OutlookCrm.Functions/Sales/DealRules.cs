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

        return (SalesRules.Amount(amount, "amount", errors), SalesRules.Currency(currency, errors));
    }

    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
