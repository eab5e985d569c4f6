namespace OutlookCrm.Pane;

/// <summary>What happened with a customer, newest first.</summary>
/// <param name="Next">Opaque; goes into <c>after</c> for the next page. Null on the last.</param>
public sealed record Timeline(string CustomerId, IReadOnlyList<TimelineLine> Lines, string? Next);

/// <param name="Id">Of the interaction; unique within the customer.</param>
/// <param name="Title">Subject of a mail or meeting, null for a note.</param>
/// <param name="Text">A note's text (at most 4,000 characters), or at most 255 characters of a mail.</param>
/// <param name="By">Our colleague who wrote, sent or held it; null when it came from the customer.</param>
public sealed record TimelineLine(
    string Id, InteractionKind Kind, Direction Direction, DateTimeOffset At, string? Title, string? Text, string? By);

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
