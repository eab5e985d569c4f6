using OutlookCrm.Http;

namespace OutlookCrm.Sales;

/// <summary>What a deal's fields must be.</summary>
internal static class DealRules
{
    private const int MaxYearsAhead = 10;

    /// <returns>Both or neither.</returns>
    public static (decimal? Amount, string? Currency) Price(string? amount, string? currency, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(amount))
        {
            return (null, null);
        }

        return (SalesRules.Amount(amount, "amount", errors), SalesRules.Currency(currency, errors));
    }

    /// <param name="today">In UTC.</param>
    public static DateOnly? ExpectedOn(DateOnly? day, DateOnly today, FieldErrors errors)
    {
        if (day < SalesRules.Earliest || day > today.AddYears(MaxYearsAhead))
        {
            errors.Add("expectedOn", $"must be from {SalesRules.Earliest.Year} on, and at most {MaxYearsAhead} years ahead");
        }

        return day;
    }

    public static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
