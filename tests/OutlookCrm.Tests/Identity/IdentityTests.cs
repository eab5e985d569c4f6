using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Tests.Identity;

/// <summary>Who is let in, over HTTP. One test for each way a token can be wrong.</summary>
public sealed class IdentityTests(IdentityTests.Fixture fixture) : IClassFixture<IdentityTests.Fixture>
{
    private const string Probe = "/api/test/whoami";
    private static readonly string[] Secrets = ["eyJ", "kim", "Kim", "secret.example", "Anna", "anna@", "Ben Okoro", "ben@", "pairwise-"];
    private readonly TestCrm crm = fixture.Crm;

    [Fact]
    public async Task A_good_token_is_let_in_as_the_person_it_names()
    {
        using var client = crm.SignIn(A.Anna);

        Assert.Equal($"{A.Firm} {A.Anna.Id} Owner", await client.GetStringAsync(Probe));
    }

    [Fact]
    public async Task Without_a_token_the_answer_asks_for_one()
    {
        using var client = crm.WithToken(null);
        using var answer = await client.GetAsync(Probe);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"Outlook CRM\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("Token abc")]
    public async Task Another_scheme_is_no_token(string header)
    {
        using var client = crm.WithToken(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        await AssertRefusedAsync(client, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public Task An_expired_token_is_told_so() => AssertRefusedAsync(
        c => c["exp"] = Seconds(TimeSpan.FromMinutes(-1)), HttpStatusCode.Unauthorized, "The token has expired.");

    [Fact]
    public Task A_token_that_expired_within_the_skew_is_good() => AssertAcceptedAsync(
        c => c["exp"] = Seconds(TimeSpan.FromSeconds(-59)));

    [Fact]
    public Task A_token_that_is_not_valid_yet_is_told_so() => AssertRefusedAsync(
        c => c["nbf"] = Seconds(TimeSpan.FromSeconds(61)), HttpStatusCode.Unauthorized, "The token is not valid yet.");

    [Fact]
    public Task A_token_that_starts_within_the_skew_is_good() => AssertAcceptedAsync(c => c["nbf"] = Seconds(TimeSpan.FromSeconds(60)));

    [Theory]
    [InlineData("exp")]
    [InlineData("nbf")]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("tid")]
    [InlineData("oid")]
    [InlineData("ver")]
    public Task A_token_without_a_claim_that_we_need_is_refused(string claim) => AssertRefusedAsync(
        c => c.Remove(claim), HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("exp", "soon")]
    [InlineData("exp", "99999999999999999999")]
    [InlineData("exp", "-1")]
    public Task A_life_that_is_no_time_is_refused(string claim, string value) => AssertRefusedAsync(
        c => c[claim] = value, HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("00000000-0000-4000-8000-000000000001")]
    [InlineData("api://c1ea0000-0000-4000-8000-000000000001")]
    [InlineData("https://graph.microsoft.com")]
    public Task A_token_for_another_audience_is_refused(string audience) => AssertRefusedAsync(
        c => c["aud"] = audience, HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_token_of_another_issuer_is_refused() => AssertRefusedAsync(
        c => c["iss"] = $"https://evil.example/{A.Firm}/v2.0", HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_token_of_the_first_version_is_refused() => AssertRefusedAsync(c => c["ver"] = "1.0", HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_token_whose_tenant_is_not_its_issuers_is_refused() => AssertRefusedAsync(
        c => c["tid"] = A.OtherFirm.ToString("D"), HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_tenant_in_another_spelling_is_refused() => AssertRefusedAsync(
        c =>
        {
            c["tid"] = A.Firm.ToString("B");
            c["iss"] = crm.Issuer.IssuerOf(A.Firm).Replace(A.Firm.ToString("D"), A.Firm.ToString("B"), StringComparison.Ordinal);
        },
        HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_good_token_of_a_firm_that_is_not_served_is_forbidden() => AssertRefusedAsync(
        c =>
        {
            c["tid"] = A.Stranger.ToString("D");
            c["iss"] = crm.Issuer.IssuerOf(A.Stranger);
        },
        HttpStatusCode.Forbidden);

    [Fact]
    public Task A_token_without_our_scope_is_forbidden() => AssertRefusedAsync(
        c => c["scp"] = "User.Read Crm.AccessAll Mail.Read", HttpStatusCode.Forbidden);

    [Fact]
    public Task A_token_with_our_scope_among_others_is_good() => AssertAcceptedAsync(c => c["scp"] = "User.Read Crm.Access");

    [Fact]
    public Task The_scope_in_other_case_is_another_scope() => AssertRefusedAsync(c => c["scp"] = "crm.access", HttpStatusCode.Forbidden);

    [Fact]
    public Task An_id_token_is_refused() => AssertRefusedAsync(
        c =>
        {
            c.Remove("scp");
            c["nonce"] = "abc";
        },
        HttpStatusCode.Unauthorized);

    [Fact]
    public Task A_token_that_an_app_got_for_itself_is_refused() => AssertRefusedAsync(
        c =>
        {
            c.Remove("scp");
            c["roles"] = new JsonArray("Owner");
            c["idtyp"] = "app";
        },
        HttpStatusCode.Unauthorized);

    [Fact]
    public Task An_apps_token_with_a_scope_is_refused_all_the_same() => AssertRefusedAsync(c => c["idtyp"] = "app", HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_tampered_payload_is_refused()
    {
        var parts = crm.TokenFor(A.Rita).Split('.');
        var claims = crm.Issuer.Claims(A.Rita, crm.Clock.GetUtcNow());
        claims["roles"] = new JsonArray("Owner");

        await AssertRefusedAsync($"{parts[0]}.{Base64(claims)}.{parts[2]}");
    }

    [Fact]
    public async Task A_tampered_token_is_refused_though_the_true_one_is_remembered()
    {
        var good = crm.TokenFor(A.Anna);
        using (var anna = crm.WithToken(good))
        {
            Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync(Probe)).StatusCode);
        }

        var last = good[^2] == 'A' ? 'B' : 'A';
        await AssertRefusedAsync(good[..^2] + last + good[^1]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_unsigned_token_is_refused(string? algorithm)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["kid"] = crm.Issuer.Key.Id };
        if (algorithm is not null)
        {
            header["alg"] = algorithm;
        }

        var claims = crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow());
        await AssertRefusedAsync(TestIssuer.Sign(claims, header, _ => []));
        await AssertRefusedAsync(TestIssuer.Sign(claims, header, crm.Issuer.Key.Sign));
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_shared_secret_is_refused()
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "HS256", ["kid"] = crm.Issuer.Key.Id };

        await AssertRefusedAsync(TestIssuer.Sign(
            crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow()), header, data => HMACSHA256.HashData(crm.Issuer.Key.PublicKeyPem, data)));
    }

    [Theory]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("rs256")]
    public async Task A_token_that_names_another_algorithm_is_refused(string algorithm)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = algorithm, ["kid"] = crm.Issuer.Key.Id };

        await AssertRefusedAsync(TestIssuer.Sign(crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow()), header, crm.Issuer.Key.Sign));
    }

