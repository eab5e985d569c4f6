using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OutlookCrm.Sandbox;

/// <summary>Where the sandbox answers; known once its ports are open.</summary>
public sealed class SandboxAddresses
{
    private Uri? outlook;
    private Uri? pane;
    private Uri? backChannel;
    private string? certificateHash;

    /// <summary>https: the small Outlook, and the issuer's own name in every token.</summary>
    public Uri Outlook => outlook ?? throw NotYet();

    /// <summary>https, another port of the same hostname.</summary>
    public Uri Pane => pane ?? throw NotYet();

    /// <summary>Plain http on the loopback address: metadata, keys and Graph for programs.</summary>
    public Uri BackChannel => backChannel ?? throw NotYet();

    /// <summary>What <c>iss</c> says in this tenant's tokens.</summary>
    public string IssuerOf(string tenant) => $"{Outlook.GetLeftPart(UriPartial.Authority)}/{tenant}/v2.0";

    /// <summary>SHA-256 of the certificate that both https addresses show, in hexadecimal digits.</summary>
    public string CertificateHash => certificateHash ?? throw NotYet();

    internal void Set(int port, int panePort, int httpPort, X509Certificate2 certificate)
    {
        certificateHash = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        outlook = new Uri($"https://localhost:{port}");
        pane = new Uri($"https://localhost:{panePort}");
        backChannel = new Uri($"http://127.0.0.1:{httpPort}");
    }

    private static InvalidOperationException NotYet() => new("The sandbox has not started.");
}
