using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using OutlookCrm.Storage;

namespace OutlookCrm.Telemetry;

/// <summary>
/// What fails leaves the program without its words. For the Azure host, around everything else: it keeps what it hears of an exception in Application
/// Insights, and retries and lays aside whatever the exception. The host on one machine tells exceptions apart and keeps no words itself.
/// </summary>
internal sealed class WordlessFailures(ILogger<WordlessFailures> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) // Whatever it is, the host must hear of it, and of nothing that a person wrote.
        {
            log.LogError(
                "Function {Function}, invocation {Invocation}, trace {TraceId}: {Failure}",
                context.FunctionDefinition.Name, context.InvocationId, TraceOf(context), Failure.WithoutWords(e));
            throw new FunctionFailedException(e);
        }
    }

    private static string? TraceOf(FunctionContext context) =>
        QueueRun.MessageOf(context) is { } message ? MessageTrace.Find(message)?.TraceId.ToHexString() : context.GetHttpContext()?.TraceIdentifier;
}

/// <summary>That a function failed, in the types, codes and place of its failure: nothing of this holds on to the failure itself.</summary>
public sealed class FunctionFailedException(Exception failure) : Exception(Failure.TypesOf(failure))
{
    public override string? StackTrace { get; } = failure.StackTrace;
}
