using OutlookCrm.FollowUps;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>
/// What is new in a mailbox: the changes of each folder and of the calendar since their cursors, and where a cursor is set when it is new, has
/// expired or has given all that Graph gives.
/// </summary>
/// <param name="known">The cursors as they were when this visit began.</param>
internal sealed class MailboxChanges(
    Guid tenantId,
    CapturedMailbox mailbox,
    MailFolders special,
    IReadOnlyList<FolderCursor> known,
    MailboxProgress progress,
    RemovedMeetings removed,
    GraphMailboxes graph,
    OutlookReadBack reminders,
    TimeProvider clock)
{
    /// <summary>Under a filter Graph's delta gives at most 5,000 messages; well before that the anchor is set anew.</summary>
    private const int MaxGiven = 4_000;

    // What comes late to a folder has an earlier time than the mail before it.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    // Re-anchored after an expired link: mail that was delayed on its way to the mailbox.
    private static readonly TimeSpan SafetyMargin = TimeSpan.FromDays(1);

    /// <summary>How long ago mail may have come that is noticed when it is moved to Junk.</summary>
    private static readonly TimeSpan JunkWindow = TimeSpan.FromDays(30);

    // The calendar is watched from so long ago to so far ahead; each window is used until it ends this much too early.
    private const int MonthsWatched = 3;
    private const int MonthsAhead = 12;
    private static readonly TimeSpan WindowDrift = TimeSpan.FromDays(30);

    // Within what the host lets one message take.
    private static readonly TimeSpan LiveTime = TimeSpan.FromMinutes(2);

    /// <summary>False when there was no time for all of it.</summary>
    public async Task<bool> LookAsync(DateTimeOffset startedAt, CancellationToken cancellation)
    {
        var deadline = startedAt + LiveTime;
        foreach (var folder in progress.Folders.Where(folder => folder != FolderCursor.Calendar))
        {
            if (!await LookAsync(folder, startedAt, deadline, cancellation))
            {
                return false;
            }
        }

        await LookAtTasksAsync(cancellation);
        return await LookAtCalendarAsync(startedAt, deadline, cancellation)
            && (special.JunkEmail is not { } junk || await LookAsync(junk, startedAt, deadline, cancellation));
    }

    private async Task<bool> LookAsync(string folder, DateTimeOffset startedAt, DateTimeOffset deadline, CancellationToken cancellation)
    {
        var isJunk = folder == special.JunkEmail;
        var cursor = CursorOf(folder, startedAt, isJunk);
        await progress.TurnToAsync(KindOf(cursor), cancellation);
        for (var anchored = 0; ;)
        {
            MailChanges page;
            try
            {
                page = await graph.ReadMailChangesAsync(tenantId, mailbox.GraphUser, folder, cursor.Link, cursor.From, cancellation);
            }
            catch (GraphException e) when (e.Trouble is GraphTrouble.Resync or GraphTrouble.Item && cursor.Link is not null && anchored == 0)
            {
                // Once: a link that is refused, or leads to a page that cannot be had, is given up; its part is read by plain pages.
                anchored++;
                cursor = progress.Put(cursor.Anchored(AnchorOf(startedAt, isJunk), until: null, isJunk ? null : MissedFrom(cursor, startedAt), startedAt));
                continue;
            }
            catch (GraphException e) when (e.Trouble == GraphTrouble.Item)
            {
                // The folder itself: deleted, perhaps. The others go on.
                progress.LeaveOut(folder, e);
                return true;
            }

            foreach (var mail in page.Items)
            {
                progress.Add(mail, isJunk);
            }

            foreach (var item in page.Unreadable.Where(_ => !isJunk))
            {
                progress.AddUnreadable(item, isMeeting: false);
            }

            cursor = progress.Put(cursor with
            {
                Link = page.Link,
                Given = cursor.Given + page.Items.Count + page.Unreadable.Count,
                GoodAt = page.IsLast ? startedAt : cursor.GoodAt,
            });
            if (page.IsLast)
            {
                if (cursor.Given >= MaxGiven)
                {
                    // The limit may have been reached within this very round.
                    var before = known.FirstOrDefault(old => old.Folder == folder) ?? cursor;
                    progress.Put(cursor.Anchored(startedAt - Overlap, until: null, isJunk ? null : MissedFrom(before, startedAt), startedAt));
                }

                return true;
            }

            await progress.FlushWhenFullAsync(cancellation);
            if (clock.GetUtcNow() > deadline)
            {
                return false;
            }
        }
    }

    private async Task LookAtTasksAsync(CancellationToken cancellation)
    {
        try
        {
            await reminders.ReadTasksAsync(tenantId, mailbox.UserId, cancellation);
        }
        catch (GraphException e) when (e.Trouble == GraphTrouble.Reconnect)
        {
            // To Do has a permission of its own: mail and meetings go on without it.
            progress.Note(e);
        }
    }

    private async Task<bool> LookAtCalendarAsync(DateTimeOffset startedAt, DateTimeOffset deadline, CancellationToken cancellation)
    {
        var cursor = CursorOfCalendar(startedAt);
        await progress.TurnToAsync(KindOf(cursor), cancellation);
        for (var anchored = 0; ;)
        {
            MeetingChanges page;
            try
            {
                page = await graph.ReadMeetingChangesAsync(tenantId, mailbox.GraphUser, cursor.Link, cursor.From, cursor.Until!.Value, cancellation);
            }
            catch (GraphException e) when (e.Trouble is GraphTrouble.Resync or GraphTrouble.Item && cursor.Link is not null && anchored == 0)
            {
                // The first round within a window tells everything that is in it; what went meanwhile the recount finds.
                anchored++;
                cursor = progress.Put(AnchoredCalendar(cursor, startedAt));
                await reminders.LookAtAllAsync(tenantId, mailbox.UserId, cancellation);
                continue;
            }
            catch (GraphException e) when (e.Trouble == GraphTrouble.Item)
            {
                progress.LeaveOut(FolderCursor.Calendar, e);
                return true;
            }

            await reminders.SeeEventsAsync(tenantId, mailbox.UserId, [.. page.Items.Where(OutlookReadBack.IsOurs)], page.RemovedIds, cancellation);
            foreach (var meeting in page.Items)
            {
                progress.Add(meeting);
            }

            foreach (var item in page.Unreadable)
            {
                progress.AddUnreadable(item, isMeeting: true);
            }

            await removed.AddAsync(page.RemovedIds, cancellation);
            cursor = progress.Put(cursor with { Link = page.Link, GoodAt = page.IsLast ? startedAt : cursor.GoodAt });
            if (page.IsLast)
            {
                return true;
            }

            await progress.FlushWhenFullAsync(cancellation);
            if (clock.GetUtcNow() > deadline)
            {
                return false;
            }
        }
    }

    private FolderCursor CursorOf(string folder, DateTimeOffset now, bool isJunk)
    {
        var cursor = progress.Find(folder);
        if (cursor is null)
        {
            cursor = new FolderCursor(folder, Link: null, AnchorOf(now, isJunk), Until: null, Given: 0, GoodAt: null, mailbox.Since, Done: 0, []);
            return progress.Put(isJunk ? cursor : WithHistory(cursor, now));
        }

        if (cursor.From.IsOfAnotherClock(now))
        {
            // It was anchored while the clock was ahead, and is told of nothing until then.
            cursor = progress.Put(cursor.Anchored(AnchorOf(now, isJunk), until: null, isJunk ? null : MissedFrom(cursor, now), now));
        }

        return isJunk || mailbox.Since == cursor.Since ? cursor
            : mailbox.Since > cursor.Since ? progress.Put(cursor.Shortened(mailbox.Since, mailbox.SinceAt))
            : progress.Put(WithHistory(cursor with { Since = mailbox.Since }, cursor.SinceAt));
    }

    private FolderCursor CursorOfCalendar(DateTimeOffset now)
    {
        var cursor = progress.Find(FolderCursor.Calendar);
        if (cursor is null)
        {
            cursor = AnchoredCalendar(
                new FolderCursor(FolderCursor.Calendar, Link: null, now, now, Given: 0, GoodAt: null, mailbox.Since, Done: 0, []), now);
            return progress.Put(WithHistory(cursor, cursor.From));
        }

        if (mailbox.Since > cursor.Since)
        {
            cursor = progress.Put(cursor.Shortened(mailbox.Since, mailbox.SinceAt));
        }
        else if (mailbox.Since < cursor.Since)
        {
            var lookedAtFrom = cursor.SinceAt < cursor.From ? cursor.SinceAt : cursor.From;
            cursor = progress.Put(WithHistory(cursor with { Since = mailbox.Since }, lookedAtFrom));
        }

        return (now.AddMonths(MonthsAhead) - cursor.Until!.Value).Duration() > WindowDrift ? progress.Put(AnchoredCalendar(cursor, now)) : cursor;
    }

    /// <summary>What was never looked at, up to a time.</summary>
    private FolderCursor WithHistory(FolderCursor cursor, DateTimeOffset before) =>
        mailbox.SinceAt < before
            ? cursor with { Ranges = [.. cursor.Ranges, PageRange.Of(PageRangeKind.History, mailbox.SinceAt, before)] }
            : cursor;

    private FolderCursor AnchoredCalendar(FolderCursor cursor, DateTimeOffset now)
    {
        var from = now.AddMonths(-MonthsWatched);
        from = from < mailbox.SinceAt ? mailbox.SinceAt : from;
        return cursor.Anchored(from, now.AddMonths(MonthsAhead), missedFrom: null, now);
    }

    private static DateTimeOffset AnchorOf(DateTimeOffset now, bool isJunk) => now - (isJunk ? JunkWindow : Overlap);

    // A time of a clock that was ahead says nothing of what was seen since it was set back.
    private static DateTimeOffset MissedFrom(FolderCursor cursor, DateTimeOffset now)
    {
        var seen = cursor.GoodAt is { } good && !good.IsOfAnotherClock(now) ? good : cursor.From;
        return seen.IsOfAnotherClock(now) ? now - MailboxRanges.RecountWindow : seen - SafetyMargin;
    }

    /// <summary>What was there when a folder was first looked at is its history, be it an hour old or a year.</summary>
    private static PageKind KindOf(FolderCursor cursor) => cursor.GoodAt is null ? PageKind.History : PageKind.Live;
}
