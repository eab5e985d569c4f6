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

    private const int PatienceMs = 40_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private TestBrowser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    public static async Task<TestBrowser> StartAsync(params string[] more)
    {
        // The machine may be busy; what is waited for is that it comes, not how fast.
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CRM_BROWSER") is { Length: > 0 } path ? path : null,
            Args = [.. Quiet, .. more],
        }));
    }

    /// <summary>A profile of its own: an empty cache and nobody's token. It trusts the sandbox's certificate.</summary>
    public async Task<IBrowserContext> NewProfileAsync(BrowserNewContextOptions? options = null)
    {
        var profile = await browser.NewContextAsync(new(options ?? new()) { IgnoreHTTPSErrors = true });
        profile.SetDefaultTimeout(PatienceMs);
        return profile;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }
}
