using Microsoft.Playwright;

namespace OutlookCrm.EndToEnd;

/// <summary>
/// Chromium without what it does of its own accord: the one that <c>CRM_BROWSER</c> names, or else the one Playwright brought.
/// </summary>
internal sealed class TestBrowser : IAsyncDisposable
{
    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private TestBrowser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    public static async Task<TestBrowser> StartAsync(params string[] more)
    {
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CRM_BROWSER") is { Length: > 0 } path ? path : null,
            Args = [.. Quiet, .. more],
        }));
    }

    /// <summary>A profile of its own: an empty cache and nobody's token. It trusts the sandbox's certificate.</summary>
    public Task<IBrowserContext> NewProfileAsync(BrowserNewContextOptions? options = null) =>
        browser.NewContextAsync(new(options ?? new()) { IgnoreHTTPSErrors = true });

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }
}
