using Microsoft.Azure.Functions.Worker;

namespace OutlookCrm.Import;

/// <summary>Takes in a file, or takes its purchases away again, in the background.</summary>
public sealed class RunImport(ImportJob job)
{
    [Function(nameof(RunImport))]
    public Task RunAsync([QueueTrigger(ImportJob.Queue)] ImportMessage message, CancellationToken cancellation) =>
        job.RunAsync(message.TenantId, message.ImportId, cancellation);
}
