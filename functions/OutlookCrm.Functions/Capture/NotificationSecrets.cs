using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Identity;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// The secret that comes back with every notification. It says whose mailbox it is about and proves that with the firm's key, so that a
/// notification is judged without a read: 32 digits of the tenant, 32 of the mailbox, 43 characters of HMAC-SHA256.
/// </summary>
public sealed class NotificationSecrets(ITableStore tables, IdentityOptions identity)
{
    private const int KeyBytes = 32;
    private const int IdLength = 32;
    private const int MacLength = 43; // of 32 bytes in base64url
    private const string Key = "Key";

    private readonly ConcurrentDictionary<Guid, byte[]> keys = new();

    /// <summary>At most the 128 characters that Graph takes.</summary>
    internal async Task<string> ClientStateOfAsync(Guid tenantId, Guid userId, CancellationToken cancellation)
    {
        var ids = $"{tenantId:N}{userId:N}";
        return ids + MacOf(await KeyOfAsync(tenantId, cancellation), ids);
    }

    /// <summary>Whose mailbox a notification is about; null when it is not from where it says. Of a firm one point read, once.</summary>
    internal async ValueTask<(Guid TenantId, Guid UserId)?> ReadAsync(string? clientState, CancellationToken cancellation)
    {
        if (clientState?.Length != IdLength + IdLength + MacLength
            || !Guid.TryParseExact(clientState.AsSpan(0, IdLength), "N", out var tenantId)
            || !Guid.TryParseExact(clientState.AsSpan(IdLength, IdLength), "N", out var userId)
            || !identity.AllowedTenants.Contains(tenantId))
        {
            return null;
        }

        var expected = MacOf(await KeyOfAsync(tenantId, cancellation), clientState[..(IdLength + IdLength)]);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(clientState[(IdLength + IdLength)..]))
            ? (tenantId, userId)
            : null;
    }

    private static string MacOf(byte[] key, string ids) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(ids)));

    private async ValueTask<byte[]> KeyOfAsync(Guid tenantId, CancellationToken cancellation)
    {
        if (keys.TryGetValue(tenantId, out var known))
        {
            return known;
        }

        var partition = TableKeys.Mailboxes(tenantId);
        if (await tables.FindAsync(Tables.Mailboxes, partition, TableKeys.NotificationSecret, cancellation) is not { } row)
        {
            // Of two who make one at once, the first to insert it made it.
            var made = new Dictionary<string, object>(StringComparer.Ordinal) { [Key] = RandomNumberGenerator.GetBytes(KeyBytes) };
            await tables.InsertAsync(Tables.Mailboxes, new TableRow(partition, TableKeys.NotificationSecret, made), cancellation);
            row = await tables.FindAsync(Tables.Mailboxes, partition, TableKeys.NotificationSecret, cancellation)
                ?? throw new TableStoreUnavailableException("The notifications' key was written and is not there.");
        }

        return keys[tenantId] = (byte[])row.Properties[Key];
    }
}
