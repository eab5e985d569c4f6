using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Says what <see cref="UndoLine"/> would do.</summary>
public sealed class PreviewUndo(CapturedLines lines, Undoing undoing, Caller caller)
{
    [Function(nameof(PreviewUndo)), Requires(Role.Reader)]
    [Query("scope", Required = true, Says = "thing, thread, person, personForFirm or onlyMe")]
    [Answers(200, typeof(UndoPreview)), Answers(404), Answers(409, when: "It is out of colleagues' mailboxes alone, or done already")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "customers/{id}/timeline/{lineId}/undo")] HttpRequest request,
        string id,
        string lineId,
        CancellationToken cancellation)
    {
        if (!TryReadScope(request, out var scope))
        {
            return NoScope();
        }

        if (await lines.FindAsync(id, lineId, cancellation) is not { } line)
        {
            return Answer.NotFound(CapturedLines.NotFound);
        }

        var (undo, refusal) = await undoing.PlanAsync(caller, line.Customer, line.Details, scope, cancellation);
        return undo is null ? Answer.Conflict(refusal!) : Answer.Ok(undo.ToPreview(line.Sight));
    }

    internal static bool TryReadScope(HttpRequest request, out UndoScope scope)
    {
        var text = request.QueryText("scope")!;

        // It reads numbers too, and of "thread,person" it makes a third.
        return Enum.TryParse(text, ignoreCase: true, out scope)
            && Enum.IsDefined(scope) && string.Equals(scope.ToString(), text, StringComparison.OrdinalIgnoreCase);
    }

    internal static IResult NoScope() => Answer.Invalid("scope", "must be thing, thread, person, personForFirm or onlyMe");
}
