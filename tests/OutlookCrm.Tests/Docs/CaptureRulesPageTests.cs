using System.Text.RegularExpressions;
using OutlookCrm.Capture;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Docs;

public sealed partial class CaptureRulesPageTests
{
    [Fact]
    public async Task The_page_names_every_reason_in_the_order_in_which_the_rules_ask()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "docs", "capture-rules.md"));

        Assert.Equal(Enum.GetNames<IgnoreReason>(), Reason().Matches(page).Select(row => row.Groups[1].Value));
    }

    [GeneratedRegex(@"^\| \d+ \|.*\| `(\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Reason();
}
