using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Identity;

/// <summary>
/// Judges access tokens of Microsoft Entra ID, version 2: signature, issuer built from the tenant, tenant, audience, life, scope,
/// a person behind it. A token that was found good is not judged again for at most 5 minutes: verifying a signature costs more than
/// the whole card.
/// </summary>
internal sealed class AccessTokens(IdentityOptions options, IssuerKeys issuer, TimeProvider clock)
{
    /// <summary>A token with 200 groups has about 6,000; Kestrel takes 32 KiB of headers.</summary>
    internal const int MaxTokenLength = 16 * 1024;
    internal const int MaxRemembered = 4_096;
    internal static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(5);

    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaxTokenLength, MapInboundClaims = false };
    private readonly ConcurrentDictionary<TokenHash, Remembered> remembered = new();
    private readonly ConditionalWeakTable<object, LastHeader> lastHeaders = new();

    /// <param name="connection">
    /// By which the header came. A server hands out the same string for as long as a connection repeats a header: one that was found good
    /// there is known by its reference, without its hash.
    /// </param>
    /// <param name="tokenAt">Where in the header the token begins.</param>
    public ValueTask<TokenJudgement> JudgeAsync(object connection, string header, int tokenAt, CancellationToken cancellation)
    {
        var last = lastHeaders.GetValue(connection, static _ => new LastHeader());
        if (last.Good is { } good && ReferenceEquals(good.Header, header) && Holds(good.Remembered))
        {
            return new(good.Remembered.Judgement);
        }

        var token = header.AsSpan(tokenAt).Trim();
        if (token.Length > MaxTokenLength || !TokenHash.TryMake(token, out var hash))
        {
            return new(TokenJudgement.Invalid);
        }

        if (remembered.TryGetValue(hash, out var known))
        {
            if (Holds(known))
            {
                last.Good = new(header, known);
                return new(known.Judgement);
            }

            remembered.TryRemove(hash, out _);
        }

        return new(JudgeAnewAsync(token.ToString(), hash, cancellation));
    }

    private bool Holds(Remembered known) => known.Generation == issuer.Generation && clock.GetUtcNow() < known.Until;

    private async Task<TokenJudgement> JudgeAnewAsync(string text, TokenHash hash, CancellationToken cancellation)
    {
        if (!TryRead(text, out var token)
            || token.Alg != SecurityAlgorithms.RsaSha256
            || string.IsNullOrEmpty(token.Kid))
        {
            return TokenJudgement.Invalid;
        }

        var snapshot = await issuer.WithKeyAsync(token.Kid, cancellation);
        if (!snapshot.Keys.TryGetValue(token.Kid, out var key))
        {
            return TokenJudgement.Invalid;
        }

        var signature = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key.Key,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidAudience = options.ClientId.ToString("D"),
            RequireSignedTokens = true,
            // The issuer depends on the tenant and the key, the life on our own clock: judged below, once the signature holds.
            ValidateIssuer = false,
            ValidateLifetime = false,
        });
        if (!signature.IsValid)
        {
            return TokenJudgement.Invalid;
        }

        var judgement = JudgeClaims(token, snapshot.Issuer, key.Issuer, out var expiresAt);
        if (judgement.Caller is not null)
        {
            var now = clock.GetUtcNow();
            var until = expiresAt + options.ClockSkew < now + RememberFor ? expiresAt + options.ClockSkew : now + RememberFor;
            Remember(hash, new(judgement, until, snapshot.Generation), now);
        }

        return judgement;
    }

    private TokenJudgement JudgeClaims(JsonWebToken token, string issuerTemplate, string? keyIssuer, out DateTimeOffset expiresAt)
    {
        expiresAt = default;
        if (Text(token, "ver") != "2.0"
            || !Guid.TryParseExact(Text(token, "tid"), "D", out var tenant)
            || !IsIssuerOf(tenant, token.Issuer, issuerTemplate)
            || (keyIssuer is not null && !IsIssuerOf(tenant, token.Issuer, keyIssuer)))
        {
            return TokenJudgement.Invalid;
        }

        if (!TryReadInstant(token, "exp", out expiresAt) || !TryReadInstant(token, "nbf", out var validFrom))
        {
            return TokenJudgement.Invalid;
        }

        var now = clock.GetUtcNow();
        if (now >= expiresAt + options.ClockSkew)
        {
            return TokenJudgement.Expired;
        }

        if (now < validFrom - options.ClockSkew)
        {
            return TokenJudgement.NotYetValid;
        }

        // An ID token has no scp, and neither has a token that an app got for itself.
        if (Text(token, "scp") is not { } scopes || Text(token, "idtyp") == "app" || !Guid.TryParseExact(Text(token, "oid"), "D", out var user))
        {
            return TokenJudgement.Invalid;
        }

        if (!options.AllowedTenants.Contains(tenant))
        {
            return TokenJudgement.OtherFirm;
        }

        if (!scopes.Split(' ').Contains(options.Scope, StringComparer.Ordinal))
        {
            return TokenJudgement.WrongScope;
        }

        return RoleOf(token) is { } role
            ? TokenJudgement.Good(new Caller(
                tenant, user, Text(token, "name") ?? Text(token, "preferred_username") ?? "", AddressOf(token), role)
            {
                NotBefore = validFrom,
            })
            : TokenJudgement.NoRole;
    }

    /// <summary>True when the issuer named by a token is the tenant's own, exactly.</summary>
    private static bool IsIssuerOf(Guid tenant, string named, string template)
    {
        const string Placeholder = "{tenantid}";
        var id = tenant.ToString("D");
        return template.Contains(Placeholder, StringComparison.Ordinal)
            ? named == template.Replace(Placeholder, id, StringComparison.Ordinal)
            : named == template && template.Split('/').Contains(id);
    }

    // A guest signs in elsewhere, which idp names, and has an address there: its domain is not the firm's.
    private static string? AddressOf(JsonWebToken token) => Text(token, "idp") is null ? Text(token, "preferred_username") : null;

    // The highest of ours. A person who was given roles but none of ours was not meant to get the default.
    private Role? RoleOf(JsonWebToken token)
    {
        var given = token.Claims.Where(c => c.Type == "roles").Select(c => c.Value).ToList();
        if (given.Count == 0)
        {
            return options.DefaultRole;
        }

        Role? highest = null;
        foreach (var name in given)
        {
            if (Roles.TryParse(name, out var role) && (highest is null || role > highest))
            {
                highest = role;
            }
        }

        return highest;
    }

    private void Remember(TokenHash hash, Remembered good, DateTimeOffset now)
    {
        if (remembered.Count >= MaxRemembered)
        {
            foreach (var (old, entry) in remembered)
            {
                if (now >= entry.Until || entry.Generation != good.Generation)
                {
                    remembered.TryRemove(old, out _);
                }
            }

            // Only good tokens are remembered, so this is 4,096 people at once: judging them again is the least harm.
            if (remembered.Count >= MaxRemembered)
            {
                remembered.Clear();
            }
        }

        remembered[hash] = good;
    }

    private static bool TryRead(string text, out JsonWebToken token)
    {
        // Five parts would be an encrypted token, whose inside nobody here can read.
        if (text.AsSpan().Count('.') != 2)
        {
            token = null!;
            return false;
        }

        try
        {
            token = new JsonWebToken(text);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            token = null!;
            return false;
        }
    }

    private static string? Text(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    private static bool TryReadInstant(JsonWebToken token, string claim, out DateTimeOffset at)
    {
        at = default;
        if (!token.TryGetPayloadValue<long>(claim, out var seconds) || seconds < 0 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return false;
        }

        at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private sealed record Remembered(TokenJudgement Judgement, DateTimeOffset Until, int Generation);

    private sealed record GoodHeader(string Header, Remembered Remembered);

    /// <summary>Of one connection, and gone with it. Requests that share it may take turns: each still finds what is true of its own header.</summary>
    private sealed class LastHeader
    {
        public volatile GoodHeader? Good;
    }

    /// <summary>SHA-256 of a token: the token itself is not kept.</summary>
    private readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
    {
        private const int UsualLength = 2_048;

        /// <summary>False for what is not ASCII and so no token.</summary>
        public static bool TryMake(ReadOnlySpan<char> token, out TokenHash made)
        {
            made = default;
            var ascii = token.Length <= UsualLength ? stackalloc byte[UsualLength] : new byte[token.Length];
            if (Ascii.FromUtf16(token, ascii, out var length) != OperationStatus.Done)
            {
                return false;
            }

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(ascii[..length], hash);
            var parts = MemoryMarshal.Cast<byte, ulong>(hash);
            made = new(parts[0], parts[1], parts[2], parts[3]);
            return true;
        }
    }
}

/// <summary>What became of a token: a caller, or why not.</summary>
internal sealed record TokenJudgement
{
    public static readonly TokenJudgement Invalid = new() { Refusal = TokenRefusal.Invalid };
    public static readonly TokenJudgement Expired = new() { Refusal = TokenRefusal.Expired };
    public static readonly TokenJudgement NotYetValid = new() { Refusal = TokenRefusal.NotYetValid };
    public static readonly TokenJudgement OtherFirm = new() { Refusal = TokenRefusal.OtherFirm };
    public static readonly TokenJudgement WrongScope = new() { Refusal = TokenRefusal.WrongScope };
    public static readonly TokenJudgement NoRole = new() { Refusal = TokenRefusal.NoRole };

    /// <summary>Set exactly when the token is good.</summary>
    public Caller? Caller { get; private init; }

    public TokenRefusal Refusal { get; private init; }

    public static TokenJudgement Good(Caller caller) => new() { Caller = caller };
}

internal enum TokenRefusal
{
    /// <summary>Not a token of our issuer for us, whatever is wrong with it: who forges learns nothing.</summary>
    Invalid,
    Expired,
    NotYetValid,

    /// <summary>A good token of a tenant that is not served here.</summary>
    OtherFirm,
    WrongScope,

    /// <summary>A person who was given roles, but none of ours.</summary>
    NoRole,
}
