namespace OutlookCrm.Sandbox.Mail;

/// <summary>A letter in one mailbox, as it is at one moment: a change makes another record.</summary>
/// <param name="Id">Changes when the message moves to another folder; unique in the mailbox, never used again.</param>
/// <param name="ImmutableId">Stays.</param>
/// <param name="ConversationId">The thread in this mailbox; another mailbox has another id for it.</param>
public sealed record MailboxMessage(
    string Id, string ImmutableId, MailFolder Folder, string ConversationId, Letter Letter, DateTimeOffset ReceivedAt, bool IsRead)
{
    /// <summary>Which one it is in its mailbox, in order of first arrival.</summary>
    public int Number { get; init; }

    public bool IsDraft { get; init; }

    /// <summary>It came from outside this mailbox: then its headers were kept.</summary>
    public bool HasHeaders { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public FollowUpFlag Flag { get; init; } = FollowUpFlag.None;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The mailbox's count of changes when this one happened.</summary>
    public long Version { get; init; }

    /// <summary>The same count when it came into its folder.</summary>
    public long ArrivedVersion { get; init; }

    public string FolderId => Folder.Id;
}

/// <param name="Status">Graph's word: notFlagged, flagged, complete.</param>
/// <param name="Zone">As the client named it, for the two times.</param>
public sealed record FollowUpFlag(string Status, string? StartsAt = null, string? DueAt = null, string? CompletedAt = null, string? Zone = null)
{
    public static readonly FollowUpFlag None = new("notFlagged");
}

/// <summary>A folder of one mailbox. What is in it is known to the <see cref="Mailbox"/>.</summary>
public sealed class MailFolder
{
    internal MailFolder(string id, string name, string? wellKnownName, string parentId)
    {
        (Id, Name, WellKnownName, ParentId) = (id, name, wellKnownName, parentId);
    }

    public string Id { get; }

    public string Name { get; }

    /// <summary>inbox, sentitems, …; null for a folder of the user's own.</summary>
    public string? WellKnownName { get; }

    /// <summary>The root's id for a folder at the top.</summary>
    public string ParentId { get; }

    // All three belong to the mailbox and are touched under its lock only.
    internal ItemIndex Index { get; } = new();

    internal List<FolderChange> Changes { get; } = [];

    internal int Unread { get; set; }
}

/// <summary>Something that happened to a message in a folder.</summary>
/// <param name="Message">As it was then; of one that went, as it was before.</param>
internal readonly record struct FolderChange(long Version, MailboxMessage Message, Departure Departure);

internal enum Departure
{
    /// <summary>It is there.</summary>
    None,

    /// <summary>To another folder, the deleted items included.</summary>
    Moved,

    /// <summary>For good.</summary>
    Deleted,
}
