using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using OutlookCrm.Identity;

namespace OutlookCrm.Firm;

/// <summary>Tells the <see cref="ColleagueBook"/> of every caller who was let in.</summary>
internal sealed class ColleagueMiddleware(ColleagueBook book) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext()?.Features.Get<Caller>() is { } caller)
        {
            book.Seen(caller);
        }

        return next(context);
    }
}
