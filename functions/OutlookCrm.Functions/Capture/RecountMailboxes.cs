using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>Compares every mailbox with what is recorded, whatever its cursors say, and sets right what differs.</summary>
public sealed class RecountMailboxes(MailboxSweep sweep)
{
    [Function(nameof(RecountMailboxes))]
    public Task RunAsync([TimerTrigger("0 41 1 * * *")] TimerInfo timer, CancellationToken cancellation) =>
        sweep.EveryAsync(subscriptions: false, recount: true, cancellation);
}
