using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Gives a note another text.</summary>
public sealed class EditNote(WrittenDown written)
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
        return body.Is(out var edit, out var refusal)
            ? await written.EditAsync(
                id, noteId, InteractionKind.Note, at: null, note => note with { Text = Interaction.WrittenText(edit.Text) }, cancellation)
            : refusal;
    }
}
