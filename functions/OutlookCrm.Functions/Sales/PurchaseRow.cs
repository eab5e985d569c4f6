using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

/// <summary>Row <c>p|…</c> of a customer's partition. Tables have no decimal numbers and no dates: both are text.</summary>
internal static class PurchaseRow
{
    /// <summary>On the marker of a purchase: the key of its row.</summary>
    public const string PurchaseKey = nameof(PurchaseKey);

    /// <summary>On the marker of a purchase that an undone import took away: which. That import must not bring it back; another may.</summary>
    public const string UndoneImport = nameof(UndoneImport);

    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>True for the marker of a purchase that an undone import took away.</summary>
    public static bool IsUndone(TableRow row) =>
        row.RowKey.StartsWith(TableKeys.PurchaseMarkers.From, StringComparison.Ordinal) && row.Properties.ContainsKey(UndoneImport);

    public static TableRow From(string partition, Purchase purchase)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Purchase.On)] = purchase.On.ToString(DateFormat, CultureInfo.InvariantCulture),
            [nameof(Purchase.Currency)] = purchase.Currency,
            [nameof(Purchase.Items)] = string.Join('\n', purchase.Items.Select(item =>
                string.Create(CultureInfo.InvariantCulture, $"{item.Amount}\t{item.Cost}\t{item.Product}"))),
            [nameof(Purchase.By)] = purchase.By,
            [nameof(Purchase.AddedAt)] = purchase.AddedAt,
        };
        if (purchase.IsCreditNote)
        {
            properties[nameof(Purchase.IsCreditNote)] = true;
        }

        if (purchase.Number is { } number)
        {
            properties[nameof(Purchase.Number)] = number;
        }

        if (purchase.ImportId is { } import)
        {
            properties[nameof(Purchase.ImportId)] = import;
        }

        return new TableRow(partition, TableKeys.Purchase(purchase.On, purchase.Id), properties);
    }

    public static Purchase ToPurchase(TableRow row) => new(
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        DateOnly.ParseExact((string)row.Properties[nameof(Purchase.On)], DateFormat, CultureInfo.InvariantCulture),
        row.Properties.ContainsKey(nameof(Purchase.IsCreditNote)),
        (string)row.Properties[nameof(Purchase.Currency)],
        [.. ((string)row.Properties[nameof(Purchase.Items)]).Split('\n').Select(ToItem)],
        row.Properties.GetValueOrDefault(nameof(Purchase.Number)) as string,
        (string)row.Properties[nameof(Purchase.By)],
        (DateTimeOffset)row.Properties[nameof(Purchase.AddedAt)])
    {
        ImportId = row.Properties.GetValueOrDefault(nameof(Purchase.ImportId)) as Guid?,
    };

    /// <summary>The row that remembers that a purchase was added.</summary>
    public static TableRow Marker(string partition, Guid id, string purchaseKey) => new(
        partition, TableKeys.PurchaseMarker(id), new Dictionary<string, object> { [PurchaseKey] = purchaseKey });

    private static BoughtItem ToItem(string line)
    {
        var parts = line.Split('\t', 3);
        return new BoughtItem(
            parts[2],
            decimal.Parse(parts[0], CultureInfo.InvariantCulture),
            parts[1].Length == 0 ? null : decimal.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
