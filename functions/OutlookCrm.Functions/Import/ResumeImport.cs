using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>
/// Goes on with a file that stands still, because its message was lost or its worker died. Of one that goes on by itself, or has ended, nothing is
/// changed: whoever presses twice asks once. Should the first worker live yet, both do the same, and it counts once.
/// </summary>
public sealed class ResumeImport(ImportPages pages, ImportStore imports, ImportJob job, TimeProvider clock, Caller caller)
{
    [Function(nameof(ResumeImport)), Requires(Role.Member)]
    [Says("Go on with a file that stands still while it is taken in or undone")]
    [Answers(200, typeof(ImportPage)), Answers(404), Answers(409, when: "It has not been started")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports/{importId}/resume")] HttpRequest request,
        string importId,
        CancellationToken cancellation)
    {
        if (await pages.FindAsync(importId, cancellation) is not { } file)
        {
            return Answer.NotFound(ImportPages.NotFound);
        }

        if (file.State == ImportState.Waiting)
        {
            return Answer.Conflict("This file has not been started yet.");
        }

        var progress = await imports.ProgressAsync(caller.TenantId, file, cancellation);
        if (pages.StandsStill(progress))
        {
            // The message first: should the second write be lost, one can press again.
            await job.AskAsync(caller.TenantId, file.Id, cancellation);
            progress = progress with { At = clock.GetUtcNow() };
            await imports.PutProgressAsync(caller.TenantId, file.Id, progress, cancellation);
        }

        return Answer.Ok(await pages.PageAsync(file, progress, cancellation));
    }
}
