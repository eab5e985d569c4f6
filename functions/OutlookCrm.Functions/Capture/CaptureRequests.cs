using System.Text.Json;
using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Asks for work on mailboxes: durable when it returns, done in the background, and harmless when asked for twice.</summary>
/// <remarks>
/// A look that is asked for while this process has sent one that is still to begin is covered by that one: a thousand
/// notifications in a second are one message. The message is in the queue and not yet visible, so it outlives the process; one that is only
/// on its way there is waited for, and fails for all that it stands for.
/// </remarks>
public sealed class CaptureRequests(IWorkQueue queue, TimeProvider clock)
{
    public const string MailboxQueue = "capture-work";
    public const string HistoryQueue = "capture-history";
    public const string ItemQueue = "capture-item";

    /// <summary>Mailboxes that one message asks for: all of a firm, and far from what a message holds.</summary>
    internal const int MaxMailboxes = 100;

    // How much later than asked for a look may come because one is asked for already.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<(Guid TenantId, Guid UserId), Asked> waiting = [];

    /// <summary>See what is new in a mailbox, and take a slice of its history when that is not all there yet.</summary>
    public Task LookAsync(Guid tenantId, Guid userId, CancellationToken cancellation, TimeSpan? delay = null) =>
        LookAsync([new MailboxToLookAt(tenantId, userId)], cancellation, delay);

    /// <summary>As the other, for several mailboxes: one message for each hundred.</summary>
    public async Task LookAsync(IReadOnlyCollection<MailboxToLookAt> mailboxes, CancellationToken cancellation, TimeSpan? delay = null)
    {
        cancellation.ThrowIfCancellationRequested();
        var now = clock.GetUtcNow();
        var dueAt = now + (delay ?? TimeSpan.Zero);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var own = new List<MailboxToLookAt>();
        var others = new HashSet<Task>();
        lock (gate)
        {
            foreach (var mailbox in mailboxes)
            {
                if (FindCover(mailbox, now, dueAt) is { } cover)
                {
                    others.Add(cover.Sent);
                }
                else
                {
                    own.Add(mailbox);
                    waiting[(mailbox.TenantId, mailbox.UserId)] = new Asked(dueAt, sent.Task);
                }
            }
        }

        if (own.Count > 0)
        {
            others.Add(sent.Task);
            await SendAsync(own, dueAt, delay, sent);
        }

        await Task.WhenAll(others).WaitAsync(cancellation);
    }

    /// <summary>A mailbox is not logged any more: nobody shall tell us of it.</summary>
    internal Task EndSubscriptionsAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        LookAsync([new MailboxToLookAt(tenantId, userId, Subscriptions: true)], cancellation);

    /// <summary>An address became a customer's: find what was written with it before, in every mailbox that is on.</summary>
    public Task FindHistoryAsync(Guid tenantId, MailAddress address, CancellationToken cancellation) =>
        SendAsync(new FindHistory(tenantId, UserId: null, address.Key), delay: null, cancellation);

    /// <summary>Look at one mail or meeting again, by the rules as they are now: what was taken off a timeline is wanted back.</summary>
    /// <param name="itemId">Graph's immutable id in that mailbox.</param>
    public Task TakeItemAsync(Guid tenantId, Guid userId, string itemId, bool isMeeting, CancellationToken cancellation) =>
        SendAsync(new TakeItem(tenantId, userId, itemId, isMeeting, InternetMessageId: null), delay: null, cancellation);

    /// <summary>Log the mail that somebody has open in their own mailbox, whatever folder it is in.</summary>
    public Task LogMailAsync(Guid tenantId, Guid userId, string internetMessageId, CancellationToken cancellation) =>
        SendAsync(new TakeItem(tenantId, userId, ItemId: null, IsMeeting: false, internetMessageId), delay: null, cancellation);

    /// <summary>Log one mail or meeting though the rules left it out, if it is a customer's: somebody said so who saw it in a receipt.</summary>
    /// <param name="itemId">Graph's immutable id in that mailbox.</param>
    public Task TakeAnywayAsync(Guid tenantId, Guid userId, string itemId, bool isMeeting, CancellationToken cancellation) =>
        SendAsync(
            new TakeItem(tenantId, userId, itemId, isMeeting, InternetMessageId: null) { IsByHand = true }, delay: null, cancellation);

