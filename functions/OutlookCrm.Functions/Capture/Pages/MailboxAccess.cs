using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Identity;

namespace OutlookCrm.Capture.Pages;

/// <summary>
/// Whose mailbox is whose to look into: everybody's own; a shared one is its members' to look into and the owners' to set. What is not
/// the caller's reads as absent, for an owner too.
/// </summary>
public sealed class MailboxAccess(CapturedMailboxes mailboxes, Caller caller)
{
    /// <summary>In a path: the caller's own.</summary>
    public const string Mine = "mine";

    internal const string NotFound = "No mailbox of yours has this id.";

    /// <summary>The caller's own, made when it is not there yet; null for who has no mail address.</summary>
    internal async Task<MailboxRow?> FindMineAsync(CancellationToken cancellation) =>
        await mailboxes.SettingsAsync(caller.TenantId, caller.UserId, cancellation) is { IsRemoved: false } row ? row
        : MailAddress.TryParse(caller.Address, out var address)
            ? await mailboxes.AppearAsync(caller.TenantId, new ColleagueAccount(caller.UserId, caller.Name, address.Key), cancellation)
            : null;

    /// <param name="id">An object id, or <see cref="Mine"/>.</param>
    internal async Task<MailboxRow?> FindToOpenAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { } row && MayOpen(row) ? row : null;

    /// <param name="id">An object id, or <see cref="Mine"/>.</param>
    internal async Task<MailboxRow?> FindToSetAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { } row && MaySet(row) ? row : null;

    /// <summary>Any of the firm's, for an owner; for others those that they may open.</summary>
    internal async Task<MailboxRow?> FindToWatchAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { } row && MayWatch(row) ? row : null;

    /// <summary>What was taken and skipped.</summary>
    internal bool MayOpen(MailboxRow row) => row.UserId == caller.UserId || (row.IsShared && caller.Role >= Role.Member);

    internal bool MaySet(MailboxRow row) => row.UserId == caller.UserId || (row.IsShared && caller.Role >= Role.Owner);

    /// <summary>Whether its logging goes well.</summary>
    internal bool MayWatch(MailboxRow row) => MayOpen(row) || caller.Role >= Role.Owner;

    private async Task<MailboxRow?> FindAsync(string id, CancellationToken cancellation) =>
        id == Mine || (Guid.TryParse(id, out var userId) && userId == caller.UserId) ? await FindMineAsync(cancellation)
        : Guid.TryParse(id, out userId) && await mailboxes.SettingsAsync(caller.TenantId, userId, cancellation) is { IsRemoved: false } row ? row
        : null;
}
