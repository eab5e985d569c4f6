using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>Finishes an undo, or its taking back, that was broken off.</summary>
public sealed class FinishUndo(Undoing undoing)
{
    // Of a message's five lives none is spent while the store is away.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    [Function(nameof(FinishUndo))]
    public async Task RunAsync([QueueTrigger(Undoing.Queue)] UndoWork work, CancellationToken cancellation)
    {
        try
        {
            await undoing.LookAsync(work, cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            await undoing.SendAsync(work, RetryAfter, cancellation);
        }
    }
}
