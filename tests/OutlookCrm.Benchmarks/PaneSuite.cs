using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OutlookCrm.EndToEnd;
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

    private const string Open = "() => { const at = performance.timeOrigin + performance.now(); window.smallOutlook.openPane(); return at; }";

    // In every page of the pane from its first moment: writes down when what it is to show was there.
    private const string WatchFor = """
        if (window.parent !== window) {
          new MutationObserver((_, observer) => {
            if (document.querySelector('{wanted}')) {
              window.completeAt = performance.timeOrigin + performance.now();
              observer.disconnect();
            }
          }).observe(document, { attributes: true, childList: true, subtree: true });
        }
        """;

    private const string WaitForIt =
        "() => new Promise((resolve) => { const look = () => window.completeAt ? resolve(window.completeAt) : setTimeout(look, 20); look(); })";

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
        await UntilAllIsLoggedAsync(product.Port, sandbox);

        Figures.Print("pane.shell.brotli.bytes", await ShellBytesAsync(product.Port), "bytes");

        // Outlook and the pane are different sites in real life, so each has a process of its own. Here only their ports differ, which makes
        // two origins and one site.
        await using var browser = await TestBrowser.StartAsync("--enable-features=OriginKeyedProcessesByDefault");
        await SwitchAsync(browser, sandbox);
        await OpenAsync(browser, sandbox);
    }

    /// <summary>A firm's first minutes, in which its mail from before is read, are not its everyday life.</summary>
    private static async Task UntilAllIsLoggedAsync(int port, SandboxApplication sandbox)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        foreach (var colleague in SampleFirm.Colleagues)
        {
            using var api = new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{port}"),
                DefaultRequestHeaders = { Authorization = new("Bearer", sandbox.Issuer.CreateAccessToken(colleague)) },
            };
            while (!(await api.GetFromJsonAsync<JsonElement>("/api/mailboxes/mine/line", limit.Token)).TryGetProperty("history", out var history)
                || history.ValueKind is not JsonValueKind.Object || !history.GetProperty("isComplete").GetBoolean())
            {
                await Task.Delay(500, limit.Token);
            }
        }
    }

    private static async Task SwitchAsync(TestBrowser browser, SandboxApplication sandbox)
    {
        await using var context = await browser.NewProfileAsync();
        var page = await OutlookAsync(context, sandbox, "open=yes&pin=yes");
        await page.FrameLocator("#pane-frame iframe").Locator("#card:not([aria-busy]) article").First.WaitForAsync();
        var pane = PaneOf(page, sandbox)!;
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

    private static async Task OpenAsync(TestBrowser browser, SandboxApplication sandbox)
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
            await using var context = await browser.NewProfileAsync();
            await context.AddInitScriptAsync(WatchFor.Replace("{wanted}", wanted, StringComparison.Ordinal));
            var page = await OutlookAsync(context, sandbox, switches);
            first.Add(await OpenOnceAsync(page));
            await page.EvaluateAsync("window.smallOutlook.closePane()");
            await page.WaitForTimeoutAsync(200);
            second.Add(await OpenOnceAsync(page));
        }

        async Task<double> OpenOnceAsync(IPage page)
        {
            var openedAt = await page.EvaluateAsync<double>(Open);
            IFrame? pane;
            while ((pane = PaneOf(page, sandbox)) is null)
            {
                await page.WaitForTimeoutAsync(20);
            }

            return await pane.EvaluateAsync<double>(WaitForIt).WaitAsync(TimeSpan.FromSeconds(10)) - openedAt;
        }
    }

    private static IFrame? PaneOf(IPage page, SandboxApplication sandbox) =>
        page.Frames.SingleOrDefault(frame => frame.Url.StartsWith(sandbox.Addresses.Pane.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));

    private static async Task<IPage> OutlookAsync(IBrowserContext context, SandboxApplication sandbox, string switches)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{sandbox.Addresses.Outlook}?pane=other&{switches}");
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
        var html = Preload().Replace(await plain.GetStringAsync(new Uri(client.BaseAddress, "taskpane.html")), "");
        long bytes = (await client.GetByteArrayAsync(new Uri(client.BaseAddress, "taskpane.html"))).Length;
        foreach (Match asset in Asset().Matches(html))
        {
            bytes += (await client.GetByteArrayAsync(new Uri(client.BaseAddress, asset.Groups[1].Value))).Length;
        }

        return bytes;
    }

    [GeneratedRegex("""(?:src|href)="(?!https:)([^"#]+\.(?:js|css))["]""")]
    private static partial Regex Asset();

    /// <summary>What is fetched early is MSAL.</summary>
    [GeneratedRegex("<link rel=\"modulepreload\"[^>]*>")]
    private static partial Regex Preload();
}
