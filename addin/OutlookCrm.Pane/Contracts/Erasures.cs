using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>What would go if a customer were erased. Mails and meetings are counted as the reader sees them; what colleagues keep to themselves goes too.</summary>
/// <param name="Others">On how many other customers' timelines they are named, or wrote something.</param>
/// <param name="People">Of an organisation: customers who stay, and no longer say that they work there.</param>
public sealed record ErasurePreview(
    string CustomerId,
    string Name,
    IReadOnlyList<string> Addresses,
    int Mails,
    int Meetings,
    int Calls,
    int Notes,
    int FollowUps,
    int Deals,
    int Purchases,
    int Others,
    int People);

/// <summary>What becomes of an erased customer's purchases.</summary>
public enum PurchasesChoice
{
    /// <summary>Kept without the person, as the law mostly asks of accounts: what, when, how much and the invoice's number.</summary>
    Keep,

    /// <summary>Erased too.</summary>
    Remove,
}

/// <param name="Name">What the customer is called, typed once more: nobody erases the wrong one by a wrong id.</param>
public sealed record EraseCustomerRequest([MinLength(1), MaxLength(200)] string Name, PurchasesChoice Purchases);

/// <param name="Address">Of somebody who is no customer.</param>
public sealed record EraseAddressRequest([MinLength(1), MaxLength(320)] string Address);

/// <param name="Address">Of somebody who was erased and came back of their own wish.</param>
public sealed record LiftErasureRequest([MinLength(1), MaxLength(320)] string Address);

/// <summary>A customer was erased: the record is gone at once, what follows within the hour.</summary>
public sealed record CustomerErased(PurchasesChoice Purchases);

/// <summary>Who was erased, without saying who it was: the newest first, at most 100.</summary>
public sealed record ErasureList(IReadOnlyList<ErasureLine> Erasures);

/// <param name="By">Our colleague's name.</param>
/// <param name="IsCustomer">False for somebody of whom only an address was known.</param>
/// <param name="DoneAt">When all was gone; null while it is not.</param>
/// <param name="InOutlook">Reminders that colleagues' Outlook still shows, because it could not be reached.</param>
public sealed record ErasureLine(DateTimeOffset AskedAt, string By, bool IsCustomer, PurchasesChoice Purchases, DateTimeOffset? DoneAt, int InOutlook);
