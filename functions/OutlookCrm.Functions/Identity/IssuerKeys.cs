using System.Collections.Frozen;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Identity;

/// <summary>
/// The issuer's name and public keys, fetched when first needed, renewed after 12 hours and when a token names a key that we do
/// not know. Whatever arrives, the issuer is asked at most once in 30 seconds: junk tokens cannot make us flood it.
/// </summary>
internal sealed class IssuerKeys(IdentityOptions options, IDocumentRetriever documents, TimeProvider clock) : IDisposable
{
    internal static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan MinIntervalAtFirst = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan RenewAfter = TimeSpan.FromHours(12);

    /// <summary>For so long old keys serve when the issuer cannot be reached.</summary>
    internal static readonly TimeSpan KeepAtMost = TimeSpan.FromHours(24);

    private const int MinKeyBits = 2048;
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private volatile IssuerSnapshot? current;
    private DateTimeOffset lastAskedAt = DateTimeOffset.MinValue;

    /// <summary>Changes when the keys do, so that what was judged by old keys can be judged again.</summary>
    public int Generation => current?.Generation ?? 0;

    /// <summary>
    /// The issuer as known now, asked anew when it does not have the key. Throws <see cref="IssuerUnavailableException"/> when
    /// there is nothing to judge by.
    /// </summary>
    public async ValueTask<IssuerSnapshot> WithKeyAsync(string keyId, CancellationToken cancellation)
    {
        var known = current;
        if (known is not null && known.Keys.ContainsKey(keyId) && !known.FetchedAt.IsOver(RenewAfter, clock.GetUtcNow()))
        {
            return known;
        }

        await oneAtATime.WaitAsync(cancellation);
        try
        {
            known = current;
            var now = clock.GetUtcNow();
            var needed = known is null || !known.Keys.ContainsKey(keyId) || known.FetchedAt.IsOver(RenewAfter, now);
            var interval = known is null ? MinIntervalAtFirst : MinInterval;
            if (needed && lastAskedAt.IsOver(interval, now))
            {
                lastAskedAt = now;
                current = known = await FetchAsync(known, now);
            }

            return known is not null && now < known.FetchedAt + KeepAtMost
                ? known
                : throw new IssuerUnavailableException("The issuer's keys are not known.");
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    // Not with the caller's cancellation: who gives up must not spoil it for those who wait. The retriever has a time limit.
    private async Task<IssuerSnapshot?> FetchAsync(IssuerSnapshot? known, DateTimeOffset now)
    {
        OpenIdConnectConfiguration metadata;
        try
        {
            metadata = await OpenIdConnectConfigurationRetriever.GetAsync(
                options.MetadataAddress.AbsoluteUri, documents, CancellationToken.None);
            if (string.IsNullOrEmpty(metadata.Issuer) || metadata.JsonWebKeySet is null)
            {
                throw new InvalidOperationException("The metadata name no issuer or no keys.");
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ArgumentException or InvalidOperationException
            or System.Text.Json.JsonException or OperationCanceledException)
        {
            // What we have stays good for a while; without any, the caller hears that we cannot judge.
            return known ?? throw new IssuerUnavailableException("The issuer's metadata cannot be read.", e);
        }

        var keys = metadata.JsonWebKeySet.Keys
            .Where(k => k.Kty == JsonWebAlgorithmsKeyTypes.RSA && k.Use is null or "sig" && k.KeySize >= MinKeyBits && k.KeyId?.Length > 0)
            .DistinctBy(k => k.KeyId)
            .ToFrozenDictionary(
                k => k.KeyId,
                k => new IssuerKey(k, k.AdditionalData.TryGetValue("issuer", out var own) ? own.ToString() : null),
                StringComparer.Ordinal);
        var unchanged = known is not null && known.Issuer == metadata.Issuer && known.Keys.Count == keys.Count
            && keys.All(k => known.Keys.TryGetValue(k.Key, out var old) && old.Key.N == k.Value.Key.N && old.Issuer == k.Value.Issuer);
        return unchanged
            ? known! with { FetchedAt = now }
            : new(metadata.Issuer, keys, now, (known?.Generation ?? 0) + 1);
    }
}

/// <param name="Issuer">As the metadata says it: with <c>{tenantid}</c> for an issuer of many tenants.</param>
internal sealed record IssuerSnapshot(
    string Issuer, FrozenDictionary<string, IssuerKey> Keys, DateTimeOffset FetchedAt, int Generation);

/// <param name="Issuer">The only issuer this key may sign for, with <c>{tenantid}</c> for any tenant; null when the key does not say.</param>
internal sealed record IssuerKey(JsonWebKey Key, string? Issuer);

/// <summary>The issuer cannot be asked, so nobody can be told apart: the answer is 503, never 401.</summary>
internal sealed class IssuerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
