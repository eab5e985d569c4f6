using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Takes back <see cref="UndoLine"/>: what was taken off is read again from the mailbox in the background.</summary>
public sealed class TakeBackUndo(UndoneThings things, Undoing undoing, Caller caller)
{
    [Function(nameof(TakeBackUndo)), Requires(Role.Reader)]
    [Says("Take back what was undone: it is read again from the mailbox, as far as it is still there")]
    [Answers(200, typeof(UndoneList)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "undone/{key}")] HttpRequest request, string key, CancellationToken cancellation) =>
        UndoneThings.RowKeyOf(key) is { } rowKey && await undoing.TakeBackAsync(caller, rowKey, cancellation)
            ? Answer.Ok(await things.ListAsync(cancellation))
            : Answer.NotFound("Nothing of yours is undone by this key.");
}