    [Fact]
    public async Task A_token_that_brings_its_own_key_is_refused()
    {
        var own = new TestKey("own");
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = "own", ["jwk"] = own.ToJson() };

        await AssertRefusedAsync(TestIssuer.Sign(crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow()), header, own.Sign));
    }

    [Fact]
    public async Task A_token_signed_by_another_key_of_the_same_name_is_refused() => await AssertRefusedAsync(
        crm.Issuer.Sign(crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow()), new TestKey(crm.Issuer.Key.Id)));

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9..")]
    [InlineData("eyJhbGciOiJSUzI1NiIsImtpZCI6MX0.e30.AA")]
    [InlineData("bnVsbA.bnVsbA.AA")]
    [InlineData("W10.W10.AA")]
    [InlineData("a.b.c.d.e")]
    [InlineData("%00%ff")]
    public Task Junk_is_refused(string token) => AssertRefusedAsync(token);

    [Fact]
    public async Task A_huge_token_is_refused_unread()
    {
        var claims = crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow());
        claims["filler"] = new string('x', 14_000);

        await AssertRefusedAsync(crm.Issuer.Sign(claims));
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused()
    {
        // HttpClient would join them into one, so this speaks HTTP itself.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, crm.Address.Port);
        await using var stream = socket.GetStream();
        var token = crm.TokenFor(A.Anna);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {Probe} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync());
    }

    [Theory]
    [InlineData("Reader", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("Member", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("Owner", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("owner", HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("Auditor", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("0", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task A_role_may_do_what_it_may(string? role, HttpStatusCode read, HttpStatusCode write, HttpStatusCode own)
    {
        using var client = crm.SignIn(A.Ben with { Role = role });

        Assert.Equal(read, (await client.GetAsync(Probe)).StatusCode);
        Assert.Equal(write, (await client.PostAsync("/api/test/write", null)).StatusCode);
        Assert.Equal(own, (await client.PostAsync("/api/test/own", null)).StatusCode);
    }

    [Fact]
    public async Task The_highest_of_several_roles_counts()
    {
        var claims = crm.Issuer.Claims(A.Ben, crm.Clock.GetUtcNow());
        claims["roles"] = new JsonArray("Auditor", "Reader", "Owner", "Member");
        using var client = crm.WithToken(crm.Issuer.Sign(claims));

        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/api/test/own", null)).StatusCode);
    }

    [Theory]
    [InlineData("/api/test/forgotten")]
    [InlineData("/api/test/undecided")]
    public async Task A_function_that_does_not_say_who_may_call_it_is_closed_to_the_owner_too(string path)
    {
        using var anna = crm.SignIn(A.Anna);
        using var nobody = crm.WithToken(null);

        Assert.Equal(HttpStatusCode.Forbidden, (await anna.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await nobody.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task What_anybody_may_call_has_no_caller_though_a_token_comes_along()
    {
        using var anna = crm.SignIn(A.Anna);

        Assert.Equal("open", await anna.GetStringAsync("/api/test/open"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await anna.GetAsync("/api/test/open-but-asks")).StatusCode);
    }

    [Fact]
    public void Every_function_of_the_product_says_who_may_call_it()
    {
        Assert.NotEmpty(HttpEndpoint.All);
        Assert.All(HttpEndpoint.All, e => Assert.True(e.Requires is null != e.Anonymous is null, e.Name));
    }

    [Fact]
    public async Task Logs_hold_no_token_and_nobodys_name_or_address()
    {
        using var anna = crm.SignIn(A.Anna);
        using var expired = crm.WithToken(crm.Issuer.TokenFor(A.Ben, crm.Clock.GetUtcNow().AddDays(-1)));
        using var junk = crm.WithToken("eyJhbGciOiJSUzI1NiJ9.junk.junk");
        _ = await anna.GetAsync(Probe);
        _ = await anna.GetAsync("/api/card?address=kim.customer@secret.example&name=Kim%20Customer");
        _ = await anna.GetAsync("/api/test/breaks?address=kim.customer@secret.example");
        _ = await expired.GetAsync(Probe);
        _ = await junk.GetAsync(Probe);

        Assert.Contains(crm.Logs.Lines, l => l.Contains("Breaks", StringComparison.Ordinal));
        Assert.All(crm.Logs.Lines, line =>
        {
            foreach (var secret in Secrets)
            {
                Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
            }
        });
    }

    private long Seconds(TimeSpan fromNow) => (crm.Clock.GetUtcNow() + fromNow).ToUnixTimeSeconds();

    private async Task AssertAcceptedAsync(Action<JsonObject> change)
    {
        using var client = crm.WithToken(Changed(change));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Probe)).StatusCode);
    }

    private async Task AssertRefusedAsync(Action<JsonObject> change, HttpStatusCode status, string? description = null)
    {
        // The same token untouched is good, so it is the change that is refused.
        using (var good = crm.WithToken(Changed(_ => { })))
        {
            Assert.Equal(HttpStatusCode.OK, (await good.GetAsync(Probe)).StatusCode);
        }

        using var client = crm.WithToken(Changed(change));
        await AssertRefusedAsync(client, status, description);
    }

    private async Task AssertRefusedAsync(string token)
    {
        using var client = crm.WithToken(token);
        await AssertRefusedAsync(client, HttpStatusCode.Unauthorized);
    }

    private static async Task AssertRefusedAsync(HttpClient client, HttpStatusCode status, string? description = null)
    {
        using var answer = await client.GetAsync(Probe);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains(description ?? "", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains(answer.Headers.WwwAuthenticate, h => h.Scheme == "Bearer");
    }

    private string Changed(Action<JsonObject> change)
    {
        var claims = crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow());
        change(claims);
        return crm.Issuer.Sign(claims);
    }

    private static string Base64(JsonObject json) =>
        Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public sealed class Fixture : IAsyncLifetime
    {
        public TestCrm Crm { get; private set; } = null!;

        public async Task InitializeAsync() => Crm = await TestCrm.StartAsync(alsoFunctionsOf: [typeof(Probes)]);

        public async Task DisposeAsync() => await Crm.DisposeAsync();
    }
}

/// <summary>What happens over HTTP when the issuer's keys change or cannot be had.</summary>
public sealed class IssuerTests : IAsyncLifetime
{
    private const string Probe = "/api/test/whoami";
    private TestCrm crm = null!;

    public async Task InitializeAsync() => crm = await TestCrm.StartAsync(alsoFunctionsOf: [typeof(Probes)]);

    public async Task DisposeAsync() => await crm.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_accepted_at_once_and_the_old_one_no_more()
    {
        var old = crm.Issuer.Key;
        using var anna = crm.SignIn(A.Anna);
        Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync(Probe)).StatusCode);

        crm.Issuer.Rotate("second");
        crm.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync(Probe)).StatusCode);
        await AssertRefusedAsync(crm.Issuer.Sign(crm.Issuer.Claims(A.Anna, crm.Clock.GetUtcNow()), old));
    }

    [Fact]
    public async Task A_key_of_one_tenant_signs_for_no_other()
    {
        crm.Issuer.Rotate("only-the-other-firm", onlyFor: A.OtherFirm);

        await AssertRefusedAsync(crm.TokenFor(A.Anna));
        using var olga = crm.SignIn(A.Olga);
        Assert.Equal(HttpStatusCode.OK, (await olga.GetAsync(Probe)).StatusCode);
    }

    [Fact]
    public async Task When_the_issuer_cannot_be_asked_nobody_is_told_that_they_are_wrong()
    {
        crm.Issuer.IsUp = false;
        using var anna = crm.SignIn(A.Anna);
        using var answer = await anna.GetAsync(Probe);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private async Task AssertRefusedAsync(string token)
    {
        using var client = crm.WithToken(token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(Probe)).StatusCode);
    }
}

/// <summary>Functions that only this test has: one for each way to be opened or closed.</summary>
public sealed class Probes(IServiceProvider services)
{
    [Function("WhoAmI"), Requires(Role.Reader)]
    public IResult WhoAmI([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/whoami")] HttpRequest request) =>
        Results.Text($"{Caller.TenantId} {Caller.UserId} {Caller.Role}");

    [Function("Write"), Requires(Role.Member)]
    public static IResult Write([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "test/write")] HttpRequest request) => Results.Ok();

    [Function("Own"), Requires(Role.Owner)]
    public static IResult Own([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "test/own")] HttpRequest request) => Results.Ok();

    [Function("Forgotten")]
    public static IResult Forgotten([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/forgotten")] HttpRequest request) => Results.Ok();

    [Function("Undecided"), Requires(Role.Reader), Anonymous("It says both.")]
    public static IResult Undecided([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/undecided")] HttpRequest request) => Results.Ok();

    [Function("Open"), Anonymous("A test.")]
    public static IResult Open([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/open")] HttpRequest request) => Results.Text("open");

    [Function("OpenButAsks"), Anonymous("A test.")]
    public IResult OpenButAsks([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/open-but-asks")] HttpRequest request) =>
        Results.Text(Caller.Name);

    [Function("Breaks"), Requires(Role.Reader), Query("address")]
    public static IResult Breaks([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "test/breaks")] HttpRequest request) =>
        throw new InvalidOperationException($"Cannot find {request.QueryText("address")}");

    private Caller Caller => (Caller)services.GetService(typeof(Caller))!;
}
