using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Every row of a file that was left out, and why.</summary>
public sealed class ListImportProblems(ImportPages pages, ImportStore imports, Caller caller)
{
    [Function(nameof(ListImportProblems)), Requires(Role.Reader)]
    [Answers(200, typeof(ImportProblems)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports/{importId}/problems")] HttpRequest request,
        string importId,
        CancellationToken cancellation) =>
        await pages.FindAsync(importId, cancellation) is { } file
            ? Answer.Ok(new ImportProblems(
                file.Id, file.FileName, file.Result?.LeftOut ?? 0,
                await imports.ProblemsAsync(caller.TenantId, file.Id, ImportLimits.MaxProblems, cancellation)))
            : Answer.NotFound(ImportPages.NotFound);
}
