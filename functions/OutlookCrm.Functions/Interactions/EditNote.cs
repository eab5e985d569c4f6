using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Gives a note another text. Whoever may write may edit: notes belong to the firm.</summary>
public sealed class EditNote(InteractionStore interactions, Caller caller)
{
    [Function(nameof(EditNote)), Requires(Role.Member)]
    [Takes(typeof(EditNoteRequest))]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "customers/{id}/notes/{noteId}")] HttpRequest request,
        string id,
        string noteId,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<EditNoteRequest>(request, cancellation);
        if (!body.Is(out var edit, out var refusal))
        {
            return refusal;
        }

        return CustomerId.TryParse(id, out var customer)
            && Guid.TryParse(noteId, out var note)
            && await interactions.EditNoteAsync(caller.TenantId, customer, note, edit.Text, cancellation)
            && await interactions.ReadAsync(caller, customer, afterKey: null, InteractionStore.FirstPageSize, cancellation) is { } timeline
                ? Answer.Ok(timeline)
                : Answer.NotFound("This customer has no such note.");
    }
}
