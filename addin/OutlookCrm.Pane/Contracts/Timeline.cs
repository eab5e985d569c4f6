namespace OutlookCrm.Pane;

/// <summary>What happened with a customer, newest first.</summary>
/// <param name="Next">Opaque; goes into <c>after</c> for the next page. Null on the last.</param>
public sealed record Timeline(string CustomerId, IReadOnlyList<TimelineLine> Lines, string? Next);

/// <summary>A note or a call on its own, to be edited.</summary>
public sealed record WrittenLine(string CustomerId, TimelineLine Line);

/// <param name="Id">Of the interaction; unique within the customer.</param>
/// <param name="Title">
/// Subject of a mail or meeting; null for a note or call, for a mail without one, and where only times and people are shown.
/// </param>
/// <param name="Text">What was written down (at most 4,000 characters), or at most 255 characters of a mail.</param>
/// <param name="By">Our colleague who wrote, sent or held it; null when it came from the customer.</param>
/// <param name="EndsAt">Of a meeting, and of a call whose length is known.</param>
/// <param name="PeopleCount">On a mail or meeting.</param>
/// <param name="Attachments">Names of the first three; null when there are none.</param>
/// <param name="AttachmentCount">When there are more than three.</param>
/// <param name="WaitsFor">On the newest mail of a thread: who is waited for. Null on other lines, and when nobody waits any more.</param>
public sealed record TimelineLine(
    string Id,
    InteractionKind Kind,
    Direction Direction,
    DateTimeOffset At,
    string? Title,
    string? Text,
    string? By,
    DateTimeOffset? EndsAt = null,
    int? PeopleCount = null,
    IReadOnlyList<string>? Attachments = null,
    int? AttachmentCount = null,
    WaitsFor? WaitsFor = null);

/// <summary>
/// Who waits for whom, by the newest mail of each thread that a person wrote in the last 30 days. Days are calendar days where the reader
/// is, weekends too.
/// </summary>
/// <param name="ForUs">They wait for our answer; null when they do not.</param>
/// <param name="ForThem">We wait for theirs.</param>
public sealed record Waits(Wait? ForUs, Wait? ForThem);

/// <param name="Threads">1 or more.</param>
/// <param name="SinceAt">When the last mail of the thread that waits longest was sent.</param>
public sealed record Wait(int Threads, DateTimeOffset SinceAt);

public enum WaitsFor
{
    /// <summary>The customer wrote last.</summary>
    Us,

    /// <summary>We wrote last.</summary>
    Them,

    /// <summary>The customer wrote last, and one of us said that it needs no answer.</summary>
    Nobody,
}

public enum InteractionKind
{
    Mail,
    Meeting,
    Call,
    Note,
}

public enum Direction
{
    /// <summary>Neither: a note, a meeting.</summary>
    None,
    Incoming,
    Outgoing,
}
