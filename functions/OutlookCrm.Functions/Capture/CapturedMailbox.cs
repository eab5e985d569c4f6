namespace OutlookCrm.Capture;

/// <summary>A mailbox that is logged: a colleague's, or a shared one such as info@.</summary>
/// <param name="UserId">The object id (oid) of its user; of a shared mailbox that was added by address, a hash of the address.</param>
/// <param name="Address">Its mail address; names it to Graph where the object id is not known.</param>
/// <param name="IsShared">Nobody's own: everybody of the firm owns what it says.</param>
/// <param name="IsOn">False when its owner, or the firm's, switched it off: nothing new is taken.</param>
/// <param name="Since">The first calendar date (UTC) whose mail is taken.</param>
/// <param name="Folders">Ids of folders besides Inbox and Sent Items, at most 20.</param>
public sealed record CapturedMailbox(
    Guid UserId,
    string Address,
    string Name,
    bool IsShared,
    bool IsOn,
    MailboxVisibility Visibility,
    DateOnly Since,
    IReadOnlyList<string> Folders)
{
    /// <summary>What this mailbox calls private besides what all do, see <see cref="PrivateCategory"/>; at most 20.</summary>
    public IReadOnlyList<string> PrivateCategories { get; init; } = [];

    /// <summary>What <see cref="Folders"/> were called when they were chosen, in the same order.</summary>
    public IReadOnlyList<string> FolderNames { get; init; } = [];

    /// <summary>When <see cref="Since"/> begins.</summary>
    public DateTimeOffset SinceAt => new(Since.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>As Graph's paths have it: /users/{this}.</summary>
    public string GraphUser => IsShared ? Address : UserId.ToString("D");
}

/// <summary>What colleagues see of things that came out of a mailbox; its owner sees all. Strictest last.</summary>
public enum MailboxVisibility
{
    Shared,

    /// <summary>That there was a mail or meeting, when and with whom; no subject, no preview, no attachments.</summary>
    TimesAndPeople,

    OnlyMe,
}
