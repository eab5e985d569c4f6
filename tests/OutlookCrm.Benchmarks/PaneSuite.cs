using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// The pane in a real browser, in the sandbox's small Outlook: how much it loads, how long until the card is complete. The floor for
/// opening is an empty page with the same office.js until <c>Office.onReady</c>, opened in turns with the pane.
/// </summary>
internal static partial class PaneSuite
{
    private const int Opens = 12;
    private const int Switches = 120;
    private const string Sender = "item=from:s.weber@hotel-weberhof.example";

    // Opens the pane and waits, without a detour through the test program, until what stands in it says that it is complete.
    private const string TimeToOpen = """
        (wanted) => new Promise((resolve, reject) => {
          const start = performance.now();
          window.smallOutlook.openPane();
          const look = () => {
            const page = document.querySelector('#pane-frame iframe')?.contentDocument;
            if (page?.querySelector(wanted)) resolve(performance.now() - start);
            else if (performance.now() - start > 10_000) reject(new Error('nothing like ' + wanted)); else setTimeout(look, 1);
          };
          look();
        })
        """;

    private const string CompleteCard = "#card:not([aria-busy]) article.card[data-customer] #timeline li";

    // Writes down in the pane, at every change of the card, when it was and whom it showed, complete or not.
    private const string Record = """
        () => {
          const card = document.getElementById('card');
          window.shown = [];
          new MutationObserver(() => window.shown.push({
            at: performance.timeOrigin + performance.now(),
            complete: !card.hasAttribute('aria-busy') && !card.dataset.at,
            colleague: card.querySelector('[data-colleague]') !== null,
            people: [...card.querySelectorAll('[data-address], a[href^="mailto:"]')]
              .map((one) => (one.dataset.address ?? decodeURIComponent(one.href.slice(7))).toLowerCase()),
          })).observe(card, { attributes: true, childList: true, subtree: true });
        }
        """;

    // Presses the arrow key; answers when Outlook told the pane, and of whom.
    private const string Press = """
        () => new Promise((resolve) => {
          const before = window.smallOutlook.selectedAt;
          document.getElementById('messages').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
          const look = () => {
            const { selectedAt, selected: mail } = window.smallOutlook;
            if (selectedAt === before) return setTimeout(look, 1);
            const people = [mail.from, ...mail.toRecipients, ...mail.ccRecipients].map((one) => one.emailAddress.address.toLowerCase());
            const ours = (one) => one.endsWith('@birnbaum.example');
            // Of a colleague's mail, the customer to whom it went.
            resolve({ at: performance.timeOrigin + selectedAt, wanted: ours(people[0]) ? people.filter((one) => !ours(one)) : people.slice(0, 1) });
          };
          look();
        })
        """;

    private const string CompleteAfter = """
        ({ at, wanted }) => new Promise((resolve, reject) => {
          const look = () => {
            const found = window.shown.find((one) => one.at >= at && one.complete
              && (wanted.length === 0 ? one.colleague : one.people.some((address) => wanted.includes(address))));
            if (found) resolve(found.at - at);
            else if (performance.timeOrigin + performance.now() - at > 10_000) reject(new Error('no card for ' + wanted)); else setTimeout(look, 20);
          };
          look();
        })
        """;

