using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace OutlookCrm.Graph;

/// <summary>Makes what gets our tokens: one for each tenant, as a token is good in one tenant only.</summary>
internal sealed class GraphCredentials : IDisposable
{
    // One more try, soon: who waits for a token waits within a request of ours, which is tried again as a whole.
    private const int MaxRetries = 1;

    private readonly GraphOptions options;
    private readonly Lazy<X509Certificate2?> certificate;
    private readonly HttpPipelineTransport? transport;

    public GraphCredentials(GraphOptions options)
    {
        this.options = options;
        certificate = new Lazy<X509Certificate2?>(() => Open(options.Credential));
        transport = options.AuthorityCertificate is { } hash ? OnlyTrusting(hash) : null;
    }

    /// <summary>Reads the certificate now, if there is one.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read, or has no private key.</exception>
    public void Check() => _ = certificate.Value;

    public TokenCredential For(Guid tenantId) => options.Credential switch
    {
        // Its tokens are for the tenant that it lives in, whatever is asked for; another tenant's Graph refuses them.
        GraphCredential.ManagedIdentity identity => new ManagedIdentityCredential(With(new ManagedIdentityCredentialOptions(
            identity.ClientId is { } clientId
                ? ManagedIdentityId.FromUserAssignedClientId(clientId.ToString("D"))
                : ManagedIdentityId.SystemAssigned))),
        GraphCredential.CertificateFile file => WithCertificate(tenantId, file.ClientId),
        GraphCredential.StoredCertificate stored => WithCertificate(tenantId, stored.ClientId),
        GraphCredential.Secret secret => new ClientSecretCredential(
            tenantId.ToString("D"), secret.ClientId.ToString("D"), secret.Value,
            With(new ClientSecretCredentialOptions { DisableInstanceDiscovery = IsOwnAuthority })),
        _ => throw new InvalidOperationException("Graph is off: there is no credential."),
    };

    public void Dispose()
    {
        if (certificate.IsValueCreated)
        {
            certificate.Value?.Dispose();
        }

        (transport as IDisposable)?.Dispose();
    }

    // An authority on this machine is none that Microsoft's list of its own could vouch for.
    private bool IsOwnAuthority => options.AuthorityHost.IsLoopback;

    private ClientCertificateCredential WithCertificate(Guid tenantId, Guid clientId) => new(
        tenantId.ToString("D"), clientId.ToString("D"), certificate.Value,
        With(new ClientCertificateCredentialOptions { DisableInstanceDiscovery = IsOwnAuthority }));

    private T With<T>(T credentialOptions)
        where T : TokenCredentialOptions
    {
        credentialOptions.AuthorityHost = options.AuthorityHost;
        credentialOptions.Retry.MaxRetries = MaxRetries;
        credentialOptions.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        if (transport is not null)
        {
            credentialOptions.Transport = transport;
        }

        return credentialOptions;
    }

    private static HttpClientTransport OnlyTrusting(string hash) => new(new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetCertHashString(HashAlgorithmName.SHA256).Equals(hash, StringComparison.OrdinalIgnoreCase),
        },
    }));

    private static X509Certificate2? Open(GraphCredential? credential)
    {
        var found = credential switch
        {
            GraphCredential.CertificateFile file => Read(file),
            GraphCredential.StoredCertificate stored =>
                Find(stored, StoreLocation.CurrentUser) ?? Find(stored, StoreLocation.LocalMachine)
                ?? throw new InvalidOperationException($"There is no certificate {stored.Thumbprint}: see {GraphOptions.Section}:CertificateThumbprint."),
            _ => null,
        };
        return found is null or { HasPrivateKey: true }
            ? found
            : throw new InvalidOperationException($"The certificate of {GraphOptions.Section}:Credential has no private key here.");
    }

    private static X509Certificate2 Read(GraphCredential.CertificateFile file)
    {
        try
        {
            return X509Certificate2.GetCertContentType(file.File) == X509ContentType.Pkcs12
                ? X509CertificateLoader.LoadPkcs12FromFile(file.File, file.Password)
                : file.Password is { } password
                    ? X509Certificate2.CreateFromEncryptedPemFile(file.File, password)
                    : X509Certificate2.CreateFromPemFile(file.File);
        }
        catch (CryptographicException why)
        {
            throw new InvalidOperationException(
                $"Setting {GraphOptions.Section}:CertificateFile must name a certificate with its private key, PKCS#12 or PEM: {why.Message}", why);
        }
    }

    private static X509Certificate2? Find(GraphCredential.StoredCertificate stored, StoreLocation location)
    {
        using var store = new X509Store(StoreName.My, location);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
        }
        catch (CryptographicException)
        {
            return null; // there is no such store on this machine
        }

        return store.Certificates.Find(X509FindType.FindByThumbprint, stored.Thumbprint, validOnly: false).FirstOrDefault();
    }
}
