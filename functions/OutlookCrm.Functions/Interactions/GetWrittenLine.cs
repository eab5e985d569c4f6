using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>One note or call, to be edited.</summary>
public sealed class GetWrittenLine(WrittenStore store, Caller caller)
{
    [Function(nameof(GetWrittenLine)), Requires(Role.Member)]
    [Says("A note or call on its own, to be edited; by its id, or the first digits of it that no other has")]
    [Answers(200, typeof(WrittenLine)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/written/{noteId}")] HttpRequest request,
        string id,
        string noteId,
        CancellationToken cancellation) =>
        CustomerId.TryParse(id, out var customer)
        && await store.FindAsync(caller.TenantId, customer, noteId.Replace("-", "", StringComparison.Ordinal), cancellation) is { } written
            ? Answer.Ok(new WrittenLine(customer.ToString(), new TimelineLine(
                written.Id, written.Kind, written.Direction, written.At, written.Title, written.Text, written.By, written.EndsAt)))
            : Answer.NotFound("This customer has no such note or call.");
}
