using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;
using static Microsoft.Playwright.Assertions;

namespace OutlookCrm.EndToEnd;

/// <summary>The panel that moves the clock and makes Graph fail, in a sandbox of its own: its time is nobody else's.</summary>
public sealed class PretendTests : IAsyncLifetime
{
    private SandboxApplication sandbox = null!;
    private TestBrowser browser = null!;
    private IPage page = null!;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        browser = await TestBrowser.StartAsync();
        page = await (await browser.NewProfileAsync(new() { Locale = "en-GB", TimezoneId = "UTC" })).NewPageAsync();
        await page.GotoAsync($"{sandbox.Addresses.Outlook}?open=no");
        await page.WaitForSelectorAsync("html[data-ready=yes]", new() { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Pretend" }).ClickAsync();
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task The_clock_goes_a_week_on_and_what_comes_in_then_is_of_that_day()
    {
        var panel = page.Locator("#pretend");
        var then = sandbox.Clock.GetUtcNow().AddDays(7);

        await panel.GetByRole(AriaRole.Button, new() { Name = "A week later" }).ClickAsync();
        await Expect(panel.Locator(".clock")).ToContainTextAsync(then.ToString("d MMMM yyyy", CultureInfo.InvariantCulture));
        await panel.GetByRole(AriaRole.Combobox, new() { Name = "From" }).FillAsync("later@else.example;");
        await panel.Locator("#pretend-subject").FillAsync("A week on");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Let it come in" }).ClickAsync();

        var time = page.Locator("#messages .row", new() { HasText = "A week on" }).Locator("time");
        await Expect(time).ToHaveTextAsync(new Regex(@"^\d\d:\d\d$")); // today's
        Assert.StartsWith(then.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), await time.GetAttributeAsync("datetime"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Graph is down", "refuseEvery")]
    [InlineData("Graph is slow", "slow")]
    [InlineData("Notifications are lost", "notificationsLost")]
    public async Task A_fault_holds_for_the_product_until_it_is_taken_back_and_this_page_goes_on(string fault, string name)
    {
        await page.Locator("#pretend-faults").SelectOptionAsync(fault);
        await Expect(page.Locator("#status")).ToHaveTextAsync($"{fault}.");
        Assert.Equal("1", (await FaultsAsync())[name]!.ToJsonString());
        await page.Locator("[data-folder='Sent Items']").ClickAsync();
        await Expect(page.Locator("#folder-name")).ToHaveTextAsync("Sent Items");
        await Expect(page.Locator("#messages .row").First).ToBeVisibleAsync();

        await page.Locator("#pretend-faults").SelectOptionAsync("Nothing");
        await Expect(page.Locator("#status")).ToHaveTextAsync("All is well again.");
        Assert.NotEqual("1", (await FaultsAsync())[name]?.ToJsonString());
    }

    private async Task<JsonObject> FaultsAsync()
    {
        using var client = new HttpClient { BaseAddress = sandbox.Addresses.BackChannel };
        return (await client.GetFromJsonAsync<JsonObject>("/sandbox/faults"))!;
    }
}
