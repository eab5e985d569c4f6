using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>Meetings that were logged and are not where they were: the mailbox is asked what became of each.</summary>
internal sealed class RemovedMeetings(
    Guid tenantId, CapturedMailbox mailbox, MailboxProgress progress, GraphMailboxes graph, LoggedMeetings logged)
{
    /// <summary>Deleted, or no longer within the window: of those that are on timelines the mailbox is asked which.</summary>
    public async Task AddAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        foreach (var meeting in await logged.FindWithSeriesAsync(tenantId, mailbox.UserId, ids, cancellation))
        {
            if (await graph.FindMeetingAsync(tenantId, mailbox.GraphUser, meeting.ItemId, cancellation) is { } moved)
            {
                progress.Add(moved);
            }
            else
            {
                progress.AddGone(meeting);
            }
        }
    }

    /// <summary>Those that are on timelines, begin within a stretch of time and were not found there.</summary>
    /// <param name="there">Ids of all that was.</param>
    public async Task AddMissingAsync(DateTimeOffset from, DateTimeOffset before, HashSet<string> there, CancellationToken cancellation)
    {
        var missing = await logged.ListAsync(
            tenantId,
            mailbox.UserId,
            meeting => meeting.StartAt >= from && meeting.StartAt < before && !there.Contains(meeting.ItemId),
            cancellation);
        await AddAsync([.. missing.Select(meeting => meeting.ItemId)], cancellation);
    }
}
