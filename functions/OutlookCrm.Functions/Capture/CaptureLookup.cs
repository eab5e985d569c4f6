using OutlookCrm.Firm;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>Takes what was looked for in a mailbox besides its cursors: by the same rules, onto the same timelines, with a receipt.</summary>
public sealed class CaptureLookup(SpecialFolders special, CapturePages pages, CaptureReceipts receipts, FirmDomains domains, TimeProvider clock)
{
    private const int MaxFailures = 12;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(2);

    /// <returns>What became of it.</returns>
    internal async Task<PageOutcome> TakeAsync(
        Guid tenantId, CapturedMailbox mailbox, CaptureBatch batch, bool isByHand, CancellationToken cancellation)
    {
        if (batch.Count == 0)
        {
            return new PageOutcome([], [], [], Forgotten: 0);
        }

        await domains.KnowAsync(tenantId, cancellation);
        var folders = await special.OfAsync(tenantId, mailbox, cancellation);
        var outcome = await pages.TakeAsync(tenantId, mailbox, folders, batch, isByHand, cancellation);
        await receipts.CommitAsync(tenantId, mailbox.UserId, outcome.Receipt(PageKind.Again, clock.GetUtcNow()), [], cancellation);
        return outcome;
    }

    /// <summary>How long to wait before the same again; null when that is no use, or was tried for a day.</summary>
    internal static TimeSpan? WaitAfter(GraphException trouble, int failures)
    {
        if (trouble.Trouble is GraphTrouble.Item or GraphTrouble.Resync || failures >= MaxFailures)
        {
            return null;
        }

        var wait = FirstRetry * Math.Pow(2, failures);
        wait = wait < LongestRetry ? wait : LongestRetry;
        return trouble.RetryAfter is { } asked && asked > wait ? asked : wait;
    }
}
