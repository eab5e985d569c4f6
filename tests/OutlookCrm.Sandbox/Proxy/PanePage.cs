using System.Text.RegularExpressions;

namespace OutlookCrm.Sandbox.Proxy;

/// <summary>
/// What the pane's page needs here and not in Outlook, added while serving; the page itself stays as it ships.
/// Scripts come as files of our own origin, so the page's Content-Security-Policy ('self') holds unchanged.
/// </summary>
public static partial class PanePage
{
    public const string Path = "/api/pane/taskpane.html";

    private const string Scripts =
        """<script src="/sandbox/pane/ajax-stand-ins.js"></script><script src="/sandbox/pane/naa-bridge.js"></script>""";

    /// <summary>Both scripts first in the head, and office.js from the npm package instead of Microsoft's network.</summary>
    public static string Rewrite(string html) =>
        OfficeJsAddress().Replace(Head().Replace(html, head => head.Value + Scripts, 1), "/office-js/");

    [GeneratedRegex(@"<head(\s[^>]*)?>", RegexOptions.IgnoreCase)]
    private static partial Regex Head();

    [GeneratedRegex(@"https://appsforoffice\.microsoft\.com/lib/(1|1\.1)/hosted/", RegexOptions.IgnoreCase)]
    private static partial Regex OfficeJsAddress();
}
