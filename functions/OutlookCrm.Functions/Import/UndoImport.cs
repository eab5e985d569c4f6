using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Has all purchases of a file taken away again, in the background. Customers that it made go too, unless they were touched since.</summary>
public sealed class UndoImport(ImportPages pages, ImportStore imports, ImportJob job, TimeProvider clock, Caller caller)
{
    [Function(nameof(UndoImport)), Requires(Role.Member)]
    [Says("Take all purchases of a file away again, in the background")]
    [Answers(200, typeof(ImportPage)), Answers(404), Answers(409, when: "It has not been taken in, or not wholly")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports/{importId}/undo")] HttpRequest request,
        string importId,
        CancellationToken cancellation)
    {
        if (await pages.FindAsync(importId, cancellation) is not { } file)
        {
            return Answer.NotFound(ImportPages.NotFound);
        }

        if (file.State is ImportState.Waiting or ImportState.Running)
        {
            return Answer.Conflict("This file has not been taken in wholly yet.");
        }

        if (file.State == ImportState.Done)
        {
            var undoing = file with { State = ImportState.Undoing, UndoAt = clock.GetUtcNow() };
            if (!await imports.SaveAsync(caller.TenantId, undoing, cancellation))
            {
                return Answer.Conflict(ImportPages.Changed);
            }

            file = undoing;
        }

        // Asked again after a crash, too; when it is undone already, nothing is left to do.
        await job.AskAsync(caller.TenantId, file.Id, cancellation);
        return Answer.Ok(await pages.PageAsync(request, file, cancellation));
    }
}
