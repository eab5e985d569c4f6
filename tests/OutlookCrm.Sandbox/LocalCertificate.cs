using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OutlookCrm.Sandbox;

/// <summary>A certificate of our own for localhost. Nobody trusts it until a person or a test says so.</summary>
internal static class LocalCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(800);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <param name="stateFolder">Where it is kept between runs; null makes one for this run.</param>
    public static X509Certificate2 Open(string? stateFolder, DateTimeOffset now)
    {
        if (stateFolder is null)
        {
            return Load(Create(now));
        }

        var file = Path.Combine(stateFolder, "localhost.pfx");
        if (File.Exists(file))
        {
            var kept = Load(File.ReadAllBytes(file));
            if (kept.NotAfter > (now + RenewBefore).UtcDateTime)
            {
                return kept;
            }

            kept.Dispose();
        }

        var made = Create(now);
        PrivateFile.Write(file, made);
        return Load(made);
    }

    // Read back from PKCS#12: Windows cannot serve TLS with a key that was only ever in memory.
    private static X509Certificate2 Load(byte[] pkcs12) => X509CertificateLoader.LoadPkcs12(pkcs12, null);

    private static byte[] Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Outlook CRM sandbox", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        return certificate.Export(X509ContentType.Pkcs12);
    }
}
