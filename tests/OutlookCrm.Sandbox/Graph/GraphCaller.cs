using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OutlookCrm.Sandbox.Issuer;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Whose token a request carries.</summary>
/// <param name="Colleague">In whose name it speaks; null for an app's own.</param>
/// <param name="AppId">The client that asked for the token.</param>
/// <param name="Permissions">Scopes of a colleague's token, roles of an app's.</param>
internal sealed record GraphCaller(SampleColleague? Colleague, string AppId, IReadOnlySet<string> Permissions)
{
    /// <summary>The small Outlook is Microsoft's own client, as it were: neither throttled nor disturbed.</summary>
    public bool IsOutlook => AppId == SampleFirm.OutlookClientId.ToString();

    public bool Has(params ReadOnlySpan<string> anyOf)
    {
        foreach (var permission in anyOf)
        {
            if (Permissions.Contains(permission))
            {
                return true;
            }
        }

        return false;
    }

    public static GraphCaller Of(HttpContext context) => context.Features.Get<GraphCaller>()!;
}

/// <summary>Checks tokens. One that was good is known by its text until it ends: a signature costs more than a page of mail.</summary>
internal sealed class GraphCallers(TokenIssuer issuer, SandboxAddresses addresses, TimeProvider clock)
{
    private const int MostKnown = 1_000;

    private readonly ConcurrentDictionary<string, Known> known = new();

    /// <exception cref="GraphError">There is no token, or it is not for us.</exception>
    public async Task<GraphCaller> IdentifyAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw GraphError.Unauthenticated("Access token is empty.");
        }

        var text = header["Bearer ".Length..];
        var now = clock.GetUtcNow().UtcDateTime;
        if (known.TryGetValue(text, out var before))
        {
            return before.From <= now && now < before.Until ? before.Caller : throw GraphError.Unauthenticated("Lifetime validation failed, the token is expired.");
        }

        var token = await new JsonWebTokenHandler().ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = addresses.IssuerOf(SampleFirm.TenantId.ToString()),
            ValidAudience = TokenIssuer.GraphAudience,
            IssuerSigningKeys = issuer.Keys.Published,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = (from, until, _, _) => from <= now && now < until,
        });
        if (!token.IsValid)
        {
            throw GraphError.Unauthenticated($"The token is not for us: {token.Exception.GetType().Name}.");
        }

        var read = (JsonWebToken)token.SecurityToken;
        var isDelegated = read.TryGetPayloadValue<string>("scp", out var scopes);
        var caller = new GraphCaller(
            isDelegated ? SampleFirm.FindColleague(read.GetPayloadValue<string>("oid")) : null,
            read.GetPayloadValue<string>("azp"),
            (isDelegated ? scopes.Split(' ') : read.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value)).ToHashSet());
        if (known.Count >= MostKnown)
        {
            known.Clear();
        }

        known[text] = new Known(caller, read.ValidFrom, read.ValidTo);
        return caller;
    }

    private sealed record Known(GraphCaller Caller, DateTime From, DateTime Until);
}
