using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.Http;

namespace OutlookCrm.Identity;

/// <summary>
/// The one place where it is decided who may call an HTTP function. What the function's attribute does not open is closed, and a
/// function without one is closed to all.
/// </summary>
internal sealed class IdentityMiddleware(AccessTokens tokens, ILogger<IdentityMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            // A timer or a queue: the host itself calls.
            await next(context);
            return;
        }

        var endpoint = HttpEndpoint.Of(context.FunctionDefinition);
        if (endpoint is { Anonymous: not null, Requires: null })
        {
            await next(context);
            return;
        }

        if (endpoint is not { Requires.Role: var least, Anonymous: null })
        {
            log.LogError("Function {Function} does not say who may call it, so nobody may.", context.FunctionDefinition.Name);
            context.GetInvocationResult().Value = Answer.Refused(StatusCodes.Status403Forbidden, "This function is closed.");
            return;
        }

        var header = http.Request.Headers.Authorization;
        if (header.Count > 1)
        {
            Refuse(context, http, StatusCodes.Status400BadRequest, "invalid_request", "There is more than one Authorization header.");
            return;
        }

        var text = header.ToString();
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            // RFC 6750, 3.1: who sent no token is told of no error.
            Refuse(context, http, StatusCodes.Status401Unauthorized, error: null, "A bearer token is needed.");
            return;
        }

        object connection = http.Features.Get<IConnectionItemsFeature>() ?? (object)http;
        var judgement = await tokens.JudgeAsync(connection, text, Scheme.Length, context.CancellationToken);
        if (judgement.Caller is not { } caller)
        {
            log.LogInformation("Refused a token: {Refusal}.", judgement.Refusal);
            Refuse(context, http, judgement.Refusal);
            return;
        }

        if (caller.Role < least)
        {
            Refuse(context, http, StatusCodes.Status403Forbidden, "insufficient_scope", $"This needs the role {least.ToString().ToLowerInvariant()}.");
            return;
        }

        context.InstanceServices.GetRequiredService<CallerSlot>().Caller = caller;
        http.Features.Set(caller);
        await next(context);
    }

    private static void Refuse(FunctionContext context, HttpContext http, TokenRefusal refusal)
    {
        var (status, error, detail) = refusal switch
        {
            TokenRefusal.Expired => (StatusCodes.Status401Unauthorized, "invalid_token", "The token has expired."),
            TokenRefusal.NotYetValid => (StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid yet."),
            TokenRefusal.OtherFirm => (StatusCodes.Status403Forbidden, "insufficient_scope", "Your organisation is not served here."),
            TokenRefusal.WrongScope => (StatusCodes.Status403Forbidden, "insufficient_scope", "The token lacks the scope of this API."),
            TokenRefusal.NoRole => (StatusCodes.Status403Forbidden, "insufficient_scope", "None of your roles opens this."),
            _ => (StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid here."),
        };
        Refuse(context, http, status, error, detail);
    }

    private static void Refuse(FunctionContext context, HttpContext http, int status, string? error, string detail)
    {
        http.Response.Headers.WWWAuthenticate = error is null
            ? "Bearer realm=\"Outlook CRM\""
            : $"Bearer realm=\"Outlook CRM\", error=\"{error}\", error_description=\"{detail}\"";
        context.GetInvocationResult().Value = Answer.Refused(status, detail);
    }
}

/// <summary>Where the middleware puts the caller for the one invocation.</summary>
internal sealed class CallerSlot
{
    public Caller? Caller { get; set; }
}
