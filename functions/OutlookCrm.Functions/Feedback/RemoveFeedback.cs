using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Feedback;

/// <summary>Takes an answer away that was entered by mistake. The follow-up that it planned stays.</summary>
public sealed class RemoveFeedback(FeedbackStore feedback, Caller caller)
{
    [Function(nameof(RemoveFeedback)), Requires(Role.Member)]
    [Answers(200, typeof(CustomerFeedback)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/feedback/{feedbackId}")] HttpRequest request,
        string id,
        string feedbackId,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer)
        && Guid.TryParse(feedbackId, out var answer)
        && await feedback.RemoveAsync(caller.TenantId, customer, answer, cancellation)
        && await feedback.ListAsync(caller.TenantId, customer, cancellation) is { } list
            ? Answer.Ok(list)
            : Answer.NotFound("This customer has no such answer.");
}
