using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Sales;

namespace OutlookCrm.Import;

/// <summary>What a customer's rows come to.</summary>
/// <param name="Rows">One or more.</param>
internal sealed record InvoicePurchase(Purchase Purchase, IReadOnlyList<InvoiceRow> Rows)
{
    // As many as one purchase can have; what an invoice has beyond is a further purchase of that day.
    private const int MaxItems = 50;

    /// <summary>
    /// The rows of one invoice are one purchase, those below zero a credit note; a row without a number is one of its own. The ids come from
    /// number, day and currency, or without a number from all that the row says and the how-manieth such row it is: the same rows in
    /// another file are the same purchases.
    /// </summary>
    public static IReadOnlyList<InvoicePurchase> Of(IEnumerable<InvoiceRow> rows, Guid importId, string by, DateTimeOffset at)
    {
        var purchases = new List<InvoicePurchase>();
        var alike = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var invoice in rows.GroupBy(row => row.Invoice is null ? $"row {row.Line}" : Text("invoice", row.Invoice, Day(row.On), row.Currency, row.Amount < 0)))
        {
            foreach (var (part, some) in invoice.Chunk(MaxItems).Index())
            {
                var first = some[0];
                var key = invoice.Key;
                if (first.Invoice is null)
                {
                    key = Text("row", Day(first.On), first.Currency, Money(first.Amount), Money(first.Cost), first.Product);
                    alike[key] = alike.GetValueOrDefault(key) + 1;
                    key = Text(key, alike[key]);
                }

                purchases.Add(new InvoicePurchase(
                    new Purchase(
                        IdOf(Text(key, part)), first.On, first.Amount < 0, first.Currency,
                        [.. some.Select(row => new BoughtItem(row.Product, Math.Abs(row.Amount), row.Cost))], first.Invoice, by, at)
                    {
                        ImportId = importId,
                    },
                    some));
            }
        }

        return purchases;
    }

    /// <summary>The same for the same text.</summary>
    internal static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // However many zeros the file writes.
    private static string? Money(decimal? amount) => amount?.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(params ReadOnlySpan<object?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part}").Append('\u001f');
        }

        return text.ToString();
    }
}
