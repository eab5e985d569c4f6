using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;

namespace OutlookCrm.EndToEnd;

/// <summary>
/// The product over a file of its own, the sandbox with its small Outlook, and a browser: started once for each half of the tests. What one
/// test records another may see, so each keeps to senders of its own.
/// </summary>
public sealed class LiveProduct : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-end-to-end-").FullName;
    private readonly int productPort = FreePort();
    private SandboxApplication? sandbox;
    private LocalHostApplication? product;
    private TestBrowser? browser;

    public SandboxApplication Sandbox => sandbox ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        sandbox = await SandboxApplication.StartAsync(new SandboxOptions
        {
            Port = 0,
            PanePort = 0,
            HttpPort = 0,
            StateFolder = Path.Combine(folder, "sandbox"),
            Product = new Uri($"http://127.0.0.1:{productPort}"),
            SeedProduct = true,
        });
        await StartProductAsync();
        await sandbox.Seeded;
        browser = await TestBrowser.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await (browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await StopProductAsync();
        await (sandbox?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Starts the product again after <see cref="StopProductAsync"/>: same port, same records.</summary>
    public async Task StartProductAsync() => product = await LocalHostApplication.StartAsync(new LocalHostOptions
    {
        Urls = [$"http://127.0.0.1:{productPort}"],
        Settings = new Dictionary<string, string?>(ProductSettings.For(Sandbox.Addresses))
        {
            ["Storage:Kind"] = "sqlite",
            ["Storage:SqliteFile"] = Path.Combine(folder, "crm.db"),
        },
    });

    public async Task StopProductAsync()
    {
        if (Interlocked.Exchange(ref product, null) is { } running)
        {
            await running.DisposeAsync();
        }
    }

    /// <summary>The product's own services, for what its worker would write.</summary>
    public IServiceProvider Services => product?.Services ?? throw new InvalidOperationException("Not started.");

    /// <summary>The API as a colleague's program would call it.</summary>
    public HttpClient Api(SampleColleague colleague) => new()
    {
        BaseAddress = new Uri($"http://127.0.0.1:{productPort}"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Sandbox.Issuer.CreateAccessToken(colleague)) },
    };

    /// <summary>The record of the customer with this address.</summary>
    public async Task<JsonObject> CardAsync(string address)
    {
        using var api = Api(SampleFirm.Mira);
        var sender = await api.GetFromJsonAsync<JsonObject>($"/api/card?address={Uri.EscapeDataString(address)}");
        return sender!["card"]!.AsObject();
    }

    /// <summary>What a colleague saves meanwhile.</summary>
    public async Task PatchAsync(string address, object changes)
    {
        var card = await CardAsync(address);
        using var api = Api(SampleFirm.Tomasz);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{card["id"]}") { Content = JsonContent.Create(changes) };
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse((string)card["eTag"]!));
        using var answer = await api.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Opens the small Outlook in a browser profile of its own.</summary>
    /// <param name="switches">As main.js of the small Outlook lists them, such as <c>item=from:kim@example.com&amp;pin=yes</c>.</param>
    public async Task<OutlookPage> OpenAsync(
        string switches = "", bool dark = false, int? width = null, ForcedColors forcedColors = ForcedColors.None)
    {
        var context = await browser!.NewProfileAsync(new()
        {
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ForcedColors = forcedColors,
            ViewportSize = new() { Width = width ?? 1_280, Height = 900 },
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
        });
        var opened = new OutlookPage(await context.NewPageAsync());
        await opened.Page.GotoAsync($"{Sandbox.Addresses.Outlook}?{switches}");
        await opened.Page.WaitForSelectorAsync("html[data-ready=yes]", new() { State = WaitForSelectorState.Attached });
        return opened;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Half of the tests by their time. The halves run side by side: most of a browser's test waits for the pane's next look.</summary>
[CollectionDefinition(nameof(FirstHalf))]
public sealed class FirstHalf : ICollectionFixture<LiveProduct>;

/// <summary>The other half, with a product of its own.</summary>
[CollectionDefinition(nameof(SecondHalf))]
public sealed class SecondHalf : ICollectionFixture<LiveProduct>;
