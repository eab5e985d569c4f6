using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>Looks at every mailbox, told of or not: notifications come late, twice or never.</summary>
public sealed class SweepMailboxes(MailboxSweep sweep)
{
    [Function(nameof(SweepMailboxes))]
    public async Task RunAsync([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        await sweep.TellLateAsync(cancellation);
        await sweep.EveryAsync(subscriptions: false, recount: false, cancellation);
    }
}
