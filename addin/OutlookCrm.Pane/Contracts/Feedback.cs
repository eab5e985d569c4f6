using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>What a customer was asked.</summary>
public enum FeedbackQuestion
{
    /// <summary>Would they recommend us? 0 to 10.</summary>
    Recommend,

    /// <summary>How satisfied are they? 1 to 5.</summary>
    Satisfied,
}

/// <summary>What a customer answered, the newest first.</summary>
/// <param name="Name">The customer's.</param>
public sealed record CustomerFeedback(string CustomerId, string Name, IReadOnlyList<FeedbackEntry> Answers);

/// <param name="Words">In theirs; null for none.</param>
/// <param name="By">The colleague who entered it.</param>
/// <param name="IsComplaint">0 to 6 of 10, 1 or 2 of 5: a follow-up asks what went wrong.</param>
public sealed record FeedbackEntry(Guid Id, FeedbackQuestion Question, int Score, string? Words, DateOnly On, string By, bool IsComplaint);

/// <param name="Id">Made by the client, a GUID: sending the same answer again adds nothing.</param>
/// <param name="Score">Digits: 0 to 10 whether they recommend us, 1 to 5 how satisfied they are.</param>
/// <param name="On">When they answered, not in the future; today when left out.</param>
public sealed record AddFeedbackRequest(
    Guid Id,
    FeedbackQuestion Question,
    [MinLength(1), MaxLength(2)] string Score,
    [MaxLength(1000), MultiLine] string? Words = null,
    DateOnly? On = null);

/// <summary>How satisfied customers are: each one's newest answer to each question.</summary>
/// <param name="Since">Older answers do not count.</param>
/// <param name="Recommend">Net promoter score: % of 9 and 10 less % of 0 to 6.</param>
/// <param name="Satisfied">% of 4 and 5 of 5.</param>
/// <param name="Answers">The bad ones first, then the newest; at most 100 of <paramref name="Total"/>.</param>
public sealed record SatisfactionPage(
    DateOnly Since, ScoreFigures Recommend, ScoreFigures Satisfied, IReadOnlyList<FeedbackOfCustomer> Answers, int Total);

/// <param name="Score">Null under five answers; so are the ends of the range, in which it lies in 95 of 100 cases.</param>
public sealed record ScoreFigures(int Answers, int? Score = null, int? Low = null, int? High = null);

public sealed record FeedbackOfCustomer(string CustomerId, string CustomerName, FeedbackEntry Answer);

/// <summary>What one does business about with a customer, beyond the sums on the card.</summary>
/// <param name="Bought">By product, the last bought first, at most twenty.</param>
/// <param name="BoughtOf">The number of purchases that this was read from: the newest, at most a thousand.</param>
/// <param name="OrderDays">The newest, at most sixty.</param>
/// <param name="Deals">Open ones.</param>
public sealed record CustomerBusiness(
    string CustomerId, string Name, IReadOnlyList<BoughtProduct> Bought, int BoughtOf, IReadOnlyList<DateOnly> OrderDays, IReadOnlyList<DealEntry> Deals,
    CustomerFeedback Feedback);

/// <param name="Times">Days on which it was bought.</param>
/// <param name="Totals">A sum for each currency, credit notes taken off.</param>
public sealed record BoughtProduct(string Product, int Times, IReadOnlyList<DealSum> Totals, DateOnly LastOn);
