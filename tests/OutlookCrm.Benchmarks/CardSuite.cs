using System.Diagnostics.Metrics;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// The card of a known customer, against a plain Kestrel endpoint that answers the same bytes from memory: both in processes of
/// their own, asked by the same client, in turns, in one run.
/// </summary>
internal static class CardSuite
{
    private const int Rounds = 10;
    private const int RequestsPerRound = 1_000;
    private const int Clients = 16;
    private const int AzuriteCustomers = 200;

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(string folder)
    {
        var file = PreparedFirm.FileIn(folder);
        await PreparedFirm.EnsureFileAsync(file);

        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        var token = sandbox.Issuer.CreateAccessToken(SampleFirm.Mira);
        string[] settings =
        [
            "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={file}",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        await using var product = await ChildProcess.StartAsync("OutlookCrm.LocalHost.dll", settings);

        var json = await CompareAsync(product, folder, token, "application/json", encoding: null);
        Figures.Print("card.json.p50.ratio", json.P50.Ratio, "x");
        Figures.Print("card.json.c16.throughput.ratio", json.PerSecond.Ratio, "x");
        var html = await CompareAsync(product, folder, token, "text/html", encoding: null);
        Figures.Print("card.html.p50.ratio", html.P50.Ratio, "x");
        Figures.Print("card.html.c16.throughput.ratio", html.PerSecond.Ratio, "x");
        var brotli = await CompareAsync(product, folder, token, "text/html", "br");
        Figures.Print("card.html.brotli.p50.ratio", brotli.P50.Ratio, "x");

        Figures.Print("card.json.bytes", json.Bytes, "bytes");
        Figures.Print("card.html.bytes", html.Bytes, "bytes");
        Figures.Print("card.html.brotli.bytes", brotli.Bytes, "bytes");
        Figures.Print("card.json.p50.us", json.P50.Product, "us");
        Figures.Print("card.html.p50.us", html.P50.Product, "us");
        Figures.Print("card.floor.p50.us", json.P50.Floor, "us");
        Figures.Print("card.json.c16.per-second", json.PerSecond.Product, "requests/s");
        Figures.Print("card.floor.c16.per-second", json.PerSecond.Floor, "requests/s");
        Figures.Print("card.workingset.mb", product.WorkingSetBytes / 1024.0 / 1024.0, "MB");

        await CountReadsAsync(sandbox, token, "card.reads", new() { ["Storage:Kind"] = "sqlite", ["Storage:SqliteFile"] = file });
        await using var azurite = await Azurite.StartAsync();
        await CountReadsAsync(
            sandbox, token, "card.azurite.requests", new() { ["Storage:Kind"] = "azure", ["Storage:ConnectionString"] = azurite.TakeAccount().ConnectionString });
    }

    private static byte[] RequestFor(string address, string token, string accept, string? encoding) => LoadClient.Request(
        $"/api/card?address={Uri.EscapeDataString(address)}",
        [
            ("Authorization", $"Bearer {token}"), ("Accept", accept),
            .. encoding is null ? Array.Empty<(string, string)>() : [("Accept-Encoding", encoding)],
        ]);

    private static async Task<Comparison> CompareAsync(ChildProcess product, string folder, string token, string accept, string? encoding)
    {
        var requests = PreparedFirm.Addresses.Select(address => RequestFor(address, token, accept, encoding)).ToList();
        await using var beside = await BesideFloor.StartAsync(product, folder, requests[0], accept, ("Authorization", $"Bearer {token}"), ("Accept", accept));
        _ = beside.PerSecond(requests, Clients, LoadTime, runs: 1); // so that both have the threads for it
        return new Comparison(
            beside.OneByOne(requests, () => requests, Rounds, RequestsPerRound), beside.PerSecond(requests, Clients, LoadTime, runs: 3), beside.Bytes);
    }

    /// <summary>What one card costs the store; on Azurite, what it really sent: requests over HTTP.</summary>
    private static async Task CountReadsAsync(SandboxApplication sandbox, string token, string figure, Dictionary<string, string?> storage)
    {
        foreach (var (name, value) in ProductSettings.For(sandbox.Addresses))
        {
            storage[name] = value;
        }

        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions { Settings = storage });
        if (storage["Storage:Kind"] == "azure")
        {
            await PreparedFirm.FillAsync((Storage.ITableStore)host.Services.GetService(typeof(Storage.ITableStore))!, AzuriteCustomers);
        }

        using var client = new LoadClient(host.Address.Port);
        client.Send(RequestFor(PreparedFirm.Addresses[0], token, "application/json", null));

        long reads = 0, rows = 0, requests = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name is "OutlookCrm.Storage" or "System.Net.Http")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            switch (instrument.Name)
            {
                case "outlookcrm.storage.point_reads" or "outlookcrm.storage.range_reads":
                    Interlocked.Add(ref reads, count);
                    break;
                case "outlookcrm.storage.rows_read":
                    Interlocked.Add(ref rows, count);
                    break;
            }
        });
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) =>
        {
            if (instrument.Name == "http.client.request.duration")
            {
                Interlocked.Increment(ref requests);
            }
        });
        listener.Start();

        const int Cards = 100;
        AskAll();
        if (storage["Storage:Kind"] == "azure")
        {
            Figures.Print(figure, (double)requests / Cards, "requests");
        }
        else
        {
            Figures.Print(figure, (double)reads / Cards, "reads");
            Figures.Print("card.rows", (double)rows / Cards, "rows");
            reads = 0;
            AskAll();
            Figures.Print("card.reads.again", (double)reads / Cards, "reads");
        }

        void AskAll()
        {
            for (var i = 1; i <= Cards; i++)
            {
                client.Send(RequestFor(PreparedFirm.Addresses[i], token, "application/json", null));
            }
        }
    }

    private sealed record Comparison(BesideFloor.Pair P50, BesideFloor.Pair PerSecond, int Bytes);
}
