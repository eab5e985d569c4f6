using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Keeps what a colleague wants remembered of a customer.</summary>
public sealed class AddNote(WrittenDown written)
{
    [Function(nameof(AddNote)), Requires(Role.Member)]
    [Takes(typeof(AddNoteRequest))]
    [Answers(201, typeof(Timeline), "The note is kept"), Answers(200, typeof(Timeline), "It was kept before"), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/notes")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        var body = await RequestBody.ReadAsync<AddNoteRequest>(request, cancellation);
        return body.Is(out var note, out var refusal)
            ? await written.AddAsync(id, note.Id, note.At, (at, by) => Interaction.Note(note.Id, at, note.Text, by), cancellation)
            : refusal;
    }
}
