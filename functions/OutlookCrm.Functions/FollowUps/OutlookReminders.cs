using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Shows follow-ups as events or tasks of their owners. One worker at a time for each; what it is about to write it notes first, so that after a
/// crash anywhere the next one knows its own hand from its owner's. What Outlook has is read before it is written over: a change there becomes a
/// change of the record, and of two changes the later one holds on both sides.
/// </summary>
public sealed class OutlookReminders(
    FollowUpStore followUps,
    ReminderSettingsStore settings,
    CustomerStore customers,
    MissingMailboxes missing,
    GraphReminders graph,
    ITableStore tables,
    TimeProvider clock,
    ILogger<OutlookReminders> log)
{
    /// <summary>Longer than Graph takes with all its retries.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>How long Graph may refuse for reasons of its own before the owner is told.</summary>
    internal static readonly TimeSpan ToldAfter = TimeSpan.FromDays(1);

    private const int MaxTitle = 255; // Outlook's
    private const int MaxTicked = 100; // read at once

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBusy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan TickedRetry = TimeSpan.FromMinutes(1);

    private readonly FollowUpStore followUps = followUps;
    private readonly CustomerStore customers = customers;
    private readonly MissingMailboxes missing = missing;
    private readonly GraphReminders graph = graph;
    private readonly ITableStore tables = tables;
    private readonly TimeProvider clock = clock;

    /// <summary>Events that begin so are ours: capture leaves them alone.</summary>
    internal static string KeyPrefix => $"{CaptureRules.OwnTransactionPrefix}-";

    /// <summary>
    /// Makes Outlook show this follow-up as it is: in its owner's mailbox while it is open, and in nobody's afterwards. May be called
    /// again for what is shown already, and beside itself; what it wrote it remembers with <see cref="FollowUpStore.SaveSinkAsync"/>.
    /// </summary>
    /// <returns>False when it could not be and is tried again: a message for that is on its way.</returns>
    public async Task<bool> ProjectAsync(Guid tenantId, FollowUp followUp, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(followUp);
        if (!graph.IsOn || await TryShowAsync(tenantId, followUp.Customer, followUp.Id, cancellation) is not { } wait)
        {
            return true;
        }

        await followUps.SendAsync(
            new FollowUpChanged(tenantId, followUp.OwnerId, followUp.Customer.ToString(), followUp.Id, followUp.Version), wait, cancellation);
        return false;
    }

    /// <summary>The customer was erased: takes away what shows this follow-up, as soon as Outlook lets it. May be called again.</summary>
    /// <param name="userId">Who was reminded.</param>
    public async Task RemoveAsync(Guid tenantId, Guid userId, CustomerId customer, Guid id, CancellationToken cancellation)
    {
        if (graph.IsOn
            && (await TryShowAsync(tenantId, customer, id, cancellation) ?? await TryRemoveTickedAsync(tenantId, id, cancellation)) is { } wait)
        {
            await followUps.SendAsync(new FollowUpChanged(tenantId, userId, customer.ToString(), id, Version: 1), wait, cancellation);
        }
    }

    /// <summary>When to try again; null when no ticked task of the follow-up is left. May be repeated at will.</summary>
    private async Task<TimeSpan?> TryRemoveTickedAsync(Guid tenantId, Guid id, CancellationToken cancellation)
    {
        await foreach (var row in tables.ReadAllAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.TickedTasks(id), MaxTicked, cancellation))
        {
            var ticked = TickedTask.From(row);
            var user = ticked.UserId.ToString("D");
            try
            {
                if ((await graph.FindTaskAsync(tenantId, user, ticked.ListId, ticked.ItemId, cancellation)
                    ?? await graph.FindTaskByKeyAsync(tenantId, user, ticked.Key, cancellation)) is { ListId: { } list } task)
                {
                    await graph.RemoveTaskAsync(tenantId, user, list, task.ItemId, cancellation);
                }
            }
            catch (GraphException refusal) when (refusal.IsMailboxMissing)
            {
                await missing.NoteAsync(tenantId, ticked.UserId, cancellation); // and the task is gone with it
            }
            catch (GraphException refusal)
            {
                var wait = refusal.Trouble == GraphTrouble.Temporary ? TickedRetry : LongestRetry;
                log.LogWarning("Ticked task of follow-up {FollowUpId}: Graph said {Code} ({Status}, {Trouble}); next try in {Wait}", id, refusal.Code, refusal.Status, refusal.Trouble, wait);
                return refusal.RetryAfter > wait ? refusal.RetryAfter.Value : wait;
            }

            await tables.DeleteAsync(Tables.Reminders, row.PartitionKey, row.RowKey, etag: null, cancellation);
        }

        return null;
    }

    /// <summary>When to try again; null when it is done.</summary>
    private async Task<TimeSpan?> TryShowAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation)
    {
        var found = await tables.FindAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.Reminder(id), cancellation);
        var row = found is null ? null : ShownReminder.From(found);
        var now = clock.GetUtcNow();
        if (row?.BusyUntil is { } busyUntil && busyUntil.IsAhead(Lease, now))
        {
            // Mostly it is a moment; whoever takes long may have died.
            var left = busyUntil - now;
            return Lease - left < Soon ? Busy : left < LongestBusy ? left : LongestBusy;
        }

        var followUp = await FindAsync(tenantId, customer, id, cancellation);
        var kind = await KindOfAsync(tenantId, followUp, cancellation);
        if (row is null && (followUp is null || kind == SinkKind.None))
        {
            await SaySinkAsync(tenantId, followUp, null, cancellation);
            return null;
        }

        var isNew = row is null;
        row ??= New(followUp!, kind);
        row = row with
        {
            BusyUntil = now + Lease,

            // What another left unknown stays until it is known.
            Wanted = row.Wanted ?? (followUp is not null && kind == row.Kind && followUp.OwnerId == row.UserId ? await WantedAsync(tenantId, followUp, kind, cancellation) : null),
        };
        var taken = isNew
            ? await tables.InsertAsync(Tables.Reminders, row.ToTableRow(tenantId), cancellation)
            : await tables.ReplaceAsync(Tables.Reminders, row.ToTableRow(tenantId), found!.ETag!, cancellation);
        if (!taken.IsWritten)
        {
            return Busy;
        }

        var work = new Work(this, tenantId, row, taken.ETag!, isNew);
        try
        {
            await work.ShowAsync(cancellation);
            return null;
        }
        catch (ReminderTakenException)
        {
            return Busy;
        }
        catch (GraphException refusal)
        {
            return await FailAsync(tenantId, work, refusal, cancellation);
        }
    }

    private async Task<TimeSpan?> FailAsync(Guid tenantId, Work work, GraphException refusal, CancellationToken cancellation)
    {
        var row = work.Row;
        var now = clock.GetUtcNow();
        var wait = FirstRetry * Math.Pow(2, Math.Min(row.Failures, 20));
        wait = wait < LongestRetry && refusal.Trouble == GraphTrouble.Temporary ? wait : LongestRetry;
        wait = refusal.RetryAfter > wait ? refusal.RetryAfter.Value : wait;
        var since = row.TroubleSince ?? now;
        log.LogWarning(
            "Reminder of follow-up {FollowUpId}: Graph said {Code} ({Status}, {Trouble}); next try in {Wait}",
            row.FollowUpId, refusal.Code, refusal.Status, refusal.Trouble, refusal.IsMailboxMissing ? null : wait);
        if (refusal.Trouble != GraphTrouble.Temporary || now - since >= ToldAfter)
        {
            await followUps.SaveSinkAsync(
                tenantId, row.Customer, row.FollowUpId, f => f.State == FollowUpState.Open ? new FollowUpSink(row.Kind, row.UserId, refusal.Code) : f.Sink, cancellation);
        }

        await work.EndAsync(row with { Failures = row.Failures + 1, TroubleSince = since }, cancellation);
        if (refusal.IsMailboxMissing)
        {
            await missing.NoteAsync(tenantId, row.UserId, cancellation);
            return null; // until it is there again, or has another owner
        }

        return wait;
    }

    /// <summary>Null too when the customer was erased: nothing of one is shown.</summary>
    private async Task<FollowUp?> FindAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation) =>
        await customers.FindAsync(tenantId, customer, cancellation) is null ? null : await followUps.GetAsync(tenantId, customer, id, cancellation);

    private async Task<SinkKind> KindOfAsync(Guid tenantId, FollowUp? f, CancellationToken cancellation) =>
        f is { State: FollowUpState.Open } ? (await settings.OfAsync(tenantId, f.OwnerId, cancellation)).Sink : SinkKind.None;

    private async Task<ShownText> WantedAsync(Guid tenantId, FollowUp f, SinkKind kind, CancellationToken cancellation) =>
        ShownText.Of(await TextOfAsync(tenantId, f, cancellation), kind);

    private async Task<ReminderText> TextOfAsync(Guid tenantId, FollowUp f, CancellationToken cancellation)
    {
        var name = (await customers.FindAsync(tenantId, f.Customer, cancellation))?.Name;
        var link = f.Source is { WebLink: { } given } source && source.UserId == f.OwnerId ? given : null; // it leads into one mailbox
        var html = new StringBuilder();
        html.Append("<p>").Append(WebUtility.HtmlEncode(f.Note)).Append("</p>");
        if (name is not null)
        {
            html.Append("<p>Customer: ").Append(WebUtility.HtmlEncode(name)).Append("</p>");
        }

        if (link is not null)
        {
            html.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(link)).Append(f.Source!.IsMeeting ? "\">Open the meeting" : "\">Open the mail").Append(
                f.Source?.Subject is { Length: > 0 } subject ? $": {WebUtility.HtmlEncode(subject)}" : "").Append("</a></p>");
        }

        return new ReminderText(OneLine.Of(f.Note, MaxTitle) ?? name ?? "Follow up", html.ToString(), Second(f.RemindAt), f.DueOn, link);
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string StampOf(ReminderText text) => Convert.ToHexString(XxHash64.Hash(Encoding.UTF8.GetBytes(text.Html)));

    /// <summary>Of a follow-up that is shown anew the version, and so the key, is another: of a removed item no second one is made.</summary>
    private static string KeyOf(FollowUp f) => string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}{f.Id:N}-{f.Version}");

    private static ShownReminder New(FollowUp f, SinkKind kind) => new(
        f.Id, f.Customer, kind, f.OwnerId, KeyOf(f), ListId: null, ItemId: null, Written: null, Wanted: null, WrittenAt: f.PlannedAt, Text: null, BusyUntil: null,
        Failures: 0, TroubleSince: null);

    private async Task SaySinkAsync(Guid tenantId, FollowUp? f, FollowUpSink? sink, CancellationToken cancellation)
    {
        if (f is not null && f.Sink != sink)
        {
            await followUps.SaveSinkAsync(tenantId, f.Customer, f.Id, _ => sink, cancellation);
        }
    }

    /// <summary>One worker's hold on one reminder.</summary>
    private sealed class Work(OutlookReminders reminders, Guid tenantId, ShownReminder row, string etag, bool isNew)
    {
        private string etag = etag;

        public ShownReminder Row { get; private set; } = row;

        private GraphReminders Graph => reminders.graph;

        private string User => Row.UserId.ToString("D");

        public async Task ShowAsync(CancellationToken cancellation)
        {
            var followUp = await reminders.FindAsync(tenantId, Row.Customer, Row.FollowUpId, cancellation);
            var kind = await reminders.KindOfAsync(tenantId, followUp, cancellation);
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
                    await reminders.SaySinkAsync(tenantId, followUp, null, cancellation);
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
                var isChangedHere = Row.Written != await reminders.WantedAsync(tenantId, followUp!, Row.Kind, cancellation);
                if (!isChangedHere)
                {
                    followUp = await reminders.followUps.ChangeFromOutlookAsync(
                        tenantId, Row.Customer, Row.FollowUpId, new OutlookChange(reminders.clock.GetUtcNow(), IsDeleted: true), cancellation);
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
            if (Row.ChangeIn(item, followUp, reminders.clock.GetUtcNow()) is { } change)
            {
                var changed = await reminders.followUps.ChangeFromOutlookAsync(tenantId, Row.Customer, Row.FollowUpId, change, cancellation);
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

            var text = await reminders.TextOfAsync(tenantId, followUp, cancellation);
            var wanted = ShownText.Of(text, Row.Kind);

            // A dismissed reminder rings again only at another time.
            var ringsAnew = item.StartAt is null && Row.Written?.StartAt != wanted.StartAt;
            if (!wanted.IsShownBy(item) || ringsAnew || item.IsDone || Row.Text != StampOf(text))
            {
                if (Row.Wanted != wanted)
                {
                    await SaveAsync(Row with { Wanted = wanted }, [], cancellation);
                }

                item = (Row.Kind == SinkKind.Task
                        ? await Graph.ChangeTaskAsync(tenantId, User, Row.ListId!, Row.ItemId!, text, untick: item.IsDone, cancellation)
                        : await Graph.ChangeEventAsync(tenantId, User, Row.ItemId!, text, cancellation))
                    ?? throw new GraphException(GraphTrouble.Temporary, "goneMeanwhile", null, null, null);
            }

            await SaveAsync(Settled(item, text), [], cancellation);
            await reminders.SaySinkAsync(tenantId, followUp, new FollowUpSink(Row.Kind, Row.UserId, Trouble: null), cancellation);
        }

        /// <summary>Makes the item, or finds out that a try before did.</summary>
        private async Task<ReminderItem> CreateAsync(FollowUp followUp, CancellationToken cancellation)
        {
            var text = await reminders.TextOfAsync(tenantId, followUp, cancellation);
            ReminderItem item;
            if (Row.Kind == SinkKind.Task)
            {
                var list = await Graph.ListTaskListsAsync(tenantId, User, cancellation) is [var usual, ..]
                    ? usual
                    : throw new GraphException(GraphTrouble.Item, "noTaskList", null, null, null);
                item = await Graph.CreateTaskAsync(tenantId, User, list, Row.Key, text, cancellation);
            }
            else
            {
                item = await Graph.CreateEventAsync(tenantId, User, Row.Key, text, cancellation);
            }

            Row = Row with { Text = StampOf(text) };
            await KnowAsync(item, cancellation);
            return item;
        }

        private async Task<ReminderItem?> FindAsync(CancellationToken cancellation)
        {
            if (Row.Kind == SinkKind.CalendarEvent)
            {
                return await Graph.FindEventAsync(tenantId, User, Row.ItemId!, cancellation);
            }

            if (await Graph.FindTaskAsync(tenantId, User, Row.ListId!, Row.ItemId!, cancellation) is { } task)
            {
                return task;
            }

            // In another list it has another id.
            var moved = await Graph.FindTaskByKeyAsync(tenantId, User, Row.Key, cancellation);
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
                await reminders.tables.InsertAsync(Tables.Reminders, OutlookReadBack.CursorRow(tenantId, Row.UserId, list, link: null), cancellation);
            }

            List<TableChange> changes = [new TableChange.Put(known.ToItemRow(tenantId)), .. others];
            await SaveAsync(known, changes, cancellation);
        }

        /// <summary>The answer that had its id was lost, or there was none. Null when the id is known, and when there is no item.</summary>
        private async Task<ReminderItem?> FindLostAsync(CancellationToken cancellation)
        {
            var item = Row.ItemId is not null || isNew ? null
                : Row.Kind == SinkKind.Task ? await Graph.FindTaskByKeyAsync(tenantId, User, Row.Key, cancellation)
                : await Graph.FindEventByKeyAsync(tenantId, User, Row.Key, cancellation);
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
                await reminders.missing.NoteAsync(tenantId, Row.UserId, cancellation);
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
                await Graph.RemoveTaskAsync(tenantId, User, Row.ListId!, Row.ItemId, cancellation);
            }
            else
            {
                await Graph.RemoveEventAsync(tenantId, User, Row.ItemId, cancellation);
            }
        }

        private async Task BeginAnewAsync(FollowUp followUp, SinkKind kind, CancellationToken cancellation)
        {
            List<TableChange> changes = Row.ItemId is { } item ? [new TableChange.Delete(TableKeys.ReminderItem(Row.UserId, item), ETag: null)] : [];
            var wanted = await reminders.WantedAsync(tenantId, followUp, kind, cancellation);
            await SaveAsync(New(followUp, kind) with { BusyUntil = Row.BusyUntil, Wanted = wanted, WrittenAt = reminders.clock.GetUtcNow() }, changes, cancellation);
        }

        private async Task ForgetAsync(CancellationToken cancellation, params TableChange[] others)
        {
            List<TableChange> changes = [new TableChange.Delete(TableKeys.Reminder(Row.FollowUpId), etag), .. others];
            if (Row.ItemId is { } item)
            {
                changes.Add(new TableChange.Delete(TableKeys.ReminderItem(Row.UserId, item), ETag: null));
            }

            var outcome = await reminders.tables.TransactAsync(Tables.Reminders, TableKeys.Reminders(tenantId), changes, cancellation);
            if (!outcome.IsWritten)
            {
                throw new ReminderTakenException();
            }
        }

        private ShownReminder Settled(ReminderItem item, ReminderText text) => Row with
        {
            Written = ShownText.Of(item, text.At),
            Wanted = null,
            WrittenAt = reminders.clock.GetUtcNow(),
            Text = StampOf(text),
            BusyUntil = null,
            Failures = 0,
            TroubleSince = null,
        };

        private async Task SaveAsync(ShownReminder next, IReadOnlyList<TableChange> others, CancellationToken cancellation)
        {
            var outcome = await reminders.tables.TransactAsync(
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
    private sealed class ReminderTakenException : Exception;
}
