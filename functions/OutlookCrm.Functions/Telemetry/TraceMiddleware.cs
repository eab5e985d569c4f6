using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using OutlookCrm.Storage;

namespace OutlookCrm.Telemetry;

/// <summary>
/// One span for each run of a function. What a request sends to a queue, and what that sends in turn, has the request's trace: one id
/// finds all of it in the logs, and queued work is counted. A span holds the function's name, how it ended and its times; no address, path,
/// query or word of a person.
/// </summary>
internal sealed class TraceMiddleware(WorkMetrics metrics) : IFunctionsWorkerMiddleware
{
    public const string SourceName = "OutlookCrm";

    private static readonly ActivitySource Source = new(SourceName);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        var message = http is null ? QueueRun.MessageOf(context) : null;
        var (kind, parent) = http is not null ? (ActivityKind.Server, ContextOf(context) ?? ContextOf(http.Request))
            : message is not null ? (ActivityKind.Consumer, MessageTrace.Find(message) ?? ContextOf(context))
            : (ActivityKind.Internal, ContextOf(context));
        using var span = Start(context.FunctionDefinition.Name, kind, parent ?? default);
        if (http is not null)
        {
            http.TraceIdentifier = span.TraceId.ToHexString();
        }

        if (message is not null)
        {
            metrics.Taken(context);
        }

        Exception? failure = null;
        try
        {
            await next(context);
            if (http is not null)
            {
                span.SetTag("http.response.status_code", http.Response.StatusCode);
                span.SetStatus(http.Response.StatusCode >= StatusCodes.Status500InternalServerError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            }
        }
        catch (Exception e)
        {
            // Its name, never its words: they may hold what a person wrote.
            span.SetTag("error.type", e.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
            failure = e;
            throw;
        }
        finally
        {
            if (message is not null)
            {
                metrics.Ended(context, failure);
            }
        }
    }

    /// <summary>Also when nobody records spans: logs and answers name the trace.</summary>
    private static Activity Start(string name, ActivityKind kind, ActivityContext parent)
    {
        if (Source.StartActivity(name, kind, parent) is { } recorded)
        {
            return recorded;
        }

        var span = new Activity(name);
        if (parent != default)
        {
            span.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        }

        return span.Start();
    }

    /// <summary>What the Azure host says that it goes on with.</summary>
    private static ActivityContext? ContextOf(FunctionContext context) => Parse(context.TraceContext.TraceParent);

    private static ActivityContext? ContextOf(HttpRequest request) => request.Headers.TraceParent is [{ } only] ? Parse(only) : null;

    // Whoever calls may say which trace it is, not whether it is recorded.
    private static ActivityContext? Parse(string? text) =>
        ActivityContext.TryParse(text, traceState: null, isRemote: true, out var said)
            ? new ActivityContext(said.TraceId, said.SpanId, ActivityTraceFlags.Recorded, traceState: null, isRemote: true)
            : null;
}
