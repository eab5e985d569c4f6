using System.Collections.Concurrent;
using System.Net;
using Azure.Core;
using Microsoft.Graph;
using Microsoft.Kiota.Authentication.Azure;

namespace OutlookCrm.Graph;

/// <summary>
/// The Graph client of each tenant, over one line. A token is sent to the host of <see cref="GraphOptions.BaseUrl"/> only; redirects are not
/// followed, and nothing is tried again here: <see cref="GraphRequests"/> does, on our clock.
/// </summary>
internal sealed class GraphClients : IDisposable
{
    /// <summary>A page of 250 messages is about 2.5 MB; this is 250 messages with thousands of recipients each.</summary>
    private const int MaxAnswerBytes = 128 * 1024 * 1024;

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // Whoever is refused with a fresh token is refused for good, and must not make us ask for tokens all day.
    private static readonly TimeSpan MinTokenAge = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, TenantClient> tenants = new();
    private readonly GraphOptions options;
    private readonly Func<Guid, TokenCredential> credentials;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    public GraphClients(GraphOptions options, Func<Guid, TokenCredential> credentials, TimeProvider clock)
    {
        this.options = options;
        this.credentials = credentials;
        this.clock = clock;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = ConnectionLifetime,
        })
        {
            // The time limit is on our clock, and includes the answer's body.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public GraphServiceClient For(Guid tenantId) => tenants.GetOrAdd(tenantId, Make).Client;

    /// <summary>Has a tenant's client and its token at hand, so that the first request does not wait for them.</summary>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">There is no token to be had.</exception>
    public async Task GetReadyAsync(Guid tenantId, CancellationToken cancellation) => await tenants.GetOrAdd(tenantId, Make).Credential
        .GetTokenAsync(new TokenRequestContext([options.Scope], isCaeEnabled: true), cancellation);

    /// <summary>
    /// After a 401: forgets the tenant's token, so that the next request gets a new one. False when the refused one was new already.
    /// </summary>
    public bool Renew(Guid tenantId, GraphServiceClient refused)
    {
        var current = tenants.GetOrAdd(tenantId, Make);
        if (!ReferenceEquals(current.Client, refused))
        {
            return true; // somebody else was refused too
        }

        return current.Since.IsOver(MinTokenAge, clock.GetUtcNow()) && tenants.TryUpdate(tenantId, Make(tenantId), current);
    }

    public void Dispose() => http.Dispose();

    private TenantClient Make(Guid tenantId)
    {
        // An empty list of hosts would mean any host that is Microsoft's; a host of one's own must be named, or it gets no token.
        var credential = credentials(tenantId);
        var authentication = new AzureIdentityAuthenticationProvider(
            credential, [options.BaseUrl.Host], observabilityOptions: null, isCaeEnabled: true, options.Scope);
        return new TenantClient(new GraphServiceClient(http, authentication, options.Root), credential, clock.GetUtcNow());
    }

    private sealed record TenantClient(GraphServiceClient Client, TokenCredential Credential, DateTimeOffset Since);
}
