using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Identity;

namespace OutlookCrm.Capture;

/// <summary>Removes, every night, receipts and correspondents that are older than we say we keep them.</summary>
public sealed class ForgetOld(
    IdentityOptions identity, CapturedMailboxes mailboxes, CaptureReceipts receipts, Correspondents correspondents, TimeProvider clock)
{
    /// <summary>So long after their last mail somebody who is no customer is forgotten.</summary>
    internal const int MonthsCorrespondentsAreKept = 12;

    [Function(nameof(ForgetOld))]
    public async Task RunAsync([TimerTrigger("0 40 2 * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var tenantId in identity.AllowedTenants)
        {
            foreach (var userId in await mailboxes.EverKnownAsync(tenantId, cancellation))
            {
                await receipts.ForgetOldAsync(tenantId, userId, now, cancellation);
                await correspondents.ForgetOldAsync(tenantId, userId, now.AddMonths(-MonthsCorrespondentsAreKept), cancellation);
            }
        }
    }
}
