using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>
/// An address became a customer's: what was written with it before, and whom we met, is found in every mailbox and judged by the rules like
/// all else. Goes on from page to page by messages, so that it may be killed at any time.
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
    /// <summary>How long one message works; the next one goes on.</summary>
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
            while (clock.GetUtcNow() < until)
            {
                if (await StepAsync(place, mailbox, address, cancellation) is not { } next)
                {
                    await correspondents.ForgetAsync(message.TenantId, userId, address, cancellation);
                    return;
                }

                place = next with { Failures = 0 };
            }

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

    /// <summary>One page; null when there is no more.</summary>
    private async Task<FindHistory?> StepAsync(FindHistory place, CapturedMailbox mailbox, MailAddress address, CancellationToken cancellation)
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
                return place with { Link = null }; // what was found is known by identity
            }

            foreach (var mail in page.Items)
            {
                batch.Add(mail);
            }

            await lookup.TakeAsync(place.TenantId, mailbox, batch, isByHand: false, cancellation);
            return page.Next is { } link
                ? place with { Link = link }
                : place with { Link = null, MeetingsBefore = clock.GetUtcNow().AddMonths(MonthsAhead) };
        }

        var since = new DateTimeOffset(mailbox.Since.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        if (before <= since)
        {
            return null;
        }

        var from = before - Stretch > since ? before - Stretch : since;
        var meetings = await graph.ReadMeetingsAsync(place.TenantId, mailbox.GraphUser, from, before, place.Link, cancellation);
        foreach (var meeting in meetings.Items.Where(meeting => CaptureRules.PeopleOn(meeting).Contains(address)))
        {
            batch.Add(meeting);
        }

        await lookup.TakeAsync(place.TenantId, mailbox, batch, isByHand: false, cancellation);
        return meetings.Next is { } following ? place with { Link = following } : place with { Link = null, MeetingsBefore = from };
    }
}
