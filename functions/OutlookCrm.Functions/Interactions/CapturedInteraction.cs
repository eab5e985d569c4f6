using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>A mail or meeting found in a mailbox, on its way to the timelines of the customers who took part.</summary>
/// <param name="Id">Its one identity, whoever has it: see <see cref="InteractionId"/>.</param>
/// <param name="At">When it was sent, or begins.</param>
/// <param name="EndsAt">Of a meeting.</param>
/// <param name="People">Everybody on it with their role, customers first; at most 50 of <paramref name="PeopleCount"/>.</param>
/// <param name="ThreadId">16 hexadecimal digits; null for a meeting.</param>
/// <param name="SeenIn">The mailbox that it was found in, and its id there.</param>
/// <param name="ChangedAt">When it last changed there: of two readings of one item the later counts, in whatever order they come.</param>
/// <param name="IsAuthors">True in the mailbox of who sent or organises it: of a meeting, what it says there holds for all.</param>
/// <param name="IsByHand">True when somebody asked for it to be logged.</param>
/// <param name="By">Name of our colleague who sent or held it; null when it came from the customer.</param>
/// <param name="NeedsNoAnswer">True when it opens and closes no question: it counts for no "waiting".</param>
public sealed record CapturedInteraction(
    string Id,
    InteractionKind Kind,
    Direction Direction,
    DateTimeOffset At,
    DateTimeOffset? EndsAt,
    string? Title,
    string? Preview,
    string? By,
    IReadOnlyList<Participant> People,
    int PeopleCount,
    IReadOnlyList<string> AttachmentNames,
    string? ThreadId,
    MailboxItem SeenIn,
    DateTimeOffset ChangedAt,
    bool IsAuthors,
    bool IsByHand,
    bool NeedsNoAnswer)
{
    /// <summary>The mailbox's user said: only me.</summary>
    public bool IsOnlyMine { get; init; }

    /// <summary>What the folder is called in which a mail lies; null when that is not known.</summary>
    public string? Folder { get; init; }
}

/// <summary>Whom an interaction is about, and the address that says so.</summary>
public sealed record CustomerMatch(CustomerId Customer, MailAddress Address);

public sealed record Participant(ParticipantRole Role, MailAddress Address, string Name);

public enum ParticipantRole
{
    From,
    To,
    Cc,
    Bcc,
    Organizer,
    Required,
    Optional,
}

/// <summary>Where a thing was found.</summary>
/// <param name="UserId">Whose mailbox.</param>
/// <param name="ItemId">Graph's immutable id in it.</param>
public sealed record MailboxItem(Guid UserId, string ItemId);
