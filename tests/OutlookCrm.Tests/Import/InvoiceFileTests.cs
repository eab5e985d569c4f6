using System.Globalization;
using System.Text;
using OutlookCrm.Import;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Import;

public sealed class InvoiceFileTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    public static TheoryData<string, string, bool> Spellings => new()
    {
        { "Customer,E-mail,Invoice no,Date,Net amount,Cost,Product\n\"Müller, Jörg\",joerg@x.example,7,2026-01-31,1234.50,800,Tür\n\"Müller, Jörg\",,8,2026-02-01,-12.00,,Griff\n", "utf-8", false },
        { "Kunde;E-Mail;Rechnungs-Nr.;Rechnungsdatum;Betrag (netto);EK;Artikel\r\n\"Müller, Jörg\";joerg@x.example;7;31.01.2026;\"1.234,50 €\";800,00;Tür\r\n\r\nMüller, Jörg;;8;01.02.2026;-12,00 €;;Griff", "windows-1252", false },
        { "Kundenname\tE-Mail\tBeleg-Nr\tDatum\tNetto\tKosten\tArtikel\nMüller, Jörg\tjoerg@x.example\t7\t31/01/2026\t1 234,50\t800\tTür\nMüller, Jörg\t\t8\t01/02/2026\t12,00-\t\tGriff\n", "utf-16", true },
        { "client|mail|invoice|invoice date|amount|cost|item\nMüller, Jörg|JOERG@X.example|7|31 Jan 2026|1'234.50|800|Tür\nMüller, Jörg||8|1 Feb 2026|(12.00)||Griff", "utf-16BE", false },
        { "Müller, Jörg;joerg@x.example;31.01.26;1234,50;7\nMüller, Jörg;;01.02.26;-12,0;8\n", "utf-8", true },
    };

    [Theory, MemberData(nameof(Spellings))]
    public async Task The_same_invoices_are_read_however_the_file_is_written(string text, string encoding, bool mark)
    {
        var writing = encoding == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(encoding);
        byte[] bytes = [.. mark ? writing.GetPreamble() : [], .. writing.GetBytes(text)];

        var (file, rows, problems) = await ReadAsync(bytes);

        Assert.Empty(file.Missing);
        Assert.Empty(problems);
        var isBare = !file.Plan.HasHeader;
        Assert.Equal(
            [
                ("Müller, Jörg", "joerg@x.example", new DateOnly(2026, 1, 31), isBare ? null : "7", 1234.50m, isBare ? null : 800m, "EUR", isBare ? "Invoice" : "Tür"),
                ("Müller, Jörg", null, new DateOnly(2026, 2, 1), isBare ? null : "8", -12m, null, "EUR", isBare ? "Invoice" : "Griff"),
            ],
            rows.Select(row => (row.Name!, row.Address?.Key, row.On, row.Invoice, row.Amount, row.Cost, row.Currency, row.Product)));
    }

    [Theory]
    [InlineData("PK\u0003\u0004\u0014\0\u0006\0", "This is no text file but an Excel workbook")]
    [InlineData("%PDF-1.7\n%âã", "This is no text file but a PDF")]
    [InlineData("customer,date\n\0\0\u0001", "This is no text file")]
    [InlineData("", "it is empty")]
    [InlineData(" \r\n \n", "it is empty")]
    [InlineData("customer,date,amount\n", "only the names of the columns")]
    public async Task What_is_no_file_of_invoices_is_refused_in_words(string text, string why)
    {
        var (file, refusal) = await InvoiceFile.UnderstandAsync(() => new MemoryStream(Encoding.UTF8.GetBytes(text)), asked: null, "EUR", CultureInfo.InvariantCulture, default);

        Assert.Null(file);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Monsters_are_refused_or_end_the_file_and_the_line_is_named()
    {
        async Task<string?> RefusalOfAsync(string text) =>
            (await InvoiceFile.UnderstandAsync(() => new MemoryStream(Encoding.UTF8.GetBytes(text)), asked: null, "EUR", CultureInfo.InvariantCulture, default)).Refusal;
        Assert.Equal(
            "line 1: there are 10000 columns; at most 200 can be read.",
            await RefusalOfAsync(string.Join(',', Enumerable.Range(1, 10_000)) + "\n" + string.Join(',', Enumerable.Range(1, 10_000))));
        Assert.StartsWith("line 1: it never ends", await RefusalOfAsync(new string('a', 5_000_000)), StringComparison.Ordinal);
        var many = new StringBuilder("customer,date,amount\n");
        for (var i = 0; i <= ImportLimits.MaxRows; i++)
        {
            many.Append("a,2026-01-01,1\n");
        }

        Assert.StartsWith("There are more than 200000 rows", await RefusalOfAsync(many.ToString()), StringComparison.Ordinal);

        var (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes($"customer,date,amount\na,2026-01-01,1\nb,2026-01-01,{new string('1', 5_000_000)}\nc,2026-01-01,1\n"));
        Assert.Equal("a", Assert.Single(rows).Name);
        Assert.Equal(3, Assert.Single(problems).Line);
        Assert.Contains("A field is longer than 65536 characters", problems[0].Reason, StringComparison.Ordinal);

        (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes("customer,date,amount\na,2026-01-01,1\n\"b,2026-01-01,1\nc,2026-01-01,1\n"));
        Assert.Equal("a", Assert.Single(rows).Name);
        Assert.Equal((3, "A quote opens here and never closes; nothing after it can be read."), (problems[0].Line, Assert.Single(problems).Reason));

        (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes($"customer,date,amount\na,2026-01-01,1\n{new string(',', 1_200_000)}\nc,2026-01-01,1\n"));
        Assert.Equal("a", Assert.Single(rows).Name);
        Assert.Equal((3, "The line is longer than 1000000 characters; nothing after it can be read."), (problems[0].Line, Assert.Single(problems).Reason));

        // A stray quote in a row of two lines, after a blank one, does not end the file.
        (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes("customer,date,amount\na,2026-01-01,1\n\n\"b\nb\",2\"0,1\nc,2026-01-01,1\n"));
        Assert.Equal(["a", "c"], rows.Select(row => row.Name));
        Assert.Equal((4, "A quote stands where none can, or never closes."), (problems[0].Line, Assert.Single(problems).Reason));

        (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes($"customer,date,amount\na,2026-01-01,1\n{string.Join(',', Enumerable.Repeat("x", 100_000))}\nc,2026-01-01,1\n"));
        Assert.Equal(["a", "c"], rows.Select(row => row.Name));
        Assert.Equal((3, "There are 100000 fields; the first line names 3."), (problems[0].Line, Assert.Single(problems).Reason));
    }

    [Theory]
    [InlineData(",2026-01-01,5,", "The customer is missing.")]
    [InlineData("a,,5,", "The date is missing.")]
    [InlineData("a,2026-02-30,5,", "'2026-02-30' is not a date like the others (yyyy-MM-dd).")]
    [InlineData("a,2026-03-04,5,", "'2026-03-04' is in the future.")]
    [InlineData("a,1989-12-31,5,", "'1989-12-31' is before 1990.")]
    [InlineData("a,2026-01-01,,", "The amount is missing.")]
    [InlineData("a,2026-01-01,0,", "The amount is 0: nothing was bought and nothing given back.")]
    [InlineData("a,2026-01-01,ten,", "'ten' is not an amount (decimal point).")]
    [InlineData("a,2026-01-01,1000000000000000,", "'1000000000000000' is not an amount (decimal point).")]
    [InlineData("a,2026-01-01,1000000001,", "'1000000001' is more than 1,000,000,000.")]
    [InlineData("a,2026-01-01,5,XXX", "'XXX' is no currency.")]
    [InlineData("a,2026-01-01,5 doll,", "'DOLL' is no currency.")]
    [InlineData("a,2026-01-01", "There are 2 fields; the first line names 4.")]
    [InlineData("a,2026-01-01,\"5\"5,", "A quote stands where none can, or never closes.")]
    public async Task A_bad_row_is_named_by_its_line_and_the_rest_is_read(string row, string reason)
    {
        var (_, rows, problems) = await ReadAsync(Encoding.UTF8.GetBytes($"customer,date,amount,currency\n\"first\nsecond line\",2026-01-01,5.50,EUR\n{row}\nlast,2026-01-02,5.50,chf\n"));

        Assert.Equal([("first second line", "EUR", 2), ("last", "CHF", 5)], rows.Select(one => (one.Name, one.Currency, one.Line)));
        Assert.Equal((4, reason), (problems[0].Line, Assert.Single(problems).Reason));
    }

    [Fact]
    public async Task Dates_that_could_be_read_both_ways_are_asked_and_one_that_cannot_decides_for_all()
    {
        var (asked, _, _) = await ReadAsync(Encoding.UTF8.GetBytes("customer,date,amount\na,03/04/2025,1\nb,05/06/2025,1\n"));
        Assert.Null(asked.Plan.DatePattern);
        Assert.Contains("The dates could be read in more than one way: say which is right.", asked.Missing);
        Assert.Equal(
            [new DateReading("d/M/yyyy", "03/04/2025", new DateOnly(2025, 4, 3)), new DateReading("M/d/yyyy", "03/04/2025", new DateOnly(2025, 3, 4))], asked.Dates);

        var (clear, rows, _) = await ReadAsync(Encoding.UTF8.GetBytes("customer,date,amount\na,03/04/2025,1\nb,12/31/2025,1\n"));
        Assert.Equal(("M/d/yyyy", new DateOnly(2025, 3, 4)), (clear.Plan.DatePattern, rows[0].On));

        var (answered, answeredRows, _) = await ReadAsync(
            Encoding.UTF8.GetBytes("customer,date,amount\na,03/04/2025,1\nb,05/06/2025,1\n"), asked.Plan with { DatePattern = "d/M/yyyy" });
        Assert.Empty(answered.Missing);
        Assert.Equal(new DateOnly(2025, 4, 3), answeredRows[0].On);
    }

    [Fact]
    public async Task What_no_name_tells_is_asked_and_a_price_for_one_piece_is_multiplied()
    {
        var (file, _, _) = await ReadAsync(Encoding.UTF8.GetBytes("who,when,how much\na,b,c\n"), likelyCurrency: null);
        Assert.Equal(3, file.Missing.Count);

        var (priced, rows, _) = await ReadAsync(Encoding.UTF8.GetBytes("Kunde;Datum;Menge;Einzelpreis;EK\na;01.02.2025;3;19,99;10\n"));
        Assert.True(priced.Plan.AmountIsPerPiece);
        Assert.Equal((59.97m, 30m), (rows[0].Amount, rows[0].Cost));
    }

    /// <summary>However rows are ordered and spread over files that overlap, the same purchases come of them.</summary>
    [Fact]
    public void The_same_rows_are_the_same_purchases_in_any_order_and_in_any_file()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new System.Random(seed);
            var rows = Enumerable.Range(1, random.Next(1, 40)).Select(line => new InvoiceRow(
                line, "a", "a", null, null, Today.AddDays(-random.Next(3)), random.Next(3) == 0 ? null : $"{random.Next(5)}",
                random.Next(1, 4) * (random.Next(4) == 0 ? -1.0m : 1.00m), null, random.Next(5) == 0 ? "CHF" : "EUR", $"p{random.Next(2)}")).ToList();
            var whole = IdsOf(rows);
            Assert.Equal(rows.Count, whole.Sum(one => one.Rows.Count));
            Assert.Equal(whole.Count, whole.Select(one => one.Purchase.Id).Distinct().Count());
            Assert.Equal(rows.Sum(row => row.Amount), whole.Sum(one => one.Purchase.Revenue));

            var shuffled = rows.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(Told(whole), Told(IdsOf(shuffled)));

            // A later export of whole invoices, with older ones cut off.
            var from = rows.Select(row => row.On).Order().ElementAt(random.Next(rows.Count));
            Assert.Subset(Told(whole), Told(IdsOf(rows.Where(row => row.On >= from))));
        }

        static IReadOnlyList<InvoicePurchase> IdsOf(IEnumerable<InvoiceRow> some) => InvoicePurchase.Of(some, Guid.Empty, "Anna", DateTimeOffset.UnixEpoch);

        static HashSet<string> Told(IReadOnlyList<InvoicePurchase> purchases) =>
            [.. purchases.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Purchase.Id} {one.Purchase.On} {one.Purchase.Revenue:0.00} {one.Purchase.Currency}"))];
    }

    private static async Task<(InvoiceFile File, List<InvoiceRow> Rows, List<ImportProblem> Problems)> ReadAsync(
        byte[] content, ImportPlan? asked = null, string? likelyCurrency = "EUR")
    {
        Stream Open() => new MemoryStream(content);
        var (file, refusal) = await InvoiceFile.UnderstandAsync(Open, asked, likelyCurrency, CultureInfo.InvariantCulture, default);
        Assert.Null(refusal);
        List<InvoiceRow> rows = [];
        List<ImportProblem> problems = [];
        await foreach (var (row, problem) in file!.RowsAsync(Open, Today, default))
        {
            if (row is not null)
            {
                rows.Add(row);
            }
            else
            {
                problems.Add(problem!);
            }
        }

        return (file, rows, problems);
    }
}
