using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Insights;

/// <summary>Works out one firm's insights, in the background: once a night and when somebody asks.</summary>
public sealed class RecomputeInsights(FirmRecompute recompute)
{
    [Function(nameof(RecomputeInsights))]
    public Task RunAsync([QueueTrigger(FirmRecompute.Queue)] RecomputeMessage message, CancellationToken cancellation) =>
        recompute.RunAsync(message.TenantId, cancellation);
}

public sealed record RecomputeMessage(Guid TenantId);
