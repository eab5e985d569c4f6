using OutlookCrm.Customers;

namespace OutlookCrm.Capture;

/// <summary>What was taken out of each mailbox and what was left, and why: a row a mailbox and day in table <c>mailboxes</c>.</summary>
public sealed class CaptureReceipts
{
    /// <summary>Adds one page's outcome to its day. The same page again (same <paramref name="page"/>) counts nothing.</summary>
    public Task AddAsync(Guid tenantId, Guid userId, PageReceipt page, CancellationToken cancellation) => throw new NotImplementedException();
}

/// <param name="PageId">Names the page: folder and link, hashed. A page that is read again after a crash has the same.</param>
/// <param name="At">When it was judged.</param>
/// <param name="Taken">New on a timeline, or newly seen in this mailbox.</param>
/// <param name="LastTakenAt">When the newest of them was sent or begins; null when none was taken.</param>
public sealed record PageReceipt(
    string PageId, DateTimeOffset At, int Taken, DateTimeOffset? LastTakenAt, IReadOnlyList<SkippedItem> Skipped);

/// <param name="ItemId">Graph's immutable id.</param>
/// <param name="Address">Whom it was about; null when that must not be shown: private, erased.</param>
public sealed record SkippedItem(string ItemId, bool IsMeeting, DateTimeOffset? At, IgnoreReason Reason, MailAddress? Address);
