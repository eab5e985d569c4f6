using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

[Collection(nameof(FirstHalf))]
public sealed class InsightsTests(LiveProduct live)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_firm_s_pages_can_be_read_by_everybody_in_light_and_dark(bool dark)
    {
        await using var outlook = await live.OpenAsync($"item=none&open=yes&theme={(dark ? "dark" : "light")}", dark);
        var insights = outlook.Pane.Locator("#top").GetByRole(AriaRole.Button, new() { Name = "Insights" });
        await insights.ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Insights");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Work it out now" }).ClickAsync();
        await Expect(outlook.Bar).ToContainTextAsync("being worked out");
        var plot = outlook.Card.Locator("svg[role=img]").First;
        for (var patience = 0; patience < 200 && await plot.CountAsync() == 0; patience++)
        {
            await Task.Delay(250);
            await insights.ClickAsync();
        }

        await Expect(plot).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("of [0-9]+ customers bring 80 %"));
        await CheckAsync(outlook, "insights");

        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Products" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Products");
        await Expect(outlook.Card).ToContainTextAsync("Goes with Care set");
        await CheckAsync(outlook, "products");

        await insights.ClickAsync();
        await outlook.Card.GetByText("Pipeline", new() { Exact = true }).ClickAsync();
        await Expect(outlook.Card.Locator(".pipeline svg")).ToHaveAttributeAsync("aria-label", "Open deals by stage, in EUR");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Class A" }).ClickAsync();
        await Expect(outlook.Who).ToHaveTextAsync("Class A");
        await CheckAsync(outlook, "class A");
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Who may be written to" }).ClickAsync();
        await Expect(outlook.Card.Locator(".figures .link").First).ToBeVisibleAsync();
        await CheckAsync(outlook, "audience");
        var file = await outlook.Page.RunAndWaitForDownloadAsync(
            () => outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Save all who may be written to" }).PressAsync("Enter"));
        Assert.Equal("Class A.csv", file.SuggestedFilename);
        await outlook.Card.Locator(".figures .link").First.ClickAsync();
        await outlook.Card.GetByText("Business", new() { Exact = true }).ClickAsync();
        var feedback = outlook.Card.Locator("#feedback");
        await feedback.GetByLabel("Score").FillAsync("9");
        await feedback.GetByLabel("Score").PressAsync("Enter");
        await Expect(feedback).ToContainTextAsync("9 of 10: recommends us");
        await CheckAsync(outlook, "business");
        await insights.ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Satisfaction" }).ClickAsync();
        await Expect(outlook.Card).ToContainTextAsync("A score needs 5");
        await CheckAsync(outlook, "satisfaction");
        await outlook.Card.Locator(".candidates .link").First.ClickAsync();
        await outlook.Card.GetByRole(AriaRole.Button, new() { Name = "Purchases", Exact = true }).ClickAsync();
        await Expect(outlook.Card.Locator(".bought")).ToBeVisibleAsync();
        await CheckAsync(outlook, "purchases");

        var deal = outlook.Card.Locator("form[data-form=deal]");
        await deal.GetByLabel("What for").FillAsync("Loft bed");
        await deal.GetByLabel("Amount without tax").FillAsync("2400");
        await deal.GetByLabel("Amount without tax").PressAsync("Enter");
        await Expect(outlook.Who).ToHaveTextAsync("Deals");
        await Expect(outlook.Card).ToContainTextAsync("Loft bed");
        await Expect(outlook.Card).ToContainTextAsync("2,400.00 EUR");
        await CheckAsync(outlook, "deals");
    }

    private static async Task CheckAsync(OutlookPage outlook, string page)
    {
        await outlook.UnfoldAsync();
        await outlook.AssertAccessibleAsync(page);
        Assert.True(await outlook.PaneFrame.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320, $"{page} is wider than 320 px.");
    }
}
