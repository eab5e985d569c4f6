using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Tests;

/// <summary>An issuer as Microsoft Entra ID is one, on a port of its own: metadata, keys, and tokens signed with them.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication server;
    private List<TestKey> published = [new("first")];
    private int asked;

    private TestIssuer(WebApplication server) => this.server = server;

    public static Guid ClientId { get; } = new("c1ea0000-0000-4000-8000-000000000001");

    public Uri Address { get; private set; } = null!;

    public Uri MetadataAddress => new(Address, "common/v2.0/.well-known/openid-configuration");

    /// <summary>How often the metadata were fetched.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>The key that new tokens are signed with.</summary>
    public TestKey Key => published[^1];

    /// <summary>False: metadata and keys answer 503.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>How long it takes to say what it is.</summary>
    public TimeSpan AnswersAfter { get; set; }

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.MapGet("/common/v2.0/.well-known/openid-configuration", issuer.Metadata);
        app.MapGet("/common/discovery/v2.0/keys", issuer.Keys);
        await app.StartAsync();
        issuer.Address = new Uri(app.Urls.Single());
        return issuer;
    }

    /// <summary>The issuer's name for a tenant.</summary>
    public string IssuerOf(Guid tenant) => $"{Address}{tenant:D}/v2.0";

    /// <summary>From now on a new key signs; the old ones are published no more.</summary>
    public TestKey Rotate(string keyId, Guid? onlyFor = null)
    {
        var key = new TestKey(keyId) { Issuer = onlyFor is { } tenant ? IssuerOf(tenant) : null };
        published = [key];
        return key;
    }

    /// <summary>The claims of a good token; a test changes what it wants wrong.</summary>
    public JsonObject Claims(TestPerson person, DateTimeOffset now) => new()
    {
        ["aud"] = ClientId.ToString("D"),
        ["iss"] = IssuerOf(person.Tenant),
        ["iat"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
        ["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(60).ToUnixTimeSeconds(),
        ["azp"] = "c1ea0000-0000-4000-8000-000000000002",
        ["name"] = person.Name,
        ["oid"] = person.Id.ToString("D"),
        ["preferred_username"] = person.Address,
        ["roles"] = person.Role is { } role ? new JsonArray(role) : null,
        ["scp"] = "Crm.Access",
        ["sub"] = "pairwise-" + person.Id.ToString("N"),
        ["tid"] = person.Tenant.ToString("D"),
        ["uti"] = Guid.NewGuid().ToString("N"),
        ["ver"] = "2.0",
    };

    public string TokenFor(TestPerson person, DateTimeOffset now) => Sign(Claims(person, now));

    /// <summary>Signs with the newest key, or with <paramref name="key"/>.</summary>
    public string Sign(JsonObject claims, TestKey? key = null)
    {
        key ??= Key;
        return Sign(claims, new JsonObject { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = key.Id }, key.Sign);
    }

    /// <summary>Any header, any signature: how tokens are forged.</summary>
    public static string Sign(JsonObject claims, JsonObject header, Func<byte[], byte[]> sign)
    {
        foreach (var (name, _) in claims.Where(c => c.Value is null).ToList())
        {
            claims.Remove(name);
        }

        var text = $"{Base64UrlEncoder.Encode(header.ToJsonString())}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        return $"{text}.{Base64UrlEncoder.Encode(sign(System.Text.Encoding.ASCII.GetBytes(text)))}";
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task<Results<ContentHttpResult, StatusCodeHttpResult>> Metadata()
    {
        Interlocked.Increment(ref asked);
        await Task.Delay(AnswersAfter);
        return Answer(new JsonObject
        {
            ["issuer"] = $"{Address}{{tenantid}}/v2.0",
            ["jwks_uri"] = new Uri(Address, "common/discovery/v2.0/keys").AbsoluteUri,
        });
    }

    private Results<ContentHttpResult, StatusCodeHttpResult> Keys() =>
        Answer(new JsonObject { ["keys"] = new JsonArray([.. published.Select(k => k.ToJson())]) });

    private Results<ContentHttpResult, StatusCodeHttpResult> Answer(JsonObject json) => IsUp
        ? TypedResults.Content(json.ToJsonString(), "application/json")
        : TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
}

public sealed class TestKey(string id)
{
    private readonly RSA rsa = RSA.Create(2048);

    public string Id { get; } = id;

    /// <summary>The only issuer that the key says it signs for; null for a key that does not say.</summary>
    public string? Issuer { get; init; }

    /// <summary>The public key as an attacker knows it too.</summary>
    public byte[] PublicKeyPem => System.Text.Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());

    public byte[] Sign(byte[] data) => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public JsonNode ToJson()
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var json = new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = Id,
            ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
        if (Issuer is not null)
        {
            json["issuer"] = Issuer;
        }

        return json;
    }
}

/// <param name="Role">The app role in the token; null for somebody whom the firm gave none.</param>
public sealed record TestPerson(Guid Tenant, Guid Id, string Name, string Address, string? Role);

/// <summary>People of two firms that are served, and of one that is not.</summary>
public static class A
{
    public static readonly Guid Firm = new("aaaaaaaa-0000-4000-8000-000000000000");
    public static readonly Guid OtherFirm = new("bbbbbbbb-0000-4000-8000-000000000000");
    public static readonly Guid Stranger = new("cccccccc-0000-4000-8000-000000000000");

    /// <summary>Owner.</summary>
    public static readonly TestPerson Anna = Person(Firm, 1, "Anna Berg", "anna@bergdesign.example", "Owner");

    /// <summary>Has no role of his own, so he is a member.</summary>
    public static readonly TestPerson Ben = Person(Firm, 2, "Ben Okoro", "ben@bergdesign.example", null);

    /// <summary>Reader.</summary>
    public static readonly TestPerson Rita = Person(Firm, 3, "Rita Lang", "rita@bergdesign.example", "Reader");

    /// <summary>Owner of the other firm.</summary>
    public static readonly TestPerson Olga = Person(OtherFirm, 1, "Olga Nys", "olga@nys.example", "Owner");

    private static TestPerson Person(Guid tenant, int number, string name, string address, string? role) =>
        new(tenant, new Guid($"dddddddd-0000-4000-8000-{number:D12}"), name, address, role);
}
