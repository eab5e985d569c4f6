using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace OutlookCrm.Sandbox.Issuer;

/// <summary>The issuer's RSA keys. The newest signs; the one before stays published, as tokens it signed still live.</summary>
public sealed class SigningKeys
{
    private const int KeyBits = 2048;
    private volatile IReadOnlyList<RsaSecurityKey> published;

    private SigningKeys(RSA first) => published = [Named(first)];

    public RsaSecurityKey Current => published[0];

    public IReadOnlyList<RsaSecurityKey> Published => published;

    /// <param name="stateFolder">Where the key is kept between runs; null makes one for this run.</param>
    public static SigningKeys Open(string? stateFolder)
    {
        var rsa = RSA.Create(KeyBits);
        if (stateFolder is null)
        {
            return new SigningKeys(rsa);
        }

        var file = Path.Combine(stateFolder, "issuer-key.pem");
        if (File.Exists(file))
        {
            rsa.ImportFromPem(File.ReadAllText(file));
        }
        else
        {
            PrivateFile.Write(file, Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));
        }

        return new SigningKeys(rsa);
    }

    /// <summary>Signs with a new key from now on, for this run.</summary>
    public void Rotate() => published = [Named(RSA.Create(KeyBits)), Current];

    private static RsaSecurityKey Named(RSA rsa) =>
        new(rsa) { KeyId = Base64UrlEncoder.Encode(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo())[..16]) };
}
