using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Feedback;

/// <summary>Enters what a customer answered. A bad answer plans a follow-up of the caller's: to ask what went wrong.</summary>
public sealed class AddFeedback(
    FeedbackStore feedback, FollowUpStore followUps, FollowUpRequests requests, ReminderSettingsStore settings, TimeProvider clock, Caller caller)
{
    [Function(nameof(AddFeedback)), Requires(Role.Member)]
    [Says("Enter what a customer answered; a bad answer plans a follow-up")]
    [Takes(typeof(AddFeedbackRequest))]
    [Answers(201, typeof(CustomerFeedback), "The answer is kept"), Answers(200, typeof(CustomerFeedback), "It was kept before"), Answers(404)]
    [Answers(409, when: "The customer has as many answers as one can have")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/feedback")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddFeedbackRequest>(request, cancellation);
        if (!body.Is(out var asked, out var refusal))
        {
            return refusal;
        }

        if (!CustomerId.TryParse(id, out var customer))
        {
            return Answer.NotFound(GetCustomer.NotFound);
        }

        var wished = await settings.TimeZoneAsync(caller, Readers.Of(request.HttpContext), cancellation);
        var today = clock.GetUtcNow().DayIn(FollowUpTimes.ZoneOf(wished));
        var errors = new FieldErrors();
        errors.RequireNew(asked.Id);
        var (least, most) = (GivenAnswer.Least(asked.Question), GivenAnswer.Most(asked.Question));
        if (!int.TryParse(asked.Score.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var score) || score < least || score > most)
        {
            errors.Add("score", $"must be a whole number from {least} to {most}");
        }

        var on = asked.On ?? today;
        if (on > today || on < today.AddYears(-YearsBack))
        {
            errors.Add("on", $"must be within the last {YearsBack} years and not in the future");
        }

        if (errors.Any)
        {
            return Answer.Invalid(errors);
        }

        var answer = new GivenAnswer(
            asked.Id, customer, asked.Question, score, string.IsNullOrWhiteSpace(asked.Words) ? null : asked.Words.Trim(), on, caller.Name);
        var outcome = await feedback.AddAsync(caller.TenantId, answer, cancellation);
        if (outcome == AddFeedbackOutcome.TooMany)
        {
            return Answer.Conflict($"A customer can have {FeedbackStore.MaxOfCustomer} answers at most.");
        }

        // Also when it was kept before: the one who sent it may have been stopped in between. The same id plans once.
        if (outcome != AddFeedbackOutcome.NoSuchCustomer && answer.IsComplaint && on > today.AddDays(-DaysToAskWithin))
        {
            await PlanAsync(answer, most, wished, today, request, cancellation);
        }

        return outcome == AddFeedbackOutcome.NoSuchCustomer || await feedback.ListAsync(caller.TenantId, customer, cancellation) is not { } list
            ? Answer.NotFound(GetCustomer.NotFound)
            : outcome == AddFeedbackOutcome.Added ? Answer.Created(list, $"/api/customers/{customer}/feedback")
            : Answer.Ok(list);
    }

    private const int YearsBack = 5;

    // An answer that is entered long after is no news that somebody waits for an answer to.
    private const int DaysToAskWithin = 30;

    private async Task PlanAsync(
        GivenAnswer answer, int most, string timeZone, DateOnly today, HttpRequest request, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var due = await requests.DayAsync(caller, request, DueWhen.Tomorrow, today, cancellation);
        var draft = new FollowUp(
            answer.Id, answer.Customer, caller.UserId, caller.Name, $"Ask what went wrong: they gave {answer.Score} of {most}", due, DueTime: null, timeZone,
            FollowUpKind.WeOwe, Source: null, FollowUpState.Open, End: null, now, now, now, Sink: null, [], Before: null, Version: 1);
        await followUps.PlanAsync(caller.TenantId, draft.Happened(caller.Name, "planned", now), cancellation);
    }
}
