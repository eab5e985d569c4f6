using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Insights;

/// <summary>Works out one firm's insights, in the background: once a night and when somebody asks.</summary>
public sealed class RecomputeInsights(FirmRecompute recompute, IWorkQueue queue)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    [Function(nameof(RecomputeInsights))]
    public async Task RunAsync([QueueTrigger(FirmRecompute.Queue)] RecomputeMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            await recompute.RunAsync(message.TenantId, cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            // Of a message's five lives none is spent while the store is away.
            await queue.SendAsync(FirmRecompute.Queue, JsonSerializer.Serialize(message), RetryAfter, cancellation);
        }
    }
}

public sealed record RecomputeMessage(Guid TenantId);
