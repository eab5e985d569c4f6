using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Capture;

/// <summary>
/// What happens with things that were read of a mailbox, however they were found: they are judged, and put on timelines or taken off; strangers
/// are counted. Durable when it returns; the same again changes nothing.
/// </summary>
public sealed class CapturePages(
    CaptureContexts contexts,
    InteractionStore interactions,
    Correspondents correspondents,
    LoggedMeetings logged,
    TimeProvider clock,
    ILogger<CapturePages> log)
{
    // Of customers, whose transactions wait for the disk together.
    private const int MaxAtOnce = 8;

    /// <param name="folders">The mailbox's special folders.</param>
    /// <param name="isByHand">Somebody asked for this very thing: see <see cref="CaptureContext.IsByHand"/>.</param>
    internal async Task<PageOutcome> TakeAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders folders, CaptureBatch batch, bool isByHand, CancellationToken cancellation)
    {
        var page = new Page(tenantId, mailbox.UserId);
        page.Skipped.AddRange(batch.Unreadable);
        await JudgeMailAsync(page, mailbox, folders, batch, isByHand, cancellation);
        await JudgeMeetingsAsync(page, mailbox, batch, isByHand, cancellation);

        // Before the recording: a meeting that is on a timeline must be found when its id is all that Graph tells.
        await logged.PutAsync(tenantId, mailbox.UserId, page.ToRemember, cancellation);
        await RecordAsync(page, cancellation);
        await ForgetAsync(page, cancellation);
        await correspondents.CountAsync(tenantId, mailbox.UserId, page.Strangers, cancellation);
        foreach (var meeting in page.NotLoggedAnyMore)
        {
            await logged.RemoveAsync(tenantId, mailbox.UserId, meeting.ItemId, cancellation);
        }

        return page.Outcome();
    }

    private async Task JudgeMailAsync(
        Page page, CapturedMailbox mailbox, MailFolders folders, CaptureBatch batch, bool isByHand, CancellationToken cancellation)
    {
        if (batch.Mails.Count + batch.Junk.Count == 0)
        {
            return;
        }

        var context = await contexts.ForAsync(page.TenantId, mailbox, folders, [.. batch.Mails, .. batch.Junk], cancellation);
        context = context with { IsByHand = isByHand };
        foreach (var mail in batch.Mails)
        {
            Judge(page, mail.ItemId, isMeeting: false, () =>
            {
                var outcome = CaptureRules.Judge(mail, context);
                var at = CaptureRules.WhenOf(mail);
                switch (outcome)
                {
                    case CaptureOutcome.Captured captured:
                        page.Add(RecordingOf.Mail(mail, captured.Matches, context), isMeeting: false);
                        break;
                    case CaptureOutcome.Ignored ignored:
                        page.Skipped.Add(new SkippedItem(mail.ItemId, IsMeeting: false, at, ignored.Reason, ignored.About));
                        if (ignored.Reason is IgnoreReason.Private or IgnoreReason.Junk)
                        {
                            page.Forget(mail, context); // it may have been marked, or moved, after it was taken
                        }

                        break;
                }

                if (outcome.Correspondents.Count > 0 && at is { } when)
                {
                    var id = MailIdentity.Of(mail, mailbox.UserId);
                    var direction = CaptureRules.DirectionOf(mail, context);
                    page.Strangers.AddRange(outcome.Correspondents.Select(who => new CorrespondentMail(id, who, direction, when)));
                }
            });
        }

        foreach (var mail in batch.Junk)
        {
            page.Forget(mail, context);
        }
    }

    private async Task JudgeMeetingsAsync(
        Page page, CapturedMailbox mailbox, CaptureBatch batch, bool isByHand, CancellationToken cancellation)
    {
        foreach (var meeting in batch.Gone)
        {
            page.Forget(meeting, meeting.Customers, clock.GetUtcNow());
            page.NotLoggedAnyMore.Add(meeting);
        }

        if (batch.Meetings.Count == 0)
        {
            return;
        }

        var context = await contexts.ForAsync(page.TenantId, mailbox, [.. batch.Meetings], cancellation);
        context = context with { IsByHand = isByHand };
        var before = await logged.FindAsync(page.TenantId, mailbox.UserId, batch.Meetings.Select(meeting => meeting.ItemId), cancellation);
        foreach (var meeting in batch.Meetings)
        {
            Judge(page, meeting.ItemId, isMeeting: true, () =>
            {
                var known = before.GetValueOrDefault(meeting.ItemId);
                switch (CaptureRules.Judge(meeting, context))
                {
                    case CaptureOutcome.Captured captured:
                        var recording = RecordingOf.Meeting(meeting, captured.Matches, context);
                        var now = new LoggedMeeting(
                            meeting.ItemId, meeting.SeriesMasterId, recording.Interaction.Id, meeting.StartAt.ToUniversalTime(), [.. captured.Matches.Select(match => match.Customer)]);
                        if (known is not null && known.InteractionId != now.InteractionId)
                        {
                            page.Forget(known, known.Customers, meeting.ChangedAt); // a single meeting became a series
                        }
                        else if (known is not null)
                        {
                            page.Forget(known, known.Customers.Except(now.Customers), meeting.ChangedAt); // no longer invited
                        }

                        if (known?.Says(now) is not true)
                        {
                            page.ToRemember.Add(now);
                        }

                        page.Add(recording, isMeeting: true);
                        break;
                    case CaptureOutcome.Ignored ignored:
                        page.Skipped.Add(new SkippedItem(
                            meeting.ItemId, IsMeeting: true, ignored.Reason == IgnoreReason.Unreadable ? null : meeting.StartAt, ignored.Reason, ignored.About));

                        // What cannot be read or lies before the start says nothing against what was logged.
                        if (known is not null && ignored.Reason is not (IgnoreReason.Unreadable or IgnoreReason.BeforeStart or IgnoreReason.Draft))
                        {
                            page.Forget(known, known.Customers, meeting.ChangedAt);
                            page.NotLoggedAnyMore.Add(known);
                        }

                        break;
                }
            });
        }
    }

    /// <summary>A thing on which our own code breaks must not stop a mailbox: it is left with a reason, and the rest goes on.</summary>
    private void Judge(Page page, string itemId, bool isMeeting, Action judge)
    {
        try
        {
            judge();
        }
        catch (Exception e) when (IsOfOneThing(e))
        {
            Park(page, itemId, isMeeting, e);
        }
    }

    private async Task RecordAsync(Page page, CancellationToken cancellation) => await Parallel.ForEachAsync(
        page.ByCustomer,
        OwnThreads.AtMost(MaxAtOnce, cancellation),
        async (customer, cancelled) => await RecordAsync(page, customer.Key, customer.Value, cancelled));

    private async Task RecordAsync(Page page, CustomerId customer, List<Recording> recordings, CancellationToken cancellation)
    {
        try
        {
            var outcomes = await interactions.RecordAsync(page.TenantId, customer, recordings, cancellation);
            for (var i = 0; i < recordings.Count; i++)
            {
                page.Outcomes[recordings[i].Interaction.SeenIn.ItemId].Add(outcomes[i]);
            }
        }
        catch (Exception e) when (IsOfOneThing(e) && recordings.Count > 1)
        {
            foreach (var recording in recordings)
            {
                await RecordAsync(page, customer, [recording], cancellation);
            }
        }
        catch (Exception e) when (IsOfOneThing(e))
        {
            var found = recordings[0].Interaction;
            Park(page, found.SeenIn.ItemId, found.Kind == Pane.InteractionKind.Meeting, e);
        }
    }

    private async Task ForgetAsync(Page page, CancellationToken cancellation)
    {
        foreach (var (customer, interactionId, itemId, asOf) in page.ToForget)
        {
            var outcome = await interactions.ForgetItemAsync(
                page.TenantId, customer, interactionId, new MailboxItem(page.UserId, itemId), asOf, cancellation);
            page.Forgotten += outcome == ForgetOutcome.NotThere ? 0 : 1;
        }
    }

    private void Park(Page page, string itemId, bool isMeeting, Exception e)
    {
        log.LogError("Item {ItemId} of mailbox {UserId} was left out: {Failure}", itemId, page.UserId, Failure.WithoutWords(e));
        page.Park(itemId, isMeeting);
    }

    private static bool IsOfOneThing(Exception e) =>
        e is not (OperationCanceledException or TableStoreUnavailableException or WorkQueueUnavailableException or GraphException);

    /// <summary>What is to be done with one batch, and what became of it.</summary>
    private sealed class Page(Guid tenantId, Guid userId)
    {
        private readonly HashSet<string> parked = new(StringComparer.Ordinal);
        private readonly List<(Recording Recording, bool IsMeeting)> recordings = [];

        public Guid TenantId { get; } = tenantId;

        public Guid UserId { get; } = userId;

        public List<SkippedItem> Skipped { get; } = [];

        public List<CorrespondentMail> Strangers { get; } = [];

        public List<LoggedMeeting> ToRemember { get; } = [];

        public List<LoggedMeeting> NotLoggedAnyMore { get; } = [];

        public List<(CustomerId Customer, string InteractionId, string ItemId, DateTimeOffset AsOf)> ToForget { get; } = [];

        public Dictionary<CustomerId, List<Recording>> ByCustomer { get; } = [];

        /// <summary>By item: what became of it on each customer's timeline.</summary>
        public Dictionary<string, ConcurrentBag<RecordOutcome>> Outcomes { get; } = new(StringComparer.Ordinal);

        public int Forgotten { get; set; }

        public void Add(Recording recording, bool isMeeting)
        {
            recordings.Add((recording, isMeeting));
            Outcomes[recording.Interaction.SeenIn.ItemId] = [];
            foreach (var match in recording.Matches)
            {
                if (!ByCustomer.TryGetValue(match.Customer, out var theirs))
                {
                    ByCustomer[match.Customer] = theirs = [];
                }

                theirs.Add(recording);
            }
        }

        public void Forget(MailItem mail, CaptureContext context)
        {
            var id = MailIdentity.Of(mail, UserId);
            foreach (var customer in CaptureRules.PeopleOn(mail)
                .Select(who => context.Customers.GetValueOrDefault(who))
                .OfType<KnownAddress>()
                .SelectMany(known => known.Organisation is { } organisation ? [known.Id, organisation] : new[] { known.Id })
                .Distinct())
            {
                ToForget.Add((customer, id, mail.ItemId, mail.ChangedAt));
            }
        }

        public void Forget(LoggedMeeting meeting, IEnumerable<CustomerId> customers, DateTimeOffset asOf) =>
            ToForget.AddRange(customers.Select(customer => (customer, meeting.InteractionId, meeting.ItemId, asOf)));

        public void Park(string itemId, bool isMeeting)
        {
            lock (parked)
            {
                if (parked.Add(itemId))
                {
                    Skipped.Add(new SkippedItem(itemId, isMeeting, At: null, IgnoreReason.Unreadable, Address: null));
                }
            }
        }

        public PageOutcome Outcome()
        {
            var taken = new List<TakenItem>();
            var isNew = new List<TakenItem>();
            foreach (var (recording, isMeeting) in recordings)
            {
                var found = recording.Interaction;
                var item = new TakenItem(found.SeenIn.ItemId, found.At);
                var outcomes = Outcomes[item.ItemId];
                if (outcomes.Any(outcome => outcome is RecordOutcome.Added or RecordOutcome.SeenAgain))
                {
                    isNew.Add(item);
                    taken.Add(item);
                }
                else if (outcomes.Any(outcome => outcome is RecordOutcome.Updated or RecordOutcome.Unchanged))
                {
                    taken.Add(item);
                }
                else if (!parked.Contains(item.ItemId))
                {
                    Skipped.Add(new SkippedItem(item.ItemId, isMeeting, found.At, IgnoreReason.UnknownPeople, Address: null));
                }
            }

            return new PageOutcome(taken, isNew, Skipped, Forgotten);
        }
    }
}

/// <param name="Taken">On a timeline now, out of this mailbox.</param>
/// <param name="New">Those of them that were not before.</param>
/// <param name="Forgotten">Things that are on a timeline no more, or seen in one mailbox fewer.</param>
internal sealed record PageOutcome(
    IReadOnlyList<TakenItem> Taken, IReadOnlyList<TakenItem> New, IReadOnlyList<SkippedItem> Skipped, int Forgotten)
{
    /// <summary>The receipt for a page that was read for this reason.</summary>
    public PageReceipt Receipt(PageKind kind, DateTimeOffset at) => new(kind, at, kind == PageKind.Again ? New : Taken, Skipped);
}
