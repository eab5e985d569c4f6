using System.Globalization;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Import;

/// <summary>What a plan's fields mean.</summary>
internal static class ImportPlans
{
    public static char SignOf(ImportDelimiter delimiter) => delimiter switch
    {
        ImportDelimiter.Comma => ',',
        ImportDelimiter.Semicolon => ';',
        ImportDelimiter.Tab => '\t',
        _ => '|',
    };

    public static ImportDelimiter DelimiterOf(char sign) => Enum.GetValues<ImportDelimiter>().First(one => SignOf(one) == sign);

    public static char SignOf(DecimalSign sign) => sign == DecimalSign.Comma ? ',' : '.';

    public static DecimalSign DecimalOf(char sign) => sign == ',' ? DecimalSign.Comma : DecimalSign.Point;

    /// <param name="column">Counted from 0.</param>
    public static string Text(int column) => (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <returns>Counted from 0; -1 for none.</returns>
    public static int Column(string? text) => text is null ? -1 : int.Parse(text, CultureInfo.InvariantCulture) - 1;

    /// <summary>What no attribute can say.</summary>
    public static void Check(ImportPlan plan, FieldErrors errors)
    {
        var columns = plan.Columns ?? new ImportColumns();
        foreach (var (name, text) in new[]
        {
            ("customer", columns.Customer), ("address", columns.Address), ("customerNumber", columns.CustomerNumber), ("date", columns.Date),
            ("invoice", columns.Invoice), ("amount", columns.Amount), ("cost", columns.Cost), ("currency", columns.Currency),
            ("product", columns.Product), ("description", columns.Description), ("quantity", columns.Quantity),
        })
        {
            if (text is not null
                && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > TextTable.MaxColumns))
            {
                errors.Add($"columns.{name}", $"must be the number of a column, from 1 to {TextTable.MaxColumns}");
            }
        }

        if (plan.DatePattern is { } pattern && !DateFormat.Patterns.Contains(pattern))
        {
            errors.Add("datePattern", "must be one of the patterns that the preview names");
        }

        if (plan.Currency is not null)
        {
            SalesRules.Currency(plan.Currency, errors);
        }
    }
}
