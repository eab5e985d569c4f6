using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>What is known when the mails or meetings of one page of a mailbox are judged.</summary>
/// <param name="Folders">The mailbox's special folders; for meetings without meaning.</param>
/// <param name="PrivateCategories">Besides those that every mailbox has in its language: see <see cref="PrivateCategory"/>.</param>
/// <param name="Blocked">On the list of the mailbox's owner or of the firm.</param>
/// <param name="Customers">Of the people on the page, those who are customers.</param>
public sealed record CaptureContext(
    CapturedMailbox Mailbox,
    MailFolders Folders,
    OwnFirm Firm,
    IReadOnlyCollection<string> PrivateCategories,
    BlockedPeople Blocked,
    ExcludedThings Excluded,
    ErasedAddresses Erased,
    IReadOnlyDictionary<MailAddress, KnownAddress> Customers)
{
    /// <summary>
    /// Somebody asked for this very thing to be logged: when it was, that it went to a list or came from a program, and what they once
    /// said of it or its thread do not matter.
    /// </summary>
    public bool IsByHand { get; init; }

    /// <summary>Ids of interactions that nobody but the mailbox's user shall see.</summary>
    public IReadOnlySet<string> OnlyMine { get; init; } = new HashSet<string>();

    /// <summary>Blocked or erased: counts as if they were not there, and is not named on anybody's timeline.</summary>
    public bool IsLeftOut(MailAddress who) => Blocked.Covers(who) || Erased.Has(who);
}
