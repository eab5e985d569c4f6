using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;

namespace OutlookCrm.EndToEnd;

/// <summary>A person's own mail files in the small Outlook. Some of what people get is hostile.</summary>
public sealed class OwnMailTests : IAsyncLifetime
{
    private const string Hostile = """
        From: "<img src=x onerror=alert(1)>" <stranger@x.example>
        To: mira@birnbaum.example
        Subject: <script>alert(1)</script> & more
        Date: Fri, 20 Nov 2026 10:00:00 +0000
        Message-ID: <hostile@x.example>
        Content-Type: text/html; charset=utf-8

        <html><head><meta http-equiv="refresh" content="0;url=https://outside.example/refresh"></head>
        <body onload="parent.postMessage('script ran', '*')">
        <script>parent.postMessage('script ran', '*'); top.location = 'https://outside.example/top'</script>
        <img src="https://outside.example/image.gif"><iframe src="https://outside.example/frame"></iframe>
        <style>@import url(https://outside.example/style.css);</style><link rel="stylesheet" href="https://outside.example/link.css">
        <p>Hostile but readable</p>
        <form action="https://outside.example/form"><button>Press me</button></form>
        <a href="https://outside.example/click" target="_top">Click me</a></body></html>
        """;

    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("own-mail-");
    private readonly ConcurrentQueue<string> visits = [];
    private X509Certificate2 certificate = null!;
    private WebApplication outside = null!;
    private SandboxApplication sandbox = null!;
    private TestBrowser browser = null!;
    private IPage page = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(files.FullName, "hostile.eml"), Hostile);
        sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, MailFolder = files.FullName });
        outside = await StartOutsideAsync();
        browser = await TestBrowser.StartAsync($"--host-resolver-rules=MAP outside.example {new Uri(outside.Urls.Single()).Authority}");
        page = await (await browser.NewProfileAsync()).NewPageAsync();
        await page.AddInitScriptAsync("addEventListener('message', (event) => { if (event.data === 'script ran') window.scriptRan = true; });");
        await page.GotoAsync($"{sandbox.Addresses.Outlook}?open=no");
        await page.WaitForSelectorAsync("html[data-ready=yes]", new() { State = WaitForSelectorState.Attached });
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        await sandbox.DisposeAsync();
        await outside.DisposeAsync();
        certificate.Dispose();
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task A_hostile_mail_can_be_read_and_can_do_nothing()
    {
        var mail = page.FrameLocator("iframe.mail");

        await Assertions.Expect(mail.GetByText("Hostile but readable")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main h2")).ToHaveTextAsync("<script>alert(1)</script> & more");
        await mail.GetByText("Press me").ClickAsync();
        await mail.GetByText("Click me").ClickAsync();

        // The answer of a page that could still act comes after what it did.
        await page.EvaluateAsync("() => new Promise((resolve) => setTimeout(resolve, 500))");
        Assert.Empty(visits);
        Assert.Null(await page.EvaluateAsync<bool?>("() => window.scriptRan ?? null"));
        Assert.StartsWith(sandbox.Addresses.Outlook.AbsoluteUri, page.Url, StringComparison.Ordinal);

        // A page that may go there is seen there.
        await page.GotoAsync("https://outside.example/seen");
        Assert.Contains("/seen", visits);
    }

    /// <summary>outside.example: what a browser merely tells about requests it refused is not what arrives here.</summary>
    private async Task<WebApplication> StartOutsideAsync()
    {
        certificate = LocalCertificate.Open(null, TimeProvider.System.GetUtcNow());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate)));
        builder.Logging.ClearProviders();
        var application = builder.Build();
        application.Run(context =>
        {
            visits.Enqueue(context.Request.Path);
            return Task.CompletedTask;
        });
        await application.StartAsync();
        return application;
    }
}
