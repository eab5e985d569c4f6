using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Has a waiting file taken in, in the background. Asked again while it runs, it goes on where it stopped.</summary>
public sealed class StartImport(ImportPages pages, ImportStore imports, ImportJob job, TimeProvider clock, Caller caller)
{
    [Function(nameof(StartImport)), Requires(Role.Member)]
    [Says("Take a waiting file in as it was shown, in the background")]
    [Query("plan", MaxLength = 64, Required = true, Says = "The preview's stamp")]
    [Answers(200, typeof(ImportPage)), Answers(404), Answers(409, when: "Something must be said first, or it was shown otherwise")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports/{importId}/start")] HttpRequest request,
        string importId,
        CancellationToken cancellation)
    {
        if (await pages.FindAsync(importId, cancellation) is not { } file)
        {
            return Answer.NotFound(ImportPages.NotFound);
        }

        if (file.State is not (ImportState.Waiting or ImportState.Running))
        {
            return Answer.Conflict("This file was taken in before.");
        }

        if (request.QueryText("plan") != ImportPreviews.StampOf(file.Plan!))
        {
            return Answer.Conflict("Somebody else had this file understood otherwise meanwhile. Open it again.");
        }

        if (file.State == ImportState.Waiting)
        {
            if (!file.IsReady)
            {
                return Answer.Conflict("Say first how the file is to be understood.");
            }

            var started = file with { State = ImportState.Running, StartedAt = clock.GetUtcNow() };
            if (!await imports.SaveAsync(caller.TenantId, started, cancellation))
            {
                return Answer.Conflict(ImportPages.Changed);
            }

            file = started;
        }

        await job.AskAsync(caller.TenantId, file.Id, cancellation);
        return Answer.Ok(await pages.PageAsync(request, file, cancellation));
    }
}
