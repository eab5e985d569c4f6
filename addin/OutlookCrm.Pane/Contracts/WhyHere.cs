namespace OutlookCrm.Pane;

/// <summary>Why a captured mail or meeting is on a customer's timeline, as far as the reader may know.</summary>
/// <param name="Id">Of the interaction; unique within the customer.</param>
/// <param name="Match">The customer's address that is on it; null where the reader sees nothing that names it.</param>
/// <param name="MatchRole">What that address is on it; null when it is not among those that are kept.</param>
/// <param name="IsByHand">Somebody asked for it to be logged.</param>
/// <param name="SeenIn">The mailboxes in which it was found, without those that show the reader nothing of it.</param>
/// <param name="People">Everybody on it, at most 50 of <paramref name="PeopleCount"/>.</param>
/// <param name="Attachments">Names, at most 20 of <paramref name="AttachmentCount"/>; empty where only times and people are shown.</param>
/// <param name="IsOnlyMine">The reader said: only me.</param>
/// <param name="May">What the reader may do about it; empty when it is out of colleagues' mailboxes alone.</param>
public sealed record WhyHere(
    string CustomerId,
    string Id,
    InteractionKind Kind,
    DateTimeOffset At,
    string? Match,
    PersonRole? MatchRole,
    bool IsByHand,
    IReadOnlyList<SeenInMailbox> SeenIn,
    IReadOnlyList<PersonOnLine> People,
    int PeopleCount,
    IReadOnlyList<string> Attachments,
    int AttachmentCount,
    bool IsOnlyMine,
    IReadOnlyList<UndoScope> May);

/// <param name="Name">Whose mailbox, or what a shared one is called.</param>
/// <param name="IsSent">It was sent, or the meeting is organised, from there.</param>
/// <param name="TakenAt">When it was logged out of it; null when that is not known.</param>
/// <param name="Folder">Of a mail in the reader's own mailbox or a shared one: where it lies; null when that is not known.</param>
public sealed record SeenInMailbox(string Name, bool IsMine, bool IsShared, bool IsSent, DateTimeOffset? TakenAt, string? Folder = null);

public sealed record PersonOnLine(PersonRole Role, string? Name, string Address);

public enum PersonRole
{
    From,
    To,
    Cc,
    Bcc,
    Organizer,
    Required,
    Optional,
}

/// <summary>What a person may want of a captured thing. It holds for their own mailbox; an owner's for the shared ones too.</summary>
public enum UndoScope
{
    /// <summary>Not this mail, not this meeting.</summary>
    Thing,

    /// <summary>Not this thread.</summary>
    Thread,

    /// <summary>Never this person, as far as the caller's own mailbox goes.</summary>
    Person,

    /// <summary>Never this person, in no mailbox of the firm. For owners.</summary>
    PersonForFirm,

    /// <summary>Nobody else sees what came out of the caller's own mailbox.</summary>
    OnlyMe,
}

/// <summary>What an undo would do. It counts what the caller sees, and nothing else.</summary>
/// <param name="Mails">That would be on no timeline any more where the caller sees them.</param>
/// <param name="Meetings">The same of meetings.</param>
/// <param name="Customers">From whose timelines something would go.</param>
/// <param name="Stays">Mails and meetings that stay because a colleague's mailbox has them too, or for another customer.</param>
/// <param name="Address">Of who would be left out; null for other scopes.</param>
public sealed record UndoPreview(
    string CustomerId, string Id, InteractionKind Kind, UndoScope Scope, int Mails, int Meetings, int Customers, int Stays, string? Address);

/// <summary>What an undo did.</summary>
/// <param name="Key">Takes it back; null when the block list does.</param>
/// <param name="Did">As its preview had it.</param>
public sealed record UndoDone(string? Key, UndoPreview Did);

/// <summary>What the caller took off timelines or closed to colleagues, newest first; at most 200.</summary>
public sealed record UndoneList(IReadOnlyList<Undone> Things);

/// <param name="Key">Takes it back.</param>
/// <param name="Kind">Of the thing on whose line it was said.</param>
/// <param name="At">When that thing was.</param>
/// <param name="Customers">On whose timelines it was: the names of at most three who are still customers.</param>
public sealed record Undone(string Key, UndoScope Scope, InteractionKind Kind, DateTimeOffset At, DateTimeOffset UndoneAt, IReadOnlyList<string> Customers);

/// <summary>What else can be done with a customer: drawn when somebody unfolds it.</summary>
/// <param name="MayErase">The caller is an owner.</param>
public sealed record CustomerActions(string CustomerId, string Name, bool MayErase);
