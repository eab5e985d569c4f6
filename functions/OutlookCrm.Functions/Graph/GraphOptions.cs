using System.Globalization;
using Microsoft.Extensions.Configuration;
using OutlookCrm.Identity;

namespace OutlookCrm.Graph;

/// <summary>How Microsoft Graph is reached, and as whom. From section <c>Graph</c>; a wrong setting stops the start.</summary>
public sealed class GraphOptions
{
    public const string Section = "Graph";

    internal const string PublicGraph = "https://graph.microsoft.com";

    // The clouds of their own: their Graph wants tokens for itself.
    private static readonly string[] GraphHosts =
        ["graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"];

    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>Graph:Credential</c>: who we are to Graph. Null when there is none, or when <c>Graph:Enabled</c> is false: then no mailbox is read.
    /// </summary>
    public required GraphCredential? Credential { get; init; }

    /// <summary>True when mailboxes can be read at all.</summary>
    public bool IsOn => Credential is not null;

    /// <summary>
    /// <c>Graph:BaseUrl</c>, Graph's version included: https, or http on this machine only. Tokens and mailboxes' names go to this host and no other.
    /// </summary>
    public required Uri BaseUrl { get; init; }

    /// <summary><c>Graph:AuthorityHost</c>: who issues our tokens; https.</summary>
    public required Uri AuthorityHost { get; init; }

    /// <summary>
    /// <c>Graph:AuthorityCertificate</c>: SHA-256 of the one certificate that an authority on this machine shows, which nobody else vouches
    /// for. Null, and the only possibility for an authority elsewhere: the machine's own judgement of certificates.
    /// </summary>
    public required string? AuthorityCertificate { get; init; }

    /// <summary><c>Graph:Timeout</c>: how long one request may take, its answer included: 1 second to 5 minutes, 30 seconds unless set.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>What every address of a request begins with; without a slash at its end.</summary>
    internal string Root => BaseUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>What a token must be for.</summary>
    internal string Scope =>
        GraphHosts.Contains(BaseUrl.Host, StringComparer.OrdinalIgnoreCase) ? $"https://{BaseUrl.Host}/.default" : $"{PublicGraph}/.default";

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static GraphOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        var authority = Address(section, "AuthorityHost", IdentityOptions.EntraId, httpOnThisMachine: false);
        return new()
        {
            Credential = CredentialIn(section, configuration.GetSection(IdentityOptions.Section)["ClientId"]),
            BaseUrl = Address(section, "BaseUrl", $"{PublicGraph}/v1.0", httpOnThisMachine: true),
            AuthorityHost = authority,
            AuthorityCertificate = Text(section, "AuthorityCertificate") is not { } hash ? null
                : authority.IsLoopback && hash.Length == 64 && hash.All(char.IsAsciiHexDigit) ? hash
                : throw Wrong("AuthorityCertificate", "64 hexadecimal digits, and only for a Graph:AuthorityHost on this machine"),
            Timeout = Text(section, "Timeout") is not { } timeout ? DefaultTimeout
                : TimeSpan.TryParse(timeout, CultureInfo.InvariantCulture, out var span) && span >= MinTimeout && span <= MaxTimeout ? span
                : throw Wrong("Timeout", "a time from 00:00:01 to 00:05:00"),
        };
    }

    private static GraphCredential? CredentialIn(IConfigurationSection section, string? ourClientId)
    {
        var enabled = Text(section, "Enabled") is not { } text ? (bool?)null
            : bool.TryParse(text, out var parsed) ? parsed
            : throw Wrong("Enabled", "true or false");
        if (enabled == false)
        {
            return null;
        }

        var clientId = Text(section, "ClientId");
        return Text(section, "Credential")?.ToUpperInvariant() switch
        {
            null when enabled == true => throw Wrong("Credential", "set when Graph:Enabled is true: managedIdentity, certificate or secret"),
            null => null,
            "MANAGEDIDENTITY" => new GraphCredential.ManagedIdentity(clientId is null ? null : Id(clientId)),
            "CERTIFICATE" => (Text(section, "CertificateFile"), Text(section, "CertificateThumbprint")) switch
            {
                ({ } file, null) => new GraphCredential.CertificateFile(
                    Id(clientId ?? ourClientId), File.Exists(file) ? file : throw Wrong("CertificateFile", $"a file that is there, not \"{file}\""),
                    Text(section, "CertificatePassword")),
                (null, { } thumbprint) => new GraphCredential.StoredCertificate(
                    Id(clientId ?? ourClientId), thumbprint.All(char.IsAsciiHexDigit) ? thumbprint : throw Wrong("CertificateThumbprint", "hexadecimal digits")),
                _ => throw Wrong("CertificateFile", "given, or else Graph:CertificateThumbprint; not both"),
            },
            "SECRET" => new GraphCredential.Secret(
                Id(clientId ?? ourClientId), Text(section, "Secret") ?? throw Wrong("Secret", "given when Graph:Credential is secret")),
            _ => throw Wrong("Credential", "managedIdentity, certificate or secret"),
        };
    }

    private static Guid Id(string? text) =>
        Guid.TryParse(text, out var id) ? id : throw Wrong("ClientId", "the GUID of an app registration or of a managed identity");

    private static Uri Address(IConfigurationSection section, string setting, string otherwise, bool httpOnThisMachine) =>
        Uri.TryCreate((Text(section, setting) ?? otherwise).TrimEnd('/'), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (httpOnThisMachine && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? address
            : throw Wrong(setting, httpOnThisMachine ? "an https address; http only on this machine" : "an https address");

    private static string? Text(IConfigurationSection section, string setting) => section[setting] is { Length: > 0 } text ? text : null;

    private static InvalidOperationException Wrong(string setting, string must) => new($"Setting {Section}:{setting} must be {must}.");
}

/// <summary>What proves to the directory that we are the app that the firm allowed to read mailboxes.</summary>
public abstract record GraphCredential
{
    private GraphCredential()
    {
    }

    /// <summary>Azure vouches for us; works in the tenant of the Azure subscription only.</summary>
    /// <param name="ClientId">Of a user-assigned identity; null takes the machine's own.</param>
    public sealed record ManagedIdentity(Guid? ClientId) : GraphCredential;

    /// <param name="File">PKCS#12 or PEM with its private key.</param>
    public sealed record CertificateFile(Guid ClientId, string File, string? Password) : GraphCredential;

    /// <param name="Thumbprint">SHA-1, as certificate stores list it: in My of this user, or else of this machine.</param>
    public sealed record StoredCertificate(Guid ClientId, string Thumbprint) : GraphCredential;

    public sealed record Secret(Guid ClientId, string Value) : GraphCredential
    {
        /// <summary>Does not say it.</summary>
        public override string ToString() => $"{nameof(Secret)} of {ClientId}";
    }
}
