using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Whether the firm has any customer yet. The first rows of its customers tell: mostly the very first.</summary>
public sealed class GetFirstSteps(ITableScan scan, Caller caller)
{
    private const int PageRows = 10;

    [Function(nameof(GetFirstSteps)), Requires(Role.Reader)]
    [Says("Whether the firm has customers, and how somebody becomes one")]
    [Answers(200, typeof(FirstSteps))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "first-steps")] HttpRequest request, CancellationToken cancellation) =>
        Answer.Ok(new FirstSteps(await scan.ScanAsync(Tables.Customers, TableKeys.Firm(caller.TenantId), cancellation, PageRows)
            .AnyAsync(row => row.RowKey == TableKeys.Record && TableKeys.IsOf(caller.TenantId, row.PartitionKey), cancellation)));
}
