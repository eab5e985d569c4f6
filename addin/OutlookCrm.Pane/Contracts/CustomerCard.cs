using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>A customer as the pane shows it: one read, at most 20 timeline lines.</summary>
/// <param name="Id">32 lower-case hexadecimal digits.</param>
/// <param name="ETag">Goes back in If-Match with every edit.</param>
/// <param name="Company">Where a person works; null for an organisation and for a private person.</param>
/// <param name="People">Who belongs to an organisation, at most 50, by name; empty for a person.</param>
/// <param name="Addresses">At most 20, the primary first.</param>
/// <param name="LastContactAt">The newest mail, call or meeting up to now that the reader may see; null when there was none.</param>
/// <param name="Waits">Null when nobody waits.</param>
public sealed record CustomerCard(
    string Id,
    string ETag,
    CustomerKind Kind,
    string Name,
    CompanyLink? Company,
    string? JobTitle,
    IReadOnlyList<Phone> Phones,
    PostalAddress? PostalAddress,
    string? Language,
    string? Website,
    Colleague? Owner,
    CustomerStage Stage,
    IReadOnlyList<string> Tags,
    IReadOnlyList<Expectation> Expectations,
    Preferences Preferences,
    IReadOnlyList<ContactAddress> Addresses,
    IReadOnlyList<PersonLink> People,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastContactAt,
    Timeline Timeline,
    Waits? Waits = null)
{
    /// <summary>Open ones of all colleagues, and the one that was done last.</summary>
    public FollowUpList FollowUps { get; init; } = new(Id, 0, [], Ended: null);

    /// <summary>How often somebody wishes for contact; null when nobody does.</summary>
    public int? EveryDays { get; init; }

    /// <summary>Among all customers who bought something; null until it was worked out.</summary>
    public CustomerStanding? Standing { get; init; }

    /// <summary>Null when nothing was bought.</summary>
    public SalesFigures? Sales { get; init; }
}

public enum CustomerKind
{
    Person,
    Organisation,
}

/// <summary>How far we are with each other.</summary>
public enum CustomerStage
{
    Lead,
    Prospect,
    Customer,
    Former,
}

/// <param name="Id">The organisation's record; null when the company is only a name.</param>
public sealed record CompanyLink(string? Id, string Name);

/// <param name="Address">The person's primary mail address; null when none is known.</param>
public sealed record PersonLink(string Id, string Name, string? JobTitle, string? Address);

/// <param name="Label">mobile, work, home, …: the user's word, at most 40 characters; null for none.</param>
/// <param name="Number">As typed, at most 40 characters: digits, spaces and + - ( ) . / x.</param>
public sealed record Phone([MaxLength(40)] string? Label, [MinLength(1), MaxLength(40)] string Number);

/// <param name="Country">ISO 3166-1 alpha-2 in upper case, or null; who asks may name it, such as Germany.</param>
public sealed record PostalAddress(
    [MaxLength(200), MultiLine] string? Street,
    [MaxLength(20)] string? PostalCode,
    [MaxLength(100)] string? City,
    [MaxLength(100)] string? Region,
    [MaxLength(60)] string? Country);

/// <param name="Id">The object id (oid) of the colleague in the firm's directory.</param>
public sealed record Colleague(string Id, string Name);

/// <summary>What the customer counts on, in their words: "delivery before Christmas".</summary>
/// <param name="Text">At most 500 characters.</param>
/// <param name="On">The calendar date on which we learned it.</param>
public sealed record Expectation([MinLength(1), MaxLength(500)] string Text, DateOnly On);

/// <param name="ContactBy">How they like to be reached; null when unknown.</param>
/// <param name="NoCampaigns">True when they asked us not to send campaigns.</param>
/// <param name="Note">"not before 10", at most 500 characters; null for none.</param>
public sealed record Preferences(ContactChannel? ContactBy, bool NoCampaigns, [MaxLength(500), MultiLine] string? Note);

public enum ContactChannel
{
    Mail,
    Phone,
    Meeting,
}

/// <param name="Address">As people write it, Unicode domain included.</param>
/// <param name="Label">work, private, …: at most 40 characters; null for none.</param>
/// <param name="AddedBy">The colleague's name, or null when capture found it.</param>
public sealed record ContactAddress(
    string Address, string? Label, bool Primary, AddressSource Source, DateTimeOffset AddedAt, string? AddedBy);

/// <summary>Where we have an address from: what a person may ask us under GDPR article 15(1)(g).</summary>
public enum AddressSource
{
    /// <summary>Taken from an open mail or meeting.</summary>
    Mail,

    /// <summary>Typed by a colleague.</summary>
    Typed,

    /// <summary>Came with an import.</summary>
    Import,
}
