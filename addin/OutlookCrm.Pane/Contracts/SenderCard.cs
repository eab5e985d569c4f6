using System.Text.Json.Serialization;

namespace OutlookCrm.Pane;

/// <summary>Who is behind an address, as far as this firm knows.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "state")]
[JsonDerivedType(typeof(KnownSender), "known")]
[JsonDerivedType(typeof(UnknownSender), "unknown")]
[JsonDerivedType(typeof(ColleagueSender), "colleague")]
public abstract record SenderCard
{
    private protected SenderCard()
    {
    }
}

public sealed record KnownSender(CustomerCard Card) : SenderCard;

/// <summary>Nobody has this address yet.</summary>
/// <param name="Candidates">Customers it may belong to (same name, or same company domain), best first, at most 5.</param>
public sealed record UnknownSender(CustomerDraft Draft, IReadOnlyList<Candidate> Candidates) : SenderCard;

/// <summary>One of us: no customer, nothing to fill in.</summary>
public sealed record ColleagueSender(string Name, string Address) : SenderCard;

/// <summary>A form for a new customer, prefilled.</summary>
/// <param name="Guessed">Names of the fields below that are guesses, for marking: name, company, jobTitle, phone, website, …</param>
public sealed record CustomerDraft(
    string Address,
    CustomerKind Kind,
    string Name,
    string? Company,
    string? CompanyId,
    string? JobTitle,
    string? Phone,
    string? Website,
    string? Language,
    PostalAddress? PostalAddress,
    IReadOnlyList<string> Guessed);

public sealed record Candidate(string Id, string Name, string? Company, string? Address, CandidateReason Reason);

public enum CandidateReason
{
    SameName,
    SameCompanyDomain,
}

/// <summary>Everyone on a mail or meeting, in one answer, in the order asked.</summary>
public sealed record PeopleOnItem(IReadOnlyList<PersonOnItem> People);

/// <param name="CustomerId">Set when <see cref="State"/> is <see cref="PersonState.Known"/>.</param>
public sealed record PersonOnItem(string Address, string Name, PersonState State, string? CustomerId, string? Company);

public enum PersonState
{
    Known,
    Unknown,
    Colleague,

    /// <summary>Not a mail address we can read.</summary>
    Invalid,
}

/// <summary>Customers whose name, company or address has words starting with what was typed; at most 20.</summary>
public sealed record SearchResults(string Query, IReadOnlyList<SearchHit> Hits, bool More);

public sealed record SearchHit(string Id, CustomerKind Kind, string Name, string? Company, string? Address);

/// <summary>The record changed after the form was opened. Nothing was saved.</summary>
/// <param name="Theirs">The record as it is now; its ETag is the one to save over.</param>
/// <param name="Fields">What differs between the two, for showing side by side.</param>
public sealed record EditConflict(CustomerCard Theirs, IReadOnlyList<FieldConflict> Fields);

/// <param name="Field">Name as in <see cref="UpdateCustomerRequest"/>.</param>
public sealed record FieldConflict(string Field, string Label, string Yours, string Theirs);

/// <summary>Problem details (RFC 9457), the body of every 4xx and 5xx.</summary>
/// <param name="Errors">For a 400: the field's name and the rules it breaks.</param>
/// <param name="TraceId">Under this id the log has it: 32 hexadecimal digits of a W3C trace; null for what the caller can mend.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string? Detail,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors,
    string? TraceId = null);
