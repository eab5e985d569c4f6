using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>Files of invoices that were given, the newest first.</summary>
public sealed class ListImports(ImportPages pages)
{
    [Function(nameof(ListImports)), Requires(Role.Reader)]
    [Answers(200, typeof(ImportList))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(await pages.ListAsync(cancellation));
}
