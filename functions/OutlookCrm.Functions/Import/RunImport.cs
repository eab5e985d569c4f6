using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Storage;

namespace OutlookCrm.Import;

/// <summary>Takes in a file, or takes its purchases away again, in the background.</summary>
public sealed class RunImport(ImportJob job, IWorkQueue queue)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    [Function(nameof(RunImport))]
    public async Task RunAsync([QueueTrigger(ImportJob.Queue)] ImportMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            await job.RunAsync(message.TenantId, message.ImportId, cancellation);
        }
        catch (TableStoreUnavailableException)
        {
            // Of a message's five lives none is spent while the store is away.
            await queue.SendAsync(ImportJob.Queue, JsonSerializer.Serialize(message), RetryAfter, cancellation);
        }
    }
}
