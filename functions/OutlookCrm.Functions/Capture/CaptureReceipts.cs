using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// What was taken out of each mailbox and what was left, and why: rows of table <c>mailboxes</c>, one a mailbox and day and one that
/// remembers what was counted. Each thing counts once, however often Graph tells of it.
/// </summary>
/// <remarks>
/// The receipt is written in the transaction that moves the cursor, so a page that is read again after a crash is counted by the reading
/// that gets through, and by no other. Graph tells of a thing anew when it is read or flagged; the newest <see cref="MaxKnown"/>
/// things of a mailbox are known by hash, and one that is older than all of a full set is not counted as new: from there on
/// a count may be too low, and never too high.
/// </remarks>
public sealed class CaptureReceipts(ITableStore tables)
{
    /// <summary>Things of one mailbox that are known again.</summary>
    public const int MaxKnown = 2_000;

    /// <summary>Skipped things that a day names one by one.</summary>
    public const int MaxListed = 60;

    /// <summary>Different times between which things of a day were looked up and had come; of more it says that they are older.</summary>
    internal const int MaxLookedUp = 1_000;

    /// <summary>For how many days a mailbox's receipts are kept, today included.</summary>
    public const int DaysKept = 30;

    private const int MaxAttempts = 50;
    private const int MaxDeletions = 100; // of a transaction

    /// <summary>
    /// Writes a page's receipt together with what the page changes beside it, such as its cursor: all or nothing. Goes again by itself
    /// when only the receipt was in the way.
    /// </summary>
    /// <param name="changes">Of table <c>mailboxes</c>, partition <see cref="TableKeys.Mailboxes"/>; may be none, at most 68.</param>
    /// <returns>Written; or the refusal of one of <paramref name="changes"/>, counted by its place among them.</returns>
    public async Task<TransactionOutcome> CommitAsync(
        Guid tenantId, Guid userId, PageReceipt page, IReadOnlyList<TableChange> changes, CancellationToken cancellation)
    {
        var partition = TableKeys.Mailboxes(tenantId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            List<TableChange> all = [.. changes, .. await ReceiptOfAsync(partition, userId, page, cancellation)];
            if (all.Count == 0)
            {
                return new TransactionOutcome(WriteResult.Written, FailedIndex: null, []);
            }

            var outcome = await tables.TransactAsync(Tables.Mailboxes, partition, all, cancellation);
            if (outcome.IsWritten || outcome.FailedIndex < changes.Count)
            {
                return outcome;
            }
        }

        throw new TableStoreUnavailableException("The mailbox's receipt changed again and again; nothing was written.");
    }

    /// <summary>What was judged from one instant on and before another: at most a few days, so two reads.</summary>
    /// <param name="from">Full quarters of an hour, as are all time zones; so is <paramref name="before"/>.</param>
    internal async Task<MailboxReceipt> ReadAsync(
        Guid tenantId, Guid userId, DateTimeOffset from, DateTimeOffset before, CancellationToken cancellation)
    {
        var partition = TableKeys.Mailboxes(tenantId);
        var range = TableKeys.ReceiptDays(userId, from.DayInUtc(), before.DayInUtc());
        var days = tables.RangeAsync(Tables.Mailboxes, partition, range, DaysKept, cancellation);
        var known = tables.FindAsync(Tables.Mailboxes, partition, TableKeys.Receipt(userId), cancellation);
        await Task.WhenAll(days, known);
        return MailboxReceipt.Of(
            (await days).Select(ReceiptDayRow.From), await known is { } row ? ReceiptRow.From(row) : ReceiptRow.Empty, from, before);
    }

