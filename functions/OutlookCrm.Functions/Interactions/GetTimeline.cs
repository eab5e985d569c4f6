using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>What happened with a customer, a page at a time.</summary>
public sealed class GetTimeline(InteractionStore interactions, Caller caller)
{
    [Function(nameof(GetTimeline)), Requires(Role.Reader)]
    [Query("after", MaxLength = 1000, Says = "The field next of the page before")]
    [Query("size", Min = 1, Max = 100, Says = "Lines a page; 20 when left out")]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/timeline")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        if (!CustomerId.TryParse(id, out var customer))
        {
            return Answer.NotFound("No customer has this id.");
        }

        string? afterKey = null;
        if (request.QueryText("after") is { } after && !TimelineCursor.TryRead(caller.TenantId, customer, after, out afterKey))
        {
            return Answer.Invalid("after", "must be the field next of a page of this customer's timeline");
        }

        var size = request.QueryNumber("size") ?? InteractionStore.FirstPageSize;
        return await interactions.ReadAsync(caller, customer, afterKey, size, cancellation) is { } timeline
            ? Answer.Ok(timeline)
            : Answer.NotFound("No customer has this id.");
    }
}
