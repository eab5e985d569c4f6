using System.Globalization;
using MathNet.Numerics.Statistics;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>
/// What a customer bought in all: worked out of its purchases whenever one comes or goes, and kept on the customer's row in the same
/// transaction, so that the card reads it with the rest.
/// </summary>
internal static class SalesSummary
{
    /// <summary>Column of row <c>a</c>. First line: order days, usual gap, first and last day; then a line for each currency; tabs between.</summary>
    public const string Column = "Sales";

    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>Null when there are no purchases at all.</summary>
    public static string? Of(IReadOnlyCollection<Purchase> purchases)
    {
        if (purchases.Count == 0)
        {
            return null;
        }

        DateOnly[] days = [.. purchases.Where(p => !p.IsCreditNote).Select(p => p.On).Distinct().Order()];
        var gaps = days.Skip(1).Select((day, i) => (double)(day.DayNumber - days[i].DayNumber)).ToArray();
        string Day(int index) => days.Length == 0 ? "" : days[index].ToString(DateFormat, CultureInfo.InvariantCulture);
        var head = string.Create(
            CultureInfo.InvariantCulture, $"{days.Length}\t{(gaps.Length == 0 ? "" : Math.Round(gaps.Median()))}\t{Day(0)}\t{Day(days.Length - 1)}");
        var totals = purchases.GroupBy(p => p.Currency, StringComparer.Ordinal)
            .OrderByDescending(currency => currency.Max(p => p.On)).ThenBy(currency => currency.Key, StringComparer.Ordinal)
            .Select(currency => string.Create(
                CultureInfo.InvariantCulture,
                $"{currency.Key}\t{currency.Count(p => !p.IsCreditNote)}\t{currency.Sum(p => p.Revenue):0.00}\t{MarginOf(currency):0.00}"));
        return string.Join('\n', totals.Prepend(head));
    }

    public static SalesFigures? ToFigures(string? column)
    {
        if (column is null)
        {
            return null;
        }

        var lines = column.Split('\n');
        var head = lines[0].Split('\t');
        static DateOnly? Day(string text) => text.Length == 0 ? null : DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture);
        return new SalesFigures(
            [.. lines.Skip(1).Select(line => line.Split('\t')).Select(t =>
                new CurrencyTotal(t[0], int.Parse(t[1], CultureInfo.InvariantCulture), t[2], t[3].Length == 0 ? null : t[3]))],
            int.Parse(head[0], CultureInfo.InvariantCulture),
            head[1].Length == 0 ? null : int.Parse(head[1], CultureInfo.InvariantCulture),
            Day(head[2]),
            Day(head[3]));
    }

    /// <summary>
    /// The customer's row with these purchases counted. The first purchase makes a lead a customer; when none is left, they are again what
    /// they were before, unless somebody set the stage since.
    /// </summary>
    public static TableRow On(TableRow record, IReadOnlyCollection<Purchase> purchases)
    {
        var properties = new Dictionary<string, object>(record.Properties, StringComparer.Ordinal);
        var hadBought = ToFigures(properties.GetValueOrDefault(Column) as string) is { OrderDays: > 0 };
        var hasBought = purchases.Any(purchase => !purchase.IsCreditNote);
        if (hasBought && !hadBought && properties[nameof(Customer.Stage)] is nameof(CustomerStage.Lead) or nameof(CustomerStage.Prospect))
        {
            properties[nameof(Customer.StageBefore)] = properties[nameof(Customer.Stage)];
            properties[nameof(Customer.Stage)] = nameof(CustomerStage.Customer);
        }
        else if (!hasBought && properties.Remove(nameof(Customer.StageBefore), out var before))
        {
            properties[nameof(Customer.Stage)] = before;
        }

        properties.Remove(Column);
        if (Of(purchases) is { } column)
        {
            properties[Column] = column;
        }

        return record with { Properties = properties };
    }

    private static decimal? MarginOf(IEnumerable<Purchase> purchases) =>
        purchases.All(p => p.Margin is not null) ? purchases.Sum(p => p.Margin) : null;
}
