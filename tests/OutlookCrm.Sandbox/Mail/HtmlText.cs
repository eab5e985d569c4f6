using System.Net;
using System.Text.RegularExpressions;

namespace OutlookCrm.Sandbox.Mail;

internal static partial class HtmlText
{
    /// <summary>The words of a mail that came as HTML only; for previews and for programs that ask for text.</summary>
    public static string ToPlain(string html)
    {
        var text = Invisible().Replace(html, " ");
        text = LineEnd().Replace(text.ReplaceLineEndings(" "), "\n");
        text = WebUtility.HtmlDecode(Tag().Replace(text, ""));
        return ManyLines().Replace(Spaces().Replace(text, " ").Replace("\n ", "\n", StringComparison.Ordinal), "\n\n").Trim();
    }

    [GeneratedRegex(@"<(script|style|head|title)\b[^>]*>.*?</\1\s*>|<!--.*?-->", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"<br\s*/?>|</(p|div|tr|li|h[1-6]|blockquote)\s*>", RegexOptions.IgnoreCase)]
    private static partial Regex LineEnd();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"[ \t\u00A0]+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s*\n\s*\n\s*")]
    private static partial Regex ManyLines();
}
