using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Not this mail, not this thread, never this person, only me: as far as the caller's own mailbox goes, and the shared ones for an owner.</summary>
public sealed class UndoLine(CapturedLines lines, Undoing undoing, Caller caller)
{
    [Function(nameof(UndoLine)), Requires(Role.Reader)]
    [Says("Take a mail, its thread or all of a person off timelines, or close a mail to colleagues; it stays so when the mailbox is looked at again")]
    [Query("scope", Required = true, Says = "thing, thread, person, personForFirm or onlyMe")]
    [Answers(200, typeof(UndoDone)), Answers(404), Answers(409, when: "It is out of colleagues' mailboxes alone, or done already; or the list is full")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "customers/{id}/timeline/{lineId}/undo")] HttpRequest request,
        string id,
        string lineId,
        CancellationToken cancellation)
    {
        if (!PreviewUndo.TryReadScope(request, out var scope))
        {
            return PreviewUndo.NoScope();
        }

        if (await lines.FindAsync(id, lineId, cancellation) is not { } line)
        {
            return Answer.NotFound(CapturedLines.NotFound);
        }

        var (undo, refusal) = await undoing.PlanAsync(caller, line.Customer, line.Details, scope, cancellation);
        if (undo is null)
        {
            return Answer.Conflict(refusal!);
        }

        var (isDone, key) = await undoing.DoAsync(caller, undo, cancellation);
        return isDone
            ? Answer.Ok(new UndoDone(key is null ? null : UndoneThings.KeyOf(key), undo.ToPreview(line.Sight)))
            : Answer.Conflict("The list of what you left out is full. Take something off it first.");
    }
}
