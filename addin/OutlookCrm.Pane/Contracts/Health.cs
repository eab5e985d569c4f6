namespace OutlookCrm.Pane;

/// <summary>Whether the product can do its work. Names no firm, person, file or number.</summary>
/// <param name="State">The worst of the parts.</param>
public sealed record HealthReport(HealthState State, IReadOnlyList<HealthPart> Parts);

/// <param name="Words">A sentence or two for a person.</param>
public sealed record HealthPart(HealthOf Of, HealthState State, string Words);

public enum HealthOf
{
    Records,
    Work,
    FailedWork,
    Capture,

    /// <summary>Whether we are told of new mail.</summary>
    News,
    Clock,
}

/// <summary>The later the worse.</summary>
public enum HealthState
{
    Good,

    /// <summary>People can work; something is late or needs a look.</summary>
    Warning,

    /// <summary>People cannot work.</summary>
    Bad,
}

/// <summary>For an owner: whether all works for the firm, and how long what is kept.</summary>
/// <param name="MailboxCount">That are to be logged.</param>
/// <param name="GoodCount">Of them: looked at lately.</param>
/// <param name="LagSeconds">The longest of the mailboxes: from the newest mail's arrival until it was logged. Null before the first mail.</param>
/// <param name="NotifiedCount">Of them: Outlook tells of new mail at once.</param>
/// <param name="RenewedBefore">When the first of those tellings would end; null when there is none.</param>
/// <param name="PollSeconds">How often the others are looked at.</param>
/// <param name="ReceiptDays">How long it is kept what was taken and left out.</param>
/// <param name="CorrespondentMonths">How long people are kept who are no customers, after their last mail.</param>
/// <param name="Cost">What Azure charges for it this month.</param>
public sealed record FirmHealth(
    DateTimeOffset AsOf,
    HealthReport Now,
    int MailboxCount,
    int GoodCount,
    int? LagSeconds,
    int NotifiedCount,
    DateTimeOffset? RenewedBefore,
    int PollSeconds,
    int ReceiptDays,
    int CorrespondentMonths,
    MonthCost Cost)
{
    /// <summary>Open ones of people who left, of which nobody is reminded.</summary>
    public int LeftFollowUpCount { get; init; }

    /// <summary>The firm's own that failed too often and was put aside; of each kind that has any.</summary>
    public IReadOnlyList<FailedWork> FailedWork { get; init; } = [];
}

/// <param name="Count">Pieces of work.</param>
public sealed record FailedWork(WorkKind Kind, int Count);

/// <summary>What is done behind people's backs.</summary>
public enum WorkKind
{
    /// <summary>Looking through mailboxes.</summary>
    MailLogging,

    /// <summary>One mail or meeting that somebody asked for, or that is to be looked at again.</summary>
    ItemLogging,

    /// <summary>A customer's mail of before.</summary>
    MailHistory,

    /// <summary>Taking off what was logged.</summary>
    Undo,

    /// <summary>Bringing lists and search up to date with a customer.</summary>
    Customers,
    CompanyNames,
    Reminders,
    HandOver,
    Erasure,
    Import,
    Insights,
}

/// <summary>What Azure charges for the deployment from the first of this month (UTC) on.</summary>
/// <param name="Spent">One for each currency; none while nothing was charged, and none unless <see cref="CostState.Told"/>.</param>
/// <param name="AsOf">When Azure was asked; null when it was not.</param>
public sealed record MonthCost(CostState State, IReadOnlyList<CostAmount> Spent, DateTimeOffset? AsOf);

/// <param name="Amount">Such as <c>4.12</c>.</param>
/// <param name="Currency">ISO 4217, as the subscription is billed.</param>
public sealed record CostAmount(string Amount, string Currency);

public enum CostState
{
    /// <summary>Nothing says that it runs there.</summary>
    NotInAzure,

    /// <summary>Several firms are served: the bill is none of one of them.</summary>
    Shared,
    NotToldYet,
    Told,

    /// <summary>The app may not know.</summary>
    Refused,
}
