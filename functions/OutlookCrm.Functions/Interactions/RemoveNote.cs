using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Takes a note away, for good.</summary>
public sealed class RemoveNote(WrittenDown written)
{
    [Function(nameof(RemoveNote)), Requires(Role.Member)]
    [Answers(200, typeof(Timeline)), Answers(404)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "customers/{id}/notes/{noteId}")] HttpRequest request,
        string id,
        string noteId,
        CancellationToken cancellation) =>
        written.RemoveAsync(id, noteId, InteractionKind.Note, cancellation);
}
