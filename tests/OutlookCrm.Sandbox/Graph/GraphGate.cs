namespace OutlookCrm.Sandbox.Graph;

/// <summary>What every request to Graph passes before its endpoint: who calls, and whether they may.</summary>
internal sealed class GraphGate(GraphCallers callers)
{
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            var caller = await callers.IdentifyAsync(context);
            context.Features.Set(caller);
            if (context.GetEndpoint()?.Metadata.GetMetadata<Needs>() is { } needs && !needs.AnyOf.Any(permission => caller.Has(permission)))
            {
                throw GraphError.Forbidden();
            }

            await next(context);
        }
        catch (GraphError error) when (!context.Response.HasStarted)
        {
            await error.WriteAsync(context);
        }
    }
}
