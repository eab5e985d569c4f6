using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// Where the next page of a timeline begins: the last key shown, so lines that come or go meanwhile neither repeat nor hide another.
/// </summary>
/// <remarks>
/// The check binds it to one customer and finds damage. It is no secret: who makes one up sees a timeline that they may see anyway,
/// since tenant and customer come from the token and the route.
/// </remarks>
internal static class TimelineCursor
{
    private const int CheckBytes = 8;

    public static string After(Guid tenantId, CustomerId customer, string rowKey) =>
        Base64Url.EncodeToString([.. Check(tenantId, customer, rowKey), .. Encoding.UTF8.GetBytes(rowKey)]);

    public static bool TryRead(Guid tenantId, CustomerId customer, string cursor, [NotNullWhen(true)] out string? rowKey)
    {
        rowKey = null;
        if (!Base64Url.IsValid(cursor))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length <= CheckBytes)
        {
            return false;
        }

        var key = Encoding.UTF8.GetString(bytes, CheckBytes, bytes.Length - CheckBytes);
        if (TableKeys.InteractionAt(key) is null || !Check(tenantId, customer, key).SequenceEqual(bytes.Take(CheckBytes)))
        {
            return false;
        }

        rowKey = key;
        return true;
    }

    private static byte[] Check(Guid tenantId, CustomerId customer, string rowKey) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId:N}|{customer}|{rowKey}"))[..CheckBytes];
}
