using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Sandbox;
using OutlookCrm.Storage;

namespace OutlookCrm.Benchmarks;

/// <summary>All figures of a firm of 10,000 customers with 200,000 purchases, worked out by the product in a process of its own, and its page.</summary>
internal static class InsightsSuite
{
    private const int PurchasesPerCustomer = 20;
    private const int Rounds = 10;
    private const int RequestsPerRound = 500;

    // Part of the file's name: a change of the data below makes a new file.
    private const int Version = 1;

    private static readonly DateOnly Today = new(2026, 11, 20);
    private static readonly string[] Products =
        ["Oak shelf", "Walnut shelf", "Desk", "Chair", "Lamp", "Service", "Oil", "Assembly", "Delivery", "Cabinet", "Drawer", "Bench"];

    public static async Task RunAsync(string folder)
    {
        await RecomputeAsync(folder);
        await ImportSuite.RunAsync(folder);
    }

    private static async Task RecomputeAsync(string folder)
    {
        var file = await PrepareAsync(folder);
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        var token = sandbox.Issuer.CreateAccessToken(SampleFirm.Mira);
        string[] settings =
        [
            "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={file}",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];
        await using var product = await ChildProcess.StartAsync("OutlookCrm.LocalHost.dll", settings);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{product.Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var before = (await ReadAsync(http)).AsOf;
        var watch = Stopwatch.StartNew();
        (await http.PostAsync("/api/insights/recompute", content: null)).EnsureSuccessStatusCode();
        while ((await ReadAsync(http)).AsOf == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Figures.Print("insights.recompute.s", watch.Elapsed.TotalSeconds, "s");
        Figures.Print("insights.recompute.mb", product.PeakWorkingSetBytes / 1024.0 / 1024.0, "MB");
        Figures.Print("insights.page.p50.ratio", await PageRatioAsync(product, folder, token), "x");
    }

    private static async Task<InsightsPage> ReadAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<InsightsPage>("/api/insights", ContractJson.Options))!;

    private static async Task<double> PageRatioAsync(ChildProcess product, string folder, string token)
    {
        List<byte[]> requests = [LoadClient.Request("/api/insights", ("Authorization", $"Bearer {token}"), ("Accept", "text/html"))];
        await using var beside = await BesideFloor.StartAsync(
            product, folder, requests[0], "text/html", ("Authorization", $"Bearer {token}"), ("Accept", "text/html"));
        return beside.OneByOne(requests, () => requests, Rounds, RequestsPerRound).Ratio;
    }

    /// <summary>Written as the product writes, but many rows at once.</summary>
    private static async Task<string> PrepareAsync(string folder)
    {
        var file = Path.Combine(folder, $"sales-{PreparedFirm.Customers}-{PurchasesPerCustomer}-v{Version}.db");
        if (File.Exists(file))
        {
            return file;
        }

        Console.Error.WriteLine($"Preparing {PreparedFirm.Customers} customers with {PreparedFirm.Customers * PurchasesPerCustomer} purchases …");
        var making = file + ".making";
        File.Delete(making);
        using (var store = new SqliteTableStore(making, TimeSpan.FromSeconds(5)))
        {
            await PreparedFirm.FillAsync(store, PreparedFirm.Customers);
            foreach (var some in Enumerable.Range(0, PreparedFirm.Customers).Chunk(256))
            {
                await Task.WhenAll(some.Select(number => BuyAsync(store, number)));
            }
        }

        File.Move(making, file);
        return file;
    }

    private static async Task BuyAsync(SqliteTableStore store, int number)
    {
        var random = new Random(number);
        var id = PreparedFirm.IdOf(number).ToString();
        var partition = TableKeys.Customer(SampleFirm.TenantId, id);
        var record = await store.FindAsync(Tables.Customers, partition, TableKeys.Record, CancellationToken.None)
            ?? throw new InvalidOperationException($"Customer {number} is not there.");

        // A purchase on average every two weeks to every half year, and then none any more for some.
        var gap = 14 + (170 * random.NextDouble());
        var day = random.Next(0, 300) * random.NextDouble();
        var purchases = new List<Purchase>();
        for (var i = 0; i < PurchasesPerCustomer; i++)
        {
            purchases.Add(new Purchase(
                new Guid(number, (short)i, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 2), Today.AddDays(-(int)day), IsCreditNote: false, "EUR",
                [new BoughtItem(Products[random.Next(Products.Length)], Math.Round((decimal)(20 + (500 * random.NextDouble())), 2), Cost: null)],
                Number: null, SampleFirm.Mira.Name, PreparedFirm.CreatedAt));
            day += -gap * Math.Log(1 - random.NextDouble());
        }

        await store.TransactAsync(
            Tables.Customers,
            partition,
            [.. purchases.Select(p => new TableChange.Insert(PurchaseRow.From(partition, p))), new TableChange.Replace(SalesSummary.On(record, purchases), record.ETag!)],
            CancellationToken.None);
        await store.PutAsync(Tables.Buyers, SalesStore.BuyerRow(SampleFirm.TenantId, id, PreparedFirm.CreatedAt), CancellationToken.None);
    }
}
