using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Customers;

namespace OutlookCrm.Capture;

/// <summary>Addresses whose owners asked to be erased: known only by a salted hash, which tells whether it is they and nothing else.</summary>
/// <param name="salt">The firm's own; null when nobody was erased.</param>
public sealed class ErasedAddresses(byte[]? salt, IEnumerable<string> hashes)
{
    internal const int SaltBytes = 32;

    private readonly HashSet<string> hashes = new(hashes, StringComparer.Ordinal);

    public static ErasedAddresses None { get; } = new(null, []);

    public bool Has(MailAddress address) => salt is not null && hashes.Count > 0 && hashes.Contains(Hash(salt, address));

    /// <summary>HMAC-SHA256 of the address's normal form under the firm's salt: 64 hexadecimal digits.</summary>
    internal static string Hash(byte[] salt, MailAddress address) => Hash(salt, address.Key);

    internal static string Hash(byte[] salt, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(text)));
}
