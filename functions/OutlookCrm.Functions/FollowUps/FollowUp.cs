using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>A promise to get back to a customer, or to ask again when they do not.</summary>
/// <param name="Id">Made by the client: planning the same one again plans nothing.</param>
/// <param name="OwnerId">The colleague's object id (oid): in whose agenda it stands and whose Outlook rings.</param>
/// <param name="Note">1 to <see cref="MaxNoteLength"/> characters.</param>
/// <param name="DueOn">A calendar date where the owner lives, not an instant: "by Friday" stays Friday.</param>
/// <param name="DueTime">On the clock there; null for the whole day.</param>
/// <param name="TimeZone">Id of the owner's time zone when it was planned, as IANA or Windows calls it.</param>
/// <param name="Source">The mail or meeting it came from; null when it came from none.</param>
/// <param name="End">How it ended; null while <see cref="State"/> is open.</param>
/// <param name="ChangedAt">When somebody last changed it, here or in Outlook: of two changes the later one holds.</param>
/// <param name="WatchedFrom">Only a mail after this closes it: since it was planned, or opened again by a person.</param>
/// <param name="Sink">What Outlook shows of it; null when nothing was written yet.</param>
/// <param name="History">The newest last, at most <see cref="MaxHistory"/>.</param>
/// <param name="Before">What the last change made by a person changed, for undoing it; null when there is nothing to undo.</param>
/// <param name="Version">Counts every change but those of <paramref name="Sink"/>, from 1.</param>
public sealed record FollowUp(
    Guid Id,
    CustomerId Customer,
    Guid OwnerId,
    string OwnerName,
    string Note,
    DateOnly DueOn,
    TimeOnly? DueTime,
    string TimeZone,
    FollowUpKind Kind,
    FollowUpSource? Source,
    FollowUpState State,
    FollowUpEnd? End,
    DateTimeOffset PlannedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset WatchedFrom,
    FollowUpSink? Sink,
    IReadOnlyList<FollowUpEvent> History,
    FollowUpBefore? Before,
    int Version)
{
    public const int MaxNoteLength = 500;
    public const int MaxHistory = 20;

    /// <summary>
    /// Of what is to stay in touch: when the next meeting with the customer begins, and closes it. Null when none is known; told to nobody, as not all
    /// may see the meeting.
    /// </summary>
    public DateTimeOffset? MeetsAt { get; init; }

    /// <summary>
    /// What was sent up to this was sent before it was planned, whatever our own clock said: the later of when its planner's token was issued and the newest
    /// that was on the timeline. Null when it is not known.
    /// </summary>
    public DateTimeOffset? PlannedAfter { get; init; }

    /// <summary>
    /// Since when it is watched: a time that is still to come is of a clock that was ahead and was set back, and would leave answers unheard until it is there.
    /// </summary>
    internal DateTimeOffset WatchedSince(DateTimeOffset now) =>
        WatchedFrom == PlannedAt && PlannedAfter is { } after && WatchedFrom.IsOfAnotherClock(now) ? after : WatchedFrom;

    /// <summary>Late from the day after <see cref="DueOn"/>; due today is not late.</summary>
    public bool IsOverdue(DateOnly today) => State == FollowUpState.Open && DueOn < today;

    /// <summary>When its owner is to be reminded: at <see cref="DueTime"/>, or when the day's work begins.</summary>
    public DateTimeOffset RemindAt => FollowUpTimes.InstantOf(DueOn, DueTime ?? FollowUpTimes.StartOfDay, FollowUpTimes.ZoneOf(TimeZone));

    /// <summary>As it was before the last change made by a person; itself when there is nothing to undo.</summary>
    public FollowUp Undone(string by, DateTimeOffset now)
    {
        if (Before is not { } before)
        {
            return this;
        }

        var undone = this with
        {
            OwnerId = before.OwnerId,
            OwnerName = before.OwnerName,
            Note = before.Note,
            DueOn = before.DueOn,
            DueTime = before.DueTime,
            TimeZone = before.TimeZone,
            Kind = before.Kind,
            State = before.State,
            End = before.End,
            WatchedFrom = before.State == FollowUpState.Open && State != FollowUpState.Open ? now : WatchedFrom,
            Before = null,
        };
        return undone.By(by, "undid the last change", now);
    }

    /// <summary>Keeps the first completion: a retried click must not rewrite history.</summary>
    public FollowUp Complete(string by, DateTimeOffset now) =>
        State == FollowUpState.Done ? this : Ended(FollowUpState.Done, by, now).By(by, "done", now);

    /// <summary>Open again, whatever ended it: what closed it before does not close it again.</summary>
    public FollowUp Reopen(string by, DateTimeOffset now)
    {
        var open = this with { State = FollowUpState.Open, End = null, WatchedFrom = now, Before = FollowUpBefore.Of(this) };
        return State == FollowUpState.Open ? this : open.By(by, "opened again", now);
    }

    /// <param name="timeZone">Where the new owner lives; null when it is not known: then the date stays in the zone it was planned in.</param>
    public FollowUp HandOver(Guid ownerId, string ownerName, string? timeZone, string by, DateTimeOffset now)
    {
        var handed = this with { OwnerId = ownerId, OwnerName = ownerName, TimeZone = timeZone ?? TimeZone, Before = FollowUpBefore.Of(this) };
        return State != FollowUpState.Open || OwnerId == ownerId ? this : handed.By(by, HandedOverTo(ownerName), now);
    }

    internal static string HandedOverTo(string name) => $"handed over to {name.ReplaceLineEndings(" ").Replace('\t', ' ')}";

    public FollowUp Delete(string by, DateTimeOffset now) =>
        State == FollowUpState.Deleted ? this : Ended(FollowUpState.Deleted, by, now).By(by, "deleted", now);

    /// <summary>Closed by the answer that it waited for.</summary>
    /// <param name="by">Name of our colleague who answered; null when the customer did.</param>
    public FollowUp CloseByReply(string replyId, string? by, DateTimeOffset now)
    {
        var closed = this with { State = FollowUpState.Done, End = new FollowUpEnd(now, by, FollowUpEnding.Reply, replyId), Before = null };
        return State != FollowUpState.Open ? this
            : closed.Happened(by, Kind switch { FollowUpKind.WeWait => "closed, they answered", FollowUpKind.WeOwe => "closed, we answered", _ => "closed, there was contact" }, now);
    }

    /// <summary>The mail that closed it was no answer, or is gone.</summary>
    public FollowUp OpenAsReplyIsGone(DateTimeOffset now)
    {
        var open = this with { State = FollowUpState.Open, End = null, Before = null };
        return End is not { Ending: FollowUpEnding.Reply } ? this : open.Happened(null, "opened again, the answer was none", now);
    }

    private FollowUp Ended(FollowUpState state, string by, DateTimeOffset now) => this with
    {
        State = state,
        End = new FollowUpEnd(now, by, FollowUpEnding.Person, ReplyId: null),
        Before = FollowUpBefore.Of(this),
    };

    /// <summary>Adds a line to the history of a change made by a person here.</summary>
    internal FollowUp By(string by, string what, DateTimeOffset now) => (this with { ChangedAt = now }).Happened(by, what, now);

    internal FollowUp Happened(string? by, string what, DateTimeOffset at) =>
        this with { History = [.. History.TakeLast(MaxHistory - 1), new FollowUpEvent(at.ToUniversalTime(), by, what)] };
}

