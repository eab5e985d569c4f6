using System.Text.RegularExpressions;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Docs;

public sealed partial class ThreatModelPageTests
{
    private static readonly string Clone = Path.GetFullPath(Path.Combine(Azurite.InteropFolder, "..", ".."));

    [Fact]
    public async Task Every_threat_is_answered_by_a_test_that_exists_or_by_what_a_file_says()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Clone, "docs", "threat-model.md"));
        var rows = Row().Matches(page).ToList();
        var tests = typeof(ThreatModelPageTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal("STRIDE".Order(), rows.Select(row => row.Groups["kind"].Value[0]).Distinct().Order());
        Assert.All(rows, row =>
        {
            var answers = Quoted().Matches(row.Groups["answers"].Value).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(answers);
            Assert.All(answers, answer =>
            {
                if (answer.Split(": ", 2) is [var file, var text])
                {
                    Assert.Contains(text, File.ReadAllText(Path.Combine(Clone, file)), StringComparison.Ordinal);
                }
                else
                {
                    Assert.Contains(answer, tests);
                }
            });
        });
    }

    [GeneratedRegex(@"^\| (?<kind>[STRIDE]) \| [^|]+ \| [0-9, ]+ \| (?<answers>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
