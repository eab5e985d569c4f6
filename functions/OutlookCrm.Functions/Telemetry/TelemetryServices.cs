using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.Telemetry;

public static class TelemetryServices
{
    /// <summary>Every log line within a run of a function has the trace's id in its scope, as <c>TraceId</c>.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services.Configure<LoggerFactoryOptions>(logs => logs.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
}
