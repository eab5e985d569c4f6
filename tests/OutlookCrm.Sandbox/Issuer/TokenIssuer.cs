using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Issuer;

/// <summary>Signs tokens shaped as the Microsoft identity platform's v2.0 ones.</summary>
public sealed class TokenIssuer(SandboxClock clock, SandboxAddresses addresses, SigningKeys keys, AppRegistration app)
{
    public const string GraphAudience = "https://graph.microsoft.com";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string OutlookScopes = "Calendars.ReadWrite Mail.ReadWrite Mail.Send MailboxSettings.Read Tasks.ReadWrite User.Read User.ReadBasic.All";

    private static readonly string Tenant = SampleFirm.TenantId.ToString();
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public SigningKeys Keys => keys;

    /// <summary>A token for the product's API, as a colleague who signed in to the pane gets it.</summary>
    public string CreateAccessToken(SampleColleague colleague) => Sign(SampleFirm.ClientId.ToString(), new()
    {
        ["azp"] = SampleFirm.ClientId.ToString(),
        ["azpacr"] = "0",
        ["name"] = colleague.Name,
        ["oid"] = colleague.Id.ToString(),
        ["preferred_username"] = colleague.Address,
        ["roles"] = new[] { colleague.Role },
        ["scp"] = SampleFirm.ScopeName,
        ["sub"] = SubjectFor(colleague),
    });

    /// <summary>A token for Graph in a colleague's name, as Outlook itself has it: for that colleague's mailbox, no other.</summary>
    public string CreateGraphToken(SampleColleague colleague) => CreateGraphToken(colleague, SampleFirm.OutlookClientId, OutlookScopes);

    /// <param name="scopes">What the client was granted, without the audience.</param>
    public string CreateGraphToken(SampleColleague colleague, Guid clientId, string scopes) => Sign(GraphAudience, new()
    {
        ["azp"] = clientId.ToString(),
        ["idtyp"] = "user",
        ["name"] = colleague.Name,
        ["oid"] = colleague.Id.ToString(),
        ["preferred_username"] = colleague.Address,
        ["scp"] = scopes,
        ["sub"] = SubjectFor(colleague),
    });

    /// <summary>A token for Graph in the product's own name: reads every mailbox, has no "me".</summary>
    public string CreateGraphAppToken() => Sign(GraphAudience, new()
    {
        ["azp"] = SampleFirm.ClientId.ToString(),
        ["idtyp"] = "app",
        ["oid"] = SampleFirm.ServicePrincipalId.ToString(),
        ["roles"] = app.Roles,
        ["sub"] = SampleFirm.ServicePrincipalId.ToString(),
    });

    /// <summary>Says who signed in, to the client only; no API may accept it.</summary>
    public string CreateIdToken(SampleColleague colleague, string? nonce)
    {
        var claims = new Dictionary<string, object>
        {
            ["name"] = colleague.Name,
            ["oid"] = colleague.Id.ToString(),
            ["preferred_username"] = colleague.Address,
            ["sub"] = SubjectFor(colleague),
        };
        if (nonce is not null)
        {
            claims["nonce"] = nonce;
        }

        return Sign(SampleFirm.ClientId.ToString(), claims);
    }

    // A subject is pairwise: the same person has another one with another client.
    private static string SubjectFor(SampleColleague colleague) =>
        Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{SampleFirm.ClientId}/{colleague.Id}")));

    private string Sign(string audience, Dictionary<string, object> claims)
    {
        // Good by the sandbox's time however far it was moved, and by the real one: a product in a process of its own lives in that.
        var now = clock.GetUtcNow();
        var unmoved = now - clock.Ahead;
        claims["tid"] = Tenant;
        claims["uti"] = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16));
        claims["ver"] = "2.0";
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = addresses.IssuerOf(Tenant),
            Audience = audience,
            Claims = claims,
            IssuedAt = unmoved.UtcDateTime,
            NotBefore = unmoved.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(keys.Current, SecurityAlgorithms.RsaSha256),
        });
    }
}
