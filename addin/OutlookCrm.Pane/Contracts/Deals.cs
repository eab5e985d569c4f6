using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>The firm's pipeline.</summary>
/// <param name="Stages">With an open deal, in the order of <see cref="DealStages.Usual"/>, then by name.</param>
/// <param name="Closed">The last twenty won or lost, the newest first.</param>
/// <param name="Currency">
/// What a deal without an amount is most likely in: as most customers buy; null when there is no such deal, or nobody has bought anything.
/// </param>
public sealed record DealList(IReadOnlyList<PipelineStage> Stages, IReadOnlyList<DealEntry> Closed, string? Currency = null);

/// <param name="Totals">A sum for each currency of the deals that have an amount: currencies are never added up.</param>
/// <param name="Deals">Those expected soonest first.</param>
public sealed record PipelineStage(string Name, IReadOnlyList<DealSum> Totals, IReadOnlyList<DealEntry> Deals);

public sealed record DealSum(string Currency, string Amount);

/// <param name="Version">Goes back with every change.</param>
/// <param name="Amount">With a decimal point; null while nobody has named a price.</param>
/// <param name="StageSince">When it came into its stage.</param>
/// <param name="ClosedAt">Null while it is open; so are <paramref name="Outcome"/> and <paramref name="Why"/>.</param>
public sealed record DealEntry(
    Guid Id,
    string Version,
    string CustomerId,
    string CustomerName,
    string Title,
    string Stage,
    string? Amount,
    string? Currency,
    DateOnly? ExpectedOn,
    string? NextStep,
    DateTimeOffset OpenedAt,
    DateTimeOffset StageSince,
    DateTimeOffset? ClosedAt = null,
    DealOutcome? Outcome = null,
    string? Why = null);

public enum DealOutcome
{
    Won,
    Lost,
}

/// <summary>Stages are the firm's own words; these are offered.</summary>
public static class DealStages
{
    public static IReadOnlyList<string> Usual { get; } = ["Enquiry", "Offer", "Decision"];
}

/// <param name="Id">Made by the client, a GUID: sending the same deal again adds nothing.</param>
/// <param name="Stage">In the firm's own words.</param>
/// <param name="Amount">Without tax: more than 0, digits, at most two after a point or comma; null while nobody has named a price.</param>
/// <param name="Currency">ISO 4217; needed with an amount.</param>
public sealed record AddDealRequest(
    Guid Id,
    [MinLength(1), MaxLength(200)] string Title,
    [MinLength(1), MaxLength(40)] string Stage,
    [MaxLength(20)] string? Amount = null,
    [MaxLength(3)] string? Currency = null,
    DateOnly? ExpectedOn = null,
    [MaxLength(200)] string? NextStep = null);

/// <summary>An open deal as it shall be.</summary>
/// <param name="Version">As it was read: whoever changed it since is not overwritten.</param>
public sealed record UpdateDealRequest(
    [MinLength(1), MaxLength(200)] string Version,
    [MinLength(1), MaxLength(200)] string Title,
    [MinLength(1), MaxLength(40)] string Stage,
    [MaxLength(20)] string? Amount = null,
    [MaxLength(3)] string? Currency = null,
    DateOnly? ExpectedOn = null,
    [MaxLength(200)] string? NextStep = null);

/// <param name="Why">The reason in a sentence, what one learns from; null when nobody said.</param>
public sealed record CloseDealRequest(DealOutcome Outcome, [MaxLength(500)] string? Why = null);
