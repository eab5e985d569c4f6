using OutlookCrm.FollowUps;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>One worker's time with one mailbox: what is new in each folder, then a slice of what is not looked at yet, newest first.</summary>
internal sealed class MailboxVisit
{
    private readonly Guid tenantId;
    private readonly Guid userId;
    private readonly OutlookReadBack reminders;
    private readonly CaptureOptions options;
    private readonly TimeProvider clock;
    private readonly MailboxProgress progress;
    private readonly MailboxChanges changes;
    private readonly MailboxRanges ranges;

    public MailboxVisit(
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
        (this.tenantId, userId, this.reminders, this.options, this.clock) = (tenantId, mailbox.UserId, reminders, options, clock);
        progress = new MailboxProgress(tenantId, mailbox, special, lease, status, known, pages, clock);
        var removed = new RemovedMeetings(tenantId, mailbox, progress, graph, logged);
        changes = new MailboxChanges(tenantId, mailbox, special, known, progress, removed, graph, reminders, clock);
        ranges = new MailboxRanges(tenantId, mailbox, progress, removed, mailboxes, graph, clock);
    }

    public MailboxStatus Status => progress.Status;

    /// <inheritdoc cref="MailboxProgress.LagOfNewMail"/>
    public TimeSpan? LagOfNewMail => progress.LagOfNewMail;

    /// <inheritdoc cref="MailboxRanges.IsRecounting"/>
    public bool IsRecounting => ranges.IsRecounting;

    /// <summary>There is more to do than was done.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>When the round began that has seen everything new; null when it did not come to its end.</summary>
    public DateTimeOffset? LookedFrom { get; private set; }

    /// <summary>Does what can be done; the last of it is saved by <see cref="EndAsync"/>.</summary>
    /// <param name="recount">Begin to compare mailbox and records.</param>
    /// <param name="mayTakeHistory">This time; else only what is new.</param>
    /// <param name="isWanted">Somebody waits for new mail of this mailbox.</param>
    /// <exception cref="GraphException">What was read before it is kept for <see cref="EndAsync"/>.</exception>
    public async Task RunAsync(bool recount, bool mayTakeHistory, Func<bool> isWanted, CancellationToken cancellation)
    {
        var startedAt = clock.GetUtcNow();
        if (!await changes.LookAsync(startedAt, cancellation))
        {
            IsUnfinished = true;
            return;
        }

        LookedFrom = startedAt;
        progress.Status = progress.Status with { LastSuccessAt = startedAt, RetryAt = null };
        if (progress.IsAllReachable)
        {
            progress.Status = progress.Status with { Trouble = null, TroubleCode = null, TroubleSince = null };
        }

        if (recount)
        {
            ranges.BeginRecount(startedAt);
            await reminders.LookAtAllAsync(tenantId, userId, cancellation);
        }

        if (ranges.IsUnfinished && mayTakeHistory)
        {
            await progress.FlushAsync(cancellation);
            await ranges.ReadAsync(clock.GetUtcNow() + options.HistorySlice, isWanted, cancellation);
        }

        IsUnfinished = ranges.IsUnfinished;
    }

    /// <summary>Records and saves what was read and is not saved yet, with the mailbox's status, and gives the lease back.</summary>
    public Task EndAsync(MailboxStatus end, Func<MailboxLeaseRow, MailboxLeaseRow> next, CancellationToken cancellation)
    {
        progress.Status = end;
        return progress.FlushAsync(row => next(row) with { Owner = null }, cancellation);
    }
}
