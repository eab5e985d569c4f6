using System.Globalization;
using OutlookCrm.Insights;

namespace OutlookCrm.Import;

/// <summary>A file of purchases: columns customer, date and amount, where known margin and product; any others are left alone.</summary>
/// <param name="Lines">What could be read.</param>
/// <param name="Problems">What could not, by line.</param>
/// <param name="Currency">As beside the amounts; null when there is none.</param>
public sealed record PurchaseFile(
    IReadOnlyList<PurchaseLine> Lines, IReadOnlyList<FileProblem> Problems, char Delimiter, string DatePattern, char DecimalSeparator, string? Currency)
{
    private static readonly string[] Needed = ["customer", "date", "amount"];

    private static readonly string[] Known = [.. Needed, "margin", "product"];

    /// <param name="open">Opens the file from its beginning; more than once.</param>
    /// <param name="culture">For dates and letters that could be read in more than one way.</param>
    public static async Task<PurchaseFile> ReadAsync(Func<Stream> open, CultureInfo culture, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(open);
        TextTable? table;
        string? refusal;
        await using (var head = open())
        {
            (table, refusal) = await TextTable.OpenAsync(
                head, name => Known.Contains(name, StringComparer.OrdinalIgnoreCase), delimiter: null, hasHeader: true, encoding: null, culture,
                cancellation);
        }

        if (table is null)
        {
            return new PurchaseFile([], [new FileProblem(null, refusal!)], ',', "", '.', null);
        }

        int Column(string name) => table.Columns.ToList().FindIndex(column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));
        var missing = Needed.Where(name => Column(name) < 0).ToArray();
        if (missing.Length > 0)
        {
            var found = string.Join(", ", table.Columns);
            return new PurchaseFile(
                [], [new FileProblem(1, $"There is no column {string.Join(" and no column ", missing)}; found: {found}.")], table.Delimiter, "", '.', null);
        }

        var problems = new List<FileProblem>();
        var rows = new List<TextRow>();
        await foreach (var row in table.RowsAsync(open(), cancellation))
        {
            if (row.Problem is { } problem)
            {
                problems.Add(new FileProblem(row.Line, problem));
            }
            else
            {
                rows.Add(row);
            }
        }

        var (customer, date, amount, margin, product) =
            (Column("customer"), Column("date"), Column("amount"), Column("margin"), Column("product"));
        var dates = DateFormat.Of([.. rows.Select(row => row.Fields[date])], culture);
        var amounts = AmountFormat.Of(
            rows.Select(row => row.Fields[amount]).Concat(margin < 0 ? [] : rows.Select(row => row.Fields[margin])), table.Delimiter);
        string? currency = null;
        var lines = new List<PurchaseLine>(rows.Count);
        foreach (var (line, fields, _) in rows)
        {
            void Wrong(string message) => problems.Add(new FileProblem(line, message));
            decimal? profit = null;
            if (fields[customer].Length == 0)
            {
                Wrong("The customer is missing.");
            }
            else if (!dates.TryRead(fields[date], out var on))
            {
                Wrong($"'{fields[date]}' is not a date like the others ({dates.Pattern}).");
            }
            else if (!amounts.TryRead(fields[amount], out var paid, out var inCurrency))
            {
                Wrong($"'{fields[amount]}' is not an amount (decimal '{amounts.Separator}', at most {AmountFormat.Largest:0}).");
            }
            else if ((inCurrency ?? currency) != (currency ??= inCurrency))
            {
                Wrong($"The amount is in {inCurrency}, others are in {currency}; different currencies are never added up.");
            }
            else if (margin >= 0 && fields[margin].Length > 0 && !ReadMargin(fields[margin], out profit))
            {
                Wrong($"'{fields[margin]}' is not a margin (an amount, decimal '{amounts.Separator}').");
            }
            else
            {
                lines.Add(new PurchaseLine(
                    fields[customer], on, paid, profit, product < 0 || fields[product].Length == 0 ? null : fields[product]));
            }
        }

        if (lines.Count == 0 && problems.Count == 0)
        {
            problems.Add(new FileProblem(null, "There are no purchases in the file, only the names of the columns."));
        }

        return new PurchaseFile(
            lines, [.. problems.OrderBy(problem => problem.Line ?? 0)], table.Delimiter, dates.Pattern, amounts.Separator, currency);

        bool ReadMargin(string text, out decimal? value)
        {
            var read = amounts.TryRead(text, out var number, out _);
            value = read ? number : null;
            return read;
        }
    }
}
