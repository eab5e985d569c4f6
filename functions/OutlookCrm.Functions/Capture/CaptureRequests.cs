using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Asks for work on mailboxes: durable when it returns, done in the background, and harmless when asked for twice.</summary>
public sealed class CaptureRequests(IWorkQueue queue, TimeProvider clock)
{
    public const string MailboxQueue = "capture-work";
    public const string HistoryQueue = "capture-history";
    public const string ItemQueue = "capture-item";

    /// <summary>See what is new in a mailbox, and take a slice of its history when that is not all there yet.</summary>
    public Task LookAsync(Guid tenantId, Guid userId, CancellationToken cancellation, TimeSpan? delay = null) =>
        LookAsync([new MailboxToLookAt(tenantId, userId)], cancellation, delay);

    /// <summary>As the other, for several mailboxes by one message.</summary>
    /// <param name="mailboxes">At most 100.</param>
    public Task LookAsync(IReadOnlyList<MailboxToLookAt> mailboxes, CancellationToken cancellation, TimeSpan? delay = null) =>
        queue.SendAsync(MailboxQueue, JsonSerializer.Serialize(new LookAtMailboxes(mailboxes, clock.GetUtcNow())), delay, cancellation);

    /// <summary>An address became a customer's: find what was written with it before, in every mailbox that is on.</summary>
    public Task FindHistoryAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        queue.SendAsync(
            HistoryQueue, JsonSerializer.Serialize(new FindHistory(tenantId, UserId: null, address.Key)), delay: null, cancellation);

    /// <summary>Look at one mail or meeting again, by the rules as they are now: what was taken off a timeline is wanted back.</summary>
    /// <param name="itemId">Graph's immutable id in that mailbox.</param>
    public Task TakeItemAsync(Guid tenantId, Guid userId, string itemId, bool isMeeting, CancellationToken cancellation) =>
        SendAsync(new TakeItem(tenantId, userId, itemId, isMeeting, InternetMessageId: null), cancellation);

    /// <summary>Log the mail that somebody has open in their own mailbox, whatever folder it is in.</summary>
    public Task LogMailAsync(Guid tenantId, Guid userId, string internetMessageId, CancellationToken cancellation) =>
        SendAsync(new TakeItem(tenantId, userId, ItemId: null, IsMeeting: false, internetMessageId), cancellation);

    private Task SendAsync(TakeItem message, CancellationToken cancellation) =>
        queue.SendAsync(ItemQueue, JsonSerializer.Serialize(message), delay: null, cancellation);
}

/// <param name="AskedAt">A round that began later has seen what this is about.</param>
public sealed record LookAtMailboxes(IReadOnlyList<MailboxToLookAt> Mailboxes, DateTimeOffset AskedAt);

public sealed record MailboxToLookAt(Guid TenantId, Guid UserId);

/// <param name="UserId">Whose mailbox; null is every mailbox that is on.</param>
/// <param name="Address">In the form in which addresses are compared.</param>
public sealed record FindHistory(Guid TenantId, Guid? UserId, string Address);

/// <param name="ItemId">Graph's immutable id; null when <paramref name="InternetMessageId"/> says which mail.</param>
/// <param name="InternetMessageId">Of a mail that its reader wants logged by hand; null when a thing is only to be looked at again.</param>
public sealed record TakeItem(Guid TenantId, Guid UserId, string? ItemId, bool IsMeeting, string? InternetMessageId);
