using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace OutlookCrm.Http;

/// <summary>
/// Judges the query by the function's <see cref="QueryAttribute"/>s. After identity: a stranger learns no names. What anybody may
/// call is left alone: Outlook adds parameters of its own to the pane's address.
/// </summary>
internal sealed class QueryMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && HttpEndpoint.Of(context.FunctionDefinition) is { Requires: not null } endpoint)
        {
            var errors = QueryParameters.Check(http.Request.Query, endpoint.Query);
            if (errors.Any)
            {
                context.GetInvocationResult().Value = Answer.Invalid(errors);
                return;
            }
        }

        await next(context);
    }
}
