using OutlookCrm.Customers;

namespace OutlookCrm.Graph;

/// <summary>
/// The firm's mailboxes through Microsoft Graph, in our words, with the app's own identity. Reads only; every id is immutable. At most 4
/// requests at once for each mailbox. What fails is a <see cref="GraphException"/> of one of four sorts.
/// </summary>
/// <remarks>A user is an object id or a mail address, as Graph's paths have it: /users/{this}.</remarks>
public sealed class GraphMailboxes
{
    /// <summary>The special folders' ids: one request.</summary>
    public Task<MailFolders> FindFoldersAsync(Guid tenantId, string user, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Every folder, for choosing: at most 500, those within folders too.</summary>
    public Task<IReadOnlyList<NamedFolder>> ListFoldersAsync(Guid tenantId, string user, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>One page of what changed in a folder since the link was given; without a link, of what was received since <paramref name="from"/>.</summary>
    /// <exception cref="GraphException"><see cref="GraphTrouble.Resync"/>: the link is no longer good.</exception>
    public Task<MailChanges> ReadMailChangesAsync(
        Guid tenantId, string user, string folderId, string? link, DateTimeOffset from, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>One page of what changed in the calendar within a window; the window is in the link.</summary>
    public Task<MeetingChanges> ReadMeetingChangesAsync(
        Guid tenantId, string user, string? link, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>One page of a folder, newest first: received from <paramref name="from"/> on and before <paramref name="before"/>.</summary>
    public Task<MailPage> ReadMailAsync(
        Guid tenantId, string user, string folderId, DateTimeOffset from, DateTimeOffset before, string? link, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>One page of the calendar's occurrences that begin within a window.</summary>
    public Task<MeetingPage> ReadMeetingsAsync(
        Guid tenantId, string user, DateTimeOffset from, DateTimeOffset until, string? link, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>One page of the mail that an address took part in, in all folders; newest first as far as Graph sorts it.</summary>
    public Task<MailPage> SearchMailAsync(
        Guid tenantId, string user, MailAddress participant, string? link, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Null when it is gone.</summary>
    public Task<MailItem?> FindMailAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Null when there is none with this Message-ID.</summary>
    public Task<MailItem?> FindMailByMessageIdAsync(Guid tenantId, string user, string internetMessageId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Null when it is gone.</summary>
    public Task<MeetingItem?> FindMeetingAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Asks Graph to tell of changes; of an equal one that is there already, that one.</summary>
    public Task<GraphSubscription> SubscribeAsync(Guid tenantId, SubscriptionRequest request, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Makes it live longer, and authorises it anew. Null when it is gone.</summary>
    public Task<GraphSubscription?> RenewAsync(Guid tenantId, Guid subscriptionId, DateTimeOffset expiresAt, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Of one that is gone nothing is said.</summary>
    public Task UnsubscribeAsync(Guid tenantId, Guid subscriptionId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The verified domains of the firm: own domains known before the first mail is read.</summary>
    public Task<IReadOnlyList<string>> ListDomainsAsync(Guid tenantId, CancellationToken cancellation) => throw new NotImplementedException();
}

/// <param name="Path">"Inbox / Customers / Weberhof".</param>
public sealed record NamedFolder(string Id, string Path);

/// <param name="Unreadable">Items that came and cannot be read, by id, each with its reason; the rest of the page is good.</param>
/// <param name="RemovedIds">Deleted or moved to another folder.</param>
/// <param name="Link">For the next page, or when <paramref name="IsLast"/> for the next round.</param>
public sealed record MailChanges(
    IReadOnlyList<MailItem> Items, IReadOnlyList<UnreadableItem> Unreadable, IReadOnlyList<string> RemovedIds, string Link, bool IsLast);

/// <inheritdoc cref="MailChanges"/>
public sealed record MeetingChanges(
    IReadOnlyList<MeetingItem> Items, IReadOnlyList<UnreadableItem> Unreadable, IReadOnlyList<string> RemovedIds, string Link, bool IsLast);

/// <param name="Next">Null on the last page.</param>
public sealed record MailPage(IReadOnlyList<MailItem> Items, IReadOnlyList<UnreadableItem> Unreadable, string? Next);

/// <param name="Next">Null on the last page.</param>
public sealed record MeetingPage(IReadOnlyList<MeetingItem> Items, IReadOnlyList<UnreadableItem> Unreadable, string? Next);

public sealed record UnreadableItem(string ItemId, string Why);

/// <param name="Resource">users/{user}/mailFolders/{folder}/messages or users/{user}/events.</param>
/// <param name="ClientState">A secret of at most 128 characters that comes back with every notification.</param>
public sealed record SubscriptionRequest(
    string Resource, string ChangeTypes, Uri NotificationUrl, Uri LifecycleUrl, string ClientState, DateTimeOffset ExpiresAt);

public sealed record GraphSubscription(Guid Id, string Resource, DateTimeOffset ExpiresAt);

/// <summary>What Graph refused, sorted by what to do about it.</summary>
/// <param name="retryAfter">How long Graph asked to wait; null when it did not say.</param>
/// <param name="code">Graph's own word, such as ErrorItemNotFound.</param>
public sealed class GraphException(GraphTrouble trouble, string code, int? status, TimeSpan? retryAfter, Exception? inner)
    : Exception($"Microsoft Graph: {trouble} ({status}, {code}).", inner)
{
    public GraphTrouble Trouble { get; } = trouble;

    public string Code { get; } = code;

    public int? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}

public enum GraphTrouble
{
    /// <summary>Busy, slow, unreachable: the same again later.</summary>
    Temporary,

    /// <summary>The app may not, or the mailbox is gone: somebody has to do something.</summary>
    Reconnect,

    /// <summary>The cursor is no longer good: begin anew.</summary>
    Resync,

    /// <summary>This one request or item; the rest goes on.</summary>
    Item,
}
