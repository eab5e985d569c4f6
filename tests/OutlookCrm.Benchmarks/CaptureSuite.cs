using System.Diagnostics;
using System.Globalization;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Firm;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// The first day of a firm: the history of three mailboxes, out of the sandbox's Graph over HTTP into a fresh SQLite file. The product has a
/// process of its own; the sandbox is in this one, on the same machine.
/// </summary>
internal static class CaptureSuite
{
    private const int Few = 5_000;
    private const int Many = 50_000;
    private const int Seed = 1;
    private const int NotificationsPerSecond = 200;

    private static readonly TimeSpan Span = TimeSpan.FromDays(360); // all of it within the year that is taken
    private static readonly TimeSpan Told = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-bench-").FullName;
        try
        {
            Outcome firstFew;
            Outcome few;
            await using (var sandbox = await SandboxOfAsync(Few))
            {
                firstFew = await TakeAsync(sandbox, folder, "few", withCustomers: true);

                // The same few read ten times: as much work as the many are. What the runtime compiles of code that runs often, and caches
                // that fill up to their limits, are in both; what is left is what more messages take.
                few = await TakeAsync(sandbox, folder, "again", withCustomers: true, before: (Many / Few) - 1);
            }

            await using var large = await SandboxOfAsync(Many);
            var many = await TakeAsync(large, folder, "many", withCustomers: true);
            var ignored = await TakeAsync(large, folder, "ignored", withCustomers: false);
            Figures.Print("capture.rate", many["listed"] / many["seconds"], "messages/s");
            Figures.Print("capture.graph-requests-per-50", 50 * many.GraphRequests / many["listed"], "requests");
            Figures.Print("capture.writes-per-captured", many["writes"] / many["taken"], "writes");
            Figures.Print("capture.rows-per-captured", many["rows"] / many["taken"], "rows");
            Figures.Print("capture.writes-per-100-ignored", 100 * ignored["writes"] / ignored["skipped"], "writes");
            Figures.Print("capture.memory.5000-at-start.mb", firstFew.Megabytes, "MB");
            Figures.Print("capture.memory.5000.mb", few.Megabytes, "MB");
            Figures.Print("capture.memory.50000.mb", many.Megabytes, "MB");
            Figures.Print("capture.memory.ratio", many.Megabytes / few.Megabytes, "x");
            Figures.Print("capture.heap.5000.mb", few["heap"], "MB");
            Figures.Print("capture.heap.50000.mb", many["heap"], "MB");
            Figures.Print("capture.captured", many["taken"], "messages");
            Figures.Print("capture.ignored", many["skipped"], "messages");
            Figures.Print("capture.seconds", many["seconds"], "s");
            Figures.Print("capture.processor.product", many["processor"], "s");
            Figures.Print("capture.processor.sandbox", many.SandboxSeconds, "s");

            var times = await TellAsync(large, folder);
            Figures.Print("webhook.told-meanwhile", times.Count, "notifications");
            Figures.Print("webhook.p50.ms", Figures.Percentile(times, 0.5) / 1_000, "ms");
            Figures.Print("webhook.p99.ms", Figures.Percentile(times, 0.99) / 1_000, "ms");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<SandboxApplication> SandboxOfAsync(int messages)
    {
        var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, EmptyMailboxes = true });
        new GeneratedFirm(Seed, sandbox.Clock.GetUtcNow(), Span).Fill([.. SampleFirm.Colleagues.Select(sandbox.MailboxOf)], messages);
        return sandbox;
    }

    private static Task<ChildProcess> ProductAsync(SandboxApplication sandbox, string file, bool withCustomers, int before = 0) => ChildProcess.StartAsLocalHostAsync(
        "OutlookCrm.Benchmarks.dll",
        [
            "capture-run", withCustomers ? "customers" : "strangers", sandbox.Issuer.CreateAccessToken(SampleFirm.Mira),
            before.ToString(CultureInfo.InvariantCulture),
            "Storage:Kind=sqlite", $"Storage:SqliteFile={file}", "AzureWebJobs.PollMailboxes.Disabled=true",
            .. ProductSettings.For(sandbox.Addresses).Select(setting => $"{setting.Key}={setting.Value}"),
        ]);

    private static async Task<Outcome> TakeAsync(SandboxApplication sandbox, string folder, string name, bool withCustomers, int before = 0)
    {
        await using var product = await ProductAsync(sandbox, Path.Combine(folder, $"{name}.db"), withCustomers, before);
        var requests = sandbox.Traffic.Requests;
        var processor = Environment.CpuUsage.TotalTime;
        var most = 0L;
        var ended = ReadAsync(product);
        await product.WriteLineAsync("begin");
        while (!ended.IsCompleted)
        {
            await Task.WhenAny(ended, Task.Delay(Glance));
            most = Math.Max(most, product.WorkingSetBytes);
        }

        return new Outcome(
            await ended,
            sandbox.Traffic.Requests - requests,
            most / 1024.0 / 1024.0,
            (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static async Task<Dictionary<string, double>> ReadAsync(ChildProcess product)
    {
        var figures = new Dictionary<string, double>();
        while (await product.ReadLineAsync() is var line && line != CaptureRun.Done)
        {
            if (line?.Split(' ') is not [var name, var value])
            {
                throw new InvalidOperationException($"The product's process said: {line}");
            }

            figures[name] = double.Parse(value, CultureInfo.InvariantCulture);
        }

        return figures;
    }

    /// <summary>Tells of new mail as Graph does, one notification a request, while the history is being taken.</summary>
    /// <returns>From when each was due until its answer, in microseconds.</returns>
    private static async Task<List<double>> TellAsync(SandboxApplication sandbox, string folder)
    {
        await using var product = await ProductAsync(sandbox, Path.Combine(folder, "told.db"), withCustomers: true);
        var states = product.Said.Where(line => line.StartsWith(CaptureRun.ClientState, StringComparison.Ordinal)).Select(line => line[CaptureRun.ClientState.Length..]).ToList();
        var requests = states.Select((state, i) => LoadClient.Post("/api/graph/notifications", Notification(state, SampleFirm.Colleagues[i]))).ToList();
        await product.WriteLineAsync("begin");
        var ended = ReadAsync(product);
        await using var teller = await ChildProcess.StartAsync(
            "OutlookCrm.Benchmarks.dll",
            ["tell", product.Port.ToString(CultureInfo.InvariantCulture), Told.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. requests.Select(Convert.ToBase64String)]);
        var times = new List<double>();

        // What comes after the last of the history does not count: the product would have nothing else to do.
        for (var line = teller.ReadLineAsync(); await Task.WhenAny(line, ended) == line && await line is { } time && time != CaptureRun.Done; line = teller.ReadLineAsync())
        {
            times.Add(double.Parse(time, CultureInfo.InvariantCulture));
        }

        return times;
    }

    /// <summary>The process that tells: of its own, so that what it waits for is the product and not the sandbox.</summary>
    public static int Tell(int port, TimeSpan length, IReadOnlyList<byte[]> requests)
    {
        Console.WriteLine($"Listening on http://127.0.0.1:{port}");
        Load.AtRate(port, requests, NotificationsPerSecond, length, time => Console.WriteLine(time.ToString(CultureInfo.InvariantCulture)));
        Console.WriteLine(CaptureRun.Done);
        return 0;
    }

    private static string Notification(string clientState, SampleColleague colleague) =>
        $$$"""
        {"value":[{"subscriptionId":"{{{Guid.NewGuid()}}}","subscriptionExpirationDateTime":"2030-01-01T00:00:00Z","changeType":"created","clientState":"{{{clientState}}}",
        "resource":"Users/{{{colleague.Id}}}/Messages/AAMk","tenantId":"{{{SampleFirm.TenantId}}}","resourceData":{"@odata.type":"#Microsoft.Graph.Message","id":"AAMk"}}]}
        """;

    /// <param name="Figures">What the product's process said.</param>
    /// <param name="Megabytes">The most that it held.</param>
    private sealed record Outcome(IReadOnlyDictionary<string, double> Figures, long GraphRequests, double Megabytes, double SandboxSeconds)
    {
        public double this[string figure] => Figures[figure];
    }
}
