using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;

namespace OutlookCrm.Capture;

/// <summary>What the rules say of one mail or meeting.</summary>
/// <param name="Correspondents">
/// Of a mail that goes on a timeline or whose people are unknown: those who are no customers and are to be counted as people we write
/// with, without programs and desks. Empty for every other reason, and for a meeting, whose invitation was counted.
/// </param>
public abstract record CaptureOutcome(IReadOnlyList<Correspondent> Correspondents)
{
    /// <param name="Matches">The customers whose timelines it is for; never empty.</param>
    public sealed record Captured(IReadOnlyList<CustomerMatch> Matches, IReadOnlyList<Correspondent> Correspondents)
        : CaptureOutcome(Correspondents);

    /// <param name="About">
    /// Who of the others a receipt may name: who wrote, or to whom we did. Null when there is nobody, and when nobody may be named: it is
    /// private, or they were erased.
    /// </param>
    public sealed record Ignored(IgnoreReason Reason, MailAddress? About, IReadOnlyList<Correspondent> Correspondents)
        : CaptureOutcome(Correspondents);
}

/// <summary>
/// Why a thing is not on a timeline, in the order in which the rules look: the first that holds is the reason. What people said
/// comes before what headers say. In the user's words: <c>docs/capture-rules.md</c>.
/// </summary>
public enum IgnoreReason
{
    Draft,
    Junk,

    /// <summary>Cannot be read: nobody sent it, or it has no time that can be.</summary>
    Unreadable,

    /// <summary>Before the date from which this mailbox is logged.</summary>
    BeforeStart,

    /// <summary>Marked private, personal or confidential, or carries the private category.</summary>
    Private,

    /// <summary>Somebody said: not this mail, or not this meeting.</summary>
    NotThisItem,

    /// <summary>Somebody said: not this thread.</summary>
    NotThisThread,

    /// <summary>An appointment without guests, or a reminder of our own.</summary>
    OwnAppointment,
    Cancelled,

    /// <summary>The mailbox's owner declined, or everybody outside did.</summary>
    Declined,

    /// <summary>Nobody on it but us.</summary>
    ColleaguesOnly,

    /// <summary>Who wrote it was erased at their wish, or everybody was whom it could be about.</summary>
    Erased,

    /// <summary>Everybody whom it could be about is on a block list, or erased.</summary>
    Blocked,

    /// <summary>A program wrote it: bounce, receipt, out-of-office note, RFC 3834. Invitations too: the calendar tells of them.</summary>
    Automatic,

    /// <summary>Went to a list: newsletter, group, bulk mail.</summary>
    MailingList,

    /// <summary>Nobody on it is a customer.</summary>
    UnknownPeople,
}
