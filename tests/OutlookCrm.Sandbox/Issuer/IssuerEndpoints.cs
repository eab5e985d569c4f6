using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Issuer;

/// <summary>
/// The part of the Microsoft identity platform that a browser app and an API see: discovery, keys, sign-in with code and PKCE, tokens; and an
/// app's own token by its secret.
/// Same paths as there, so that libraries find everything by themselves.
/// </summary>
public static class IssuerEndpoints
{
    /// <summary>Who is signed in on this browser; the value is the colleague's id.</summary>
    internal const string SessionCookie = "sandbox-session";

    private static readonly string[] SharedTenants = ["common", "organizations"];
    private static readonly string[] IdScopes = ["openid", "profile", "email", "offline_access"];

    public static void MapIssuer(this IEndpointRouteBuilder routes)
    {
        var tenant = routes.MapGroup("/{tenant}").RequireCors(SandboxCors.Policy).AddEndpointFilter(async (context, next) =>
            IsTenant(Tenant(context.HttpContext)) ? await next(context) : UnknownTenant(Tenant(context.HttpContext)));
        tenant.MapGet("/v2.0/.well-known/openid-configuration", GetMetadata);
        tenant.MapGet("/discovery/v2.0/keys", GetKeys);
        tenant.MapGet("/oauth2/v2.0/authorize", Authorize);
        tenant.MapPost("/oauth2/v2.0/authorize", AnswerLoginPage).DisableAntiforgery();
        tenant.MapPost("/oauth2/v2.0/token", ExchangeAsync).DisableAntiforgery();
        tenant.MapGet("/oauth2/v2.0/logout", Logout);
    }

    private static Metadata GetMetadata(HttpContext context, SandboxAddresses addresses)
    {
        var tenant = Tenant(context);
        var outlook = addresses.Outlook.GetLeftPart(UriPartial.Authority);

        // Keys come from where metadata came from: a program on the plain http port must not need our certificate.
        var here = $"{context.Request.Scheme}://{context.Request.Host}";
        return new Metadata(
            Issuer: SharedTenants.Contains(tenant) ? addresses.IssuerOf("{tenantid}") : addresses.IssuerOf(tenant),
            AuthorizationEndpoint: $"{outlook}/{tenant}/oauth2/v2.0/authorize",
            TokenEndpoint: $"{outlook}/{tenant}/oauth2/v2.0/token",
            EndSessionEndpoint: $"{outlook}/{tenant}/oauth2/v2.0/logout",
            JwksUri: $"{here}/{tenant}/discovery/v2.0/keys",
            ResponseTypes: ["code"],
            ResponseModes: ["query", "fragment"],
            SubjectTypes: ["pairwise"],
            SigningAlgorithms: ["RS256"],
            Scopes: ["openid", "profile", "email", "offline_access"]);
    }

    private static object GetKeys(TokenIssuer issuer) => new
    {
        keys = issuer.Keys.Published.Select(key =>
        {
            var numbers = key.Rsa.ExportParameters(includePrivateParameters: false);
            return new
            {
                kty = "RSA",
                use = "sig",
                alg = "RS256",
                kid = key.KeyId,
                n = Base64UrlEncoder.Encode(numbers.Modulus),
                e = Base64UrlEncoder.Encode(numbers.Exponent),
            };
        }),
    };

    private static IResult Authorize(HttpContext context, Grants grants, TimeProvider clock)
    {
        if (SignInRequest.Read(context.Request.Query, out var why) is not { } request)
        {
            return Results.Text($"This sign-in cannot work: {why}", "text/plain", Encoding.UTF8, StatusCodes.Status400BadRequest);
        }

        if (request.CodeChallenge is null)
        {
            return request.Refuse("invalid_request", "A code_challenge with code_challenge_method=S256 is needed.");
        }

        var signedIn = SampleFirm.FindColleague(context.Request.Cookies[SessionCookie]);
        var meant = SampleFirm.FindColleague(request.LoginHint);
        var mayContinue = signedIn is not null && (meant is null || meant == signedIn);
        return request.Prompt switch
        {
            "none" when !mayContinue => request.Refuse("login_required", "AADSTS50058: A silent sign-in was asked for, but nobody is signed in."),
            "none" or null when mayContinue => Accept(request, signedIn!, grants, clock),
            _ => LoginPage.Show(meant),
        };
    }

