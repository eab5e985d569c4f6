using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OutlookCrm.Firm;
using OutlookCrm.FollowUps;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Looks at mailboxes, one worker a mailbox at a time; what was asked for is done, or asked for again before this returns, or the store is away.</summary>
public sealed class MailboxWorker(
    CapturedMailboxes mailboxes,
    MailboxLeases leases,
    MailboxStatuses statuses,
    MailboxSubscriptions subscriptions,
    MailElsewhere elsewhere,
    SpecialFolders special,
    CaptureRequests requests,
    CapturePages pages,
    LoggedMeetings logged,
    OutlookReadBack reminders,
    MissingMailboxes missing,
    FirmDomains domains,
    GraphMailboxes graph,
    ITableStore tables,
    CaptureOptions options,
    CaptureMetrics metrics,
    TimeProvider clock,
    ILogger<MailboxWorker> log)
{
    /// <summary>How soon the next look follows one that left something to do. Whoever asks meanwhile is served by it.</summary>
    internal static readonly TimeSpan NextSlice = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a look waits for the one that is going on.</summary>
    internal static readonly TimeSpan Busy = TimeSpan.FromSeconds(2);

    /// <summary>Longer than anything is waited for, also when Graph asks for it: a time further ahead is another clock's.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstReconnect = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestReconnect = TimeSpan.FromHours(1);
    private static readonly TimeSpan SubscriptionsAgain = TimeSpan.FromMinutes(10);

    private const int MaxCursors = 100;

    // Of the host's workers some stay free for new mail.
    private const int MaxSlices = 4;

    private readonly ConcurrentDictionary<(Guid TenantId, Guid UserId), Running> running = new();
    private int slices;

    /// <param name="askedAt">A round that began then or later has seen what this is about.</param>
    internal async Task LookAsync(MailboxToLookAt ask, DateTimeOffset askedAt, CancellationToken cancellation)
    {
        try
        {
            if (await TryLookAsync(ask, askedAt, cancellation) is { } again)
            {
                await requests.LookAsync([ask], cancellation, again);
            }
        }
        catch (MailboxLeaseLostException)
        {
            log.LogWarning("Mailbox {UserId}: another worker took it", ask.UserId);
            await requests.LookAsync([ask], cancellation, Busy);
        }
    }

    /// <summary>When to try again what could not even be begun; null when it was done or need not be.</summary>
    private async Task<TimeSpan?> TryLookAsync(MailboxToLookAt ask, DateTimeOffset askedAt, CancellationToken cancellation)
    {
        var known = await leases.ReadAsync(ask.TenantId, ask.UserId, cancellation);
        var now = clock.GetUtcNow();
        if (ask is { Subscriptions: false, Recount: false, Insists: false }
            && known.Row.LookedFrom is { } lookedFrom && lookedFrom >= askedAt && !lookedFrom.IsOfAnotherClock(now))
        {
            return null;
        }

        // Of one that was taken off the list the subscriptions may still be there.
        if ((await mailboxes.SettingsAsync(ask.TenantId, ask.UserId, cancellation))?.ToMailbox() is not { } mailbox || (!mailbox.IsOn && !ask.Subscriptions))
        {
            return null;
        }

        if (known.Row.RetryAt is { } retryAt && retryAt.IsAhead(LongestWait, now)
            && !(ask.Insists && (await statuses.FindAsync(ask.TenantId, ask.UserId, cancellation)).Trouble == GraphTrouble.Reconnect))
        {
            return retryAt - now;
        }

        if (await leases.TryTakeAsync(ask.TenantId, ask.UserId, known, cancellation) is not { } lease)
        {
            if (running.TryGetValue((ask.TenantId, ask.UserId), out var other))
            {
                other.IsWanted = true;
            }

            return Busy;
        }

        var self = new Running();
        await using (lease)
        {
            running[(ask.TenantId, ask.UserId)] = self;
            try
            {
                await VisitAsync(ask, mailbox, lease, self, cancellation);
                return null;
            }
            catch (OperationCanceledException) when (lease.Token.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw new MailboxLeaseLostException();
            }
            finally
            {
                running.TryRemove(new((ask.TenantId, ask.UserId), self));
            }
        }
    }

    private async Task VisitAsync(MailboxToLookAt ask, CapturedMailbox mailbox, MailboxLease lease, Running self, CancellationToken cancellation)
    {
        var status = await statuses.FindAsync(ask.TenantId, mailbox.UserId, lease.Token);
        ask = ask with { Subscriptions = ask.Subscriptions || LacksSubscriptions(mailbox, lease, status) };
        var cursors = await tables.RangeAsync(
            Tables.Mailboxes, TableKeys.Mailboxes(ask.TenantId), TableKeys.MailboxCursors(mailbox.UserId), MaxCursors, lease.Token);
        MailboxVisit? visit = null;
        GraphException? trouble = null;
        var mayTakeHistory = Interlocked.Increment(ref slices) <= MaxSlices;
        try
        {
            if (mailbox.IsOn)
            {
                var folders = await special.OfAsync(ask.TenantId, mailbox, lease.Token);
                status = ask.Subscriptions ? await KeepSubscriptionsAsync(ask.TenantId, mailbox, folders, status, lease.Token) : status;
                await domains.KnowAsync(ask.TenantId, lease.Token);
                status = ask.Recount ? status with { MailElsewhere = await elsewhere.FindAsync(ask.TenantId, mailbox, folders, lease.Token) } : status;
                visit = new MailboxVisit(
                    ask.TenantId, mailbox, folders, lease, status, [.. cursors.Select(FolderCursor.Read)], mailboxes, graph, pages, logged, reminders, options, clock);
                await visit.RunAsync(ask.Recount, mayTakeHistory, () => self.IsWanted, lease.Token);
            }
            else if (ask.Subscriptions)
            {
                status = await KeepSubscriptionsAsync(ask.TenantId, mailbox, NoFolders, status, lease.Token);
            }
        }
        catch (GraphException e)
        {
            trouble = e;
        }
        finally
        {
            Interlocked.Decrement(ref slices);
        }

        await EndAsync(ask, mailbox, lease, visit, visit?.Status ?? status, trouble, cancellation);
        metrics.Looked(trouble?.Trouble, visit?.LagOfNewMail);
    }

    /// <summary>Asks for what is left, then saves: a process that ends between the two has asked for too much, not for too little.</summary>
    private async Task EndAsync(
        MailboxToLookAt ask, CapturedMailbox mailbox, MailboxLease lease, MailboxVisit? visit, MailboxStatus status, GraphException? trouble,
        CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (trouble is not null)
        {
            var wait = WaitAfter(trouble, lease.Row.Failures, now - (status.TroubleSince ?? now));
            if (trouble.IsMailboxMissing)
            {
                await missing.NoteAsync(ask.TenantId, mailbox.UserId, cancellation);
            }

            log.LogWarning(
                "Mailbox {UserId}: Graph said {Code} ({Status}, {Trouble}); next try in {Wait}",
                mailbox.UserId, trouble.Code, trouble.Status, trouble.Trouble, wait);
            await requests.LookAsync([ask with { Recount = ask.Recount && visit is not { IsRecounting: true }, Insists = false }], cancellation, wait);
            await SaveAsync(
                status with
                {
                    Trouble = trouble.Trouble,
                    TroubleCode = trouble.Code,
                    TroubleSince = status.TroubleSince ?? now,
                    RetryAt = now + wait,
                },
                row => row with { Failures = row.Failures + 1, RetryAt = now + wait });
            return;
        }

        if (visit is { IsUnfinished: true })
        {
            await requests.LookAsync(ask.TenantId, ask.UserId, cancellation, NextSlice);
        }

        if (ask.Subscriptions && options.NotificationUrl is not null && mailbox.IsOn && !status.IsNotified)
        {
            await requests.LookAsync([ask with { Recount = false }], cancellation, SubscriptionsAgain);
        }

        await SaveAsync(status, row => row with { Failures = 0, RetryAt = null, LookedFrom = visit?.LookedFrom ?? row.LookedFrom });

        Task SaveAsync(MailboxStatus end, Func<MailboxLeaseRow, MailboxLeaseRow> next) => visit is not null
            ? visit.EndAsync(end, next, lease.Token)
            : lease.CommitAsync(
                new PageReceipt(PageKind.Live, now, [], []),
                [new TableChange.Put(end.ToTableRow(ask.TenantId))],
                row => next(row) with { Owner = null },
                lease.Token);
    }

    /// <summary>It is new, or its subscriptions have ended although they are renewed daily.</summary>
    private bool LacksSubscriptions(CapturedMailbox mailbox, MailboxLease lease, MailboxStatus status) =>
        options.NotificationUrl is not null && mailbox.IsOn
        && (lease.Row.LookedFrom is null || (status.IsNotified && status.SubscriptionExpiresAt < clock.GetUtcNow()));

    private static MailFolders NoFolders { get; } = new(null, null, null, null, null, null);

    private async Task<MailboxStatus> KeepSubscriptionsAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders folders, MailboxStatus status, CancellationToken cancellation)
    {
        var expiresAt = await subscriptions.KeepAsync(tenantId, mailbox, folders, cancellation);
        return status with { IsNotified = expiresAt is not null, SubscriptionExpiresAt = expiresAt };
    }

    private static TimeSpan WaitAfter(GraphException trouble, int failures, TimeSpan since)
    {
        // One that was not there for a day is mostly of somebody who left.
        var (first, longest) = trouble.IsMailboxMissing && since >= LongestWait ? (LongestWait, LongestWait)
            : trouble.Trouble == GraphTrouble.Reconnect ? (FirstReconnect, LongestReconnect)
            : (FirstRetry, LongestRetry);
        var wait = first * Math.Pow(2, Math.Min(failures, 20));
        wait = wait < longest ? wait : longest;
        wait = trouble.RetryAfter is { } asked && asked > wait ? asked : wait;
        return wait < LongestWait ? wait : LongestWait;
    }

    private sealed class Running
    {
        private volatile bool isWanted;

        /// <summary>Somebody asks for new mail while history is taken.</summary>
        public bool IsWanted
        {
            get => isWanted;
            set => isWanted = value;
        }
    }
}
