using System.Globalization;
using System.Text;

namespace OutlookCrm.Interactions;

/// <summary>Others' words as one line of plain text: a sender writes what they like, and no table takes all of it.</summary>
internal static class OneLine
{
    /// <summary>
    /// Without control characters, marks that turn the direction of text around, halves of characters; every run of white space is one
    /// space. Null when nothing is left.
    /// </summary>
    /// <param name="maxLength">In UTF-16 characters; a longer text ends in an ellipsis.</param>
    public static string? Of(string? text, int maxLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (line.Length > 0 && line[^1] != ' ')
                {
                    line.Append(' ');
                }
            }
            else if (rune != Rune.ReplacementChar && !TurnsDirection(rune.Value) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned)
            {
                if (line.Length + rune.Utf16SequenceLength > maxLength)
                {
                    return Cut(line, maxLength);
                }

                line.Append(rune);
            }
        }

        return line.ToString().TrimEnd() is { Length: > 0 } clean ? clean : null;
    }

    private static string Cut(StringBuilder line, int maxLength)
    {
        var length = Math.Min(line.Length, maxLength - 1);
        if (char.IsHighSurrogate(line[length - 1]))
        {
            length--;
        }

        return line.ToString(0, length).TrimEnd() + "…";
    }

    private static bool TurnsDirection(int rune) => rune is (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069);
}
