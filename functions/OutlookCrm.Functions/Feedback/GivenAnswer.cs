using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Feedback;

/// <summary>What a customer answered to one question.</summary>
/// <param name="Id">Made by the client: giving the same answer again adds nothing.</param>
/// <param name="Score">0 to 10 of <see cref="FeedbackQuestion.Recommend"/>, 1 to 5 of <see cref="FeedbackQuestion.Satisfied"/>.</param>
/// <param name="Words">In theirs, at most 1,000 characters; null for none.</param>
/// <param name="By">The colleague who entered it.</param>
public sealed record GivenAnswer(Guid Id, CustomerId Customer, FeedbackQuestion Question, int Score, string? Words, DateOnly On, string By)
{
    /// <summary>A detractor, or 1 or 2 of 5: somebody has to ask what went wrong.</summary>
    public bool IsComplaint => IsComplaintOf(Question, Score);

    public static int Least(FeedbackQuestion question) => question == FeedbackQuestion.Recommend ? 0 : 1;

    public static int Most(FeedbackQuestion question) => question == FeedbackQuestion.Recommend ? 10 : 5;

    internal static bool IsComplaintOf(FeedbackQuestion question, int score) => score <= (question == FeedbackQuestion.Recommend ? 6 : 2);
}
