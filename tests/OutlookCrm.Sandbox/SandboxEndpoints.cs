using System.Text.Json;
using OutlookCrm.Sandbox.Issuer;

namespace OutlookCrm.Sandbox;

/// <summary>What the small Outlook and tools need beyond Microsoft's own interfaces.</summary>
internal static class SandboxEndpoints
{
    public static void MapSandbox(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sandbox/firm", (HttpContext context, SandboxAddresses addresses) => new
        {
            name = SampleFirm.Name,
            tenantId = SampleFirm.TenantId,
            clientId = SampleFirm.ClientId,
            scope = SampleFirm.Scope,
            issuer = addresses.Outlook.GetLeftPart(UriPartial.Authority),
            pane = addresses.Pane.GetLeftPart(UriPartial.Authority),
            signedIn = SampleFirm.FindColleague(context.Request.Cookies[IssuerEndpoints.SessionCookie])?.Id,
            colleagues = SampleFirm.Colleagues,
        });

        routes.MapGet("/sandbox/settings", (SandboxAddresses addresses) => ProductSettings.For(addresses));

        // A valid token without a browser: for tools and load clients. Only what runs on this machine can ask.
        routes.MapPost("/sandbox/tokens", (TokenRequest request, TokenIssuer issuer) =>
        {
            if (request.Colleague is null)
            {
                return request.For == TokenUse.Graph
                    ? Results.Ok(new TokenResponse(issuer.CreateGraphAppToken()))
                    : Results.Problem("colleague names an id or an address; only a token for graph may do without.", statusCode: 400);
            }

            return SampleFirm.FindColleague(request.Colleague) is not { } colleague
                ? Results.Problem($"There is no colleague '{request.Colleague}'.", statusCode: 400)
                : Results.Ok(new TokenResponse(
                    request.For == TokenUse.Graph ? issuer.CreateGraphToken(colleague) : issuer.CreateAccessToken(colleague)));
        });

        routes.MapPut("/sandbox/session", (SessionRequest request, HttpContext context) =>
        {
            if (SampleFirm.FindColleague(request.Colleague) is not { } colleague)
            {
                return Results.Problem($"There is no colleague '{request.Colleague}'.", statusCode: 400);
            }

            IssuerEndpoints.SignIn(context, colleague);
            return Results.NoContent();
        });
        routes.MapDelete("/sandbox/session", (HttpContext context) =>
        {
            IssuerEndpoints.SignOut(context);
            return Results.NoContent();
        });

        routes.MapPost("/sandbox/keys/rotate", (SigningKeys keys) =>
        {
            keys.Rotate();
            return Results.NoContent();
        });
    }

    private enum TokenUse
    {
        /// <summary>The product's API.</summary>
        Api,
        Graph,
    }

    /// <param name="Colleague">Id or address; null for a Graph token in the app's own name.</param>
    private sealed record TokenRequest(string? Colleague, TokenUse For = TokenUse.Api);

    private sealed record TokenResponse(string AccessToken);

    private sealed record SessionRequest(string Colleague);
}
