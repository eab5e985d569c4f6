using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Forgets a file that was not taken in, or was undone.</summary>
public sealed class DropImport(ImportPages pages, ImportStore imports, Caller caller)
{
    [Function(nameof(DropImport)), Requires(Role.Member)]
    [Answers(200, typeof(ImportList)), Answers(404), Answers(409, when: "Its purchases are there, or it has just been started")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "imports/{importId}")] HttpRequest request,
        string importId,
        CancellationToken cancellation)
    {
        if (await pages.FindAsync(importId, cancellation) is not { } file)
        {
            return Answer.NotFound(ImportPages.NotFound);
        }

        if (file.State is not (ImportState.Waiting or ImportState.Undone))
        {
            return Answer.Conflict("Undo this import first: its purchases are there.");
        }

        return await imports.DropAsync(caller.TenantId, file, cancellation)
            ? Answer.Ok(await pages.ListAsync(cancellation))
            : Answer.Conflict(ImportPages.Changed);
    }
}
