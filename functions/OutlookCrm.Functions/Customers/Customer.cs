using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>A person or an organisation that the firm deals with: what row <c>a</c> of its partition keeps.</summary>
/// <param name="Company">Where a person works. An organisation has none.</param>
/// <param name="PrimaryAddress">Key of the address that is shown first; null when there is none.</param>
/// <param name="Contact">What the timeline keeps on the record's row.</param>
/// <param name="Version">
/// Changes with every edit of the record and with nothing else: not with a note, an address, or a company's new name. So what
/// one colleague writes down never makes another's edit of a field a conflict.
/// </param>
public sealed record Customer(
    CustomerId Id,
    CustomerKind Kind,
    string Name,
    Company? Company,
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
    string? PrimaryAddress,
    DateTimeOffset CreatedAt,
    ContactColumns Contact,
    string Version)
{
    public const int MaxAddresses = 20;

    /// <summary>What the purchases keep on the record's row; null when there are none.</summary>
    public string? Sales { get; init; }

    /// <summary>What the customer was before the first purchase made it a customer; null when it did not, or somebody set the stage since.</summary>
    public CustomerStage? StageBefore { get; init; }

    /// <summary>Null unless an import made the customer.</summary>
    public ImportMark? Import { get; init; }

    /// <summary>How often somebody wishes for contact; null when nobody does.</summary>
    public ContactRhythm? Rhythm { get; init; }

    /// <summary>An organisation may have more people; this many are shown.</summary>
    public const int MaxPeopleShown = 50;
}

/// <param name="EveryDays">At least every so many days, <see cref="MinDays"/> to <see cref="MaxDays"/>.</param>
/// <param name="WishedBy">The colleague's object id (oid): who is told when the customer has no owner.</param>
public sealed record ContactRhythm(int EveryDays, Guid WishedBy)
{
    public const int MinDays = 7;
    public const int MaxDays = 730;
}

/// <param name="Id">The organisation's record; null when the company is only a name.</param>
/// <param name="Name">Of the organisation when this person was last saved or it was last renamed.</param>
public sealed record Company(CustomerId? Id, string Name);

/// <summary>An address of a customer, and where we have it from.</summary>
/// <param name="AddedBy">The colleague's name, or null when capture found it.</param>
public sealed record CustomerAddress(
    MailAddress Address, string? Label, AddressSource Source, DateTimeOffset AddedAt, string? AddedBy);

/// <summary>A customer with its addresses, as read in one go.</summary>
/// <param name="ETag">The store's version of row <c>a</c>.</param>
public sealed record StoredCustomer(Customer Customer, string ETag, IReadOnlyList<CustomerAddress> Addresses)
{
    /// <summary>The primary first, then the oldest.</summary>
    public IEnumerable<CustomerAddress> AddressesAsShown =>
        Addresses.OrderByDescending(a => a.Address.Key == Customer.PrimaryAddress).ThenBy(a => a.AddedAt);

    public CustomerAddress? Find(MailAddress address) => Addresses.FirstOrDefault(a => a.Address == address);
}
