using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;

namespace OutlookCrm.Insights;

/// <summary>Every night: customers become overdue by time alone.</summary>
public sealed class RefreshInsights(FirmRecompute recompute, IdentityOptions identity)
{
    [Function(nameof(RefreshInsights))]
    public async Task RunAsync([TimerTrigger("0 40 2 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        foreach (var tenantId in identity.AllowedTenants)
        {
            await recompute.AskAsync(tenantId, cancellation);
        }
    }
}
