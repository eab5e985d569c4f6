using System.Globalization;
using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Follow-ups: every change is a queue message that names the version that it makes, then one transaction in the customer's partition. What
/// follows elsewhere (the owner's agenda, Outlook) is made by <see cref="ProjectFollowUp"/> out of the record as it is then. A message
/// that comes before its version waits for it; after <see cref="GiveUpAfter"/> the version will not come, for no invocation runs that
/// long. So a crash anywhere leaves either nothing, or a change whose message is still to come.
/// </summary>
public sealed class FollowUpStore(ITableStore tables, IWorkQueue queue, TimeProvider clock)
{
    internal const string Queue = "follow-up-projections";

    /// <summary>Of one customer, all colleagues' together.</summary>
    public const int MaxOpen = 100;

    /// <summary>The card shows this many, and how many there are.</summary>
    internal const int ShownOnCard = 5;

    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(10);

    // Longer than a transaction mostly takes, and not to be felt.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(150);

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 50;

    /// <summary>The follow-up's version as HTTP has it.</summary>
    public static string ETagOf(int version) => Http.EntityTag.For(version.ToString(CultureInfo.InvariantCulture));

    /// <summary>One point read; null when there is none, and for a customer of another firm.</summary>
    public async Task<FollowUp?> GetAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation) =>
        await FindAsync(tenantId, customer, id, cancellation) is { } row ? FollowUpRow.ToFollowUp(row) : null;

    /// <summary>Plans once: the same id again plans nothing, whatever became of the first.</summary>
    public async Task<PlanOutcome> PlanAsync(Guid tenantId, FollowUp draft, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, draft.Customer.ToString());
        var record = ImportMark.TouchAsync(tables, partition, cancellation);
        var open = tables.RangeAsync(Tables.Customers, partition, TableKeys.OpenFollowUps, MaxOpen, cancellation);
        var source = draft.Source?.InternetMessageId is { } messageId
            ? tables.FindAsync(Tables.Customers, partition, TableKeys.Details(InteractionId.OfMail(messageId)), cancellation)
            : Task.FromResult<TableRow?>(null);
        var newest = tables.RangeAsync(Tables.Customers, partition, TableKeys.TimelineUpTo(draft.PlannedAt), 1, cancellation);
        await Task.WhenAll(record, open, source, newest);
        if (await record is null)
        {
            return new PlanOutcome.NoSuchCustomer();
        }

        if ((await open).Count >= MaxOpen)
        {
            return await GetAsync(tenantId, draft.Customer, draft.Id, cancellation) is { } known
                ? new PlanOutcome.Planned(known, IsNew: false)
                : new PlanOutcome.TooMany();
        }

        var planned = draft with { Version = 1, Source = WithThread(draft.Source, await source) };
        if (await newest is [var line] && TimelineRow.AtOf(line) is var at && at > planned.PlannedAfter)
        {
            planned = planned with { PlannedAfter = at };
        }

        await SendAsync(new FollowUpChanged(tenantId, planned.OwnerId, planned.Customer.ToString(), planned.Id, planned.Version), FirstLook, cancellation);
        TableChange[] rows =
        [
            new TableChange.Insert(FollowUpRow.From(tenantId, planned)),
            new TableChange.Put(FollowUpRow.CardRow(tenantId, planned)),
        ];
        var isNew = (await tables.TransactAsync(Tables.Customers, partition, rows, cancellation)).IsWritten;
        return new PlanOutcome.Planned(
            isNew ? planned : (await GetAsync(tenantId, draft.Customer, draft.Id, cancellation))!, isNew);
    }

    /// <summary>
    /// Changes a follow-up. <paramref name="change"/> may be asked more than once: it gets the follow-up as it is now, and gives it as it
    /// shall be; the same back writes nothing.
    /// </summary>
    /// <returns>As it is after all; null when there is no such follow-up.</returns>
    public async Task<FollowUp?> ChangeAsync(
        Guid tenantId, CustomerId customer, Guid id, Func<FollowUp, FollowUp> change, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync(tenantId, customer, id, cancellation) is not { ETag: { } etag } row)
            {
                return null;
            }

            var now = FollowUpRow.ToFollowUp(row);
            var next = change(now);
            if (ReferenceEquals(next, now))
            {
                return now;
            }

            next = next with { Version = now.Version + 1 };
            await SendAsync(new FollowUpChanged(tenantId, next.OwnerId, customer.ToString(), id, next.Version), FirstLook, cancellation);
            if (next.OwnerId != now.OwnerId)
            {
                await SendAsync(new FollowUpChanged(tenantId, now.OwnerId, customer.ToString(), id, next.Version), FirstLook, cancellation);
            }

            var rows = await RowsAsync(tenantId, now, next, etag, cancellation);
            if ((await tables.TransactAsync(Tables.Customers, row.PartitionKey, rows, cancellation)).IsWritten)
            {
                return next;
            }
        }

        throw new TableStoreUnavailableException("The follow-up changed again and again; nothing was saved.");
    }

    /// <summary>
    /// What its owner did with it in Outlook. Of a change here and one there the later holds; the one that loses is told in the history, and
    /// the new version makes both sides the same again.
    /// </summary>
    public Task<FollowUp?> ChangeFromOutlookAsync(
        Guid tenantId, CustomerId customer, Guid id, OutlookChange change, CancellationToken cancellation) =>
        ChangeAsync(tenantId, customer, id, now => change.Apply(now, clock.GetUtcNow()), cancellation);

    /// <summary>Remembers what Outlook shows. No new version: nothing of the follow-up itself changed.</summary>
    /// <param name="update">Gets the follow-up as it is now; null leaves nothing of it in Outlook.</param>
    /// <returns>False when there is no such follow-up.</returns>
    public async Task<bool> SaveSinkAsync(
        Guid tenantId, CustomerId customer, Guid id, Func<FollowUp, FollowUpSink?> update, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await FindAsync(tenantId, customer, id, cancellation) is not { ETag: { } etag } row)
            {
                return false;
            }

            var now = FollowUpRow.ToFollowUp(row);
            var next = now with { Sink = update(now) };
            if (next.Sink == now.Sink)
            {
                return true;
            }

            List<TableChange> rows = [new TableChange.Replace(FollowUpRow.From(tenantId, next), etag)];
            if (next.State == FollowUpState.Open && (next.Sink?.Trouble is null) != (now.Sink?.Trouble is null))
            {
                rows.Add(new TableChange.Put(FollowUpRow.CardRow(tenantId, next))); // the card says so
            }

            if ((await tables.TransactAsync(Tables.Customers, row.PartitionKey, rows, cancellation)).IsWritten)
            {
                return true;
            }
        }

        throw new TableStoreUnavailableException("The follow-up changed again and again; what Outlook shows was not saved.");
    }

    /// <summary>A customer's open follow-ups, and the one done last; null when there is no such customer.</summary>
    /// <param name="readerId">Who looks.</param>
    public async Task<FollowUpList?> ListAsync(Guid tenantId, CustomerId customer, Guid readerId, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var record = tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation);
        var rows = await tables.RangeAsync(Tables.Customers, partition, TableKeys.FollowUpsOnCard, MaxOpen + 1, cancellation);
        return await record is null ? null : ToList(customer, rows, MaxOpen, readerId);
    }

    /// <param name="rows">Rows <c>c</c>.</param>
    internal static FollowUpList ToList(CustomerId customer, IEnumerable<TableRow> rows, int max, Guid readerId)
    {
        var (open, ended) = (new List<FollowUpLine>(), default(FollowUpLine));
        var openCount = 0;
        foreach (var row in rows)
        {
            if (row.RowKey == TableKeys.EndedFollowUp)
            {
                ended = FollowUpRow.ToLine(row, readerId);
            }
            else if (openCount++ < max)
            {
                open.Add(FollowUpRow.ToLine(row, readerId));
            }
        }

        return new FollowUpList(customer.ToString(), openCount, open, ended);
    }

    internal Task SendAsync(FollowUpChanged message, TimeSpan? delay, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(message), delay, cancellation);

    internal DateTimeOffset Now => clock.GetUtcNow();

    private async Task<IReadOnlyList<TableChange>> RowsAsync(Guid tenantId, FollowUp now, FollowUp next, string etag, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, now.Customer.ToString());
        List<TableChange> rows = [new TableChange.Replace(FollowUpRow.From(tenantId, next), etag)];
        var (oldKey, nextKey) = (CardKey(now), CardKey(next));
        if (oldKey is not null && oldKey != nextKey)
        {
            rows.Add(new TableChange.Delete(oldKey, ETag: null));
        }

        if (nextKey is not null)
        {
            rows.Add(new TableChange.Put(FollowUpRow.CardRow(tenantId, next)));
        }

        if (next.State == FollowUpState.Done && now.State != FollowUpState.Done)
        {
            rows.Add(new TableChange.Put(FollowUpRow.EndedRow(tenantId, next)));
        }
        else if (now.State == FollowUpState.Done && next.State != FollowUpState.Done
            && await tables.FindAsync(Tables.Customers, partition, TableKeys.EndedFollowUp, cancellation) is { ETag: { } endedETag } ended
            && ended.Properties[FollowUpRow.EndedFollowUpId] is Guid endedId && endedId == now.Id)
        {
            rows.Add(new TableChange.Delete(TableKeys.EndedFollowUp, endedETag));
        }

        if (now.End?.ReplyId is { } oldReply && oldReply != next.End?.ReplyId)
        {
            rows.Add(new TableChange.Delete(TableKeys.ClosedBy(oldReply, now.Id), ETag: null));
        }

        if (next.End?.ReplyId is { } reply && reply != now.End?.ReplyId)
        {
            rows.Add(new TableChange.Put(new TableRow(
                partition, TableKeys.ClosedBy(reply, now.Id), new Dictionary<string, object> { [FollowUpRow.EndedFollowUpId] = now.Id })));
        }

        return rows;
    }

    private async Task<TableRow?> FindAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.FollowUp(id), cancellation);

    private static string? CardKey(FollowUp f) => f.State == FollowUpState.Open ? TableKeys.OpenFollowUp(f.DueOn, f.Id) : null;

    private static FollowUpSource? WithThread(FollowUpSource? source, TableRow? details) =>
        source is not null && details is not null ? source with { ThreadId = Details.From(details).ThreadId } : source;
}

