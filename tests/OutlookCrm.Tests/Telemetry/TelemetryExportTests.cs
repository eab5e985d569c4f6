using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OutlookCrm.Capture;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Tests.Telemetry;

/// <summary>What a collector gets, and what it must never get.</summary>
public sealed class TelemetryExportTests
{
    private const string Secret = "kim.secret@example.com";

    [Fact]
    public async Task A_collector_gets_spans_and_the_products_metrics_and_nothing_of_people()
    {
        await using var collector = await Collector.StartAsync();
        await using var crm = await TestCrm.StartAsync(
            new Dictionary<string, string?>
            {
                [TelemetryServices.Endpoint] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
            alsoFunctionsOf: [typeof(TraceTests.TracedWork)]);
        using var anna = crm.SignIn(A.Anna);
        using var found = await anna.GetAsync($"/api/search?q={Uri.EscapeDataString(Secret)}");
        using var created = await anna.PostAsJsonAsync("/api/customers", new { name = Secret, kind = "organisation" });
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
        using var broken = await anna.GetAsync($"/api/broken?address={Secret}");

        // No object, so that it fails: once, as the clock stands still.
        await crm.Services.GetRequiredService<IWorkQueue>().SendAsync("traced-work", $"no json of {Secret}", null, default);
        await Waiting.UntilAsync(() => crm.Logs.Lines.Any(line => line.Contains("WorkTraced failed on message", StringComparison.Ordinal)));
        crm.Services.GetRequiredService<CaptureMetrics>().Looked(trouble: null, TimeSpan.FromSeconds(3));

        Assert.True(crm.Services.GetRequiredService<TracerProvider>().ForceFlush(30_000));
        Assert.True(crm.Services.GetRequiredService<MeterProvider>().ForceFlush(30_000));

        var traces = collector.Got("/v1/traces");
        foreach (var name in new[] { "outlook-crm", "SearchCustomers", "AskBroken", "WorkTraced", "JsonException" })
        {
            Assert.Contains(name, traces, StringComparison.Ordinal);
        }

        var metrics = collector.Got("/v1/metrics");
        foreach (var name in new[] { "outlookcrm.capture.lag", "outlookcrm.work.taken", "outlookcrm.work.ended", "WorkTraced", "retried" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        var token = crm.TokenFor(A.Anna);
        foreach (var secret in new[] { Secret, "kim.secret", "kim@example.com", Uri.EscapeDataString(Secret), "/api/", token, token.Split('.')[2], A.Firm.ToString() })
        {
            Assert.DoesNotContain(secret, traces + metrics, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_recorded_for_one()
    {
        await using var crm = await TestCrm.StartAsync();
        Assert.Null(crm.Services.GetService<TracerProvider>());
        Assert.Null(crm.Services.GetService<MeterProvider>());
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ftp://collector:21")]
    public async Task An_address_that_is_none_stops_the_start(string endpoint)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => TestCrm.StartAsync(
            new Dictionary<string, string?> { [TelemetryServices.Endpoint] = endpoint }));
        Assert.Contains(TelemetryServices.Endpoint, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes what OpenTelemetry sends. In its protobuf, texts stand as they are.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> got = new();
        private readonly WebApplication app;

        private Collector(WebApplication app) => this.app = app;

        public string Address => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var collector = new Collector(builder.Build());
            collector.app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                collector.got.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
            await collector.app.StartAsync();
            return collector;
        }

        public string Got(string path) => string.Concat(got.Where(one => one.Path == path).Select(one => one.Text));

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
