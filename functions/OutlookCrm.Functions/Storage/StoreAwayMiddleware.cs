using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Storage;

/// <summary>
/// Queued work that found the records away waits as a new message and comes again, so that none of a message's five lives is spent on an
/// outage, which may last longer than they do. For the Azure host, around everything else: it counts a failed run, whatever the reason. The host
/// on one machine tells the reasons apart and puts such a message back itself.
/// </summary>
internal sealed class StoreAwayMiddleware(IWorkQueue queue, ILogger<StoreAwayMiddleware> log) : IFunctionsWorkerMiddleware
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is TableStoreUnavailableException or WorkQueueUnavailableException
            && QueueRun.MessageOf(context) is not null)
        {
            // Sent before the host ends the one that is there: whoever dies in between has the work done twice, which does no harm.
            await queue.SendAsync(QueueRun.QueueOf(context), QueueRun.MessageOf(context)!, RetryAfter, context.CancellationToken);
            log.LogWarning(
                "Function {Function}, invocation {Invocation}: its message waits until records and queues can be reached: {Failure}",
                context.FunctionDefinition.Name, context.InvocationId, Failure.WithoutWords(e));
        }
    }
}
