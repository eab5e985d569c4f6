using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OutlookCrm.Telemetry;

public static class TelemetryServices
{
    /// <summary>OpenTelemetry's own name of the setting: the address to which traces, metrics and log lines go. Without it nothing leaves.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Every log line within a run of a function has the trace's id in its scope, as <c>TraceId</c>. Spans, the product's own metrics and its own log
    /// lines, from Information up, go to a collector when <see cref="Endpoint"/> names one; OpenTelemetry's other settings hold, too.
    /// </summary>
    /// <exception cref="InvalidOperationException">The address is none.</exception>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<LoggerFactoryOptions>(logs => logs.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        services.AddSingleton<WorkMetrics>();
        services.AddHostedService<WordlessCrashes>();
        if (configuration[Endpoint] is not { Length: > 0 } endpoint)
        {
            return services;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException($"{Endpoint} must be an http or https address, such as http://localhost:4317.");
        }

        AddExport(services);
        return services;
    }

    // By itself: a method that names OpenTelemetry's libraries loads them, also where there is no collector.
    private static void AddExport(IServiceCollection services)
    {
        // Only our own source and meters: instruments of HTTP clients and servers would tell addresses of requests, in which people's stand.
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("outlook-crm"))
            .WithTracing(traces => traces.AddSource(TraceMiddleware.SourceName).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter("OutlookCrm.*").AddOtlpExporter())
            .WithLogging(logs => logs.AddProcessor(new WordlessLogs()).AddOtlpExporter(), lines => lines.IncludeFormattedMessage = true);
        services.PostConfigure<LoggerFilterOptions>(OnlyOwnLines);
    }

    /// <summary>
    /// Whatever <c>Logging:OpenTelemetry</c> says of others, such as a web server that tells addresses of requests: it may make our own lines more or fewer.
    /// </summary>
    private static void OnlyOwnLines(LoggerFilterOptions filters)
    {
        const string own = "OutlookCrm";
        var collector = typeof(OpenTelemetryLoggerProvider).FullName;
        foreach (var rule in filters.Rules.Where(rule => (rule.ProviderName == collector || rule.ProviderName == "OpenTelemetry")
            && rule.CategoryName?.StartsWith(own, StringComparison.OrdinalIgnoreCase) != true).ToList())
        {
            filters.Rules.Remove(rule);
        }

        // First, so that a setting for our own wins.
        filters.Rules.Insert(0, new LoggerFilterRule(collector, categoryName: null, LogLevel.None, filter: null));
        filters.Rules.Insert(1, new LoggerFilterRule(collector, own, LogLevel.Information, filter: null));
    }
}
