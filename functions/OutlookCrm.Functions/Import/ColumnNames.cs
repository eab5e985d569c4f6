using System.Text;
using OutlookCrm.Pane;
using OutlookCrm.Search;

namespace OutlookCrm.Import;

/// <summary>What accounting programs call their columns, in English and German: letters and digits without accents, the likelier first.</summary>
internal static class ColumnNames
{
    private static readonly string[] Customers = Names(
        "customer name, customer, client name, client, bill to, sold to, buyer, company name, company, account name, name, " +
        "Kundenname, Kunde, Auftraggeber, Rechnungsempfänger, Empfänger, Debitor, Firma, Firmenname");

    private static readonly string[] Addresses = Names(
        "email, email address, customer email, mail, mail address, Kunden E-Mail, Mailadresse, E-Mail-Adresse");

    private static readonly string[] Numbers = Names(
        "customer number, customer no, customer id, client number, client id, account number, account no, " +
        "Kundennummer, Kundennr, Kunden-Nr, Kd.-Nr, Kdnr, Debitorennummer, Debitorennr");

    private static readonly string[] Dates = Names(
        "invoice date, date of invoice, date, order date, purchase date, posting date, document date, " +
        "Rechnungsdatum, Belegdatum, Datum, Bestelldatum, Auftragsdatum, Buchungsdatum, Leistungsdatum, Re.-Datum");

    private static readonly string[] Invoices = Names(
        "invoice number, invoice no, invoice id, invoice, document number, document no, order number, order no, order id, number, no, " +
        "Rechnungsnummer, Rechnungsnr, Rechnungs-Nr, Re.-Nr, Rg-Nr, Rechnung, Belegnummer, Belegnr, Auftragsnummer, Nummer, Nr");

    private static readonly string[] PricesPerPiece = Names("unit price, price per unit, price each, price, Einzelpreis, Stückpreis, E-Preis, Preis");

    private static readonly string[] Amounts =
    [
        .. Names(
            "net amount, amount net, net total, total net, net, subtotal, line total, amount without tax, amount excl tax, revenue, amount, total, sum, value, " +
            "Nettobetrag, Betrag netto, Netto, Gesamt netto, Summe netto, Nettosumme, Nettoumsatz, Umsatz, Betrag, Gesamtbetrag, Gesamt, Gesamtpreis, Summe, " +
            "total amount, gross amount, gross, Bruttobetrag, Betrag brutto, Brutto"),
        .. PricesPerPiece,
    ];

    private static readonly string[] Costs = Names(
        "cost, costs, cost price, total cost, cost of goods, cogs, purchase price, Kosten, Einkaufspreis, EK, EK-Preis, Einstandspreis, Selbstkosten, Wareneinsatz");

    private static readonly string[] Currencies = Names("currency, currency code, curr, Währung, Waehrung, Währungscode, Whg");

    private static readonly string[] Products = Names(
        "product, product name, item, item name, article, article name, service, sku, Produkt, Produktname, Artikel, Artikelname, Artikelbezeichnung, Leistung, Ware");

    private static readonly string[] Descriptions = Names(
        "description, item description, details, text, memo, Beschreibung, Bezeichnung, Positionstext, Buchungstext, Verwendungszweck, Betreff");

    private static readonly string[] Quantities = Names("quantity, qty, pieces, units, count, Menge, Anzahl, Stück, Stk, Stückzahl");

    private static readonly HashSet<string> All =
    [
        .. Customers, .. Addresses, .. Numbers, .. Dates, .. Invoices, .. Amounts, .. Costs, .. Currencies, .. Products, .. Descriptions, .. Quantities,
    ];

    public static bool IsKnown(string column) => All.Contains(Plain(column));

    /// <summary>True when such a column holds the price of one piece.</summary>
    public static bool IsPerPiece(string column) => PricesPerPiece.Contains(Plain(column));

    /// <summary>By their names; what no name tells, by what stands in them. Each column once.</summary>
    public static ImportColumns Guess(TextTable table)
    {
        var names = table.Columns.Select(Plain).ToList();
        var taken = new HashSet<int>();
        var (address, number, invoice, date, currency) = (Named(Addresses), Named(Numbers), Named(Invoices), Named(Dates), Named(Currencies));
        var (quantity, cost, amount, customer, product) = (Named(Quantities), Named(Costs), Named(Amounts), Named(Customers), Named(Products));
        var description = Named(Descriptions);

        address ??= Holding(field => field.Contains('@', StringComparison.Ordinal));
        date ??= Holding(field => DateFormat.Patterns.Any(pattern => new DateFormat(pattern).TryRead(field, out _)));
        amount ??= Holding(field => field.AsSpan().ContainsAny('.', ',') && IsAmount(field)) ?? Holding(IsAmount);
        customer ??= table.HasHeader && (address ?? number) is not null ? null : Holding(field => field.Any(char.IsLetter) && !IsAmount(field));
        return new ImportColumns(customer, address, number, date, invoice, amount, cost, currency, product, description, quantity);

        string? Named(string[] known)
        {
            var at = known.Select(name => names.FindIndex(name.Equals)).Where(i => i >= 0 && !taken.Contains(i)).DefaultIfEmpty(-1).First();
            return at < 0 ? null : Take(at);
        }

        // Nearly all of it: a blank or a stray word makes it no other column.
        string? Holding(Func<string, bool> fits)
        {
            for (var i = 0; i < names.Count; i++)
            {
                var filled = table.Sample.Select(row => row[i]).Where(field => field.Length > 0).ToList();
                if (!taken.Contains(i) && filled.Count > 0 && filled.Count(fits) * 5 >= filled.Count * 4)
                {
                    return Take(i);
                }
            }

            return null;
        }

        string Take(int column)
        {
            taken.Add(column);
            return ImportPlans.Text(column);
        }
    }

    private static bool IsAmount(string field) => new AmountFormat('.').TryRead(field, out _, out _) || new AmountFormat(',').TryRead(field, out _, out _);

    private static string[] Names(string list) => [.. list.Split(',').Select(Plain)];

    /// <summary>"Betrag (EUR)", "betrag" and "BETRAG:" are one.</summary>
    private static string Plain(string name)
    {
        var open = name.IndexOf('(', StringComparison.Ordinal);
        var plain = new StringBuilder(name.Length);
        foreach (var c in SearchWords.Fold(open > 0 ? name[..open] : name))
        {
            if (char.IsLetterOrDigit(c))
            {
                plain.Append(c);
            }
        }

        return plain.ToString();
    }
}
