using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Interactions;

/// <summary>Finishes an undo, or its taking back, that was broken off.</summary>
public sealed class FinishUndo(Undoing undoing)
{
    [Function(nameof(FinishUndo))]
    public Task RunAsync([QueueTrigger(Undoing.Queue)] UndoWork work, CancellationToken cancellation) => undoing.LookAsync(work, cancellation);
}
