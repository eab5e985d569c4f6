using OutlookCrm.Customers;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Closes follow-ups by the answer that they wait for: what we owe by the first mail that we send in the thread after it was planned,
/// what they owe by the first that comes, and what was only to stay in touch by any contact, of which a meeting is one from when it
/// begins. A mail that opens and closes no question (out of office, a bounce) closes nothing, and when the answer turns out to be such a
/// mail, or is taken off the timeline, the follow-up opens again. Worked out from the timeline as it is, so that it may be asked at any
/// time, in any order and again.
/// </summary>
public sealed class FollowUpReplies(ITableStore tables, FollowUpStore followUps)
{
    private const int PageRows = 1_000;

    // Each round means that the timeline or the follow-up changed within the last one.
    private const int MaxRounds = 20;

    /// <summary>Some interactions of a customer are this now, or are said again to be.</summary>
    internal async Task FollowAsync(Guid tenantId, CustomerId customer, IReadOnlyList<Details> interactions, CancellationToken cancellation)
    {
        var mails = interactions.Where(details => details.Kind == InteractionKind.Mail || !details.IsOnTimeline).ToList();
        var isContact = interactions.Any(details => details.IsOnTimeline && !details.NeedsNoAnswer);
        if (mails.Count == 0 && !isContact)
        {
            return;
        }

        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var touched = new HashSet<Guid>();
        if (isContact || mails.Any(mail => mail.IsOnTimeline))
        {
            var threads = mails.Select(mail => mail.ThreadId).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var ids = mails.Select(mail => mail.Id).ToHashSet(StringComparer.Ordinal);
            var open = await tables.RangeAsync(Tables.Customers, partition, TableKeys.OpenFollowUps, FollowUpStore.MaxOpen, cancellation);
            touched.UnionWith(open.Where(IsAbout).Select(row => Guid.ParseExact(TableKeys.Last(row.RowKey), "N")));

            bool IsAbout(TableRow row) =>
                (isContact && IsRhythm(row))
                || (row.Properties.GetValueOrDefault(nameof(FollowUpSource.ThreadId)) is string thread && threads.Contains(thread))
                || (row.Properties.GetValueOrDefault(FollowUpRow.SourceId) is string source && ids.Contains(source));
        }

        foreach (var mail in mails.Where(mail => mail.End is null))
        {
            var closed = await tables.RangeAsync(Tables.Customers, partition, TableKeys.ClosedBy(mail.Id), FollowUpStore.MaxOpen, cancellation);
            touched.UnionWith(closed.Select(row => (Guid)row.Properties[FollowUpRow.EndedFollowUpId]));
        }

        foreach (var id in touched)
        {
            await SettleAsync(tenantId, customer, id, cancellation);
        }
    }

    /// <summary>There was contact that came out of no mailbox: a call.</summary>
    internal async Task HearAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation)
    {
        var open = await tables.RangeAsync(
            Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.OpenFollowUps, FollowUpStore.MaxOpen, cancellation);
        foreach (var row in open.Where(IsRhythm))
        {
            await SettleAsync(tenantId, customer, Guid.ParseExact(TableKeys.Last(row.RowKey), "N"), cancellation);
        }
    }

    private static bool IsRhythm(TableRow row) => row.Properties[nameof(FollowUp.Kind)] is nameof(FollowUpKind.Rhythm);

    /// <summary>Until what the timeline says and what the follow-up is are the same.</summary>
    /// <returns>The follow-up as it is then; null when there is none.</returns>
    internal async Task<FollowUp?> SettleAsync(Guid tenantId, CustomerId customer, Guid id, CancellationToken cancellation)
    {
        for (var round = 1; ; round++)
        {
            var current = await followUps.GetAsync(tenantId, customer, id, cancellation);
            if (current is not { } now || (now.State != FollowUpState.Open && now.End?.Ending != FollowUpEnding.Reply) || round > MaxRounds)
            {
                return current;
            }

            var thread = now.Source?.ThreadId
                ?? (now.Source?.InternetMessageId is { } messageId ? await ThreadOfAsync(tenantId, customer, messageId, cancellation) : null);
            if (thread is null && now.Kind != FollowUpKind.Rhythm)
            {
                return now;
            }

            var since = now.WatchedSince(followUps.Now);
            var (reply, meetsAt) = await FindReplyAsync(tenantId, now, since, thread, cancellation);
            var next = await followUps.ChangeAsync(tenantId, customer, id, Settle, cancellation);
            if (next is null || next.Version == now.Version)
            {
                return next;
            }

            FollowUp Settle(FollowUp f)
            {
                if (f.Version != now.Version)
                {
                    return f; // looked at anew
                }

                var known = f.Source is not { } source || source.ThreadId == thread ? f : f with { Source = source with { ThreadId = thread } };
                known = known.WatchedFrom == since ? known : known with { WatchedFrom = since };
                known = known.MeetsAt == meetsAt ? known : known with { MeetsAt = meetsAt };
                return (reply, f.End?.ReplyId) switch
                {
                    (null, null) => known,
                    (null, _) => known.OpenAsReplyIsGone(followUps.Now),
                    ({ } found, null) => known.CloseByReply(TableKeys.Last(found.RowKey), ByOf(found), followUps.Now),
                    ({ } found, var old) when old == TableKeys.Last(found.RowKey) => known,
                    ({ } found, _) => known.OpenAsReplyIsGone(followUps.Now).CloseByReply(TableKeys.Last(found.RowKey), ByOf(found), followUps.Now),
                };
            }
        }
    }

    private async Task<string?> ThreadOfAsync(Guid tenantId, CustomerId customer, string messageId, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Customers,
            TableKeys.Customer(tenantId, customer.ToString()),
            TableKeys.Details(InteractionId.OfMail(messageId)),
            cancellation) is { } row
            ? Details.From(row).ThreadId
            : null;

    /// <summary>
    /// The first mail from the right side in the thread, or any contact, since the follow-up is watched; null when there is none. Then, of what is to stay
    /// in touch, when there will be some.
    /// </summary>
    private async Task<(TableRow? Reply, DateTimeOffset? MeetsAt)> FindReplyAsync(
        Guid tenantId, FollowUp f, DateTimeOffset watchedFrom, string? thread, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, f.Customer.ToString());
        var since = TableKeys.TimelineSince(watchedFrom.AddTicks(1));
        var now = followUps.Now;
        TableRow? reply = null;
        DateTimeOffset? meetsAt = null;

        // The newest first.
        await foreach (var row in tables.ReadAllAsync(Tables.Customers, partition, since, PageRows, cancellation).Where(IsReply))
        {
            if (f.Kind == FollowUpKind.Rhythm && TimelineRow.AtOf(row) is var at && at > now)
            {
                meetsAt = at;
            }
            else
            {
                reply = row;
            }
        }

        return (reply, reply is null ? meetsAt : null);

        bool IsReply(TableRow row) => f.Kind == FollowUpKind.Rhythm
            ? TimelineRow.IsContact(row) && !row.Properties.ContainsKey(TimelineRow.NeedsNoAnswer)
            : TimelineRow.EndOf(row) is { } end && end.ThreadId == thread && end.IsIncoming == (f.Kind == FollowUpKind.WeWait);
    }

    private static string? ByOf(TableRow line) => line.Properties.GetValueOrDefault(nameof(Interaction.By)) as string;
}
