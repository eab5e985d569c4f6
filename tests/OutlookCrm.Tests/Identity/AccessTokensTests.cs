using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Protocols;
using OutlookCrm.Identity;

namespace OutlookCrm.Tests.Identity;

/// <summary>What the judge remembers and how often it asks the issuer; each way a token can be wrong is told over HTTP.</summary>
public sealed class AccessTokensTests : IAsyncLifetime
{
    private readonly TestClock clock = new();
    private readonly object connection = new();
    private TestIssuer issuer = null!;
    private IssuerKeys keys = null!;
    private AccessTokens tokens = null!;

    public async Task InitializeAsync()
    {
        issuer = await TestIssuer.StartAsync();
        var options = new IdentityOptions
        {
            ClientId = TestIssuer.ClientId,
            AllowedTenants = new HashSet<Guid> { A.Firm },
            MetadataAddress = issuer.MetadataAddress,
            Scope = "Crm.Access",
            DefaultRole = Role.Member,
            ClockSkew = TimeSpan.FromMinutes(1),
        };
        keys = new(options, new HttpDocumentRetriever { RequireHttps = false }, clock);
        tokens = new(options, keys, clock);
    }

    public async Task DisposeAsync()
    {
        keys.Dispose();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_good_token_says_who_calls()
    {
        var caller = (await JudgeAsync(Token(A.Anna))).Caller;

        Assert.Equal(new Caller(A.Firm, A.Anna.Id, "Anna Berg", "anna@bergdesign.example", Role.Owner) { NotBefore = clock.GetUtcNow().AddMinutes(-5) }, caller);
    }

    [Fact]
    public async Task A_remembered_token_ends_when_it_ends()
    {
        var claims = issuer.Claims(A.Anna, clock.GetUtcNow());
        claims["exp"] = clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds();
        var token = issuer.Sign(claims);
        Assert.NotNull((await JudgeAsync(token)).Caller);

        clock.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromTicks(1));
        Assert.NotNull((await JudgeAsync(token)).Caller);

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TokenJudgement.Expired, await JudgeAsync(token));
    }

    [Fact]
    public async Task A_remembered_token_is_forgotten_when_its_key_goes()
    {
        var old = Token(A.Anna);
        Assert.NotNull((await JudgeAsync(old)).Caller);
        Assert.NotNull((await JudgeAsync(old)).Caller);

        issuer.Rotate("second");
        clock.Advance(IssuerKeys.MinInterval);
        Assert.NotNull((await JudgeAsync(Token(A.Ben))).Caller);

        Assert.Equal(TokenJudgement.Invalid, await JudgeAsync(old));
    }

    [Fact]
    public async Task A_stolen_key_that_was_withdrawn_is_noticed_within_the_renewal_time()
    {
        var stolen = issuer.Key;
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);
        issuer.Rotate("second");

        clock.Advance(IssuerKeys.RenewAfter);

        Assert.Equal(TokenJudgement.Invalid, await JudgeAsync(issuer.Sign(issuer.Claims(A.Anna, clock.GetUtcNow()), stolen)));
    }

    [Fact]
    public async Task Junk_with_a_thousand_unknown_keys_asks_the_issuer_once_in_30_seconds()
    {
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);
        clock.Advance(IssuerKeys.MinInterval);

        for (var i = 0; i < 1_000; i++)
        {
            var header = new JsonObject { ["alg"] = "RS256", ["kid"] = $"junk-{i}" };
            var junk = TestIssuer.Sign(issuer.Claims(A.Anna, clock.GetUtcNow()), header, _ => RandomNumberGenerator.GetBytes(256));
            Assert.Equal(TokenJudgement.Invalid, await JudgeAsync(junk));
        }

        Assert.Equal(2, issuer.Asked);
    }

    [Fact]
    public async Task Many_first_calls_at_once_ask_the_issuer_once()
    {
        var judgements = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => JudgeAsync(Token(A.Anna))));

        Assert.All(judgements, j => Assert.NotNull(j.Caller));
        Assert.Equal(1, issuer.Asked);
    }

    [Fact]
    public async Task When_the_issuer_is_down_what_is_known_serves_for_a_day()
    {
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);
        issuer.IsUp = false;

        clock.Advance(TimeSpan.FromHours(13));
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);

        clock.Advance(TimeSpan.FromHours(11));
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => JudgeAsync(Token(A.Anna)));

        issuer.IsUp = true;
        clock.Advance(IssuerKeys.MinInterval);
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);
    }

    [Fact]
    public async Task Who_gives_up_while_the_keys_are_fetched_does_not_spoil_it_for_the_next()
    {
        issuer.AnswersAfter = TimeSpan.FromMilliseconds(300);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var first = tokens.JudgeAsync(connection, Token(A.Anna), 0, impatient.Token).AsTask();
        var second = JudgeAsync(Token(A.Ben));

        await Task.WhenAny(first);
        Assert.NotNull((await second).Caller);
        Assert.Equal(1, issuer.Asked);
    }

    [Fact]
    public async Task An_issuer_that_was_down_at_the_start_is_asked_again_a_second_later()
    {
        issuer.IsUp = false;
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => JudgeAsync(Token(A.Anna)));
        issuer.IsUp = true;
        await Assert.ThrowsAsync<IssuerUnavailableException>(() => JudgeAsync(Token(A.Anna)));

        clock.Advance(IssuerKeys.MinIntervalAtFirst);
        Assert.NotNull((await JudgeAsync(Token(A.Anna))).Caller);
    }

    [Fact]
    public async Task More_good_tokens_than_are_remembered_are_all_still_good()
    {
        var first = Token(A.Anna);
        for (var i = 0; i <= AccessTokens.MaxRemembered; i++)
        {
            Assert.NotNull((await JudgeAsync(i == 0 ? first : Token(A.Ben))).Caller);
        }

        Assert.NotNull((await JudgeAsync(first)).Caller);
    }

    private string Token(TestPerson person) => issuer.TokenFor(person, clock.GetUtcNow());

    private async Task<TokenJudgement> JudgeAsync(string token) => await tokens.JudgeAsync(connection, token, 0, CancellationToken.None);
}
