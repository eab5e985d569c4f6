using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Capture;

/// <summary>Sees what is new in mailboxes. The messages are <see cref="CaptureRequests"/>'.</summary>
public sealed class LookAtMailbox(MailboxWorker worker, CaptureRequests requests)
{
    [Function(nameof(LookAtMailbox))]
    public async Task RunAsync([QueueTrigger(CaptureRequests.MailboxQueue)] LookAtMailboxes message, CancellationToken cancellation)
    {
        if (message.Mailboxes is [var only])
        {
            await worker.LookAsync(only, message.AskedAt, cancellation);
            return;
        }

        // A message for each: they are looked at side by side, and one that fails holds up no other.
        foreach (var mailbox in message.Mailboxes)
        {
            await requests.PassOnAsync(mailbox, message.AskedAt, cancellation);
        }
    }
}
