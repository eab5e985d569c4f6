using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Sales;

namespace OutlookCrm.Import;

/// <summary>One row of a file of invoices.</summary>
/// <param name="Customer">As the file names them: name, else address, else number.</param>
/// <param name="Name">Null when the file does not say it.</param>
/// <param name="Amount">Below zero for a credit note, never zero.</param>
/// <param name="Cost">Zero or more; null when not known.</param>
internal sealed record InvoiceRow(
    int Line,
    string Customer,
    string? Name,
    MailAddress? Address,
    string? CustomerNumber,
    DateOnly On,
    string? Invoice,
    decimal Amount,
    decimal? Cost,
    string Currency,
    string Product);

/// <summary>A file of invoices, understood by a plan.</summary>
/// <param name="Plan">Complete, but for what <see cref="Missing"/> asks.</param>
/// <param name="Dates">By which patterns the dates can be read.</param>
/// <param name="Missing">What must be said before it can be taken in.</param>
/// <param name="Foreign">The first few different cells with letters beyond ASCII, to tell whether these are read right.</param>
internal sealed record InvoiceFile(
    TextTable Table, ImportPlan Plan, IReadOnlyList<DateReading> Dates, IReadOnlyList<string> Missing, IReadOnlyCollection<string> Foreign)
{
    private const int MaxQuoted = 40;
    private const int MaxForeign = 3;

    private static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["€"] = "EUR",
        ["$"] = "USD",
        ["US$"] = "USD",
        ["£"] = "GBP",
        ["¥"] = "JPY",
        ["FR"] = "CHF",
        ["SFR"] = "CHF",
        ["KČ"] = "CZK",
        ["ZŁ"] = "PLN",
        ["EURO"] = "EUR",
    };

    /// <summary>Finds out what <paramref name="asked"/> leaves open, from all rows.</summary>
    /// <param name="open">Opens the file from its beginning; more than once.</param>
    /// <param name="asked">Null to find out everything.</param>
    /// <param name="likelyCurrency">Of rows that name none; null when nobody knows.</param>
    /// <param name="culture">Of whoever gives the file, for letters that could be several.</param>
    /// <returns>The file, or why it is none, in a sentence.</returns>
    public static async Task<(InvoiceFile? File, string? Refusal)> UnderstandAsync(
        Func<Stream> open, ImportPlan? asked, string? likelyCurrency, CultureInfo culture, CancellationToken cancellation)
    {
        var (table, refusal) = await OpenAsync(open, asked, culture, cancellation);
        if (table is null)
        {
            return (null, refusal);
        }

        var columns = asked?.Columns ?? ColumnNames.Guess(table);
        var (date, amount, cost) = (ColumnIn(table, columns.Date), ColumnIn(table, columns.Amount), ColumnIn(table, columns.Cost));
        var dates = new HashSet<string>(StringComparer.Ordinal);
        var amounts = new List<string>();
        var foreign = new HashSet<string>(table.HasHeader ? table.Columns.Where(IsForeign).Take(1) : [], StringComparer.Ordinal);
        var rows = 0;
        await foreach (var row in table.RowsAsync(open(), cancellation))
        {
            if (++rows > ImportLimits.MaxRows)
            {
                return (null, $"There are more than {ImportLimits.MaxRows} rows. Split the file and take the parts in one after the other.");
            }

            if (row.Problem is null)
            {
                AddIn(dates, date);
                AddIn(amounts, amount);
                AddIn(amounts, cost);
                foreach (var field in foreign.Count < MaxForeign ? row.Fields.Where(IsForeign).Take(1) : [])
                {
                    foreign.Add(Cut(field, MaxQuoted));
                }
            }

            void AddIn(ICollection<string> to, int column)
            {
                if (column >= 0 && row.Fields[column] is { Length: > 0 and < 100 } field)
                {
                    to.Add(field);
                }
            }
        }

        if (rows == 0)
        {
            return (null, "There are no invoices in the file, only the names of the columns.");
        }

        var possible = DateFormat.Possible(dates);
        var plan = new ImportPlan(
            ImportPlans.DelimiterOf(table.Delimiter),
            table.HasHeader,
            columns,
            asked?.Decimals ?? ImportPlans.DecimalOf(AmountFormat.Of(amounts, table.Delimiter).Separator),
            asked?.DatePattern ?? (possible is [var only] ? only.Pattern : null),
            asked?.Currency ?? likelyCurrency,
            asked?.AmountIsPerPiece ?? (amount >= 0 && columns.Quantity is not null && ColumnNames.IsPerPiece(table.Columns[amount])),
            asked?.Unknown ?? UnknownCustomers.LeaveOut,
            table.Encoding.Name);
        var example = dates.FirstOrDefault();
        return (new InvoiceFile(
            table,
            plan,
            [.. (possible.Count > 0 ? possible : DateFormat.Patterns.Select(pattern => new DateFormat(pattern))).Select(format => new DateReading(
                format.Pattern, example, example is not null && format.TryRead(example, out var on) ? on : null))],
            [.. MissingIn(plan, table, possible.Count)],
            foreign), null);
    }

    /// <summary>Where each thing would be sought in the file as the plan cuts it up, had nobody said; null when it is no table like that.</summary>
    public static async Task<ImportColumns?> GuessAsync(Func<Stream> open, ImportPlan plan, CancellationToken cancellation) =>
        await OpenAsync(open, plan, CultureInfo.InvariantCulture, cancellation) is ({ } table, _) ? ColumnNames.Guess(table) : null;

    /// <summary>The file by a plan that lacks nothing.</summary>
    public static async Task<InvoiceFile> OpenPlannedAsync(Func<Stream> open, ImportPlan plan, CancellationToken cancellation)
    {
        var (table, refusal) = await OpenAsync(open, plan, CultureInfo.InvariantCulture, cancellation);
        return new InvoiceFile(table ?? throw new InvalidOperationException($"The file was a table, and is none: {refusal}"), plan, [], [], []);
    }

    /// <summary>Every row: what it says, or why it cannot be a purchase.</summary>
    /// <param name="today">In UTC.</param>
    public async IAsyncEnumerable<(InvoiceRow? Row, ImportProblem? Problem)> RowsAsync(
        Func<Stream> open, DateOnly today, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reading = new Reading(this, today);
        await foreach (var row in Table.RowsAsync(open(), cancellation))
        {
            string? problem = row.Problem;
            var invoice = problem is null ? reading.Read(row, out problem) : null;
            yield return (invoice, problem is null ? null : new ImportProblem(problem, (int)row.Line));
        }
    }

    /// <summary>What a cell says, short enough for a sentence.</summary>
    internal static string Quoted(string text) => $"'{Cut(text, MaxQuoted)}'";

    // A character may be two.
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(length - (char.IsHighSurrogate(text[length - 2]) ? 2 : 1))].TrimEnd() + "…";

    // Signs of money and spaces tell nothing.
    private static bool IsForeign(string field) => !Ascii.IsValid(field) && field.Any(c => c > '\u007f' && c != '€' && !char.IsWhiteSpace(c));

    private static async Task<(TextTable? Table, string? Refusal)> OpenAsync(
        Func<Stream> open, ImportPlan? plan, CultureInfo culture, CancellationToken cancellation)
    {
        await using var content = open();
        return await TextTable.OpenAsync(
            content, ColumnNames.IsKnown, plan is null ? null : ImportPlans.SignOf(plan.Delimiter), plan?.HasHeader, plan?.Encoding, culture, cancellation);
    }

    private static int ColumnIn(TextTable table, string? text) => ImportPlans.Column(text) is var column && column < table.Columns.Count ? column : -1;

    private static IEnumerable<string> MissingIn(ImportPlan plan, TextTable table, int possibleDates)
    {
        var columns = plan.Columns!;
        if (ColumnIn(table, columns.Customer) < 0 && ColumnIn(table, columns.Address) < 0 && ColumnIn(table, columns.CustomerNumber) < 0)
        {
            yield return "Say which column names the customer.";
        }

        if (ColumnIn(table, columns.Amount) < 0)
        {
            yield return "Say which column holds the amount.";
        }

        if (ColumnIn(table, columns.Date) < 0)
        {
            yield return "Say which column holds the date.";
        }
        else if (plan.DatePattern is null)
        {
            yield return possibleDates == 0
                ? "No date can be read in the column that should hold them."
                : "The dates could be read in more than one way: say which is right.";
        }

        if (plan.Currency is null && ColumnIn(table, columns.Currency) < 0)
        {
            yield return "Say in which currency the amounts are.";
        }
    }

    /// <summary>Reads rows by the plan.</summary>
    private sealed class Reading
    {
        private readonly ImportPlan plan;
        private readonly DateOnly today;
        private readonly DateFormat dates;
        private readonly AmountFormat amounts;
        private readonly int customer;
        private readonly int address;
        private readonly int number;
        private readonly int date;
        private readonly int invoice;
        private readonly int amount;
        private readonly int cost;
        private readonly int currency;
        private readonly int product;
        private readonly int description;
        private readonly int quantity;

        public Reading(InvoiceFile file, DateOnly today)
        {
            (plan, this.today) = (file.Plan, today);
            dates = new DateFormat(plan.DatePattern ?? file.Dates[0].Pattern);
            amounts = new AmountFormat(ImportPlans.SignOf(plan.Decimals ?? DecimalSign.Point));
            var c = plan.Columns!;
            customer = ColumnIn(file.Table, c.Customer);
            address = ColumnIn(file.Table, c.Address);
            number = ColumnIn(file.Table, c.CustomerNumber);
            date = ColumnIn(file.Table, c.Date);
            invoice = ColumnIn(file.Table, c.Invoice);
            amount = ColumnIn(file.Table, c.Amount);
            cost = ColumnIn(file.Table, c.Cost);
            currency = ColumnIn(file.Table, c.Currency);
            product = ColumnIn(file.Table, c.Product);
            description = ColumnIn(file.Table, c.Description);
            quantity = ColumnIn(file.Table, c.Quantity);
        }

        public InvoiceRow? Read(TextRow row, out string? problem)
        {
            string? Text(int column) => column >= 0 && row.Fields[column].Length > 0 ? OneLine(SpreadsheetText.Read(row.Fields[column])) : null;
            problem = null;
            var (name, customerNumber, bill) = (Text(customer), Text(number), Text(invoice));
            var pieces = 1m;
            decimal price = 0, spent = 0;
            string? beside = null;
            MailAddress? mail = null;
            if (Text(address) is { } written && !MailAddress.TryParse(written, out mail))
            {
                problem = $"{Quoted(written)} is no mail address.";
            }
            else if (mail is null && name is not null && MailAddress.TryParse(name, out mail))
            {
                name = null;
            }

            if (problem is not null)
            {
                return null;
            }

            if (name is null && mail is null && customerNumber is null)
            {
                problem = "The customer is missing.";
            }
            else if (name?.Length > ImportLimits.MaxName || customerNumber?.Length > ImportLimits.MaxName)
            {
                problem = $"The customer's name is longer than {ImportLimits.MaxName} characters.";
            }
            else if (bill?.Length > ImportLimits.MaxInvoice)
            {
                problem = $"The invoice number is longer than {ImportLimits.MaxInvoice} characters.";
            }
            else if (Text(date) is not { } day)
            {
                problem = "The date is missing.";
            }
            else if (!dates.TryRead(day, out var on))
            {
                problem = $"{Quoted(day)} is not a date like the others ({dates.Pattern}).";
            }
            else if (!SalesRules.IsDay(on, today))
            {
                problem = on > today ? $"{Quoted(day)} is in the future." : $"{Quoted(day)} is before 1990.";
            }
            else if (Text(amount) is not { } sum)
            {
                problem = "The amount is missing.";
            }
            else if (!amounts.TryRead(sum, out price, out beside))
            {
                problem = $"{Quoted(sum)} is not an amount (decimal {(amounts.Separator == ',' ? "comma" : "point")}).";
            }
            else if (plan.AmountIsPerPiece && Text(quantity) is { } count && (!amounts.TryRead(count, out pieces, out _) || pieces > Amounts.Largest))
            {
                problem = $"{Quoted(count)} is not a quantity.";
            }
            else if (Math.Abs(price) > Amounts.Largest || Math.Abs(price * pieces) > Amounts.Largest)
            {
                problem = $"{Quoted(sum)} is more than {Amounts.Largest.ToString("N0", CultureInfo.InvariantCulture)}.";
            }
            else if (Math.Round(price * pieces, 2, MidpointRounding.AwayFromZero) == 0)
            {
                problem = "The amount is 0: nothing was bought and nothing given back.";
            }
            else if (Text(cost) is { } ownCost && (!amounts.TryRead(ownCost, out spent, out _) || Math.Abs(spent * pieces) > Amounts.Largest))
            {
                problem = $"{Quoted(ownCost)} is not a cost.";
            }
            else if (CurrencyOf(Text(currency) ?? beside ?? plan.Currency ?? "") is not { } code)
            {
                problem = (Text(currency) ?? beside) is { } unknown ? $"{Quoted(unknown)} is no currency." : "The currency is missing.";
            }
            else
            {
                var what = Text(product) ?? Text(description) ?? "Invoice";
                return new InvoiceRow(
                    (int)row.Line, name ?? mail?.ToString() ?? customerNumber!, name, mail, customerNumber, on, bill,
                    Math.Round(price * pieces, 2, MidpointRounding.AwayFromZero),
                    Text(cost) is null ? null : Math.Round(Math.Abs(spent * pieces), 2, MidpointRounding.AwayFromZero),
                    code,
                    Cut(what, ImportLimits.MaxProduct));
            }

            return null;
        }

        private static string? CurrencyOf(string text)
        {
            var upper = text.ToUpperInvariant();
            return Currencies.Has(upper) ? upper : Signs.GetValueOrDefault(upper);
        }

        private static string OneLine(string text) =>
            text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.Contains('\u007f', StringComparison.Ordinal)
                ? string.Join(' ', text.Split([.. Enumerable.Range(0, 32).Select(c => (char)c), '\u007f'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                : text;
    }
}
