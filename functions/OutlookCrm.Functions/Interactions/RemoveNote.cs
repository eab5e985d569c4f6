using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Takes a note away, for good.</summary>
public sealed class RemoveNote(InteractionStore interactions, Caller caller)
{
    [Function(nameof(RemoveNote)), Requires(Role.Member)]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/notes/{noteId}")] HttpRequest request,
        string id,
        string noteId,
        CancellationToken cancellation)
    {
        return CustomerId.TryParse(id, out var customer)
            && Guid.TryParse(noteId, out var note)
            && await interactions.RemoveNoteAsync(caller.TenantId, customer, note, cancellation)
            && await interactions.ReadAsync(caller, customer, afterKey: null, InteractionStore.FirstPageSize, cancellation) is { } timeline
                ? Answer.Ok(timeline)
                : Answer.NotFound("This customer has no such note.");
    }
}
