using OutlookCrm.Sandbox.Issuer;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// What every request to Graph passes before its endpoint: who calls, whether there is room, what goes wrong today, and whether they may.
/// </summary>
internal sealed class GraphGate(GraphCallers callers, GraphThrottle throttle, Faults faults, GraphTraffic traffic, GraphWrites writes, AppRegistration app)
{
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        GraphCaller? caller = null;
        try
        {
            caller = await callers.IdentifyAsync(context);
            context.Features.Set(caller);
            if (caller.IsOutlook)
            {
                RequirePermission(context, caller);
                await next(context);
                return;
            }

            traffic.CountRequest();
            var mailbox = MailboxIn(context, caller);
            using var room = mailbox is null ? null : throttle.Enter(caller.AppId, mailbox);
            var mishaps = faults.For(context);
            await mishaps.BeforeAsync(context.RequestAborted);
            RequirePermission(context, caller);
            if (mailbox is not null && caller.Colleague is null && !app.MayOpen(mailbox))
            {
                throw GraphError.Forbidden("Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.");
            }

            await (!GraphBatch.IsPart(context) && mishaps.IsTorn() ? TearAsync(context, next) : next(context));
        }
        catch (GraphError error) when (!context.Response.HasStarted)
        {
            if (caller is { IsOutlook: false })
            {
                traffic.CountRefusal();
            }

            await error.WriteAsync(context);
        }
        finally
        {
            if (caller is { IsOutlook: false })
            {
                writes.Add(context);
            }
        }
    }

    private static void RequirePermission(HttpContext context, GraphCaller caller)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Needs>() is { } needs && !needs.AnyOf.Any(permission => caller.Has(permission)))
        {
            throw needs.IsOfDirectory
                ? new GraphError(StatusCodes.Status403Forbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
                : GraphError.Forbidden();
        }
    }

    // Only what lies in a mailbox is a mailbox's traffic.
    private static string? MailboxIn(HttpContext context, GraphCaller caller) =>
        context.GetEndpoint()?.Metadata.GetMetadata<Needs>() is not { IsOfDirectory: false } ? null
        : context.Request.RouteValues["user"] is string user ? SampleFirm.FindColleague(user)?.Address
        : caller.Colleague?.Address;

    // Everything was done, and half of the answer arrives.
    private static async Task TearAsync(HttpContext context, RequestDelegate next)
    {
        var wire = context.Response.Body;
        using var whole = new MemoryStream();
        context.Response.Body = whole;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        context.Response.ContentLength = Math.Max(2, whole.Length);
        await context.Response.Body.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }
}
