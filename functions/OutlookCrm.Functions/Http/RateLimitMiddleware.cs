using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>Refuses what is too much, before anything is read for it. After identity: whose bucket it is, the token says.</summary>
internal sealed class RateLimitMiddleware(RateLimits limits) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && http.Features.Get<Caller>() is { } caller && limits.Take(caller) is { } over)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(over.Wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            context.GetInvocationResult().Value = Answer.Refused(
                StatusCodes.Status429TooManyRequests, over.IsFirms
                    ? "Your firm asked for more than is done for it at once (Limits:FirmBurst, Limits:FirmPerMinute). Nothing was changed; ask again in a moment."
                    : "You asked for more than is done for one person at once (Limits:UserBurst, Limits:UserPerMinute). Nothing was changed; ask again in a moment.");
            return;
        }

        await next(context);
    }
}
