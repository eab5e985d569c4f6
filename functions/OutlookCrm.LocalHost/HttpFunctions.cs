using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using OutlookCrm.Http;
using OutlookCrm.Telemetry;

namespace OutlookCrm.LocalHost;

/// <summary>HTTP functions behind Kestrel's routing.</summary>
internal sealed class HttpFunctions(FunctionExecutionDelegate pipeline, ILogger<HttpFunctions> logger, TimeSpan timeout)
{
    public void Map(WebApplication app, FunctionCatalog catalog, string routePrefix)
    {
        app.UseRouting();

        // The method is part of the route in Azure: where routing would answer 405 with an endpoint of its own, there is no such function.
        app.Use(static next => http =>
        {
            if (http.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<FunctionEntry>() is null)
            {
                http.SetEndpoint(null);
            }

            return next(http);
        });

        var taken = new Dictionary<string, FunctionEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var (function, trigger) in catalog.With<HttpTriggerAttribute>())
        {
            var pattern = Pattern(function, trigger, routePrefix);
            RefuseSameRoute(taken, function, trigger, pattern);
            var endpoint = app.Map(pattern, http => ServeAsync(function, http)).WithDisplayName(function.Name).WithMetadata(function);
            if (trigger.Methods is { Length: > 0 } methods)
            {
                endpoint.WithMetadata(new HttpMethodMetadata(methods.Select(m => m.ToUpperInvariant())));
            }
        }
    }

    private static RoutePattern Pattern(FunctionEntry function, HttpTriggerAttribute trigger, string routePrefix)
    {
        var template = $"{routePrefix}/{trigger.Route ?? function.Name}".TrimStart('/');
        try
        {
            return RoutePatternFactory.Parse(template);
        }
        catch (RoutePatternException e)
        {
            throw new InvalidOperationException($"Function {function.Name}: '{template}' is not a route. {e.Message}", e);
        }
    }

    /// <summary>Routes that differ only in their parameters' names would take each other's requests.</summary>
    private static void RefuseSameRoute(
        Dictionary<string, FunctionEntry> taken, FunctionEntry function, HttpTriggerAttribute trigger, RoutePattern pattern)
    {
        var shape = string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Join(':', parameter.ParameterPolicies.Select(p => p.Content))}}}",
            _ => "",
        }))));
        foreach (var method in trigger.Methods is { Length: > 0 } methods ? methods : ["*"])
        {
            if (!taken.TryAdd($"{method} {shape}", function))
            {
                throw new InvalidOperationException(
                    $"Functions {taken[$"{method} {shape}"].Name} and {function.Name} have the same route: {method} {pattern.RawText}.");
            }
        }
    }

    private async Task ServeAsync(FunctionEntry function, HttpContext http)
    {
        // Real time, whatever clock the functions have: somebody waits.
        var gone = http.RequestAborted;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(gone);
        limit.CancelAfter(timeout);
        http.RequestAborted = limit.Token;
        await ServeWithinAsync(function, http);
        http.RequestAborted = gone;
        if (limit.IsCancellationRequested && !gone.IsCancellationRequested && !http.Response.HasStarted)
        {
            logger.LogWarning("{Function} took longer than {Timeout} and was called off: trace {TraceId}", function.Name, timeout, http.TraceIdentifier);
            http.Response.Clear();
            http.Response.Headers.RetryAfter = "5";
            await Answer.Broken(StatusCodes.Status503ServiceUnavailable, "It took too long and was called off. Try again in a moment.", http).ExecuteAsync(http);
        }
    }

    private async Task ServeWithinAsync(FunctionEntry function, HttpContext http)
    {
        var invocation = new LocalInvocation(function, http);
        try
        {
            await pipeline(invocation);

            // Only now, outside the product's middleware: that is when the worker does it.
            switch (invocation.Result)
            {
                case IResult result:
                    await result.ExecuteAsync(http);
                    break;
                case IActionResult result:
                    await result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                    break;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            logger.LogDebug("{Function} {InvocationId}: the caller went away", function.Name, invocation.InvocationId);
        }
        catch (Exception e)
        {
            logger.LogError("{Function} {InvocationId} failed: {Failure}", function.Name, invocation.InvocationId, Failure.WithoutWords(e));
            if (http.Response.HasStarted)
            {
                // Half an answer must not look like a whole one.
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }
}
