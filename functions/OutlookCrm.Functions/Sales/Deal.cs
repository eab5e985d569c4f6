using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Sales;

/// <summary>A chance to sell something. It names its customer by id only: who is erased leaves no name here.</summary>
/// <param name="Version">Counts the changes, from 1.</param>
/// <param name="Amount">Null while nobody has named a price; then there is no currency either.</param>
/// <param name="StageSince">When it came into its stage.</param>
/// <param name="ClosedAt">Null while it is open; so are <paramref name="Outcome"/> and <paramref name="Why"/>.</param>
public sealed record Deal(
    Guid Id,
    int Version,
    CustomerId Customer,
    string Title,
    string Stage,
    decimal? Amount,
    string? Currency,
    DateOnly? ExpectedOn,
    string? NextStep,
    DateTimeOffset OpenedAt,
    DateTimeOffset StageSince,
    DateTimeOffset? ClosedAt,
    DealOutcome? Outcome,
    string? Why)
{
    /// <summary>Keeps the first outcome: a retried click must not rewrite history.</summary>
    public Deal Close(DealOutcome outcome, string? why, DateTimeOffset now) =>
        ClosedAt is null ? this with { Version = Version + 1, ClosedAt = now, Outcome = outcome, Why = why } : this;
}
