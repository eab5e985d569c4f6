using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// One worker's time with one mailbox: what is new in each folder, then a slice of what is not looked at yet, newest first. Whatever
/// was read is recorded before the cursor that covers it is saved; whatever is broken off goes on from there.
/// </summary>
internal sealed class MailboxVisit(
    Guid tenantId,
    CapturedMailbox mailbox,
    MailFolders special,
    MailboxLease lease,
    MailboxStatus status,
    IReadOnlyList<FolderCursor> known,
    CapturedMailboxes mailboxes,
    GraphMailboxes graph,
    CapturePages pages,
    LoggedMeetings logged,
    OutlookReadBack reminders,
    CaptureOptions options,
    TimeProvider clock)
{
    /// <summary>Graph tells of new mail within three minutes; of what lay longer in the Inbox, nobody told.</summary>
    internal static readonly TimeSpan UntoldAfter = TimeSpan.FromMinutes(5);

    /// <summary>Things that are recorded together: few transactions for each customer, and little memory.</summary>
    private const int BatchSize = 500;

    /// <summary>Under a filter Graph's delta gives at most 5,000 messages; well before that the anchor is set anew.</summary>
    private const int MaxGiven = 4_000;

    /// <summary>Of one visit, before it is taken for more than single bad items.</summary>
    private const int MaxBadPages = 40;

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

    // Graph refuses to open a calendar for more than five years; shorter stretches show progress.
    private static readonly TimeSpan HistoryStretch = TimeSpan.FromDays(92);
    private static readonly TimeSpan RecountStretch = TimeSpan.FromDays(31);

    private static readonly TimeSpan RecountWindow = TimeSpan.FromDays(31);
    private static readonly TimeSpan AllAgainAfter = TimeSpan.FromDays(6.5); // so that it falls on the same night of each week

    // Within what the host lets one message take.
    private static readonly TimeSpan LiveTime = TimeSpan.FromMinutes(2);

    private readonly HashSet<string> active =
    [
        FolderCursor.Calendar,
        .. new[] { special.Inbox, special.SentItems }.OfType<string>().Concat(mailbox.Folders).Where(folder => folder != special.JunkEmail),
    ];

    private readonly Dictionary<string, FolderCursor> cursors = known.ToDictionary(cursor => cursor.Folder, StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> unreachable = new(StringComparer.Ordinal);
    private CaptureBatch batch = new();
    private PageKind kind = PageKind.Live;
    private int inBatch;
    private int badPages;
    private DateTimeOffset? newestReceived;
    private DateTimeOffset? firstUntold;
    private MailboxStatus savedStatus = status;

    public MailboxStatus Status { get; private set; } = status;

    /// <summary>How late the newest mail was when it was durable; null when nothing new was.</summary>
    public TimeSpan? LagOfNewMail { get; private set; }

    /// <summary>There is more to do than was done.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>Does what can be done; the last of it is saved by <see cref="EndAsync"/>.</summary>
    /// <param name="recount">Begin to compare mailbox and records.</param>
    /// <param name="mayTakeHistory">This time; else only what is new.</param>
    /// <param name="isWanted">Somebody waits for new mail of this mailbox.</param>
    /// <exception cref="GraphException">What was read before it is kept for <see cref="EndAsync"/>.</exception>
    public async Task RunAsync(bool recount, bool mayTakeHistory, Func<bool> isWanted, CancellationToken cancellation)
    {
        var startedAt = clock.GetUtcNow();
        if (!await LookAsync(startedAt, cancellation))
        {
            IsUnfinished = true;
            return;
        }

        LookedFrom = startedAt;
        Status = Status with { LastSuccessAt = startedAt, RetryAt = null };
        if (unreachable.Count == 0)
        {
            Status = Status with { Trouble = null, TroubleCode = null, TroubleSince = null };
        }

        if (recount)
        {
            BeginRecount(startedAt);
            await reminders.LookAtAllAsync(tenantId, mailbox.UserId, cancellation);
        }

        if (NextRange() is not null && mayTakeHistory)
        {
            await FlushAsync(cancellation);
            await ReadRangesAsync(clock.GetUtcNow() + options.HistorySlice, isWanted, cancellation);
        }

        IsUnfinished = NextRange() is not null;
    }

    /// <summary>The comparison that was asked for has begun; it goes on by itself.</summary>
    public bool IsRecounting => cursors.Values.Any(cursor =>
        active.Contains(cursor.Folder) && cursor.Ranges.Any(range => range.Kind == PageRangeKind.Recount));

    /// <summary>When the round began that has seen everything new; null when it did not come to its end.</summary>
    public DateTimeOffset? LookedFrom { get; private set; }

    /// <summary>Records and saves what was read and is not saved yet, with the mailbox's status, and gives the lease back.</summary>
    public Task EndAsync(MailboxStatus end, Func<MailboxLeaseRow, MailboxLeaseRow> next, CancellationToken cancellation)
    {
        Status = end;
        return FlushAsync(row => next(row) with { Owner = null }, cancellation);
    }

    // ---- what is new --------------------------------------------------------------------------------------------------

    /// <summary>False when there was no time for all of it.</summary>
    private async Task<bool> LookAsync(DateTimeOffset startedAt, CancellationToken cancellation)
    {
        var deadline = startedAt + LiveTime;
        foreach (var folder in active.Where(folder => folder != FolderCursor.Calendar))
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
        await TurnToAsync(KindOf(cursor), cancellation);
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
                cursor = Put(cursor.Anchored(AnchorOf(startedAt, isJunk), until: null, isJunk ? null : MissedFrom(cursor, startedAt), startedAt));
                continue;
            }
            catch (GraphException e) when (e.Trouble == GraphTrouble.Item)
            {
                // The folder itself: deleted, perhaps. The others go on.
                unreachable.Add(folder);
                Trouble(e);
                return true;
            }

            foreach (var mail in page.Items)
            {
                Add(mail, isJunk);
            }

            foreach (var item in page.Unreadable.Where(_ => !isJunk))
            {
                AddUnreadable(item, isMeeting: false);
            }

            cursor = Put(cursor with
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
                    Put(cursor.Anchored(startedAt - Overlap, until: null, isJunk ? null : MissedFrom(before, startedAt), startedAt));
                }

                return true;
            }

            await FlushWhenFullAsync(cancellation);
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
            Trouble(e);
        }
    }

    private async Task<bool> LookAtCalendarAsync(DateTimeOffset startedAt, DateTimeOffset deadline, CancellationToken cancellation)
    {
        var cursor = CursorOfCalendar(startedAt);
        await TurnToAsync(KindOf(cursor), cancellation);
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
                cursor = Put(AnchoredCalendar(cursor, startedAt));
                await reminders.LookAtAllAsync(tenantId, mailbox.UserId, cancellation);
                continue;
            }
            catch (GraphException e) when (e.Trouble == GraphTrouble.Item)
            {
                unreachable.Add(FolderCursor.Calendar);
                Trouble(e);
                return true;
            }

            await reminders.SeeEventsAsync(tenantId, mailbox.UserId, [.. page.Items.Where(OutlookReadBack.IsOurs)], page.RemovedIds, cancellation);
            foreach (var meeting in page.Items)
            {
                Add(meeting);
            }

            foreach (var item in page.Unreadable)
            {
                AddUnreadable(item, isMeeting: true);
            }

            await AddRemovedAsync(page.RemovedIds, cancellation);
            cursor = Put(cursor with { Link = page.Link, GoodAt = page.IsLast ? startedAt : cursor.GoodAt });
            if (page.IsLast)
            {
                return true;
            }

            await FlushWhenFullAsync(cancellation);
            if (clock.GetUtcNow() > deadline)
            {
                return false;
            }
        }
    }

    /// <summary>Deleted, or no longer within the window: of those that are on timelines the mailbox is asked which.</summary>
    private async Task AddRemovedAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        foreach (var meeting in await logged.FindWithSeriesAsync(tenantId, mailbox.UserId, ids, cancellation))
        {
            if (await graph.FindMeetingAsync(tenantId, mailbox.GraphUser, meeting.ItemId, cancellation) is { } moved)
            {
                Add(moved);
            }
            else
            {
                batch.AddGone(meeting);
                inBatch++;
            }
        }
    }

    private FolderCursor CursorOf(string folder, DateTimeOffset now, bool isJunk)
    {
        var cursor = cursors.GetValueOrDefault(folder);
        if (cursor is null)
        {
            cursor = new FolderCursor(folder, Link: null, AnchorOf(now, isJunk), Until: null, Given: 0, GoodAt: null, mailbox.Since, Done: 0, []);
            return Put(isJunk ? cursor : WithHistory(cursor, now));
        }

        if (cursor.From.IsOfAnotherClock(now))
        {
            // It was anchored while the clock was ahead, and is told of nothing until then.
            cursor = Put(cursor.Anchored(AnchorOf(now, isJunk), until: null, isJunk ? null : MissedFrom(cursor, now), now));
        }

        return isJunk || mailbox.Since == cursor.Since ? cursor
            : mailbox.Since > cursor.Since ? Put(cursor.Shortened(mailbox.Since, StartOf(mailbox.Since)))
            : Put(WithHistory(cursor with { Since = mailbox.Since }, StartOf(cursor.Since)));
    }

    private FolderCursor CursorOfCalendar(DateTimeOffset now)
    {
        var cursor = cursors.GetValueOrDefault(FolderCursor.Calendar);
        if (cursor is null)
        {
            cursor = AnchoredCalendar(
                new FolderCursor(FolderCursor.Calendar, Link: null, now, now, Given: 0, GoodAt: null, mailbox.Since, Done: 0, []), now);
            return Put(WithHistory(cursor, cursor.From));
        }

        if (mailbox.Since > cursor.Since)
        {
            cursor = Put(cursor.Shortened(mailbox.Since, StartOf(mailbox.Since)));
        }
        else if (mailbox.Since < cursor.Since)
        {
            cursor = Put(WithHistory(cursor with { Since = mailbox.Since }, StartOf(cursor.Since) < cursor.From ? StartOf(cursor.Since) : cursor.From));
        }

        return (now.AddMonths(MonthsAhead) - cursor.Until!.Value).Duration() > WindowDrift ? Put(AnchoredCalendar(cursor, now)) : cursor;
    }

    /// <summary>What was never looked at, up to a time.</summary>
    private FolderCursor WithHistory(FolderCursor cursor, DateTimeOffset before) =>
        StartOf(mailbox.Since) < before
            ? cursor with { Ranges = [.. cursor.Ranges, PageRange.Of(PageRangeKind.History, StartOf(mailbox.Since), before)] }
            : cursor;

    private FolderCursor AnchoredCalendar(FolderCursor cursor, DateTimeOffset now)
    {
        var from = now.AddMonths(-MonthsWatched);
        from = from < StartOf(mailbox.Since) ? StartOf(mailbox.Since) : from;
        return cursor.Anchored(from, now.AddMonths(MonthsAhead), missedFrom: null, now);
    }

    private static DateTimeOffset AnchorOf(DateTimeOffset now, bool isJunk) => now - (isJunk ? JunkWindow : Overlap);

    // A time of a clock that was ahead says nothing of what was seen since it was set back.
    private static DateTimeOffset MissedFrom(FolderCursor cursor, DateTimeOffset now)
    {
        var seen = cursor.GoodAt is { } good && !good.IsOfAnotherClock(now) ? good : cursor.From;
        return seen.IsOfAnotherClock(now) ? now - RecountWindow : seen - SafetyMargin;
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    // ---- what is not looked at yet ------------------------------------------------------------------------------------

    private (FolderCursor Cursor, PageRange Range)? NextRange() => cursors.Values
        .Where(cursor => active.Contains(cursor.Folder) && !unreachable.Contains(cursor.Folder))
        .SelectMany(cursor => cursor.Ranges, (cursor, range) => (Cursor: cursor, Range: range))
        .OrderBy(one => one.Range.Kind)
        .ThenByDescending(one => one.Range.Reached)
        .Select(one => ((FolderCursor, PageRange)?)one)
        .FirstOrDefault();

    private async Task ReadRangesAsync(DateTimeOffset until, Func<bool> isWanted, CancellationToken cancellation)
    {
        Task<RangePage>? ahead = null;
        try
        {
            while (NextRange() is { } next)
            {
                var page = await (ahead ?? ReadAsync(next.Cursor, next.Range, cancellation));
                ahead = null;
                await TurnToAsync(Kind(next.Range), cancellation);
                await AddAsync(next.Cursor, next.Range, page, cancellation);
                var mayGoOn = clock.GetUtcNow() < until && !isWanted();
                if (inBatch >= BatchSize)
                {
                    // Graph answers the next page while this one is recorded.
                    ahead = mayGoOn && NextRange() is { } following ? ReadAsync(following.Cursor, following.Range, cancellation) : null;
                    await FlushAsync(cancellation);
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
    private async Task<RangePage> ReadAsync(FolderCursor cursor, PageRange range, CancellationToken cancellation)
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
                Add(mail, isJunk: false);
            }

            foreach (var item in mails.Unreadable)
            {
                AddUnreadable(item, isMeeting: false);
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
                Add(meeting);
            }

            foreach (var item in meetings.Unreadable)
            {
                AddUnreadable(item, isMeeting: true);
            }

            done = meetings.Items.Count + meetings.Unreadable.Count;
            var stretch = StretchOf(range);
            if (range.Kind == PageRangeKind.Recount)
            {
                var there = meetings.Items.Select(meeting => meeting.ItemId).Concat(meetings.Unreadable.Select(item => item.ItemId)).ToHashSet(StringComparer.Ordinal);
                var missing = await logged.ListAsync(
                    tenantId,
                    mailbox.UserId,
                    meeting => meeting.StartAt >= stretch && meeting.StartAt < range.Before && !there.Contains(meeting.ItemId),
                    cancellation);
                await AddRemovedAsync([.. missing.Select(meeting => meeting.ItemId)], cancellation);
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
                AddUnreadable(new UnreadableItem($"{cursor.Folder} {range.From:O}", page.Refusal!.Code), cursor.Folder == FolderCursor.Calendar);
            }
        }

        Put(cursor with
        {
            Done = cursor.Done + (range.Kind == PageRangeKind.History ? done : 0),
            Ranges = [.. cursor.Ranges.SelectMany(one => one == range ? rest : [one])],
        });
    }

    /// <summary>What was there when a folder was first looked at is its history, be it an hour old or a year.</summary>
    private static PageKind KindOf(FolderCursor cursor) => cursor.GoodAt is null ? PageKind.History : PageKind.Live;

    private static PageKind Kind(PageRange range) => range.Kind == PageRangeKind.History ? PageKind.History : PageKind.Again;

    /// <summary>Where the part of a calendar's range begins that is read at once.</summary>
    private static DateTimeOffset StretchOf(PageRange range)
    {
        var from = range.Before - (range.Kind == PageRangeKind.History ? HistoryStretch : RecountStretch);
        return from > range.From ? from : range.From;
    }

    /// <summary>The last month, and now and then everything.</summary>
    private void BeginRecount(DateTimeOffset now)
    {
        var isAll = Status.RecountedAllAt is not { } all || all.IsOver(AllAgainAfter, now);
        foreach (var cursor in cursors.Values.Where(cursor => active.Contains(cursor.Folder)).ToList())
        {
            var from = StartOf(mailbox.Since);
            from = isAll || from > now - RecountWindow ? from : now - RecountWindow;
            var before = cursor.Until ?? now;
            if (from < before && !cursor.Ranges.Any(range => range.Kind == PageRangeKind.Recount))
            {
                Put(cursor with { Ranges = [.. cursor.Ranges, PageRange.Of(PageRangeKind.Recount, from, before)] });
            }
        }

        Status = Status with { RecountedAllAt = isAll ? now : Status.RecountedAllAt };
    }

    // ---- recording and saving -----------------------------------------------------------------------------------------

    private void Add(MailItem mail, bool isJunk)
    {
        inBatch++;
        if (!isJunk)
        {
            batch.Add(mail);
            if (kind == PageKind.Live && mail.ReceivedAt <= clock.GetUtcNow() && (newestReceived is null || newestReceived < mail.ReceivedAt))
            {
                newestReceived = mail.ReceivedAt;
            }

            if (kind == PageKind.Live && Status is { IsNotified: true, Trouble: null } && mail.FolderId == special.Inbox
                && mail.ReceivedAt > Status.LastSuccessAt && !(firstUntold <= mail.ReceivedAt))
            {
                firstUntold = mail.ReceivedAt;
            }
        }
        else if (mail.FolderId == special.JunkEmail)
        {
            batch.AddJunk(mail);
        }
    }

    private void Add(MeetingItem meeting)
    {
        if (OutlookReadBack.IsOurs(meeting))
        {
            return;
        }

        inBatch++;
        batch.Add(meeting);
    }

    private void AddUnreadable(UnreadableItem item, bool isMeeting)
    {
        inBatch++;
        batch.AddUnreadable(item.ItemId, isMeeting);
    }

    private FolderCursor Put(FolderCursor cursor)
    {
        changed.Add(cursor.Folder);
        return cursors[cursor.Folder] = cursor;
    }

    private void Trouble(GraphException e) => Status = Status with
    {
        Trouble = e.Trouble,
        TroubleCode = e.Code,
        TroubleSince = Status.TroubleSince ?? clock.GetUtcNow(),
    };

    /// <summary>What follows is counted as this kind; what was read before, as what it was.</summary>
    private async Task TurnToAsync(PageKind next, CancellationToken cancellation)
    {
        if (next != kind)
        {
            await (inBatch > 0 || kind == PageKind.Again ? FlushAsync(cancellation) : Task.CompletedTask);
            kind = next;
        }
    }

    private Task FlushWhenFullAsync(CancellationToken cancellation) => inBatch >= BatchSize ? FlushAsync(cancellation) : Task.CompletedTask;

    private Task FlushAsync(CancellationToken cancellation) => FlushAsync(next: null, cancellation);

    /// <summary>Records what was read; then, in one transaction, what became of it and the cursors that cover it.</summary>
    private async Task FlushAsync(Func<MailboxLeaseRow, MailboxLeaseRow>? next, CancellationToken cancellation)
    {
        var outcome = await pages.TakeAsync(tenantId, mailbox, special, batch, isByHand: false, cancellation);
        var now = clock.GetUtcNow();
        if (kind == PageKind.Live && newestReceived is { } newest)
        {
            Status = Status with { Lag = now - newest };
            LagOfNewMail = now - newest;
            newestReceived = null;
        }

        if (now - firstUntold > UntoldAfter)
        {
            Status = Status with { IsNotified = false }; // polled from now on, until subscriptions are next renewed
        }

        firstUntold = null;
        if (kind == PageKind.Again)
        {
            Status = Status with { RecountSoFar = Status.RecountSoFar + outcome.New.Count + outcome.Forgotten };
        }

        Status = WithProgress(Status, now);
        List<TableChange> changes = [.. changed.Select(folder => new TableChange.Put(cursors[folder].ToTableRow(tenantId, mailbox.UserId)))];
        if (Status != savedStatus)
        {
            changes.Add(new TableChange.Put(Status.ToTableRow(tenantId)));
        }

        if (changes.Count > 0 || next is not null || inBatch > 0)
        {
            await lease.CommitAsync(outcome.Receipt(kind, now), changes, next, cancellation);
        }

        savedStatus = Status;
        changed.Clear();
        batch = new CaptureBatch();
        inBatch = 0;
    }

    private MailboxStatus WithProgress(MailboxStatus old, DateTimeOffset now)
    {
        var read = cursors.Values.Where(cursor => active.Contains(cursor.Folder)).ToList();
        var ranges = read.SelectMany(cursor => cursor.Ranges).ToList();
        var history = ranges.Where(range => range.Kind == PageRangeKind.History).ToList();
        var next = old with
        {
            HistoryDone = read.Sum(cursor => cursor.Done),
            HistoryReached = history.Count == 0 ? null : history.Max(range => range.Reached),
            HistoryIsComplete = history.Count == 0 && active.All(cursors.ContainsKey),
        };
        return kind == PageKind.Again && !ranges.Any(range => range.Kind == PageRangeKind.Recount)
            ? next with { RecountedAt = now, RecountFound = next.RecountSoFar, RecountSoFar = 0 }
            : next;
    }

    private sealed record RangePage(MailPage? Mail, MeetingPage? Meetings, GraphException? Refusal);
}
