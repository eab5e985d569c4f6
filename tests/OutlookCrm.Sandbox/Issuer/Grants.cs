using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Issuer;

/// <summary>What a colleague agreed to: stands behind an authorization code or a refresh token.</summary>
/// <param name="CodeChallenge">Base64url of the SHA-256 of the verifier (RFC 7636, S256).</param>
/// <param name="Nonce">Goes into the ID token; null when the client sent none.</param>
public sealed record Grant(
    SampleColleague Colleague, string RedirectUri, string Scope, string CodeChallenge, string? Nonce, DateTimeOffset ExpiresAt)
{
    public bool IsProvenBy(string? verifier) =>
        verifier is { Length: >= 43 and <= 128 }
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
            Encoding.ASCII.GetBytes(CodeChallenge));
}

/// <summary>Codes and refresh tokens given out and not yet used; each works once.</summary>
public sealed class Grants(TimeProvider clock)
{
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(5);

    // A browser app's refresh tokens end after a day, however often they were exchanged.
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Grant> open = new();

    public string Give(Grant grant)
    {
        var secret = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
        open[secret] = grant;
        return secret;
    }

    /// <summary>The grant behind a secret, which is used up by this; null when there is none or it has expired.</summary>
    public Grant? Take(string? secret) =>
        secret is not null && open.TryRemove(secret, out var grant) && grant.ExpiresAt > clock.GetUtcNow() ? grant : null;
}
