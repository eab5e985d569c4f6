using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Privacy;

/// <summary>Does what an erasure has still to do.</summary>
public sealed class FinishErasure(Erasing erasing)
{
    // Of a message's five lives none is spent while the store is away.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    [Function(nameof(FinishErasure))]
    public async Task RunAsync([QueueTrigger(Erasing.Queue)] ErasureWork work, CancellationToken cancellation)
    {
        try
        {
            await erasing.LookAsync(work, cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            await erasing.SendAsync(work, RetryAfter, cancellation);
        }
    }
}