    /// <summary>
    /// Changes one thing that a day names, on whatever day, or takes it off with null; what was counted stays. False when no day names it.
    /// </summary>
    internal async Task<bool> ChangeListedAsync(
        Guid tenantId, Guid userId, string itemId, Func<ListedItem, ListedItem?> change, CancellationToken cancellation)
    {
        var partition = TableKeys.Mailboxes(tenantId);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var day = await FindDayAsync(partition, userId, itemId, cancellation);
            if (day is not { ETag: { } etag })
            {
                return false;
            }

            var listed = day.Listed.Select(item => item.ItemId == itemId ? change(item) : item).OfType<ListedItem>().ToList();
            var row = new TableRow(partition, TableKeys.ReceiptDay(userId, day.Day), (day with { Listed = listed }).ToProperties());
            if ((await tables.ReplaceAsync(Tables.Mailboxes, row, etag, cancellation)).IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("The mailbox's receipt changed again and again; nothing was written.");
    }

    /// <summary>What a day names, on whatever day; null when none does.</summary>
    internal async Task<ListedItem?> FindListedAsync(Guid tenantId, Guid userId, string itemId, CancellationToken cancellation) =>
        (await FindDayAsync(TableKeys.Mailboxes(tenantId), userId, itemId, cancellation))?.Listed.First(item => item.ItemId == itemId);

    /// <summary>Removes what is older than <see cref="DaysKept"/>. May be repeated at will; one range read when there is nothing.</summary>
    public async Task ForgetOldAsync(Guid tenantId, Guid userId, DateTimeOffset now, CancellationToken cancellation)
    {
        var partition = TableKeys.Mailboxes(tenantId);
        var range = TableKeys.ReceiptDays(userId, DateOnly.MinValue, now.DayInUtc().AddDays(-DaysKept));
        while (await tables.RangeAsync(Tables.Mailboxes, partition, range, MaxDeletions, cancellation) is { Count: > 0 } old)
        {
            foreach (var row in old)
            {
                await tables.DeleteAsync(Tables.Mailboxes, partition, row.RowKey, etag: null, cancellation);
            }
        }
    }

    private async Task<ReceiptDayRow?> FindDayAsync(string partition, Guid userId, string itemId, CancellationToken cancellation)
    {
        var range = TableKeys.ReceiptDays(userId, DateOnly.MinValue, DateOnly.MaxValue);
        var days = await tables.RangeAsync(Tables.Mailboxes, partition, range, TableLimits.MaxRangeRows, cancellation);
        return days.Select(ReceiptDayRow.From).FirstOrDefault(day => day.Listed.Any(item => item.ItemId == itemId));
    }

    private async Task<IReadOnlyList<TableChange>> ReceiptOfAsync(
        string partition, Guid userId, PageReceipt page, CancellationToken cancellation)
    {
        if (page.Taken.Count == 0 && page.Skipped.Count == 0)
        {
            return [];
        }

        var key = TableKeys.Receipt(userId);
        var dayKey = TableKeys.ReceiptDay(userId, page.At.DayInUtc());
        var known = tables.FindAsync(Tables.Mailboxes, partition, key, cancellation);
        var day = tables.FindAsync(Tables.Mailboxes, partition, dayKey, cancellation);
        var earlier = EarlierAsync(partition, userId, page, cancellation);
        await Task.WhenAll(known, day, earlier);
        var (next, nextDay, nextEarlier) = ReceiptCounting.Count(
            await known is { } row ? ReceiptRow.From(row) : ReceiptRow.Empty,
            await day is { } dayRow ? ReceiptDayRow.From(dayRow) : ReceiptDayRow.Empty(page.At.DayInUtc()),
            await earlier,
            page);
        var changes = new List<TableChange>();
        if (next is not null)
        {
            changes.Add(ChangeTo(new TableRow(partition, key, next.ToProperties()), next.ETag));
        }

        if (nextDay is not null)
        {
            changes.Add(ChangeTo(new TableRow(partition, dayKey, nextDay.ToProperties()), nextDay.ETag));
        }

        changes.AddRange(nextEarlier.Select(
            other => ChangeTo(new TableRow(partition, TableKeys.ReceiptDay(userId, other.Day), other.ToProperties()), other.ETag)));
        return changes;
    }

    /// <summary>The days before on which the page's things may have been skipped. Of a live page none: what was judged before is no news there.</summary>
    private async Task<IReadOnlyList<ReceiptDayRow>> EarlierAsync(
        string partition, Guid userId, PageReceipt page, CancellationToken cancellation)
    {
        if (page.Kind != PageKind.Again || page.Taken.Count == 0)
        {
            return [];
        }

        var today = page.At.DayInUtc();
        var range = TableKeys.ReceiptDays(userId, today.AddDays(-DaysKept), today.AddDays(-1));
        return [.. (await tables.RangeAsync(Tables.Mailboxes, partition, range, DaysKept, cancellation)).Select(ReceiptDayRow.From)];
    }

    private static TableChange ChangeTo(TableRow row, string? etag) =>
        etag is null ? new TableChange.Insert(row) : new TableChange.Replace(row, etag);
}

/// <summary>How a page of a mailbox came to be read; it decides what counts as new.</summary>
public enum PageKind
{
    /// <summary>Of a folder's or the calendar's changes: what is not known yet counts.</summary>
    Live,

    /// <summary>Of the back-fill and the first look at a folder, which pass everything once: all counts that is not known from <see cref="Live"/>, apart from the day.</summary>
    History,

