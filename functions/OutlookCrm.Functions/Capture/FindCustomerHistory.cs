using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>
/// An address became a customer's: what was written with it before, and whom we met, is found in every mailbox and judged by the rules like
/// all else. Each page that told of something is followed by a message for the rest: a process that ends, or records that are away, cost one such
/// page again and no more.
/// </summary>
public sealed class FindCustomerHistory(
    CapturedMailboxes mailboxes,
    MailboxLeases leases,
    CaptureRequests requests,
    CaptureLookup lookup,
    Correspondents correspondents,
    GraphMailboxes graph,
    TimeProvider clock,
    ILogger<FindCustomerHistory> log)
{
    /// <summary>How long one message goes on over pages that tell of nothing, such as months without a meeting.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(30);

    // A calendar is read in stretches; it is watched so far ahead.
    private static readonly TimeSpan Stretch = TimeSpan.FromDays(92);
    private const int MonthsAhead = 12;

    [Function(nameof(FindCustomerHistory))]
    public async Task RunAsync([QueueTrigger(CaptureRequests.HistoryQueue)] FindHistory message, CancellationToken cancellation)
    {
        if (!MailAddress.TryParse(message.Address, out var address))
        {
            throw new FormatException("A request for history names no mail address.");
        }

        if (message.UserId is not { } userId)
        {
            foreach (var one in (await mailboxes.ListAsync(message.TenantId, cancellation)).Where(mailbox => mailbox.IsOn))
            {
                await requests.SendAsync(message with { UserId = one.UserId }, delay: null, cancellation);
            }

            return;
        }

        // Of a mailbox that nobody has looked at yet the first day finds all of it: a firm that begins with a thousand customers asks Graph once.
        if (await mailboxes.FindAsync(message.TenantId, userId, cancellation) is not { IsOn: true } mailbox
            || (await leases.ReadAsync(message.TenantId, userId, cancellation)).ETag is null)
        {
            return;
        }

        var place = message;
        try
        {
            var until = clock.GetUtcNow() + Slice;
            bool isRecorded;
            do
            {
                (var next, isRecorded) = await StepAsync(place, mailbox, address, cancellation);
                if (next is null)
                {
                    await correspondents.ForgetAsync(message.TenantId, userId, address, cancellation);
                    return;
                }

                place = next with { Failures = 0 };
            }
            while (!isRecorded && clock.GetUtcNow() < until);

            await requests.SendAsync(place, delay: null, cancellation);
        }
        catch (GraphException e) when (CaptureLookup.WaitAfter(e, place.Failures) is { } wait)
        {
            log.LogWarning("Mailbox {UserId}: its history with a customer waits {Wait}: {Code} ({Status})", userId, wait, e.Code, e.Status);
            await requests.SendAsync(place with { Failures = place.Failures + 1 }, wait, cancellation);
        }
        catch (GraphException e)
        {
            log.LogError("Mailbox {UserId}: its history with a customer cannot be had: {Code} ({Status})", userId, e.Code, e.Status);
        }
    }

    /// <summary>Takes one page.</summary>
    /// <returns>Where to go on, null when there is no more; and whether the page told of something, which is recorded.</returns>
    private async Task<(FindHistory? Next, bool IsRecorded)> StepAsync(
        FindHistory place, CapturedMailbox mailbox, MailAddress address, CancellationToken cancellation)
    {
        var batch = new CaptureBatch();
        if (place.MeetingsBefore is not { } before)
        {
            MailPage page;
            try
            {
                page = await graph.SearchMailAsync(place.TenantId, mailbox.GraphUser, address, place.Link, cancellation);
            }
            catch (GraphException e) when (e.Trouble == GraphTrouble.Resync && place.Link is not null)
            {
                return (place with { Link = null }, IsRecorded: false); // what was found is known by identity
            }

            foreach (var mail in page.Items)
            {
                batch.Add(mail);
            }

            await lookup.TakeAsync(place.TenantId, mailbox, batch, isByHand: false, cancellation);
            return (
                page.Next is { } link
                    ? place with { Link = link }
                    : place with { Link = null, MeetingsBefore = clock.GetUtcNow().AddMonths(MonthsAhead) },
                batch.Count > 0);
        }

        if (before <= mailbox.SinceAt)
        {
            return (null, IsRecorded: false);
        }

        var from = before - Stretch > mailbox.SinceAt ? before - Stretch : mailbox.SinceAt;
        var meetings = await graph.ReadMeetingsAsync(place.TenantId, mailbox.GraphUser, from, before, place.Link, cancellation);
        foreach (var meeting in meetings.Items.Where(meeting => CaptureRules.PeopleOn(meeting).Contains(address)))
        {
            batch.Add(meeting);
        }

        await lookup.TakeAsync(place.TenantId, mailbox, batch, isByHand: false, cancellation);
        return (meetings.Next is { } following ? place with { Link = following } : place with { Link = null, MeetingsBefore = from }, batch.Count > 0);
    }
}
