using System.Text;
using System.Text.RegularExpressions;

namespace OutlookCrm.Pane;

/// <summary>
/// Texts in files that a spreadsheet opens. What it would take for a formula gets an apostrophe before it: at the text's beginning, and after a
/// semicolon or a line end within it, where Excel with another country's settings begins a new cell whatever quotes say. Numbers and telephone
/// numbers are none. Reading takes exactly these apostrophes away again. As OWASP advises against "CSV injection".
/// </summary>
public static partial class SpreadsheetText
{
    public static string Write(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var written = new StringBuilder(text.Length);
        for (var i = 0; i <= text.Length; i++)
        {
            if (IsFormulaAt(text, i))
            {
                written.Append('\'');
            }

            written.Append(text, i, i < text.Length ? 1 : 0);
        }

        return written.ToString();
    }

    /// <summary>A link that saves rows of texts as a CSV file.</summary>
    public static string Link(IEnumerable<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var lines = rows.Select(row => string.Join(',', row.Select(text => $"\"{Write(text).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\r\n");

        // The mark at the start tells a spreadsheet that it is UTF-8.
        return "data:text/csv;charset=utf-8," + Uri.EscapeDataString("\uFEFF" + string.Concat(lines));
    }

    public static string Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('\'', StringComparison.Ordinal))
        {
            return text;
        }

        var read = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\'' || !IsFormulaAt(text, i))
            {
                read.Append(text[i]);
            }
        }

        return read.ToString();
    }

    /// <summary>True where a spreadsheet may begin a cell and would read a formula, apostrophes apart.</summary>
    private static bool IsFormulaAt(string text, int at)
    {
        if (at > 0 && text[at - 1] is not (';' or '\r' or '\n'))
        {
            return false;
        }

        var rest = text.AsSpan(at).TrimStart('\'');
        if (at == 0 && rest is ['\t' or '\r' or '\n', ..])
        {
            return true;
        }

        var end = rest.IndexOfAny(';', '\r', '\n');
        var cell = (end < 0 ? rest : rest[..end]).Trim();
        return cell is ['=' or '@' or '＝' or '＠' or '＋' or '－', ..] || (cell is ['+' or '-', ..] && !Number().IsMatch(cell));
    }

    [GeneratedRegex(@"^[+-][0-9 ()./-]*$")]
    private static partial Regex Number();
}
