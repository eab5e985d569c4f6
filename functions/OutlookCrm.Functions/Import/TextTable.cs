using System.Buffers;
using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace OutlookCrm.Import;

/// <summary>One record of the file.</summary>
/// <param name="Line">On which it begins.</param>
/// <param name="Fields">As many as there are columns.</param>
public sealed record TextRow(long Line, IReadOnlyList<string> Fields);

/// <summary>
/// A file of columns separated by comma, semicolon, tab or bar, as spreadsheets and accounting programs write them: UTF-8 or UTF-16, with
/// or without a mark at the start, else Windows' Western letters.
/// </summary>
public sealed record TextTable(char Delimiter, IReadOnlyList<string> Columns, IReadOnlyList<TextRow> Rows, IReadOnlyList<FileProblem> Problems)
{
    private static readonly char[] Delimiters = [';', ',', '\t', '|'];

    // What a text begins with never holds these; a workbook, a PDF or a picture does within its first bytes.
    private static readonly SearchValues<char> NotInText = SearchValues.Create("\0\u0001\u0002\u0003\u0004\u0005\u0006");

    /// <param name="known">
    /// Names of columns, lower case: the delimiter is the one that shows most of them in the first line.
    /// </param>
    public static TextTable Read(byte[] content, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(known);
        var text = Decode(content);
        if (text.AsSpan().IndexOfAny(NotInText) >= 0)
        {
            return Refused("This is no text file. Save the table as CSV and try again.");
        }

        var firstLine = text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;
        if (string.IsNullOrWhiteSpace(firstLine))
        {
            return Refused("The first line must hold the names of the columns; it is empty.");
        }

        var delimiter = Delimiters.MaxBy(d => firstLine.Split(d) is var names ? (names.Count(name => known.Contains(Name(name))), names.Length) : default);
        var problems = new List<FileProblem>();
        long? badQuote = null;
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
        };
        settings.BadDataFound = args => badQuote ??= args.Context.Parser?.RawRow;
        using var reader = new StringReader(text);
        using var parser = new CsvParser(reader, settings);
        parser.Read();
        string[] columns = [.. (parser.Record ?? []).Select(Name)];
        var rows = new List<TextRow>();
        long endsAt = parser.RawRow;
        while (parser.Read())
        {
            var begins = endsAt + 1;
            endsAt = parser.RawRow;
            if (badQuote is not null)
            {
                problems.Add(new FileProblem(begins, "A quote stands where none can, or never closes."));
                badQuote = null;
            }
            else if (parser.Count != columns.Length)
            {
                problems.Add(new FileProblem(begins, $"There are {parser.Count} fields; the first line names {columns.Length}."));
            }
            else
            {
                rows.Add(new TextRow(begins, parser.Record!));
            }
        }

        if (UnclosedQuoteAt(text) is { } line)
        {
            problems.RemoveAll(problem => problem.Line >= line);
            rows.RemoveAll(row => row.Line >= line);
            problems.Add(new FileProblem(line, "A quote opens here and never closes; nothing after it can be read."));
        }

        return new TextTable(delimiter, columns, rows, problems);

        TextTable Refused(string why) => new(',', [], [], [new FileProblem(null, why)]);
    }

    private static string Name(string column) => column.Trim().Trim('"').Trim().ToLowerInvariant();

    /// <summary>Quotes pair up in a whole file, doubled ones included.</summary>
    private static long? UnclosedQuoteAt(string text)
    {
        long line = 1, openedAt = 0;
        var open = false;
        foreach (var character in text)
        {
            if (character == '"')
            {
                open = !open;
                openedAt = line;
            }
            else if (character == '\n')
            {
                line++;
            }
        }

        return open ? openedAt : null;
    }

    private static string Decode(byte[] content)
    {
        if (content is [0xFF, 0xFE, ..])
        {
            return Encoding.Unicode.GetString(content, 2, content.Length - 2);
        }

        if (content is [0xFE, 0xFF, ..])
        {
            return Encoding.BigEndianUnicode.GetString(content, 2, content.Length - 2);
        }

        // UTF-16 without its mark: every other byte of a Latin text is zero.
        if (content.Length >= 4 && content.AsSpan(0, Math.Min(content.Length, 200)).Count((byte)0) is var zeros && zeros * 5 > Math.Min(content.Length, 200) * 2)
        {
            return content[0] == 0 ? Encoding.BigEndianUnicode.GetString(content) : Encoding.Unicode.GetString(content);
        }

        var start = content is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content, start, content.Length - start);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(content);
        }
    }
}
