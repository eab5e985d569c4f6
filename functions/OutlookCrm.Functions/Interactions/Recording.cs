using OutlookCrm.Customers;

namespace OutlookCrm.Interactions;

/// <summary>A captured thing and every customer whose timeline it is for.</summary>
/// <param name="Matches">
/// Each customer once, organisations of people on it among them, with the address that says so: of several the one with the most
/// telling role, From before To before Cc. Kept, so that "not this mail" takes it from all of them.
/// </param>
public sealed record Recording(CapturedInteraction Interaction, IReadOnlyList<CustomerMatch> Matches);

/// <summary>What became of one recording.</summary>
public enum RecordOutcome
{
    /// <summary>It is on the timeline now and was not before.</summary>
    Added,

    /// <summary>It was there already; now it is known that this mailbox has it too.</summary>
    SeenAgain,

    /// <summary>It was there already and says something else now: moved, or another subject.</summary>
    Updated,

    Unchanged,

    NoSuchCustomer,
}

public enum ForgetOutcome
{
    /// <summary>No mailbox has it any more: it is off the timeline.</summary>
    Gone,

    /// <summary>Other mailboxes have it.</summary>
    SeenElsewhere,

    /// <summary>It was not on the timeline from this mailbox's item.</summary>
    NotThere,
}
