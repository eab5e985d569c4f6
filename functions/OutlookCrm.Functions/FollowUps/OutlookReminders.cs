using Microsoft.Extensions.Logging;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
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

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBusy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    private readonly WantedReminders wanted = new(followUps, settings, customers);
    private readonly TickedTasks ticked = new(missing, graph, tables, log);

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
            && (await TryShowAsync(tenantId, customer, id, cancellation) ?? await ticked.TryRemoveAsync(tenantId, id, cancellation)) is { } wait)
        {
            await followUps.SendAsync(new FollowUpChanged(tenantId, userId, customer.ToString(), id, Version: 1), wait, cancellation);
        }
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

        var followUp = await wanted.FindAsync(tenantId, customer, id, cancellation);
        var kind = await wanted.KindOfAsync(tenantId, followUp, cancellation);
        if (row is null && (followUp is null || kind == SinkKind.None))
        {
            await wanted.SaySinkAsync(tenantId, followUp, null, cancellation);
            return null;
        }

        var isNew = row is null;
        row ??= ShownReminder.New(followUp!, kind);
        row = row with
        {
            BusyUntil = now + Lease,

            // What another left unknown stays until it is known.
            Wanted = row.Wanted ?? (followUp is not null && kind == row.Kind && followUp.OwnerId == row.UserId ? await wanted.ShownAsync(tenantId, followUp, kind, cancellation) : null),
        };
        var taken = isNew
            ? await tables.InsertAsync(Tables.Reminders, row.ToTableRow(tenantId), cancellation)
            : await tables.ReplaceAsync(Tables.Reminders, row.ToTableRow(tenantId), found!.ETag!, cancellation);
        if (!taken.IsWritten)
        {
            return Busy;
        }

        var work = new ReminderWork(wanted, followUps, missing, graph, tables, clock, tenantId, row, taken.ETag!, isNew);
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

    private async Task<TimeSpan?> FailAsync(Guid tenantId, ReminderWork work, GraphException refusal, CancellationToken cancellation)
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
}