    public static async Task RunAsync(string folder)
    {
        var records = Path.Combine(folder, "pane-records");
        Directory.CreateDirectory(records);
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions
        {
            Port = 0,
            PanePort = 0,
            HttpPort = 0,
            StateFolder = Path.Combine(records, "sandbox"),
            SeedProduct = true,
        });
        string[] settings =
        [
            "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={Path.Combine(records, "crm.db")}",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        await using var product = await ChildProcess.StartAsync("OutlookCrm.LocalHost.dll", settings);
        sandbox.Product = new Uri($"http://127.0.0.1:{product.Port}");
        await sandbox.Seeded;

        Figures.Print("pane.shell.brotli.bytes", await ShellBytesAsync(product.Port), "bytes");

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CRM_BROWSER") is { Length: > 0 } path ? path : null,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                // Outlook and the pane are different sites in real life, so each has a process of its own.
                $"--isolate-origins={sandbox.Addresses.Pane.GetLeftPart(UriPartial.Authority)}",
            ],
        });
        await SwitchAsync(browser, sandbox);
        await OpenAsync(browser, sandbox);
    }

    private static async Task SwitchAsync(IBrowser browser, SandboxApplication sandbox)
    {
        await using var context = await browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
        var page = await OutlookAsync(context, sandbox, "open=yes&pin=yes&pane=other");
        await page.FrameLocator("#pane-frame iframe").Locator("#card:not([aria-busy]) article").First.WaitForAsync();
        var pane = page.Frames.Single(frame => frame.Url.Contains("/api/pane/taskpane.html", StringComparison.Ordinal));
        await pane.EvaluateAsync(Record);
        var times = new List<double>();
        for (var i = 0; i < Switches; i++)
        {
            times.Add(await pane.EvaluateAsync<double>(CompleteAfter, await page.EvaluateAsync<object>(Press)));
            await page.WaitForTimeoutAsync(100);
        }

        // The first ones also warm the runtime.
        var warm = times.Skip(20).ToList();
        Figures.Print("pane.switch.p50.ms", Figures.Percentile(warm, 0.5), "ms");
        Figures.Print("pane.switch.p95.ms", Figures.Percentile(warm, 0.95), "ms");
    }

    private static async Task OpenAsync(IBrowser browser, SandboxApplication sandbox)
    {
        List<double> cold = [], warm = [], emptyCold = [], emptyWarm = [];
        for (var i = 0; i < Opens; i++)
        {
            await OpenTwiceAsync($"{Sender}&open=no&page=/sandbox/pane/empty.html", "html[data-ready=yes]", emptyCold, emptyWarm);
            await OpenTwiceAsync($"{Sender}&open=no", CompleteCard, cold, warm);
        }

        double Median(List<double> times) => Figures.Percentile(times, 0.5);
        Figures.Print("pane.open.cold.ms", Median(cold), "ms");
        Figures.Print("pane.open.empty.cold.ms", Median(emptyCold), "ms");
        Figures.Print("pane.open.cold.ratio", Median(cold) / Median(emptyCold), "x");
        Figures.Print("pane.open.warm.ms", Median(warm), "ms");
        Figures.Print("pane.open.empty.warm.ms", Median(emptyWarm), "ms");
        Figures.Print("pane.open.warm.ratio", Median(warm) / Median(emptyWarm), "x");

        async Task OpenTwiceAsync(string switches, string wanted, List<double> first, List<double> second)
        {
            // A profile of its own has an empty cache and nobody's token.
            await using var context = await browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
            var page = await OutlookAsync(context, sandbox, switches);
            first.Add(await page.EvaluateAsync<double>(TimeToOpen, wanted));
            await page.EvaluateAsync("window.smallOutlook.closePane()");
            await page.WaitForTimeoutAsync(200);
            second.Add(await page.EvaluateAsync<double>(TimeToOpen, wanted));
        }
    }

    private static async Task<IPage> OutlookAsync(IBrowserContext context, SandboxApplication sandbox, string switches)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{sandbox.Addresses.Outlook}?{switches}");
        await page.WaitForSelectorAsync("html[data-ready=yes]", new() { State = WaitForSelectorState.Attached });
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        return page;
    }

    /// <summary>The pane's page and all that it names, as a browser gets them; office.js and MSAL are Microsoft's.</summary>
    private static async Task<long> ShellBytesAsync(int port)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/api/pane/"),
            DefaultRequestHeaders = { { "Accept-Encoding", "br" } },
        };
        using var plain = new HttpClient();
        var html = await plain.GetStringAsync(new Uri(client.BaseAddress, "taskpane.html"));
        long bytes = (await client.GetByteArrayAsync(new Uri(client.BaseAddress, "taskpane.html"))).Length;
        foreach (Match asset in Asset().Matches(html))
        {
            bytes += (await client.GetByteArrayAsync(new Uri(client.BaseAddress, asset.Groups[1].Value))).Length;
        }

        return bytes;
    }

    [GeneratedRegex("""(?:src|href)="(?!https:)([^"#]+\.(?:js|css))["]""")]
    private static partial Regex Asset();
}
