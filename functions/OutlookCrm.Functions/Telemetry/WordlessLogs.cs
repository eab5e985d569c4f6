using OpenTelemetry;
using OpenTelemetry.Logs;

namespace OutlookCrm.Telemetry;

/// <summary>Takes exceptions out of lines on their way to a collector: OpenTelemetry would send their words.</summary>
internal sealed class WordlessLogs : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (data.Exception is { } e)
        {
            data.Exception = null;
            data.Attributes = [.. data.Attributes ?? [], new("Failure", Failure.WithoutWords(e))];
        }
    }
}
