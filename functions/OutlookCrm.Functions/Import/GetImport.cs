using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>One file: how it would be understood while it waits, how it went from then on.</summary>
public sealed class GetImport(ImportPages pages)
{
    [Function(nameof(GetImport)), Requires(Role.Reader)]
    [Answers(200, typeof(ImportPage)), Answers(404)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports/{importId}")] HttpRequest request,
        string importId,
        CancellationToken cancellation) =>
        await pages.FindAsync(importId, cancellation) is { } file
            ? Answer.Ok(await pages.PageAsync(request, file, cancellation))
            : Answer.NotFound(ImportPages.NotFound);
}
