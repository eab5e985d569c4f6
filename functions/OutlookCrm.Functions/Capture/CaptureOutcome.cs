using OutlookCrm.Graph;
using OutlookCrm.Interactions;

namespace OutlookCrm.Capture;

/// <summary>What the rules say of one mail or meeting.</summary>
public abstract record CaptureOutcome
{
    private CaptureOutcome()
    {
    }

    /// <param name="Matches">The customers who are on it; never empty.</param>
    public sealed record Captured(IReadOnlyList<CustomerMatch> Matches) : CaptureOutcome;

    /// <param name="Correspondents">
    /// For <see cref="IgnoreReason.UnknownPeople"/> of a mail: those to be counted as people we write with, without programs and desks.
    /// Empty for every other reason, and for a meeting, whose invitation was counted.
    /// </param>
    public sealed record Ignored(IgnoreReason Reason, IReadOnlyList<Correspondent> Correspondents) : CaptureOutcome;
}

/// <summary>
/// Why a thing is not on a timeline, in the order in which the rules look: the first that holds is the reason. What people said
/// comes before what headers say: who is erased or blocked must not appear in a receipt under another reason, with an address.
/// </summary>
public enum IgnoreReason
{
    /// <summary>Cannot be read: no people on it, or no time that can be.</summary>
    Unreadable,
    Draft,
    Junk,

    /// <summary>Before the date from which this mailbox is logged.</summary>
    BeforeStart,

    /// <summary>Marked private, personal or confidential, or carries the private category.</summary>
    Private,

    /// <summary>Somebody said: not this mail, or not this meeting.</summary>
    NotThisItem,

    /// <summary>Somebody said: not this thread.</summary>
    NotThisThread,

    /// <summary>A whole-day appointment without guests, or a reminder of our own.</summary>
    OwnAppointment,
    Cancelled,

    /// <summary>The mailbox's owner declined, or everybody outside did.</summary>
    Declined,

    /// <summary>Nobody on it but us.</summary>
    ColleaguesOnly,

    /// <summary>Everybody whom it could be about was erased at their wish.</summary>
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
