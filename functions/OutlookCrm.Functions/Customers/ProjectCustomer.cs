using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Finishes a change of a customer that its sender did not finish.</summary>
public sealed class ProjectCustomer(CustomerChanges changes, IWorkQueue queue)
{
    // Of a message's five lives none is spent while the store is away: an outage may last longer than they do.
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    [Function(nameof(ProjectCustomer))]
    public async Task RunAsync([QueueTrigger(CustomerChanges.Queue)] ChangeMessage message, CancellationToken cancellation)
    {
        try
        {
            await changes.SettleAsync(message, cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            await queue.SendAsync(CustomerChanges.Queue, JsonSerializer.Serialize(message), RetryAfter, cancellation);
        }
    }
}
