using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>
/// Looks at mailboxes of which no notification tells. In Azure, where Graph can reach us, it costs an invocation every ten seconds for
/// nothing: switch it off there by the setting <c>AzureWebJobs.PollMailboxes.Disabled</c>; <see cref="SweepMailboxes"/> stays.
/// </summary>
public sealed class PollMailboxes(MailboxSweep sweep)
{
    [Function(nameof(PollMailboxes))]
    public Task RunAsync([TimerTrigger("*/10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellation) =>
        sweep.PollAsync(cancellation);
}
