using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// What a visit has read of a mailbox and how far it has come. Whatever was read is recorded before the cursor that covers it is saved, so that
/// what is broken off goes on from there.
/// </summary>
internal sealed class MailboxProgress(
    Guid tenantId,
    CapturedMailbox mailbox,
    MailFolders special,
    MailboxLease lease,
    MailboxStatus status,
    IReadOnlyList<FolderCursor> known,
    CapturePages pages,
    TimeProvider clock)
{
    /// <summary>Graph tells of new mail within three minutes; of what lay longer in the Inbox, nobody told.</summary>
    private static readonly TimeSpan UntoldAfter = TimeSpan.FromMinutes(5);

    /// <summary>Things that are recorded together: few transactions for each customer, and little memory.</summary>
    private const int BatchSize = 500;

    private readonly HashSet<string> folders =
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
    private DateTimeOffset? newestReceived;
    private DateTimeOffset? firstUntold;
    private MailboxStatus savedStatus = status;

    public MailboxStatus Status { get; set; } = status;

    /// <summary>How late the newest mail was when it was durable; null when nothing new was.</summary>
    public TimeSpan? LagOfNewMail { get; private set; }

    /// <summary>Those that are logged, and the calendar. Junk is watched and not logged.</summary>
    public IReadOnlyCollection<string> Folders => folders;

    /// <summary>Of <see cref="Folders"/>, as far as they were ever looked at.</summary>
    public IEnumerable<FolderCursor> Cursors => cursors.Values.Where(cursor => folders.Contains(cursor.Folder));

    public bool IsAllReachable => unreachable.Count == 0;

    /// <summary>So much was read that it is to be recorded.</summary>
    public bool IsFull => inBatch >= BatchSize;

    public FolderCursor? Find(string folder) => cursors.GetValueOrDefault(folder);

    public bool IsReachable(string folder) => !unreachable.Contains(folder);

    public void Add(MailItem mail, bool isJunk)
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

    public void Add(MeetingItem meeting)
    {
        if (OutlookReadBack.IsOurs(meeting))
        {
            return;
        }

        inBatch++;
        batch.Add(meeting);
    }

    public void AddGone(LoggedMeeting meeting)
    {
        inBatch++;
        batch.AddGone(meeting);
    }

    public void AddUnreadable(UnreadableItem item, bool isMeeting)
    {
        inBatch++;
        batch.AddUnreadable(item.ItemId, isMeeting);
    }

    public FolderCursor Put(FolderCursor cursor)
    {
        changed.Add(cursor.Folder);
        return cursors[cursor.Folder] = cursor;
    }

    /// <summary>The folder cannot be read, and the others go on.</summary>
    public void LeaveOut(string folder, GraphException e)
    {
        unreachable.Add(folder);
        Note(e);
    }

    /// <summary>What Graph refused, for the health page.</summary>
    public void Note(GraphException e) => Status = Status with
    {
        Trouble = e.Trouble,
        TroubleCode = e.Code,
        TroubleSince = Status.TroubleSince ?? clock.GetUtcNow(),
    };

    /// <summary>What follows is counted as this kind; what was read before, as what it was.</summary>
    public async Task TurnToAsync(PageKind next, CancellationToken cancellation)
    {
        if (next != kind)
        {
            await (inBatch > 0 || kind == PageKind.Again ? FlushAsync(cancellation) : Task.CompletedTask);
            kind = next;
        }
    }

    public Task FlushWhenFullAsync(CancellationToken cancellation) => IsFull ? FlushAsync(cancellation) : Task.CompletedTask;

    public Task FlushAsync(CancellationToken cancellation) => FlushAsync(next: null, cancellation);

    /// <summary>Records what was read; then, in one transaction, what became of it and the cursors that cover it.</summary>
    public async Task FlushAsync(Func<MailboxLeaseRow, MailboxLeaseRow>? next, CancellationToken cancellation)
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
        var read = Cursors.ToList();
        var ranges = read.SelectMany(cursor => cursor.Ranges).ToList();
        var history = ranges.Where(range => range.Kind == PageRangeKind.History).ToList();
        var next = old with
        {
            HistoryDone = read.Sum(cursor => cursor.Done),
            HistoryReached = history.Count == 0 ? null : history.Max(range => range.Reached),
            HistoryIsComplete = history.Count == 0 && folders.All(cursors.ContainsKey),
        };
        return kind == PageKind.Again && !ranges.Any(range => range.Kind == PageRangeKind.Recount)
            ? next with { RecountedAt = now, RecountFound = next.RecountSoFar, RecountSoFar = 0 }
            : next;
    }
}
