using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>One worker's hold on one reminder.</summary>
internal sealed class ReminderWork(
    WantedReminders wanted,
    FollowUpStore followUps,
    MissingMailboxes missing,
    GraphReminders graph,
    ITableStore tables,
    TimeProvider clock,
    Guid tenantId,
    ShownReminder row,
    string etag,
    bool isNew)
{
    private string etag = etag;

    public ShownReminder Row { get; private set; } = row;

    private string User => Row.UserId.ToString("D");

    public async Task ShowAsync(CancellationToken cancellation)
    {
        var followUp = await wanted.FindAsync(tenantId, Row.Customer, Row.FollowUpId, cancellation);
        var kind = await wanted.KindOfAsync(tenantId, followUp, cancellation);
        var isHere = followUp is not null && kind == Row.Kind && followUp.OwnerId == Row.UserId;
        ReminderItem? item = null;
        if (isHere && Row.Kind == SinkKind.Task)
        {
            item = await FindLostAsync(cancellation);
        }
        else if (!isHere)
        {
            await LeaveAsync(cancellation);
            if (followUp is null || kind == SinkKind.None)
            {
                await ForgetAsync(cancellation);
                await wanted.SaySinkAsync(tenantId, followUp, null, cancellation);
                return;
            }

            await BeginAnewAsync(followUp, kind, cancellation);
            item = null;
        }

        if (Row.ItemId is null)
        {
            item = await CreateAsync(followUp!, cancellation);
        }
        else if (item is null && await FindAsync(cancellation) is { } there)
        {
            item = there;
        }
        else if (item is null)
        {
            var isChangedHere = Row.Written != await wanted.ShownAsync(tenantId, followUp!, Row.Kind, cancellation);
            if (!isChangedHere)
            {
                followUp = await followUps.ChangeFromOutlookAsync(
                    tenantId, Row.Customer, Row.FollowUpId, new OutlookChange(clock.GetUtcNow(), IsDeleted: true), cancellation);
                if (followUp is not { State: FollowUpState.Open })
                {
                    await ForgetAsync(cancellation);
                    return;
                }
            }

            // When it was deleted there nobody can say; what was changed here since is not lost for it.
            await BeginAnewAsync(followUp!, Row.Kind, cancellation);
            item = await CreateAsync(followUp!, cancellation);
        }

        await MakeAlikeAsync(followUp!, item, cancellation);
    }

    /// <summary>Gives the row back, to be tried again.</summary>
    public async Task EndAsync(ShownReminder end, CancellationToken cancellation)
    {
        try
        {
            await SaveAsync(end with { BusyUntil = null }, [], cancellation);
        }
        catch (ReminderTakenException)
        {
            // Whoever took it goes on.
        }
    }

    private async Task MakeAlikeAsync(FollowUp followUp, ReminderItem item, CancellationToken cancellation)
    {
        if (Row.ChangeIn(item, followUp, clock.GetUtcNow()) is { } change)
        {
            var changed = await followUps.ChangeFromOutlookAsync(tenantId, Row.Customer, Row.FollowUpId, change, cancellation);
            if (changed is not { State: FollowUpState.Open })
            {
                // Ticked, and stays ticked; whatever else it was, the next message sees to it.
                if (item.IsDone)
                {
                    await ForgetAsync(cancellation, new TableChange.Put(TickedTask.Of(Row).ToTableRow(tenantId)));
                    return;
                }

                await SaveAsync(Row with { Written = ShownText.Of(item, Row.Written?.StartAt), Wanted = null, BusyUntil = null }, [], cancellation);
                return;
            }

            followUp = changed;
            Row = Row with { Written = ShownText.Of(item, Row.Written?.StartAt) };
        }

        var text = await wanted.TextOfAsync(tenantId, followUp, cancellation);
        var shown = ShownText.Of(text, Row.Kind);

        // A dismissed reminder rings again only at another time.
        var ringsAnew = item.StartAt is null && Row.Written?.StartAt != shown.StartAt;
        if (!shown.IsShownBy(item) || ringsAnew || item.IsDone || Row.Text != WantedReminders.StampOf(text))
        {
            if (Row.Wanted != shown)
            {
                await SaveAsync(Row with { Wanted = shown }, [], cancellation);
            }

            item = (Row.Kind == SinkKind.Task
                    ? await graph.ChangeTaskAsync(tenantId, User, Row.ListId!, Row.ItemId!, text, untick: item.IsDone, cancellation)
                    : await graph.ChangeEventAsync(tenantId, User, Row.ItemId!, text, cancellation))
                ?? throw new GraphException(GraphTrouble.Temporary, "goneMeanwhile", null, null, null);
        }

        await SaveAsync(Settled(item, text), [], cancellation);
        await wanted.SaySinkAsync(tenantId, followUp, new FollowUpSink(Row.Kind, Row.UserId, Trouble: null), cancellation);
    }

    /// <summary>Makes the item, or finds out that a try before did.</summary>
    private async Task<ReminderItem> CreateAsync(FollowUp followUp, CancellationToken cancellation)
    {
        var text = await wanted.TextOfAsync(tenantId, followUp, cancellation);
        ReminderItem item;
        if (Row.Kind == SinkKind.Task)
        {
            var list = await graph.ListTaskListsAsync(tenantId, User, cancellation) is [var usual, ..]
                ? usual
                : throw new GraphException(GraphTrouble.Item, "noTaskList", null, null, null);
            item = await graph.CreateTaskAsync(tenantId, User, list, Row.Key, text, cancellation);
        }
        else
        {
            item = await graph.CreateEventAsync(tenantId, User, Row.Key, text, cancellation);
        }

        Row = Row with { Text = WantedReminders.StampOf(text) };
        await KnowAsync(item, cancellation);
        return item;
    }

    private async Task<ReminderItem?> FindAsync(CancellationToken cancellation)
    {
        if (Row.Kind == SinkKind.CalendarEvent)
        {
            return await graph.FindEventAsync(tenantId, User, Row.ItemId!, cancellation);
        }

        if (await graph.FindTaskAsync(tenantId, User, Row.ListId!, Row.ItemId!, cancellation) is { } task)
        {
            return task;
        }

        // In another list it has another id.
        var moved = await graph.FindTaskByKeyAsync(tenantId, User, Row.Key, cancellation);
        if (moved is not null)
        {
            var before = Row;
            Row = Row with { ItemId = null };
            await KnowAsync(moved, cancellation, new TableChange.Delete(TableKeys.ReminderItem(before.UserId, before.ItemId!), ETag: null));
        }

        return moved;
    }

    /// <summary>From now on the item is found by its id; its list is read back.</summary>
    private async Task KnowAsync(ReminderItem item, CancellationToken cancellation, params TableChange[] others)
    {
        var known = Row with { ItemId = item.ItemId, ListId = item.ListId };
        if (item.ListId is { } list)
        {
            // The one that is there says how far the list was read.
            await tables.InsertAsync(Tables.Reminders, OutlookReadBack.CursorRow(tenantId, Row.UserId, list, link: null), cancellation);
        }

        List<TableChange> changes = [new TableChange.Put(known.ToItemRow(tenantId)), .. others];
        await SaveAsync(known, changes, cancellation);
    }

    /// <summary>The answer that had its id was lost, or there was none. Null when the id is known, and when there is no item.</summary>
    private async Task<ReminderItem?> FindLostAsync(CancellationToken cancellation)
    {
        var item = Row.ItemId is not null || isNew ? null
            : Row.Kind == SinkKind.Task ? await graph.FindTaskByKeyAsync(tenantId, User, Row.Key, cancellation)
            : await graph.FindEventByKeyAsync(tenantId, User, Row.Key, cancellation);
        if (item is not null)
        {
            await KnowAsync(item, cancellation);
        }

        return item;
    }

    /// <summary>Takes it out of a mailbox in which it is to be shown no more. With one that is not there it is gone.</summary>
    private async Task LeaveAsync(CancellationToken cancellation)
    {
        try
        {
            await FindLostAsync(cancellation);
            await RemoveItemAsync(cancellation);
        }
        catch (GraphException why) when (why.IsMailboxMissing)
        {
            await missing.NoteAsync(tenantId, Row.UserId, cancellation);
        }
    }

    private async Task RemoveItemAsync(CancellationToken cancellation)
    {
        if (Row.ItemId is null)
        {
            return;
        }

        if (Row.Kind == SinkKind.Task)
        {
            await graph.RemoveTaskAsync(tenantId, User, Row.ListId!, Row.ItemId, cancellation);
        }
        else
        {
            await graph.RemoveEventAsync(tenantId, User, Row.ItemId, cancellation);
        }
    }

    private async Task BeginAnewAsync(FollowUp followUp, SinkKind kind, CancellationToken cancellation)
    {
        List<TableChange> changes = Row.ItemId is { } item ? [new TableChange.Delete(TableKeys.ReminderItem(Row.UserId, item), ETag: null)] : [];
        var shown = await wanted.ShownAsync(tenantId, followUp, kind, cancellation);
        await SaveAsync(ShownReminder.New(followUp, kind) with { BusyUntil = Row.BusyUntil, Wanted = shown, WrittenAt = clock.GetUtcNow() }, changes, cancellation);
    }

    private async Task ForgetAsync(CancellationToken cancellation, params TableChange[] others)
    {
        List<TableChange> changes = [new TableChange.Delete(TableKeys.Reminder(Row.FollowUpId), etag), .. others];
        if (Row.ItemId is { } item)
        {
            changes.Add(new TableChange.Delete(TableKeys.ReminderItem(Row.UserId, item), ETag: null));
        }

        var outcome = await tables.TransactAsync(Tables.Reminders, TableKeys.Reminders(tenantId), changes, cancellation);
        if (!outcome.IsWritten)
        {
            throw new ReminderTakenException();
        }
    }

    private ShownReminder Settled(ReminderItem item, ReminderText text) => Row with
    {
        Written = ShownText.Of(item, text.At),
        Wanted = null,
        WrittenAt = clock.GetUtcNow(),
        Text = WantedReminders.StampOf(text),
        BusyUntil = null,
        Failures = 0,
        TroubleSince = null,
    };

    private async Task SaveAsync(ShownReminder next, IReadOnlyList<TableChange> others, CancellationToken cancellation)
    {
        var outcome = await tables.TransactAsync(
            Tables.Reminders, TableKeys.Reminders(tenantId), [new TableChange.Replace(next.ToTableRow(tenantId), etag), .. others], cancellation);
        if (!outcome.IsWritten)
        {
            throw new ReminderTakenException();
        }

        etag = outcome.ETags[0]!;
        Row = next;
    }
}

/// <summary>Another worker took the reminder: this one was too slow.</summary>
internal sealed class ReminderTakenException : Exception;
