using System.Security.Cryptography;
using System.Text;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// The mailboxes that are logged. Every colleague who has signed in with a mail address has one by itself; shared ones are added by
/// address.
/// </summary>
public sealed class CapturedMailboxes(ITableStore tables, FirmDirectory directory, MailboxOptions options, TimeProvider clock)
{
    private readonly MailboxRows rows = new(tables);

    /// <summary>All of a firm, those that are switched off too, by address.</summary>
    public async Task<IReadOnlyList<CapturedMailbox>> ListAsync(Guid tenantId, CancellationToken cancellation) =>
    [
        .. (await rows.ListAsync(tenantId, cancellation))
            .Where(row => !row.IsRemoved)
            .Select(row => row.ToMailbox())
            .OrderBy(mailbox => mailbox.Address, StringComparer.OrdinalIgnoreCase)
            .ThenBy(mailbox => mailbox.UserId),
    ];

    /// <summary>Null when there is no such mailbox, or it was removed.</summary>
    public async Task<CapturedMailbox?> FindAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await rows.FindAsync(tenantId, userId, cancellation) is { IsRemoved: false } row ? row.ToMailbox() : null;

    /// <summary>Makes the mailboxes of colleagues who have none yet. May be repeated at will; one range read when there are none.</summary>
    public async Task AppearAsync(Guid tenantId, CancellationToken cancellation)
    {
        var firm = await directory.OfAsync(tenantId, cancellation);
        var known = (await rows.ListAsync(tenantId, cancellation)).Select(row => row.UserId).ToHashSet();
        foreach (var account in firm.Accounts.Where(account => known.Add(account.UserId)))
        {
            await AppearAsync(tenantId, account, cancellation);
        }
    }

    /// <summary>The mailbox of one colleague, made when it is not there yet. It is no shared one any more, whoever added it as such before.</summary>
    internal async Task<MailboxRow> AppearAsync(Guid tenantId, ColleagueAccount account, CancellationToken cancellation)
    {
        if (MailAddress.TryParse(account.Address, out var address))
        {
            await rows.ChangeAsync(tenantId, SharedId(address), shared => shared with { IsRemoved = true }, cancellation);
        }

        var row = await NewAsync(tenantId, account.UserId, account.Address, account.Name, isShared: false, cancellation);
        if (await rows.TryAddAsync(tenantId, row, cancellation))
        {
            directory.Forget(tenantId);
        }

        return await rows.FindAsync(tenantId, account.UserId, cancellation) ?? row;
    }

    /// <summary>Adds a shared mailbox, or brings back one that was removed. Null when a colleague's own has this address.</summary>
    internal async Task<MailboxRow?> AddSharedAsync(Guid tenantId, MailAddress address, string? name, CancellationToken cancellation)
    {
        if ((await directory.OfAsync(tenantId, cancellation)).FindByAddress(address) is not null
            || (await rows.ListAsync(tenantId, cancellation)).Any(row => !row.IsShared && IsAt(row, address)))
        {
            return null;
        }

        var id = SharedId(address);
        var row = await NewAsync(tenantId, id, address.ToString(), name ?? address.LocalPart, isShared: true, cancellation);
        if (!await rows.TryAddAsync(tenantId, row, cancellation))
        {
            await rows.ChangeAsync(tenantId, id, old => old with { IsRemoved = false, Name = name ?? old.Name }, cancellation);
        }

        directory.Forget(tenantId);
        return await rows.FindAsync(tenantId, id, cancellation);
    }

    /// <summary>The settings as they are after all; null when there is no such mailbox.</summary>
    internal async Task<MailboxRow?> ChangeAsync(Guid tenantId, Guid userId, Func<MailboxRow, MailboxRow> change, CancellationToken cancellation)
    {
        var changed = await rows.ChangeAsync(tenantId, userId, change, cancellation);
        directory.Forget(tenantId);
        return changed;
    }

    /// <summary>Those that are off or were removed, too: something of them may still be kept.</summary>
    internal async Task<IReadOnlyList<Guid>> EverKnownAsync(Guid tenantId, CancellationToken cancellation) =>
        [.. (await rows.ListAsync(tenantId, cancellation)).Select(row => row.UserId)];

    internal async Task<IReadOnlyList<MailboxRow>> SettingsAsync(Guid tenantId, CancellationToken cancellation) =>
        [.. (await rows.ListAsync(tenantId, cancellation)).Where(row => !row.IsRemoved)];

    internal Task<MailboxRow?> SettingsAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        rows.FindAsync(tenantId, userId, cancellation);

    /// <summary>Of a mailbox that is known by address only: the first 16 bytes of the address's SHA-256.</summary>
    internal static Guid SharedId(MailAddress address) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"shared mailbox {address.Key}")).AsSpan(0, 16));

    private static bool IsAt(MailboxRow row, MailAddress address) => MailAddress.TryParse(row.Address, out var own) && own == address;

    private async Task<MailboxRow> NewAsync(
        Guid tenantId, Guid userId, string address, string name, bool isShared, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var months = (await FirmWishes.ReadAsync(tables, tenantId, options, cancellation)).MonthsBack;
        return new MailboxRow(
            userId, address, name, isShared, IsOn: true, IsOffForFirm: false, IsRemoved: false, MailboxVisibility.Shared,
            now.DayInUtc().AddMonths(-months), [])
        {
            AddedAt = now,
        };
    }
}
