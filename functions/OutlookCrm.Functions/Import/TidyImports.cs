using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>
/// Removes, every night, files that nobody took in, and what was quoted of rows that were left out; goes on with whatever stopped on its way.
/// </summary>
public sealed class TidyImports(ImportStore imports, ImportJob job, IdentityOptions identity, TimeProvider clock)
{
    private static readonly TimeSpan WaitingIsKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan ProblemsAreKept = TimeSpan.FromDays(90);

    [Function(nameof(TidyImports))]
    public async Task RunAsync([TimerTrigger("0 50 2 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var tenantId in identity.AllowedTenants)
        {
            foreach (var file in await imports.ListAsync(tenantId, cancellation))
            {
                if (file.State == ImportState.Waiting && file.At < now - WaitingIsKept)
                {
                    await imports.DropAsync(tenantId, file, cancellation);
                }
                else if (file.State is ImportState.Running or ImportState.Undoing)
                {
                    await job.AskAsync(tenantId, file.Id, cancellation);
                }
                else if (file.At < now - ProblemsAreKept)
                {
                    await imports.DropProblemsAsync(tenantId, file.Id, cancellation);
                }
            }
        }
    }
}
