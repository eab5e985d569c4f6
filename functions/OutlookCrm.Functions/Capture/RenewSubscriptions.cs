using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>Makes, renews and ends the subscriptions by which Graph tells of new mail.</summary>
public sealed class RenewSubscriptions(MailboxSweep sweep)
{
    [Function(nameof(RenewSubscriptions))]
    public Task RunAsync([TimerTrigger("0 23 2 * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellation) =>
        sweep.EveryAsync(subscriptions: true, recount: false, cancellation);
}
