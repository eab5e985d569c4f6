using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Http;

/// <summary>
/// The edge where what is broken becomes a problem. It also executes the answer, which the host would do after all middleware, so
/// that a view that cannot be drawn is a 500 and no empty 200. The log gets the trace's id and where it broke, never the
/// exception's words: they may hold what a person wrote.
/// </summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            // The host retries what a timer or a queue could not do.
            await next(context);
            return;
        }

        try
        {
            await next(context);
            if (context.GetInvocationResult().Value is IResult answer)
            {
                await answer.ExecuteAsync(http);
                context.GetInvocationResult().Value = Results.Empty;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || context.CancellationToken.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            context.GetInvocationResult().Value = Results.Empty;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var problem = ProblemOf(e, context, http);
            if (e is TableStoreUnavailableException or WorkQueueUnavailableException or IssuerUnavailableException)
            {
                http.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            }

            await problem.ExecuteAsync(http);
            context.GetInvocationResult().Value = Results.Empty;
        }
    }

    private IResult ProblemOf(Exception e, FunctionContext context, HttpContext http)
    {
        switch (e)
        {
            case BadHttpRequestException { StatusCode: var said }:
                var status = said is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge
                    ? said
                    : StatusCodes.Status400BadRequest;
                return Answer.Refused(status, "The request broke off or breaks HTTP's rules.");
            case TableLimitException:
                Log(LogLevel.Warning, e, context);
                return Answer.Broken(StatusCodes.Status413PayloadTooLarge, "The record would be larger than can be kept.", http);
            case TableStoreUnavailableException or WorkQueueUnavailableException:
                Log(LogLevel.Warning, e, context);
                var trouble = ((e as TableStoreUnavailableException) ?? (e.InnerException as TableStoreUnavailableException))?.Trouble ?? StoreTrouble.NoAnswer;
                return Answer.Broken(StatusCodes.Status503ServiceUnavailable, $"{StoreTroubles.WordsOf(trouble)} Try again in a moment.", http);
            case IssuerUnavailableException:
                Log(LogLevel.Warning, e, context);
                return Answer.Broken(StatusCodes.Status503ServiceUnavailable, "Who you are cannot be checked. Try again in a moment.", http);
            default:
                Log(LogLevel.Error, e, context);
                return Answer.Broken(StatusCodes.Status500InternalServerError, "Nothing you did. The log has it under this reference.", http);
        }
    }

    private void Log(LogLevel level, Exception e, FunctionContext context) => log.Log(
        level,
        "Function {Function}, invocation {Invocation}: {Failure}",
        context.FunctionDefinition.Name,
        context.InvocationId,
        Failure.WithoutWords(e));
}