    private static async Task<IResult> AnswerLoginPage(HttpContext context, Grants grants, TimeProvider clock)
    {
        if (SignInRequest.Read(context.Request.Query, out var why) is not { CodeChallenge: not null } request)
        {
            return Results.Text($"This sign-in cannot work: {why}", "text/plain", Encoding.UTF8, StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (SampleFirm.FindColleague(form["colleague"]) is not { } colleague)
        {
            return request.Refuse("access_denied", "AADSTS65004: The sign-in was cancelled.");
        }

        SignIn(context, colleague);
        return Accept(request, colleague, grants, clock);
    }

    private static async Task<IResult> ExchangeAsync(HttpContext context, TokenIssuer issuer, Grants grants, TimeProvider clock)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType)
        {
            return TokenError("invalid_request", "A form is needed.");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["client_id"] != SampleFirm.ClientId.ToString())
        {
            return TokenError("unauthorized_client", "AADSTS700016: This client is not registered here.");
        }

        Grant? grant;
        switch (form["grant_type"].ToString())
        {
            case "client_credentials":
                return AnswerApp(form, issuer, Tenant(context));
            case "authorization_code":
                grant = grants.Take(form["code"]);
                if (grant is null || grant.RedirectUri != form["redirect_uri"] || !grant.IsProvenBy(form["code_verifier"]))
                {
                    return TokenError("invalid_grant", "AADSTS501481: The code, its redirect_uri or its code_verifier is wrong.");
                }

                break;
            case "refresh_token":
                grant = grants.Take(form["refresh_token"]);
                if (grant is null)
                {
                    return TokenError("invalid_grant", "AADSTS70043: The refresh token is unknown, used or expired.");
                }

                if (form["scope"].ToString() is { Length: > 0 } scope)
                {
                    grant = grant with { Scope = scope };
                }

                break;
            default:
                return TokenError("unsupported_grant_type", "There are authorization_code, refresh_token and client_credentials.");
        }

        if (FindAudience(grant.Scope) is not { } audience)
        {
            return TokenError("invalid_scope", $"AADSTS65005: Nobody here offers one of these scopes: {grant.Scope}");
        }

        // A code's refresh token starts its day now; a refresh token's successor inherits the rest of it.
        var refreshEndsAt = grant.CodeChallenge.Length == 0 ? grant.ExpiresAt : clock.GetUtcNow() + Grants.RefreshLifetime;
        var refreshToken = grants.Give(grant with { CodeChallenge = "", Nonce = null, ExpiresAt = refreshEndsAt });
        return Results.Json(new TokenAnswer(
            "Bearer",
            (int)TokenIssuer.Lifetime.TotalSeconds,
            grant.Scope,
            audience == TokenIssuer.GraphAudience
                ? issuer.CreateGraphToken(grant.Colleague, SampleFirm.ClientId, GraphScopes(grant.Scope))
                : issuer.CreateAccessToken(grant.Colleague),
            issuer.CreateIdToken(grant.Colleague, grant.Nonce),
            refreshToken,
            Base64UrlEncoder.Encode($$"""{"uid":"{{grant.Colleague.Id}}","utid":"{{SampleFirm.TenantId}}"}""")));
    }

    /// <summary>The product in its own name. It needs a tenant: an app has no home from which to find one.</summary>
    private static IResult AnswerApp(IFormCollection form, TokenIssuer issuer, string tenant)
    {
        if (SharedTenants.Contains(tenant))
        {
            return TokenError("invalid_request", "AADSTS53003: Name the tenant; common and organizations are for people.");
        }

        if (form["client_secret"] != SampleFirm.ClientSecret)
        {
            return TokenError("invalid_client", "AADSTS7000215: The client secret is wrong.", StatusCodes.Status401Unauthorized);
        }

        return form["scope"] == $"{TokenIssuer.GraphAudience}/.default"
            ? Results.Json(new AppTokenAnswer("Bearer", (int)TokenIssuer.Lifetime.TotalSeconds, issuer.CreateGraphAppToken()))
            : TokenError("invalid_scope", $"AADSTS1002012: An app asks for {TokenIssuer.GraphAudience}/.default, all that it was given.");
    }

    private static IResult Logout(HttpContext context)
    {
        SignOut(context);
        return SignInRequest.IsOurs(context.Request.Query["post_logout_redirect_uri"])
            ? Results.Redirect(context.Request.Query["post_logout_redirect_uri"].ToString())
            : Results.Text("You are signed out.");
    }

