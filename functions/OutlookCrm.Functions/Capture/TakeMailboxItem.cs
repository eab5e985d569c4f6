using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>Reads one mail or meeting because somebody asked for it: to log it by hand, or to bring back what was taken off a timeline.</summary>
public sealed class TakeMailboxItem(
    CapturedMailboxes mailboxes, CaptureRequests requests, CaptureLookup lookup, GraphMailboxes graph, ILogger<TakeMailboxItem> log)
{
    [Function(nameof(TakeMailboxItem))]
    public async Task RunAsync([QueueTrigger(CaptureRequests.ItemQueue)] TakeItem message, CancellationToken cancellation)
    {
        // A mailbox that is off may still be asked for one thing, by whose it is.
        if (await mailboxes.FindAsync(message.TenantId, message.UserId, cancellation) is not { } mailbox)
        {
            return;
        }

        try
        {
            var batch = new CaptureBatch();
            if (message.IsMeeting)
            {
                if (await graph.FindMeetingAsync(message.TenantId, mailbox.GraphUser, message.ItemId!, cancellation) is { } meeting)
                {
                    batch.Add(meeting);
                }
            }
            else if (await FindMailAsync(message, mailbox, cancellation) is { } mail)
            {
                batch.Add(mail);
            }

            if (batch.Count == 0)
            {
                log.LogInformation("Mailbox {UserId}: what was asked for is not there any more", message.UserId);
                return;
            }

            await lookup.TakeAsync(message.TenantId, mailbox, batch, message.IsByHand, cancellation);
        }
        catch (GraphException e) when (CaptureLookup.WaitAfter(e, message.Failures) is { } wait)
        {
            log.LogWarning("Mailbox {UserId}: one thing that was asked for waits {Wait}: {Code} ({Status})", message.UserId, wait, e.Code, e.Status);
            await requests.SendAsync(message with { Failures = message.Failures + 1 }, wait, cancellation);
        }
        catch (GraphException e)
        {
            log.LogError("Mailbox {UserId}: one thing that was asked for cannot be had: {Code} ({Status})", message.UserId, e.Code, e.Status);
        }
    }

    private Task<MailItem?> FindMailAsync(TakeItem message, CapturedMailbox mailbox, CancellationToken cancellation) =>
        message.InternetMessageId is { } internetMessageId
            ? graph.FindMailByMessageIdAsync(message.TenantId, mailbox.GraphUser, internetMessageId, cancellation)
            : graph.FindMailAsync(message.TenantId, mailbox.GraphUser, message.ItemId!, cancellation);
}
