using System.Diagnostics.Metrics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using OutlookCrm.Storage;

namespace OutlookCrm.Telemetry;

/// <summary>What becomes of queued work: meter <c>OutlookCrm.Work</c>, by function; each has one queue.</summary>
public sealed class WorkMetrics : IDisposable
{
    public const string MeterName = "OutlookCrm.Work";

    /// <summary>host.json's setting, where the host tells it; else the number that stands there.</summary>
    private const string MaxDequeueCount = "AzureFunctionsJobHost:extensions:queues:maxDequeueCount";
    internal const int DefaultMaxDequeueCount = 5;

    private readonly Meter meter;
    private readonly Counter<long> taken;
    private readonly Counter<long> ended;
    private readonly int maxDequeueCount;

    public WorkMetrics(IConfiguration configuration)
    {
        maxDequeueCount = configuration.GetValue(MaxDequeueCount, DefaultMaxDequeueCount);
        meter = new Meter(MeterName, version: null, tags: null, scope: this);
        taken = meter.CreateCounter<long>("outlookcrm.work.taken", "{message}", "Messages that a function was given, each try counted.");
        ended = meter.CreateCounter<long>(
            "outlookcrm.work.ended", "{message}", "How tries ended: done; retried, it comes again; poisoned, it failed for the last time and is put aside.");
    }

    internal void Taken(FunctionContext context) => taken.Add(1, Function(context));

    internal void Ended(FunctionContext context, Exception? failure) => ended.Add(1, Function(context), new("outcome", OutcomeOf(context, failure)));

    public void Dispose() => meter.Dispose();

    // Neither a store that is away nor a host that stops is the work's fault: it is not put aside for that.
    private string OutcomeOf(FunctionContext context, Exception? failure) => failure switch
    {
        null => "done",
        TableStoreUnavailableException or WorkQueueUnavailableException or OperationCanceledException => "retried",
        _ => QueueRun.TryOf(context) >= maxDequeueCount ? "poisoned" : "retried",
    };

    private static KeyValuePair<string, object?> Function(FunctionContext context) => new("function", context.FunctionDefinition.Name);
}