/// <summary>Where a follow-up came from.</summary>
/// <param name="UserId">Whose mailbox; nobody else is shown the link.</param>
/// <param name="ItemId">Graph's id in it; null when it is not known.</param>
/// <param name="InternetMessageId">Null for a meeting.</param>
/// <param name="ThreadId">16 hexadecimal digits; null until the mail is on the customer's timeline.</param>
public sealed record FollowUpSource(
    Guid UserId, string? ItemId, string? InternetMessageId, string? ThreadId, string? WebLink, string? Subject)
{
    public bool IsMeeting => ItemId is not null && InternetMessageId is null;
}

/// <param name="By">Name of whoever did it; null when nobody of us did.</param>
/// <param name="ReplyId">Of <see cref="FollowUpEnding.Reply"/>: the mail's interaction.</param>
public sealed record FollowUpEnd(DateTimeOffset At, string? By, FollowUpEnding Ending, string? ReplyId);

/// <summary>Where Outlook shows a follow-up. How it does, <see cref="OutlookReminders"/> knows.</summary>
/// <param name="UserId">In whose mailbox.</param>
/// <param name="Trouble">Why it is not shown there, as Graph says it; null when it is.</param>
public sealed record FollowUpSink(SinkKind Kind, Guid UserId, string? Trouble);

/// <param name="By">A colleague's name; null for what happened by itself.</param>
/// <param name="What">A few words, such as <c>moved to 2026-12-04</c>; no line breaks.</param>
public sealed record FollowUpEvent(DateTimeOffset At, string? By, string What);

/// <summary>What a person's change may have changed.</summary>
public sealed record FollowUpBefore(
    Guid OwnerId,
    string OwnerName,
    string Note,
    DateOnly DueOn,
    TimeOnly? DueTime,
    string TimeZone,
    FollowUpKind Kind,
    FollowUpState State,
    FollowUpEnd? End)
{
    public static FollowUpBefore Of(FollowUp f) => new(f.OwnerId, f.OwnerName, f.Note, f.DueOn, f.DueTime, f.TimeZone, f.Kind, f.State, f.End);
}