    internal static void SignIn(HttpContext context, SampleColleague colleague) => context.Response.Cookies.Append(
        SessionCookie,
        colleague.Id.ToString(),
        new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true });

    internal static void SignOut(HttpContext context) =>
        context.Response.Cookies.Delete(SessionCookie, new CookieOptions { Secure = true, Path = "/" });

    private static IResult Accept(SignInRequest request, SampleColleague colleague, Grants grants, TimeProvider clock) =>
        request.Answer("code", grants.Give(new Grant(
            colleague, request.RedirectUri, request.Scope, request.CodeChallenge!, request.Nonce, clock.GetUtcNow() + Grants.CodeLifetime)));

    /// <summary>Whose API a scope belongs to; null when it is nobody's. Scopes about the ID token alone mean Graph, as in the real one.</summary>
    private static string? FindAudience(string scopes)
    {
        var asked = scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(IdScopes).ToList();
        if (asked.Contains(SampleFirm.Scope) || asked.Contains($"api://{SampleFirm.ClientId}/.default"))
        {
            return SampleFirm.ClientId.ToString();
        }

        return asked.TrueForAll(scope => scope.StartsWith(TokenIssuer.GraphAudience, StringComparison.Ordinal) || !scope.Contains(':'))
            ? TokenIssuer.GraphAudience
            : null;
    }

    // Asked for as https://graph.microsoft.com/Mail.Read or as Mail.Read; written as the latter.
    private static string GraphScopes(string scopes) => string.Join(
        ' ', scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(IdScopes).Select(scope => scope.Split('/')[^1]));

    private static string Tenant(HttpContext context) => (string)context.Request.RouteValues["tenant"]!;

    private static bool IsTenant(string tenant) => tenant == SampleFirm.TenantId.ToString() || SharedTenants.Contains(tenant);

    private static IResult UnknownTenant(string tenant) =>
        TokenError("invalid_tenant", string.Create(CultureInfo.InvariantCulture, $"AADSTS90002: Tenant '{tenant}' not found."));

    private static IResult TokenError(string error, string description, int status = StatusCodes.Status400BadRequest) =>
        Results.Json(new { error, error_description = description }, statusCode: status);

    private sealed record Metadata(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("authorization_endpoint")] string AuthorizationEndpoint,
        [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
        [property: JsonPropertyName("end_session_endpoint")] string EndSessionEndpoint,
        [property: JsonPropertyName("jwks_uri")] string JwksUri,
        [property: JsonPropertyName("response_types_supported")] string[] ResponseTypes,
        [property: JsonPropertyName("response_modes_supported")] string[] ResponseModes,
        [property: JsonPropertyName("subject_types_supported")] string[] SubjectTypes,
        [property: JsonPropertyName("id_token_signing_alg_values_supported")] string[] SigningAlgorithms,
        [property: JsonPropertyName("scopes_supported")] string[] Scopes);

    private sealed record AppTokenAnswer(
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresInSeconds,
        [property: JsonPropertyName("access_token")] string AccessToken);

    private sealed record TokenAnswer(
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresInSeconds,
        [property: JsonPropertyName("scope")] string Scope,
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("id_token")] string IdToken,
        [property: JsonPropertyName("refresh_token")] string RefreshToken,
        [property: JsonPropertyName("client_info")] string ClientInfo);
}

/// <summary>What a client asks of the authorize endpoint.</summary>
/// <param name="Prompt">none, login, select_account; null lets us decide.</param>
internal sealed record SignInRequest(
    string RedirectUri, string Scope, string? State, string? CodeChallenge, string? Nonce, string? Prompt, string? LoginHint, bool InFragment)
{
    /// <summary>Null when the answer must not be sent back to where the request says: wrong client or wrong address.</summary>
    public static SignInRequest? Read(IQueryCollection query, out string? why)
    {
        why = query["client_id"] != SampleFirm.ClientId.ToString() ? "the client is not registered here (AADSTS700016)."
            : !IsOurs(query["redirect_uri"]) ? "the redirect_uri is not on localhost (AADSTS50011)."
            : query["response_type"] != "code" ? "the response_type must be code."
            : null;
        return why is not null ? null : new SignInRequest(
            query["redirect_uri"]!,
            query["scope"].ToString(),
            query["state"],
            query["code_challenge_method"] == "S256" && query["code_challenge"].ToString() is { Length: 43 } challenge ? challenge : null,
            query["nonce"],
            query["prompt"],
            query["login_hint"],
            query["response_mode"] == "fragment");
    }

    /// <summary>Only pages of this machine may receive a code.</summary>
    public static bool IsOurs(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "https", IsLoopback: true };

    public IResult Refuse(string error, string description) => Answer("error", error, ("error_description", description));

    public IResult Answer(string name, string value, (string Name, string Value)? more = null)
    {
        var fields = new Dictionary<string, string?> { [name] = value, ["state"] = State };
        if (more is { } extra)
        {
            fields[extra.Name] = extra.Value;
        }

        var query = QueryHelpers.AddQueryString("", fields.Where(field => field.Value is not null)!);
        return Results.Redirect(InFragment ? $"{RedirectUri}#{query[1..]}" : QueryHelpers.AddQueryString(RedirectUri, fields!));
    }
}
