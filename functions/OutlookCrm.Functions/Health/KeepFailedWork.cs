using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Health;

/// <summary>Keeps work that was put aside, every night, until somebody has it tried again.</summary>
public sealed class KeepFailedWork(FailedWorkQueues failed)
{
    [Function(nameof(KeepFailedWork))]
    public Task RunAsync([TimerTrigger("0 10 3 * * *")] TimerInfo timer, CancellationToken cancellation) => failed.KeepAsync(cancellation);
}