    /// <summary>One of the mailboxes that a message asked for, by a message of its own.</summary>
    internal Task PassOnAsync(MailboxToLookAt mailbox, DateTimeOffset askedAt, CancellationToken cancellation) =>
        queue.SendAsync(MailboxQueue, JsonSerializer.Serialize(new LookAtMailboxes([mailbox], askedAt)), delay: null, cancellation);

    internal Task SendAsync(FindHistory message, TimeSpan? delay, CancellationToken cancellation) =>
        queue.SendAsync(HistoryQueue, JsonSerializer.Serialize(message), delay, cancellation);

    internal Task SendAsync(TakeItem message, TimeSpan? delay, CancellationToken cancellation) =>
        queue.SendAsync(ItemQueue, JsonSerializer.Serialize(message), delay, cancellation);

    /// <summary>
    /// Not called off with who began it, as others wait for it too. They all hear what becomes of it; when that is a failure, the next sends anew.
    /// </summary>
    private async Task SendAsync(List<MailboxToLookAt> mailboxes, DateTimeOffset dueAt, TimeSpan? delay, TaskCompletionSource sent)
    {
        try
        {
            foreach (var some in mailboxes.Chunk(MaxMailboxes))
            {
                await queue.SendAsync(MailboxQueue, JsonSerializer.Serialize(new LookAtMailboxes(some, dueAt)), delay, CancellationToken.None);
            }

            sent.SetResult();
        }
        catch (Exception failure) // Whatever it is, those who wait must hear of it.
        {
            lock (gate)
            {
                foreach (var key in mailboxes.Select(mailbox => (mailbox.TenantId, mailbox.UserId)))
                {
                    if (waiting.TryGetValue(key, out var asked) && asked.Sent == sent.Task)
                    {
                        waiting.Remove(key);
                    }
                }
            }

            sent.SetException(failure);
        }
    }

    private Asked? FindCover(MailboxToLookAt mailbox, DateTimeOffset now, DateTimeOffset dueAt) =>
        mailbox is { Subscriptions: false, Recount: false, Insists: false }
        && waiting.TryGetValue((mailbox.TenantId, mailbox.UserId), out var asked) && asked.DueAt > now && asked.DueAt <= dueAt + Patience
            ? asked
            : null;

    /// <param name="Sent">Done once the message is durable.</param>
    private sealed record Asked(DateTimeOffset DueAt, Task Sent);
}

/// <param name="AskedAt">Not before this time. A round that began then or later has seen what this is about.</param>
public sealed record LookAtMailboxes(IReadOnlyList<MailboxToLookAt> Mailboxes, DateTimeOffset AskedAt);

/// <param name="Subscriptions">Make, renew and end its subscriptions, too.</param>
/// <param name="Recount">Begin to compare the mailbox with what is recorded, too.</param>
/// <param name="Insists">
/// Somebody asks for it who may have put right why we were refused: not after the wait for that. What Graph itself asks to wait for is waited for.
/// </param>
public sealed record MailboxToLookAt(Guid TenantId, Guid UserId, bool Subscriptions = false, bool Recount = false, bool Insists = false);

/// <param name="UserId">Whose mailbox; null is every mailbox that is on.</param>
/// <param name="Address">In the form in which addresses are compared.</param>
/// <param name="Link">The next page of mail; null at the beginning, and when meetings are next.</param>
/// <param name="MeetingsBefore">All mail was looked at, and all meetings from this time on; null while it is mail's turn.</param>
/// <param name="Failures">Tries in a row that Graph refused.</param>
public sealed record FindHistory(
    Guid TenantId, Guid? UserId, string Address, string? Link = null, DateTimeOffset? MeetingsBefore = null, int Failures = 0);

/// <param name="ItemId">Graph's immutable id; null when <paramref name="InternetMessageId"/> says which mail.</param>
/// <param name="InternetMessageId">Of a mail that its reader wants logged by hand; null when a thing is only to be looked at again.</param>
/// <param name="Failures">Tries in a row that Graph refused.</param>
public sealed record TakeItem(
    Guid TenantId, Guid UserId, string? ItemId, bool IsMeeting, string? InternetMessageId, int Failures = 0)
{
    /// <summary>Somebody wants this very thing logged, whatever it looks like: see <see cref="CaptureContext.IsByHand"/>.</summary>
    public bool IsByHand { get; init; } = InternetMessageId is not null;
}
