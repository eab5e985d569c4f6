using System.Globalization;

namespace OutlookCrm.Pane;

/// <summary>How money and rhythm read on screen.</summary>
internal static class SalesWords
{
    /// <summary>"1,250.00 EUR", in the reader's signs.</summary>
    public static string Money(string amount, string currency, Reader reader) =>
        $"{Number(amount).ToString("N2", reader.Culture)} {currency}";

    /// <summary>What nobody knows to the cent, with two digits that count: "3,700 EUR".</summary>
    public static string About(string amount, string currency, Reader reader) => $"{Rounded(amount).ToString("N0", reader.Culture)} {currency}";

    /// <summary>"1,200 to 20,000 EUR".</summary>
    public static string Range(string low, string high, string currency, Reader reader) =>
        $"{Rounded(low).ToString("N0", reader.Culture)} to {About(high, currency, reader)}";

    public static decimal Number(string amount) => decimal.Parse(amount, NumberStyles.Number, CultureInfo.InvariantCulture);

    /// <summary>"7 purchases, 12,400.00 EUR, margin 3,100.00 EUR".</summary>
    public static string Total(CurrencyTotal total, Reader reader) =>
        $"{(total.Purchases == 1 ? "1 purchase" : $"{LoggingWords.Count(total.Purchases, reader)} purchases")}, {Money(total.Revenue, total.Currency, reader)}"
        + (total.Margin is { } margin ? $", margin {Money(margin, total.Currency, reader)}" : "");

    /// <summary>"Usually orders every 31 days, 74 now"; null when there is no order.</summary>
    public static string? Rhythm(SalesFigures figures, Reader reader) => (figures.LastOn, figures.UsualGapDays) switch
    {
        ({ } last, { } gap) => $"Usually orders every {Days(gap, reader)}, {LoggingWords.Count(Since(last, reader), reader)} now",
        ({ } last, null) => $"Ordered once, {reader.Day(last)}",
        _ => null,
    };

    /// <summary>From two gaps on a rhythm can be broken: over twice the usual gap.</summary>
    public static bool IsOverdue(SalesFigures figures, Reader reader) =>
        figures is { OrderDays: >= 3, LastOn: { } last, UsualGapDays: { } gap } && Since(last, reader) > 2 * gap;

    /// <summary>Where the purchases stand that a total is of.</summary>
    public static string PurchasesIn(string customerId, CurrencyTotal total, SalesFigures all) =>
        $"/api/customers/{customerId}/purchases{(all.Totals.Count > 1 ? $"?currency={total.Currency}" : null)}";

    /// <summary>The currency that a form proposes: the one that is known, else that of the reader's country.</summary>
    public static string LikelyCurrency(string? known, Reader reader) => known ?? Pane.LikelyCurrency.Of(reader.Culture);

    private static decimal Rounded(string amount)
    {
        var number = Number(amount);
        var step = number == 0 ? 1 : (decimal)Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10((double)Math.Abs(number))) - 1));
        return Math.Round(number / step) * step;
    }

    private static int Since(DateOnly last, Reader reader) => Math.Max(0, reader.Today.DayNumber - last.DayNumber);

    private static string Days(int days, Reader reader) => days == 1 ? "day" : $"{LoggingWords.Count(days, reader)} days";
}
