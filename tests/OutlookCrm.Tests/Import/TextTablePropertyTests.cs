using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Http;
using OutlookCrm.Import;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Import;

/// <summary>What holds for every file, however odd.</summary>
public sealed class TextTablePropertyTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    private static readonly string[] Pieces =
    [
        "", "a", "Kim AG", "Müller", "Łódź", "🪑", "\"", "\"\"", "'", ",", ";", "\t", "|", "\n", "\r", "\r\n", "\n\n", " ", "  x", "=1+1", "+49 89 1", "-5", "#", "\\", "\u00a0",
        "2026-01-02", "1.234,50", "customer", "\u2028", "￾", new string('x', 700),
    ];

    private static readonly string[] LineEnds = ["\n", "\r\n", "\r"];

    private static readonly Encoding[] Encodings = [new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode];

    [Fact]
    public void What_a_correct_writer_writes_is_read_back_and_each_row_stands_where_an_editor_shows_it() =>
        Prop.ForAll(Sheets().ToArbitrary(), async sheet =>
        {
            var (text, expected) = sheet.Written();
            byte[] bytes = [.. sheet.Encoding.GetPreamble(), .. sheet.Encoding.GetBytes(text)];

            var (table, refusal) = await TextTable.OpenAsync(
                new MemoryStream(bytes), ColumnNames.IsKnown, delimiter: null, hasHeader: null, encoding: null, CultureInfo.InvariantCulture, default);

            Assert.Null(refusal);
            Assert.Equal((sheet.Delimiter, true), (table!.Delimiter, table.HasHeader));
            Assert.Equal(Sheet.Header, table.Columns);
            var read = await table.RowsAsync(new MemoryStream(bytes), default).ToListAsync();
            Assert.Equal(
                expected.Select(row => (row.Line, row.Fields.Length == Sheet.Header.Length, string.Join('\u0001', row.Fields.Length == Sheet.Header.Length ? row.Fields : []))),
                read.Select(row => (row.Line, row.Problem is null, string.Join('\u0001', row.Fields))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void Any_bytes_are_a_preview_or_a_problem_in_words() =>
        Prop.ForAll(Bytes().ToArbitrary(), async bytes =>
        {
            Stream Open() => new MemoryStream(bytes);
            var (file, refusal) = await InvoiceFile.UnderstandAsync(Open, asked: null, "EUR", CultureInfo.InvariantCulture, default);
            Assert.True(file is null ? refusal is { Length: > 10 } : refusal is null);
            if (file is not null)
            {
                var lines = 1 + bytes.Count(one => one is (byte)'\n' or (byte)'\r' or 0x0A or 0x0D);
                await foreach (var (row, problem) in file.RowsAsync(Open, Today, default))
                {
                    Assert.True(row is null ? problem is { Reason.Length: > 10 } : problem is null);
                    Assert.InRange(row?.Line ?? problem!.Line!.Value, 1, lines);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public async Task Any_bytes_over_http_are_shown_or_refused_by_the_name_of_the_field()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);
        var (shown, refused) = (0, 0);
        foreach (var bytes in Bytes().Sample(60, 30).Append("customer,date,amount\nKim,2026-01-02,5\n"u8.ToArray()).Append("%PDF-1.7"u8.ToArray()))
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var answer = await ben.PostAsync("/api/imports?name=odd.csv", content);
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                shown++;
                var page = (await answer.Content.ReadFromJsonAsync<ImportPage>(ContractJson.Options))!;
                using var asked = new HttpRequestMessage(HttpMethod.Get, $"/api/imports/{page.Id}");
                asked.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
                using var html = await ben.SendAsync(asked);
                Assert.Equal(HttpStatusCode.OK, html.StatusCode);
            }
            else
            {
                refused++;
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
                Assert.Equal(["file"], (await answer.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
            }
        }

        Assert.True(shown > 0 && refused > 0, $"{shown} shown, {refused} refused");
    }

    [Theory]
    [InlineData("1{0}!")]
    [InlineData("({0}!")]
    [InlineData("1{0}1{0}x!")]
    public async Task A_cell_that_is_nearly_an_amount_for_very_long_costs_no_time(string cell)
    {
        var text = $"customer,date,amount\nKim,2026-01-02,5\nKim,2026-01-02,\"{string.Format(CultureInfo.InvariantCulture, cell, new string(' ', 30_000))}\"\n";
        Stream Open() => new MemoryStream(Encoding.UTF8.GetBytes(text));

        var (file, _) = await InvoiceFile.UnderstandAsync(Open, asked: null, "EUR", CultureInfo.InvariantCulture, default);
        var read = await file!.RowsAsync(Open, Today, default).ToListAsync();

        Assert.Contains("is not an amount", read[1].Problem!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_what_is_no_character_makes_no_customer_and_breaks_nothing()
    {
        await using var crm = await TestCrm.StartAsync();
        using var ben = crm.SignIn(A.Ben);

        using var typed = await ben.PostAsJsonAsync("/api/customers", new { name = "Kim\ufffe Möbel", address = "kim@kunde.example" });
        using var sought = await ben.GetAsync("/api/search?q=kim%EF%BF%BE");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (typed.StatusCode, sought.StatusCode));
        Assert.Equal(["name"], (await typed.Content.ReadFromJsonAsync<Problem>(ContractJson.Options))!.Errors!.Keys);
    }

    private static Gen<Sheet> Sheets() =>
        from delimiter in Gen.Elements(',', ';', '\t', '|')
        from lineEnd in Gen.Elements(LineEnds)
        from encoding in Gen.Elements(Encodings)
        from count in Gen.Choose(0, 12)
        from rows in Gen.ListOf(Rows(), count)
        from quotesAll in Gen.Elements(true, false)
        from ends in Gen.Elements(true, false)
        select new Sheet(delimiter, lineEnd, encoding, quotesAll, ends, [.. rows]);

    // Some have a field too many, some have blank lines before them.
    private static Gen<(string[] Fields, int Blank)> Rows() =>
        from count in Gen.Frequency((9, Gen.Constant(Sheet.Header.Length)), (1, Gen.Constant(Sheet.Header.Length + 1)))
        from fields in Gen.ArrayOf(Cells(), count)
        from blank in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        select (fields, blank);

    private static Gen<string> Cells() =>
        from length in Gen.Choose(0, 4)
        from pieces in Gen.ArrayOf(Gen.Elements(Pieces), length)
        select string.Concat(pieces);

    private static Gen<byte[]> Bytes() => Gen.Frequency(
        (2, Gen.ArrayOf(Gen.Choose(0, 255).Select(one => (byte)one))),
        (2, Gen.ArrayOf(Gen.Elements(Pieces)).Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)))),
        (6, from sheet in Sheets()
            from seed in Gen.Choose(0, int.MaxValue)
            select Spoilt([.. sheet.Encoding.GetPreamble(), .. sheet.Encoding.GetBytes(sheet.Written().Text)], seed)));

    private static byte[] Spoilt(byte[] bytes, int seed)
    {
        var random = new System.Random(seed);
        var spoilt = bytes.ToList();
        for (var i = random.Next(4); i > 0; i--)
        {
            var at = random.Next(spoilt.Count);
            byte[] inserted = random.Next(5) switch
            {
                0 => [(byte)'"'],
                1 => [(byte)random.Next(256)],
                2 => [0],
                3 => [0xED, 0xA0, 0x80],
                _ => "2026-01-02,5\n"u8.ToArray(),
            };
            spoilt.InsertRange(at, inserted);
        }

        return random.Next(3) == 0 ? [.. spoilt.Take(random.Next(spoilt.Count))] : [.. spoilt];
    }

    /// <summary>A file as RFC 4180 has it, written by hand here, so that the reader is not checked against itself.</summary>
    private sealed record Sheet(
        char Delimiter, string LineEnd, Encoding Encoding, bool QuotesAll, bool EndsInLineEnd, IReadOnlyList<(string[] Fields, int Blank)> Rows)
    {
        public static readonly string[] Header = ["customer", "date", "amount", "product"];

        /// <returns>The text, and each row's first line and fields, without spaces around them.</returns>
        public (string Text, IReadOnlyList<(long Line, string[] Fields)> Rows) Written()
        {
            var text = new StringBuilder(string.Join(Delimiter, Header)).Append(LineEnd);
            var rows = new List<(long, string[])>();
            foreach (var (fields, blank) in Rows)
            {
                text.Insert(text.Length, LineEnd, blank);
                rows.Add((LineAt(text.ToString()), [.. fields.Select(field => field.Trim())]));
                text.AppendJoin(Delimiter, fields.Select(field =>
                    QuotesAll || field.AsSpan().IndexOfAny(Delimiter, '"') >= 0 || field.AsSpan().IndexOfAny('\r', '\n') >= 0 || field != field.Trim()
                        ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                        : field)).Append(LineEnd);
            }

            return (EndsInLineEnd ? text.ToString() : text.ToString(0, text.Length - LineEnd.Length), rows);
        }

        private static long LineAt(string before) => 1 + before.Replace("\r\n", "\n", StringComparison.Ordinal).Count(c => c is '\r' or '\n');
    }
}
