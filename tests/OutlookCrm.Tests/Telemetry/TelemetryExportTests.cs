using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OutlookCrm.Capture;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Tests.Telemetry;

/// <summary>What a collector gets, and what it must never get.</summary>
public sealed class TelemetryExportTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Secret = "kim.secret@example.com";

    [Fact]
    public async Task A_collector_gets_spans_metrics_and_log_lines_of_the_product_and_nothing_of_people()
    {
        await using var collector = await Collector.StartAsync();
        await using var crm = await TestCrm.StartAsync(
            new Dictionary<string, string?>
            {
                [TelemetryServices.Endpoint] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",

                // Whoever asks for everything gets everything of ours.
                ["Logging:OpenTelemetry:LogLevel:Default"] = "Trace",
                ["Logging:OpenTelemetry:LogLevel:Microsoft.AspNetCore"] = "Trace",
                ["Logging:OpenTelemetry:LogLevel:OutlookCrm.Tests"] = "Debug",
            },
            alsoFunctionsOf: [typeof(TraceTests.TracedWork)]);
        using var anna = crm.SignIn(A.Anna);
        using var found = await anna.GetAsync($"/api/search?q={Uri.EscapeDataString(Secret)}");
        using var created = await anna.PostAsJsonAsync("/api/customers", new { name = Secret, kind = "organisation" });
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"/api/broken?address={Secret}") { Headers = { { "traceparent", $"00-{Trace}-00f067aa0ba902b7-01" } } };
        using var broken = await anna.SendAsync(asked);
        using var nobody = crm.WithToken($"{Secret}.{Secret}.{Secret}");
        using var refused = await nobody.GetAsync("/api/my-day");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        // No object, so that it fails: once, as the clock stands still.
        await crm.Services.GetRequiredService<IWorkQueue>().SendAsync("traced-work", $"no json of {Secret}", null, default);
        await Waiting.UntilAsync(() => crm.Logs.Lines.Any(line => line.Contains("WorkTraced failed on message", StringComparison.Ordinal)));
        crm.Services.GetRequiredService<CaptureMetrics>().Looked(trouble: null, TimeSpan.FromSeconds(3));

        // Other people's libraries log what they like, and hand exceptions over as they are.
        var loggers = crm.Services.GetRequiredService<ILoggerFactory>();
        loggers.CreateLogger("Microsoft.AspNetCore.Library").LogCritical("Somebody asked for {Path}", Secret);
        loggers.CreateLogger("OutlookCrm.Tests.Library").Log(
            LogLevel.Debug, default, "a line of ours", new InvalidTimeZoneException(Secret, new FormatException(Secret)), (line, _) => line);

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

        Assert.True(crm.Services.GetRequiredService<LoggerProvider>().ForceFlush(30_000));
        var logs = collector.Got("/v1/logs");
        foreach (var line in new[]
        {
            "outlook-crm", "Function AskBroken, invocation", "WorkTraced failed on message", "Refused a token: ", "a line of ours", "System.FormatException",
            Encoding.Latin1.GetString(Convert.FromHexString(Trace)),
        })
        {
            Assert.Contains(line, logs, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Microsoft.AspNetCore.Library", logs, StringComparison.Ordinal);

        var token = crm.TokenFor(A.Anna);
        foreach (var secret in new[] { Secret, "kim.secret", "kim@example.com", Uri.EscapeDataString(Secret), "/api/", token, token.Split('.')[2] })
        {
            Assert.DoesNotContain(secret, traces + metrics + logs, StringComparison.OrdinalIgnoreCase);
        }

        // Ids are for the log alone: what is counted and drawn does not tell firms apart.
        Assert.DoesNotContain(A.Firm.ToString(), traces + metrics, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_recorded_for_one()
    {
        await using var crm = await TestCrm.StartAsync();
        Assert.Null(crm.Services.GetService<TracerProvider>());
        Assert.Null(crm.Services.GetService<MeterProvider>());
        Assert.Null(crm.Services.GetService<LoggerProvider>());
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
