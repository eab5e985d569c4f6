using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Issuer;

namespace OutlookCrm.Tests.Sandbox;

public sealed class IssuerTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    // From RFC 7636, appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static readonly string Authorize = $"/{SampleFirm.TenantId}/oauth2/v2.0/authorize";
    private static readonly string Token = $"/{SampleFirm.TenantId}/oauth2/v2.0/token";
    private static readonly string Callback = "https://localhost:5443/callback";

    [Fact]
    public async Task An_access_token_validates_against_the_published_metadata_and_keys()
    {
        var minted = await MintAsync(new { colleague = SampleFirm.Tomasz.Address });

        var token = await ValidateAsync(minted, SampleFirm.ClientId.ToString());

        Assert.True(token.IsValid, token.Exception?.Message);
        Assert.Equal("2.0", token.Claims["ver"]);
        Assert.Equal(SampleFirm.TenantId.ToString(), token.Claims["tid"]);
        Assert.Equal(SampleFirm.Tomasz.Id.ToString(), token.Claims["oid"]);
        Assert.Equal("Crm.Access", token.Claims["scp"]);
        Assert.Equal(SampleFirm.ClientId.ToString(), token.Claims["azp"]);
        Assert.Equal("Tomasz Zieliński", token.Claims["name"]);
        Assert.Equal(SampleFirm.Tomasz.Address, token.Claims["preferred_username"]);
        Assert.Equal(["member"], new JsonWebToken(minted).Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value));
    }

    [Fact]
    public async Task However_far_the_clock_was_moved_a_token_is_good_by_its_time_and_by_the_real_one()
    {
        var real = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        await using var application = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 }, new RunningSandbox.FixedClock(real));
        application.Clock.Advance(TimeSpan.FromDays(30));

        var token = new JsonWebToken(application.Issuer.CreateAccessToken(SampleFirm.Tomasz));

        Assert.Equal((real.UtcDateTime, real.UtcDateTime.AddDays(30) + TokenIssuer.Lifetime), (token.ValidFrom, token.ValidTo));
    }

    [Fact]
    public async Task Metadata_on_the_plain_port_names_the_same_issuer_and_keys_that_need_no_certificate()
    {
        using var plain = new HttpClient { BaseAddress = sandbox.Application.Addresses.BackChannel };

        var overHttp = await plain.GetFromJsonAsync<JsonObject>($"/{SampleFirm.TenantId}/v2.0/.well-known/openid-configuration");
        var overHttps = await sandbox.Client.GetFromJsonAsync<JsonObject>($"/{SampleFirm.TenantId}/v2.0/.well-known/openid-configuration");

        Assert.Equal((string?)overHttps!["issuer"], (string?)overHttp!["issuer"]);
        Assert.StartsWith("http://127.0.0.1:", (string?)overHttp["jwks_uri"], StringComparison.Ordinal);
        Assert.NotEmpty((await plain.GetFromJsonAsync<JsonObject>((string?)overHttp["jwks_uri"]))!["keys"]!.AsArray());
    }

    [Fact]
    public async Task Metadata_for_all_tenants_leaves_the_tenant_open()
    {
        var metadata = await sandbox.Client.GetFromJsonAsync<JsonObject>("/organizations/v2.0/.well-known/openid-configuration");

        Assert.EndsWith("/{tenantid}/v2.0", (string?)metadata!["issuer"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_sign_in_needs_somebody_signed_in()
    {
        var answer = await sandbox.Client.GetAsync(AuthorizeQuery(("prompt", "none")));

        var back = Back(answer);
        Assert.Equal("login_required", back["error"]);
        Assert.Equal("the-state", back["state"]);
    }

    [Fact]
    public async Task A_code_and_its_verifier_buy_the_three_tokens_once()
    {
        var code = await SignInAsync(SampleFirm.Mira);

        var bought = await BuyAsync(code, Verifier);
        var again = await BuyAsync(code, Verifier);

        Assert.Equal(HttpStatusCode.OK, bought.StatusCode);
        var tokens = await RunningSandbox.ReadAsync(bought);
        var access = await ValidateAsync((string)tokens["access_token"]!, SampleFirm.ClientId.ToString());
        Assert.Equal(SampleFirm.Mira.Id.ToString(), access.Claims["oid"]);
        var id = new JsonWebToken((string)tokens["id_token"]!);
        Assert.Equal("the-nonce", id.GetClaim("nonce").Value);
        Assert.DoesNotContain(id.Claims, claim => claim.Type is "scp" or "roles");
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task A_wrong_verifier_buys_nothing_and_spends_the_code()
    {
        var code = await SignInAsync(SampleFirm.Mira);

        var wrong = await BuyAsync(code, new string('x', 43));
        var right = await BuyAsync(code, Verifier);

        Assert.Equal("invalid_grant", (string?)(await RunningSandbox.ReadAsync(wrong))["error"]);
        Assert.Equal(HttpStatusCode.BadRequest, right.StatusCode);
    }

    [Fact]
    public async Task Without_a_challenge_there_is_no_code()
    {
        var answer = await sandbox.Client.GetAsync(AuthorizeQuery(("code_challenge", null)));

        Assert.Equal("invalid_request", Back(answer)["error"]);
    }

    [Fact]
    public async Task A_code_never_goes_to_another_machine()
    {
        var answer = await sandbox.Client.GetAsync(AuthorizeQuery(("redirect_uri", "https://evil.example/callback")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task Cancelling_the_login_page_says_so()
    {
        var answer = await sandbox.Client.PostAsync(AuthorizeQuery(), Form(("colleague", "")));

        Assert.Equal("access_denied", Back(answer)["error"]);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_may_ask_for_graph()
    {
        var first = await RunningSandbox.ReadAsync(await BuyAsync(await SignInAsync(SampleFirm.Amara), Verifier));

        var second = await RefreshAsync((string)first["refresh_token"]!, "https://graph.microsoft.com/Mail.Read");
        var replay = await RefreshAsync((string)first["refresh_token"]!, SampleFirm.Scope);

        var access = new JsonWebToken((string)(await RunningSandbox.ReadAsync(second))["access_token"]!);
        Assert.Equal(["https://graph.microsoft.com"], access.Audiences);
        Assert.Equal(HttpStatusCode.BadRequest, replay.StatusCode);
    }

    [Fact]
    public async Task After_a_rotation_old_and_new_tokens_both_validate()
    {
        var before = await MintAsync(new { colleague = SampleFirm.Mira.Id });
        await sandbox.Client.PostAsync("/sandbox/keys/rotate", null);
        var after = await MintAsync(new { colleague = SampleFirm.Mira.Id });

        Assert.NotEqual(new JsonWebToken(before).Kid, new JsonWebToken(after).Kid);
        Assert.True((await ValidateAsync(before, SampleFirm.ClientId.ToString())).IsValid);
        Assert.True((await ValidateAsync(after, SampleFirm.ClientId.ToString())).IsValid);
    }

    [Fact]
    public async Task The_signing_key_and_certificate_survive_a_restart()
    {
        var state = Directory.CreateTempSubdirectory("sandbox-state-");
        try
        {
            var options = new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, StateFolder = state.FullName };
            string first, second;
            await using (var sandbox = await SandboxApplication.StartAsync(options))
            {
                first = sandbox.Certificate.Thumbprint + sandbox.Issuer.Keys.Current.KeyId;
            }

            await using (var sandbox = await SandboxApplication.StartAsync(options))
            {
                second = sandbox.Certificate.Thumbprint + sandbox.Issuer.Keys.Current.KeyId;
            }

            Assert.Equal(first, second);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_made_up_host_name_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sandbox/tokens") { Content = JsonContent.Create(new { colleague = SampleFirm.Mira.Id }) };
        request.Headers.Host = "rebound.example";

        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Client.SendAsync(request)).StatusCode);
    }

    private async Task<string> MintAsync(object request)
    {
        var answer = await sandbox.Client.PostAsJsonAsync("/sandbox/tokens", request);
        answer.EnsureSuccessStatusCode();
        return (string)(await RunningSandbox.ReadAsync(answer))["accessToken"]!;
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, string audience)
    {
        var metadata = await sandbox.Client.GetFromJsonAsync<JsonObject>($"/{SampleFirm.TenantId}/v2.0/.well-known/openid-configuration");
        var keys = new JsonWebKeySet(await sandbox.Client.GetStringAsync((string?)metadata!["jwks_uri"]));
        return await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = (string?)metadata["issuer"],
            ValidAudience = audience,
            IssuerSigningKeys = keys.Keys,
            ValidAlgorithms = ["RS256"],
            LifetimeValidator = (from, until, _, _) => from <= RunningSandbox.Now.UtcDateTime && RunningSandbox.Now.UtcDateTime < until,
        });
    }

    private async Task<string> SignInAsync(SampleColleague colleague) =>
        Back(await sandbox.Client.PostAsync(AuthorizeQuery(), Form(("colleague", colleague.Id.ToString()))))["code"]!;

    private Task<HttpResponseMessage> BuyAsync(string code, string verifier) => sandbox.Client.PostAsync(Token, Form(
        ("grant_type", "authorization_code"), ("client_id", SampleFirm.ClientId.ToString()),
        ("code", code), ("redirect_uri", Callback), ("code_verifier", verifier)));

    private Task<HttpResponseMessage> RefreshAsync(string refreshToken, string scope) => sandbox.Client.PostAsync(Token, Form(
        ("grant_type", "refresh_token"), ("client_id", SampleFirm.ClientId.ToString()), ("refresh_token", refreshToken), ("scope", scope)));

    private static string AuthorizeQuery(params (string Name, string? Value)[] changes)
    {
        var fields = new Dictionary<string, string?>
        {
            ["client_id"] = SampleFirm.ClientId.ToString(),
            ["response_type"] = "code",
            ["redirect_uri"] = Callback,
            ["scope"] = $"openid profile {SampleFirm.Scope}",
            ["state"] = "the-state",
            ["nonce"] = "the-nonce",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return QueryHelpers.AddQueryString(Authorize, fields.Where(field => field.Value is not null)!);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static Dictionary<string, string?> Back(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(Callback, answer.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        return QueryHelpers.ParseQuery(answer.Headers.Location.Query).ToDictionary(field => field.Key, field => (string?)field.Value);
    }
}
