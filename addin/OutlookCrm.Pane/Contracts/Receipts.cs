namespace OutlookCrm.Pane;

/// <summary>The reader's own mailbox in one line.</summary>
/// <param name="AsOf">When it was asked for: ages are counted to here.</param>
/// <param name="Condition">Null when the reader has no mailbox that could be logged.</param>
/// <param name="LastTakenAt">When something was last logged; null when never.</param>
/// <param name="Taken">What came today, where the reader is.</param>
/// <param name="Older">What was logged today and had come before: a new customer's mail and meetings, what was missed or asked for.</param>
/// <param name="Skipped">Today, where the reader is.</param>
/// <param name="CardsMark">
/// Another one since somebody was erased: cards that a browser keeps from before are to be forgotten. Says nothing of whom; null while nobody was.
/// </param>
public sealed record ReceiptLine(
    DateTimeOffset AsOf, MailboxCondition? Condition, DateTimeOffset? LastTakenAt, int Taken, int Older, int Skipped, HistoryProgress? History,
    Guid? CardsMark);

/// <summary>What was logged out of one mailbox on one day and what was not, and why.</summary>
/// <param name="Day">Where the reader is.</param>
/// <param name="DayBefore">Null when nothing is kept of it.</param>
/// <param name="DayAfter">Null when it is yet to come.</param>
/// <param name="Taken">What came on this day.</param>
/// <param name="Older">What was logged on this day and had come before: a new customer's mail and meetings, what was missed or asked for.</param>
/// <param name="Skipped">Each reason that there was.</param>
/// <param name="LastTakenAt">When something was last logged, on whatever day; null when never.</param>
/// <param name="HistorySkipped">Of the mail from before the mailbox was logged.</param>
public sealed record Receipt(
    MailboxHealth Mailbox,
    DateTimeOffset AsOf,
    DateOnly Day,
    DateOnly? DayBefore,
    DateOnly? DayAfter,
    int Taken,
    int Older,
    IReadOnlyList<SkippedForReason> Skipped,
    DateTimeOffset? LastTakenAt,
    int HistoryTaken,
    IReadOnlyList<SkippedForReason> HistorySkipped);

/// <param name="Things">The newest of them; none where nothing of them is kept.</param>
public sealed record SkippedForReason(SkipReason Reason, int Count, IReadOnlyList<SkippedThing> Things);

/// <param name="ItemId">Its id in the mailbox.</param>
/// <param name="At">When it was sent or begins; null when it has no time that can be believed.</param>
/// <param name="Address">Whom it was about.</param>
/// <param name="CustomerId">Whose that address is now; null when it is nobody's.</param>
/// <param name="BlockedBy">The entry of the mailbox's own block list that covers the address; null when none does.</param>
/// <param name="IsAskedFor">It shall be logged anyway, which takes a moment.</param>
public sealed record SkippedThing(
    string ItemId, bool IsMeeting, DateTimeOffset? At, string? Address, string? CustomerId, string? BlockedBy, bool IsAskedFor);

/// <summary>Why something was not logged; docs/capture-rules.md says it at length.</summary>
public enum SkipReason
{
    Draft,
    Junk,
    Unreadable,
    BeforeStart,
    Private,
    NotThisItem,
    NotThisThread,
    OwnAppointment,
    Cancelled,
    Declined,
    ColleaguesOnly,
    Erased,
    Blocked,
    Automatic,
    MailingList,
    UnknownPeople,
}

/// <summary>People whom the reader keeps writing with and who are no customers, the most likely first.</summary>
/// <param name="Hidden">Of whom the reader said that they are none.</param>
public sealed record CorrespondentList(IReadOnlyList<Acquaintance> People, IReadOnlyList<Acquaintance> Hidden)
{
    /// <summary>Who it is that they are compared with.</summary>
    public BestCustomersSeen Best { get; init; } = new(0, 0);
}

/// <param name="Customers">Of class A, at most 25; 0 while too little was bought for classes.</param>
/// <param name="WithMail">Of them, with whom mail went both ways in 90 days.</param>
/// <param name="UsualMails">Median of the mails with those; null under five of them.</param>
public sealed record BestCustomersSeen(int Customers, int WithMail, int? UsualMails = null);

/// <param name="Name">As their mail says; their address when it says none.</param>
/// <param name="Incoming">Mails from them.</param>
/// <param name="Outgoing">Mails to them.</param>
/// <param name="Likenesses">In what they are like the best customers, in sentences.</param>
public sealed record Acquaintance(
    string Address, string Name, int Incoming, int Outgoing, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyList<string> Likenesses);

/// <summary>Somebody from the list became a customer, or was one already.</summary>
public sealed record BecameCustomer(string CustomerId, string Name);