    /// <summary>
    /// Looked at once more: one thing that somebody asked for, what an address wrote before it was a customer's, what a recount found.
    /// Only <see cref="PageReceipt.Taken"/> counts, as what was skipped here was counted when it was skipped first; and apart from the day
    /// unless it came on it: "today 14" is what came today.
    /// </summary>
    Again,
}

/// <summary>What became of one page of a mailbox.</summary>
/// <param name="At">When it was judged.</param>
/// <param name="Taken">
/// On a timeline now, out of this mailbox. Of <see cref="PageKind.Live"/> and <see cref="PageKind.History"/> all of the page, whether
/// new there or not: a crash may have come between writing them and this receipt. Of <see cref="PageKind.Again"/> only what was
/// not there from this mailbox before.
/// </param>
/// <param name="Skipped">All of the page that the rules refused.</param>
public sealed record PageReceipt(PageKind Kind, DateTimeOffset At, IReadOnlyList<TakenItem> Taken, IReadOnlyList<SkippedItem> Skipped);

/// <param name="ItemId">Graph's immutable id.</param>
/// <param name="At">When it was sent or begins.</param>
public sealed record TakenItem(string ItemId, DateTimeOffset At);

/// <param name="ItemId">Graph's immutable id.</param>
/// <param name="At">When it was sent or begins; null when it has no time that can be believed.</param>
/// <param name="Address">Whom it was about, one of them; kept only where <see cref="SkippedItem.MayBeListed"/>.</param>
public sealed record SkippedItem(string ItemId, bool IsMeeting, DateTimeOffset? At, IgnoreReason Reason, MailAddress? Address)
{
    /// <summary>
    /// What is private and who was erased is counted and no more: not even that there was a mail at that time. Who said "not this mail"
    /// has decided. Of what is among ourselves, or only one's own, there is nothing to decide.
    /// </summary>
    internal bool MayBeListed => Reason is not (
        IgnoreReason.Private or IgnoreReason.Erased or IgnoreReason.NotThisItem or IgnoreReason.NotThisThread
        or IgnoreReason.ColleaguesOnly or IgnoreReason.OwnAppointment or IgnoreReason.Draft);
}

/// <summary>A mailbox's receipt of a day or some days, newest things first.</summary>
/// <param name="Taken">Without history, and without what is <paramref name="Older"/>.</param>
/// <param name="Older">Taken although it came, or begins, on another day of whoever reads it: a new customer's mail from before, what a recount found, what somebody asked for.</param>
/// <param name="Skipped">Without history; reasons with nothing are left out.</param>
/// <param name="Listed">The newest of what was skipped, of every reason that may be listed some.</param>
/// <param name="LastTakenAt">When something was last taken, on whatever day; null when never.</param>
/// <param name="HistoryTaken">Out of all of the back-fill.</param>
internal sealed record MailboxReceipt(
    int Taken,
    int Older,
    IReadOnlyDictionary<IgnoreReason, int> Skipped,
    IReadOnlyList<ListedItem> Listed,
    DateTimeOffset? LastTakenAt,
    int HistoryTaken,
    IReadOnlyDictionary<IgnoreReason, int> HistorySkipped)
{
    public static MailboxReceipt Of(IEnumerable<ReceiptDayRow> days, ReceiptRow row, DateTimeOffset from, DateTimeOffset before)
    {
        var (taken, older) = (0, 0);
        var skipped = new Dictionary<IgnoreReason, int>();
        var listed = new List<ListedItem>();
        foreach (var day in days)
        {
            foreach (var (quarter, reason, count) in day.Counts.Where(one => IsAsked(day.StartOf(one.Quarter))))
            {
                if (reason is { } why)
                {
                    skipped[why] = skipped.GetValueOrDefault(why) + count;
                }
                else
                {
                    taken += count;
                }
            }

            foreach (var (quarter, away, count) in day.LookedUp.Where(one => IsAsked(day.StartOf(one.Quarter))))
            {
                var cameThen = IsAsked(day.StartOf(quarter) + (away * ReceiptDayRow.Quarter));
                (taken, older) = cameThen ? (taken + count, older) : (taken, older + count);
            }

            older += day.Older.Where(one => IsAsked(day.StartOf(one.Quarter))).Sum(one => one.Count);
            listed.AddRange(day.Listed.Where(item => IsAsked(item.JudgedAt)));
        }

        return new MailboxReceipt(
            taken, older, skipped, [.. listed.OrderByDescending(item => item.At ?? item.JudgedAt)], row.LastTakenAt, row.HistoryTaken, row.HistorySkipped);

        bool IsAsked(DateTimeOffset at) => at >= from && at < before;
    }
}
