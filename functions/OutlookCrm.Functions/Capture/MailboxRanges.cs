using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>
/// What of a mailbox is read by plain pages, newest first: the history that nobody has looked at yet, and what a recount compares with the records.
/// </summary>
internal sealed class MailboxRanges(
    Guid tenantId,
    CapturedMailbox mailbox,
    MailboxProgress progress,
    RemovedMeetings removed,
    CapturedMailboxes mailboxes,
    GraphMailboxes graph,
    TimeProvider clock)
{
    /// <summary>How far back a recount looks, but for those that look at everything.</summary>
    public static readonly TimeSpan RecountWindow = TimeSpan.FromDays(31);

    private static readonly TimeSpan AllAgainAfter = TimeSpan.FromDays(6.5); // so that it falls on the same night of each week

    // Graph refuses to open a calendar for more than five years; shorter stretches show progress.
    private static readonly TimeSpan HistoryStretch = TimeSpan.FromDays(92);
    private static readonly TimeSpan RecountStretch = TimeSpan.FromDays(31);

    /// <summary>Of one visit, before it is taken for more than single bad items.</summary>
    private const int MaxBadPages = 40;

    private int badPages;

    /// <summary>Something is left to read.</summary>
    public bool IsUnfinished => NextRange() is not null;

    /// <summary>The comparison that was asked for has begun; it goes on by itself.</summary>
    public bool IsRecounting => progress.Cursors.Any(cursor => cursor.Ranges.Any(range => range.Kind == PageRangeKind.Recount));

    /// <summary>The last month, and now and then everything.</summary>
    public void BeginRecount(DateTimeOffset now)
    {
        var isAll = progress.Status.RecountedAllAt is not { } all || all.IsOver(AllAgainAfter, now);
        foreach (var cursor in progress.Cursors.ToList())
        {
            var from = mailbox.SinceAt;
            from = isAll || from > now - RecountWindow ? from : now - RecountWindow;
            var before = cursor.Until ?? now;
            if (from < before && !cursor.Ranges.Any(range => range.Kind == PageRangeKind.Recount))
            {
                progress.Put(cursor with { Ranges = [.. cursor.Ranges, PageRange.Of(PageRangeKind.Recount, from, before)] });
            }
        }

        progress.Status = progress.Status with { RecountedAllAt = isAll ? now : progress.Status.RecountedAllAt };
    }

    /// <summary>Page by page, until there is no more, the time is over or somebody wants what is new.</summary>
    public async Task ReadAsync(DateTimeOffset until, Func<bool> isWanted, CancellationToken cancellation)
    {
        Task<RangePage>? ahead = null;
        try
        {
            while (NextRange() is { } next)
            {
                var page = await (ahead ?? ReadPageAsync(next.Cursor, next.Range, cancellation));
                ahead = null;
                await progress.TurnToAsync(KindOf(next.Range), cancellation);
                await AddAsync(next.Cursor, next.Range, page, cancellation);
                var mayGoOn = clock.GetUtcNow() < until && !isWanted();
                if (progress.IsFull)
                {
                    // Graph answers the next page while this one is recorded.
                    ahead = mayGoOn && NextRange() is { } following ? ReadPageAsync(following.Cursor, following.Range, cancellation) : null;
                    await progress.FlushAsync(cancellation);
                    mayGoOn = mayGoOn && await mailboxes.FindAsync(tenantId, mailbox.UserId, cancellation) is { IsOn: true };
                }

                if (!mayGoOn)
                {
                    return;
                }
            }
        }
        finally
        {
            if (ahead is not null)
            {
                await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>A page, or the refusal of one.</summary>
    private async Task<RangePage> ReadPageAsync(FolderCursor cursor, PageRange range, CancellationToken cancellation)
    {
        try
        {
            if (cursor.Folder != FolderCursor.Calendar)
            {
                return new RangePage(
                    await graph.ReadMailAsync(tenantId, mailbox.GraphUser, cursor.Folder, range.From, range.Before, range.Link, cancellation), null, null);
            }

            var stretch = StretchOf(range);
            var items = new List<MeetingItem>();
            var unreadable = new List<UnreadableItem>();
            for (var link = range.Link; ;)
            {
                var page = await graph.ReadMeetingsAsync(tenantId, mailbox.GraphUser, stretch, range.Before, link, cancellation);
                items.AddRange(page.Items);
                unreadable.AddRange(page.Unreadable);
                link = page.Next;

                // A recount must know all that is there before it can say what is not.
                if (link is null || range.Kind != PageRangeKind.Recount)
                {
                    return new RangePage(null, new MeetingPage(items, unreadable, link), null);
                }
            }
        }
        catch (GraphException e) when (e.Trouble is GraphTrouble.Item or GraphTrouble.Resync)
        {
            return new RangePage(null, null, e);
        }
    }

    private async Task AddAsync(FolderCursor cursor, PageRange range, RangePage page, CancellationToken cancellation)
    {
        IReadOnlyList<PageRange> rest;
        var done = 0;
        if (page.Mail is { } mails)
        {
            foreach (var mail in mails.Items)
            {
                progress.Add(mail, isJunk: false);
            }

            foreach (var item in mails.Unreadable)
            {
                progress.AddUnreadable(item, isMeeting: false);
            }

            done = mails.Items.Count + mails.Unreadable.Count;
            var reached = mails.Items.Count == 0 ? range.Reached : mails.Items.Min(mail => mail.ReceivedAt);
            rest = mails.Next is { } link
                ? [range with { Link = link, Reached = reached < range.Reached && reached >= range.From ? reached : range.Reached }]
                : [];
        }
        else if (page.Meetings is { } meetings)
        {
            foreach (var meeting in meetings.Items)
            {
                progress.Add(meeting);
            }

            foreach (var item in meetings.Unreadable)
            {
                progress.AddUnreadable(item, isMeeting: true);
            }

            done = meetings.Items.Count + meetings.Unreadable.Count;
            var stretch = StretchOf(range);
            if (range.Kind == PageRangeKind.Recount)
            {
                var there = meetings.Items.Select(meeting => meeting.ItemId).Concat(meetings.Unreadable.Select(item => item.ItemId)).ToHashSet(StringComparer.Ordinal);
                await removed.AddMissingAsync(stretch, range.Before, there, cancellation);
            }

            rest = meetings.Next is { } link ? [range with { Link = link }]
                : stretch > range.From ? [range with { Before = stretch, Reached = stretch, Link = null }]
                : [];
        }
        else if (range.Link is not null)
        {
            rest = [range.Rest()]; // the link is no longer good, or leads to what cannot be had
        }
        else if (++badPages > MaxBadPages)
        {
            throw page.Refusal!; // more than single bad items: the same again later
        }
        else
        {
            rest = range.Halves();
            if (rest.Count == 0)
            {
                progress.AddUnreadable(new UnreadableItem($"{cursor.Folder} {range.From:O}", page.Refusal!.Code), cursor.Folder == FolderCursor.Calendar);
            }
        }

        progress.Put(cursor with
        {
            Done = cursor.Done + (range.Kind == PageRangeKind.History ? done : 0),
            Ranges = [.. cursor.Ranges.SelectMany(one => one == range ? rest : [one])],
        });
    }

    private static PageKind KindOf(PageRange range) => range.Kind == PageRangeKind.History ? PageKind.History : PageKind.Again;

    /// <summary>Where the part of a calendar's range begins that is read at once.</summary>
    private static DateTimeOffset StretchOf(PageRange range)
    {
        var from = range.Before - (range.Kind == PageRangeKind.History ? HistoryStretch : RecountStretch);
        return from > range.From ? from : range.From;
    }

    private (FolderCursor Cursor, PageRange Range)? NextRange() => progress.Cursors
        .Where(cursor => progress.IsReachable(cursor.Folder))
        .SelectMany(cursor => cursor.Ranges, (cursor, range) => (Cursor: cursor, Range: range))
        .OrderBy(one => one.Range.Kind)
        .ThenByDescending(one => one.Range.Reached)
        .Select(one => ((FolderCursor, PageRange)?)one)
        .FirstOrDefault();

    private sealed record RangePage(MailPage? Mail, MeetingPage? Meetings, GraphException? Refusal);
}