/// <summary>A follow-up has this version, or will have it in a moment.</summary>
/// <param name="UserId">Whose agenda and Outlook are to be made anew: the owner's, or the one's who was it.</param>
/// <param name="Since">When it was first looked for in vain; null before that.</param>
public sealed record FollowUpChanged(
    Guid TenantId, Guid UserId, string CustomerId, Guid FollowUpId, int Version, DateTimeOffset? Since = null);

/// <summary>How planning went.</summary>
public abstract record PlanOutcome
{
    private PlanOutcome()
    {
    }

    /// <param name="IsNew">False when it was planned before.</param>
    public sealed record Planned(FollowUp FollowUp, bool IsNew) : PlanOutcome;

    public sealed record NoSuchCustomer : PlanOutcome;

    /// <summary>The customer has <see cref="FollowUpStore.MaxOpen"/> open ones.</summary>
    public sealed record TooMany : PlanOutcome;
}

/// <summary>What happened to a follow-up's event or task in Outlook.</summary>
/// <param name="At">When Outlook says that it last changed; of a deletion, when that was learned.</param>
/// <param name="IsCompleted">Ticked.</param>
/// <param name="IsDeleted">The item is gone.</param>
/// <param name="DueOn">Where it was moved to, in the follow-up's time zone; null when it was not.</param>
/// <param name="DueTime">With <paramref name="DueOn"/>: null for the whole day.</param>
/// <param name="Note">Its new title; null when it has the old one.</param>
public sealed record OutlookChange(
    DateTimeOffset At, bool IsCompleted = false, bool IsDeleted = false, DateOnly? DueOn = null, TimeOnly? DueTime = null, string? Note = null)
{
    /// <param name="at">The time that it is.</param>
    internal FollowUp Apply(FollowUp now, DateTimeOffset at)
    {
        var by = now.OwnerName;
        var moved = DueOn is { } day && (day, DueTime) != (now.DueOn, now.DueTime);
        var note = Note?.Trim() is { Length: > 0 and <= FollowUp.MaxNoteLength } text && text != now.Note ? text : null;
        var ends = now.State == FollowUpState.Open && (IsCompleted || IsDeleted);
        var opens = now.State != FollowUpState.Open && !IsCompleted && !IsDeleted;
        if (!moved && note is null && !ends)
        {
            return now;
        }

        var what = IsDeleted ? "deleted in Outlook" : IsCompleted ? "ticked in Outlook" : moved ? $"moved in Outlook to {FollowUpRow.TextOf(DueOn!.Value)}" : "renamed in Outlook";
        if ((At < now.ChangedAt && !now.ChangedAt.IsOfAnotherClock(at)) || opens)
        {
            // Ours is newer, or has ended: said, and with the new version written over what Outlook has.
            return now.Happened(by, opens ? $"{what}, but it had ended here" : $"{what}, but what was done here came later", At);
        }

        var next = now with
        {
            DueOn = moved ? DueOn!.Value : now.DueOn,
            DueTime = moved ? DueTime : now.DueTime,
            Note = note ?? now.Note,
            State = !ends ? now.State : IsDeleted ? FollowUpState.Deleted : FollowUpState.Done,
            End = ends ? new FollowUpEnd(At, by, FollowUpEnding.Outlook, ReplyId: null) : now.End,
            ChangedAt = At,
            Before = FollowUpBefore.Of(now),
        };
        return next.Happened(by, what, At);
    }
}
