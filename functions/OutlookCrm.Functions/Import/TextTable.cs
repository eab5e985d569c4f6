using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>One record of the file.</summary>
/// <param name="Line">On which it begins, counted from 1 as an editor does.</param>
/// <param name="Fields">As many as there are columns, trimmed; none when there is a problem.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
public sealed record TextRow(long Line, IReadOnlyList<string> Fields, string? Problem = null);

/// <summary>
/// A file of columns separated by comma, semicolon, tab or bar, as spreadsheets and accounting programs write them. Its letters are found from all
/// of it, the rest from its beginning; its rows are streamed.
/// </summary>
/// <param name="HasHeader">The first row names the columns.</param>
/// <param name="Columns">Trimmed; "Column 1" and so on without a header.</param>
/// <param name="Sample">The first rows, without the header.</param>
public sealed record TextTable(
    TextEncoding Encoding, char Delimiter, bool HasHeader, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Sample)
{
    public const int MaxColumns = 200;

    /// <summary>In characters. What is longer is a quote that never closes, most likely.</summary>
    public const int MaxFieldLength = 64 * 1024;

    /// <summary>In characters.</summary>
    public const int MaxLineLength = 1_000_000;

    private const string MisplacedQuote = "A quote stands where none can, or never closes.";
    private const int HeadBytes = 256 * 1024;
    private const int SampleRows = 100;

    // Most often seen first: of several that do equally well the first is it.
    private static readonly char[] Delimiters = [';', ',', '\t', '|'];

    // What a text begins with never holds these; a workbook, a PDF or a picture does within its first bytes.
    private static readonly SearchValues<char> NotInText = SearchValues.Create("\0\u0001\u0002\u0003\u0004\u0005\u0006");

    private static readonly (byte[] Start, string What)[] Others =
    [
        ("PK\u0003\u0004"u8.ToArray(), "an Excel workbook or a zip file"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook"),
        ("%PDF"u8.ToArray(), "a PDF"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a picture"),
        ([0xFF, 0xD8, 0xFF], "a picture"),
        ([0x1F, 0x8B], "a packed file"),
        ("{\\rtf"u8.ToArray(), "a Word document"),
    ];

    /// <summary>The table, or why it is none, in a sentence.</summary>
    /// <param name="content">From its beginning; is read to its end when the encoding is to be found.</param>
    /// <param name="isKnown">Tells names of columns: the delimiter is the one that shows most of them in the first line.</param>
    /// <param name="delimiter">When it is known; null to find it.</param>
    /// <param name="hasHeader">When that is known; null to find out.</param>
    /// <param name="encoding">When somebody has said it; null to find it.</param>
    /// <param name="culture">Of whoever gives the file, for letters that could be several.</param>
    public static async Task<(TextTable? Table, string? Refusal)> OpenAsync(
        Stream content, Func<string, bool> isKnown, char? delimiter, bool? hasHeader, ImportEncoding? encoding, CultureInfo culture,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        var buffer = new byte[HeadBytes];
        var length = await content.ReadAtLeastAsync(buffer, HeadBytes, throwOnEndOfStream: false, cancellation);
        var head = buffer.AsMemory(0, length);
        if (Others.FirstOrDefault(other => head.Span.StartsWith(other.Start)) is { What: { } what })
        {
            return (null, $"This is no text file but {what}. Save the table as CSV and try again.");
        }

        var written = await TextEncoding.OfAsync(head, content, encoding, culture, cancellation);
        using var reader = new StreamReader(new MemoryStream(buffer, 0, length), written.Letters);
        var text = await reader.ReadToEndAsync(cancellation);
        if (text.AsSpan().IndexOfAny(NotInText) >= 0)
        {
            return (null, "This is no text file. Save the table as CSV and try again.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, "The first line must hold the names of the columns; it is empty.");
        }

        if (text.AsSpan().TrimStart().IndexOfAny('\r', '\n') < 0 && length == HeadBytes)
        {
            return (null, "line 1: it never ends. The first line must hold the names of the columns.");
        }

        var isWhole = length < HeadBytes;
        var (rows, found) = (delimiter is { } given ? [given] : Delimiters)
            .Select(one => (Rows: ReadSample(text, one, isWhole), Delimiter: one))
            .MaxBy(one => (
                one.Rows.Count == 0 ? 0 : one.Rows[0].Count(isKnown),
                one.Rows.Count == 0 || one.Rows[0].Count == 1 ? 0 : one.Rows.Count(row => row.Count == one.Rows[0].Count),
                one.Rows.Count == 0 ? 0 : one.Rows[0].Count));
        if (rows.Count == 0)
        {
            return (null, "line 1: a quote opens here and never closes; nothing can be read.");
        }

        var first = rows[0];
        if (first.Count > MaxColumns)
        {
            return (null, $"line 1: there are {first.Count} columns; at most {MaxColumns} can be read.");
        }

        var header = hasHeader ?? (first.Any(isKnown) || !first.Any(LooksLikeData));
        return (new TextTable(
            written,
            found,
            header,
            [.. first.Select((name, i) => header && name.Length > 0 ? name : $"Column {i + 1}")],
            [.. rows.Skip(header ? 1 : 0).Where(row => row.Count == first.Count)]), null);
    }

    /// <summary>Every row but the header, in the file's order. After one that says that nothing more can be read none follows.</summary>
    /// <param name="content">From its beginning; is closed.</param>
    public async IAsyncEnumerable<TextRow> RowsAsync(Stream content, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var badQuote = false;
        var settings = SettingsFor(Delimiter);
        settings.MaxFieldSize = MaxFieldLength;
        settings.BadDataFound = _ => badQuote = true;
        settings.IgnoreBlankLines = false; // they count as lines
        using var reader = new LineLimitReader(
            new StreamReader(content, Encoding.Letters, detectEncodingFromByteOrderMarks: true, bufferSize: 32 * 1024), MaxLineLength);
        using var parser = new CsvParser(reader, settings);
        var isHeader = HasHeader;
        long endsAt = 0;
        long? oddAt = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isRow, isTooLong = false;
            badQuote = false;
            try
            {
                isRow = await parser.ReadAsync();
            }
            catch (MaxFieldSizeException)
            {
                (isRow, isTooLong) = (false, true);
            }

            if (oddAt is { } odd)
            {
                // A quote that never closes takes in all that follows.
                yield return new TextRow(
                    odd, [], isRow || isTooLong ? MisplacedQuote : "A quote opens here and never closes; nothing after it can be read.");
                oddAt = null;
            }

            if (isTooLong)
            {
                yield return new TextRow(
                    endsAt + 1, [], $"A field is longer than {MaxFieldLength} characters, or a quote opens here and never closes; nothing after it can be read.");
                yield break;
            }

            if (!isRow)
            {
                yield break;
            }

            // The parser's own count of lines is not an editor's when quotes are odd.
            var record = parser.RawRecord;
            var begins = endsAt + 1;
            endsAt += LineEndsIn(record);
            var line = record.AsSpan().TrimEnd("\r\n");
            if (line.IsEmpty)
            {
                continue;
            }

            if (reader.IsOver && record is not [.., '\n' or '\r'])
            {
                yield return new TextRow(begins, [], $"The line is longer than {MaxLineLength} characters; nothing after it can be read.");
                yield break;
            }

            var isOdd = line.Count('"') % 2 == 1;
            if (isOdd && (LineEndsIn(line) > 0 || parser[parser.Count - 1] is [.., '\n' or '\r']))
            {
                (oddAt, isHeader) = (begins, false);
            }
            else if (isHeader)
            {
                isHeader = false;
            }
            else if (parser.Count != Columns.Count)
            {
                yield return new TextRow(begins, [], $"There are {parser.Count} fields; the first line {(HasHeader ? "names" : "has")} {Columns.Count}.");
            }
            else
            {
                var fields = FieldsOf(parser);
                yield return badQuote ? new TextRow(begins, [], MisplacedQuote) : new TextRow(begins, fields);
            }
        }
    }

    // Inside quotes too: programs pad their columns.
    private static string[] FieldsOf(CsvParser parser) => Array.ConvertAll(parser.Record!, field => field.Trim());

    /// <summary>As an editor counts them: CR, LF and CRLF are one each.</summary>
    private static int LineEndsIn(ReadOnlySpan<char> record)
    {
        var count = 0;
        for (var i = 0; i < record.Length; i++)
        {
            if (record[i] == '\n' || (record[i] == '\r' && (i == record.Length - 1 || record[i + 1] != '\n')))
            {
                count++;
            }
        }

        return count;
    }

    private static List<IReadOnlyList<string>> ReadSample(string text, char delimiter, bool isWhole)
    {
        var settings = SettingsFor(delimiter);
        settings.BadDataFound = null;
        var rows = new List<IReadOnlyList<string>>();
        using var parser = new CsvParser(new StringReader(text), settings);
        while (rows.Count < SampleRows && parser.Read())
        {
            rows.Add(FieldsOf(parser));
        }

        // The last one may be cut off, or be the rest of the file after a quote that never closes.
        if (!isWhole && rows.Count is > 1 and < SampleRows)
        {
            rows.RemoveAt(rows.Count - 1);
        }

        return rows;
    }

    private static CsvConfiguration SettingsFor(char delimiter) => new(CultureInfo.InvariantCulture)
    {
        Delimiter = delimiter.ToString(),
        HasHeaderRecord = false,
        IgnoreBlankLines = true,
        TrimOptions = TrimOptions.Trim,
    };

    private static bool LooksLikeData(string field) =>
        field.Contains('@', StringComparison.Ordinal)
        || (field.AsSpan().ContainsAnyInRange('0', '9')
            && (DateFormat.Patterns.Any(pattern => new DateFormat(pattern).TryRead(field, out _))
                || new AmountFormat('.').TryRead(field, out _, out _) || new AmountFormat(',').TryRead(field, out _, out _)));
}
