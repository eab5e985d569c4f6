using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Privacy;

/// <summary>Does what an erasure has still to do.</summary>
public sealed class FinishErasure(Erasing erasing)
{
    [Function(nameof(FinishErasure))]
    public Task RunAsync([QueueTrigger(Erasing.Queue)] ErasureWork work, CancellationToken cancellation) => erasing.LookAsync(work, cancellation);
}
