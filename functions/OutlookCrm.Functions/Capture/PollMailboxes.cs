using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>
/// Looks at mailboxes of which no notification tells; rests by itself while they do. When notifications stop coming without a word, the next
/// <see cref="SweepMailboxes"/> finds what they should have told of, and polling takes over until the subscriptions are next renewed.
/// </summary>
public sealed class PollMailboxes(MailboxSweep sweep)
{
    [Function(nameof(PollMailboxes))]
    public Task RunAsync([TimerTrigger("*/10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellation) =>
        sweep.PollAsync(cancellation);
}
