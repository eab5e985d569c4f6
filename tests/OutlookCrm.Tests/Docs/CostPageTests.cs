using System.Globalization;
using System.Text.RegularExpressions;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Docs;

public sealed partial class CostPageTests
{
    [Fact]
    public async Task A_firm_of_five_stays_within_what_was_promised_and_every_price_says_where_and_when_it_was_read()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "infra", "cost.md"));
        var months = Month().Matches(page).ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

        Assert.Equal(["cost.firm1.usd", "cost.firm30.usd", "cost.firm5.idle.usd", "cost.firm5.usd"], months.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(months["cost.firm5.usd"], 0.01, 10);
        Assert.InRange(months["cost.firm5.idle.usd"], 0.01, 2);
        var prices = page[page.IndexOf("## Prices", StringComparison.Ordinal)..].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).ToList();
        Assert.True(prices.Count >= 10);
        Assert.All(prices, line => Assert.Matches(@"\d{4}-\d{2}-\d{2}", line));
    }

    [GeneratedRegex(@"\(`(cost\.[a-z0-9.]+)`\) \| (?:yes|no) \| ([0-9.]+) \|")]
    private static partial Regex Month();
}
