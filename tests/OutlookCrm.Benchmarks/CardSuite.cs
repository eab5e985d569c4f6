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
        Figures.Print("card.json.p50.ratio", json.P50Ratio, "x");
        Figures.Print("card.json.c16.throughput.ratio", json.ThroughputRatio, "x");
        var html = await CompareAsync(product, folder, token, "text/html", encoding: null);
        Figures.Print("card.html.p50.ratio", html.P50Ratio, "x");
        Figures.Print("card.html.c16.throughput.ratio", html.ThroughputRatio, "x");
        var brotli = await CompareAsync(product, folder, token, "text/html", "br");
        Figures.Print("card.html.brotli.p50.ratio", brotli.P50Ratio, "x");

        Figures.Print("card.json.bytes", json.Bytes, "bytes");
        Figures.Print("card.html.bytes", html.Bytes, "bytes");
        Figures.Print("card.html.brotli.bytes", brotli.Bytes, "bytes");
        Figures.Print("card.json.p50.us", json.P50, "us");
        Figures.Print("card.html.p50.us", html.P50, "us");
        Figures.Print("card.floor.p50.us", json.FloorP50, "us");
        Figures.Print("card.json.c16.per-second", json.PerSecond, "requests/s");
        Figures.Print("card.floor.c16.per-second", json.FloorPerSecond, "requests/s");
        Figures.Print("card.workingset.mb", product.WorkingSetBytes / 1024.0 / 1024.0, "MB");

        await CountReadsAsync(sandbox, token, "card.reads", new() { ["Storage:Kind"] = "sqlite", ["Storage:SqliteFile"] = file });
        await using var azurite = await Azurite.StartAsync();
        await CountReadsAsync(
            sandbox, token, "card.azurite.requests", new() { ["Storage:Kind"] = "azure", ["Storage:ConnectionString"] = azurite.ConnectionString });
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
        byte[] body;
        using (var client = new LoadClient(product.Port))
        {
            body = client.Body(requests[0]);
        }

        var bodyFile = Path.Combine(folder, "floor-body");
        await File.WriteAllBytesAsync(bodyFile, body);
        await using var floor = await ChildProcess.StartAsync("OutlookCrm.Benchmarks.dll", "floor", bodyFile, accept);
        List<byte[]> floorRequests = [LoadClient.Request("/floor", ("Authorization", $"Bearer {token}"), ("Accept", accept))];

        var random = new Random(1);
        foreach (var (port, asked) in new[] { (product.Port, requests), (floor.Port, floorRequests) })
        {
            Load.PerSecond(port, asked, Clients, LoadTime);
            Load.Settle(port, asked, random);
        }

        List<double> productTimes = [], floorTimes = [], productRates = [], floorRates = [];
        for (var round = 0; round < Rounds; round++)
        {
            floorTimes.AddRange(Load.OneByOne(floor.Port, floorRequests, RequestsPerRound, random));
            productTimes.AddRange(Load.OneByOne(product.Port, requests, RequestsPerRound, random));
        }

        for (var round = 0; round < 3; round++)
        {
            floorRates.Add(Load.PerSecond(floor.Port, floorRequests, Clients, LoadTime));
            productRates.Add(Load.PerSecond(product.Port, requests, Clients, LoadTime));
        }

        return new Comparison(
            Figures.Percentile(productTimes, 0.5), Figures.Percentile(floorTimes, 0.5),
            Figures.Percentile(productRates, 0.5), Figures.Percentile(floorRates, 0.5), body.Length);
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
        for (var i = 1; i <= Cards; i++)
        {
            client.Send(RequestFor(PreparedFirm.Addresses[i], token, "application/json", null));
        }

        if (storage["Storage:Kind"] == "azure")
        {
            Figures.Print(figure, (double)requests / Cards, "requests");
        }
        else
        {
            Figures.Print(figure, (double)reads / Cards, "reads");
            Figures.Print("card.rows", (double)rows / Cards, "rows");
        }
    }

    private sealed record Comparison(double P50, double FloorP50, double PerSecond, double FloorPerSecond, int Bytes)
    {
        public double P50Ratio => P50 / FloorP50;

        public double ThroughputRatio => PerSecond / FloorPerSecond;
    }
}
