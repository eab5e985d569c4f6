using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>How the logging of one mailbox is going: one row <c>s|{user}</c> of table <c>mailboxes</c>, written by the worker.</summary>
/// <param name="LastSuccessAt">When a round last ended well; null before the first.</param>
/// <param name="Lag">In that round: the time from the newest mail's arrival until it was durable here.</param>
/// <param name="Trouble">What went wrong since; null when nothing did.</param>
/// <param name="TroubleCode">Graph's word for it.</param>
/// <param name="TroubleSince">When it first went wrong without a success after it.</param>
/// <param name="RetryAt">When the worker will try again.</param>
/// <param name="IsNotified">True while a subscription tells us of new mail; else it is polled.</param>
/// <param name="SubscriptionExpiresAt">Of the one that ends first; null without one.</param>
/// <param name="HistoryDone">Of the back-fill: messages looked at; 0 before it began.</param>
/// <param name="HistoryReached">The back-fill has come down to this time; null when it is complete.</param>
/// <param name="HistoryIsComplete">All of it since <see cref="CapturedMailbox.Since"/> was looked at.</param>
/// <param name="RecountedAt">When mailbox and records were last compared.</param>
/// <param name="RecountFound">Missing things that this comparison added.</param>
public sealed record MailboxStatus(
    Guid UserId,
    DateTimeOffset? LastSuccessAt,
    TimeSpan? Lag,
    GraphTrouble? Trouble,
    string? TroubleCode,
    DateTimeOffset? TroubleSince,
    DateTimeOffset? RetryAt,
    bool IsNotified,
    DateTimeOffset? SubscriptionExpiresAt,
    int HistoryDone,
    DateTimeOffset? HistoryReached,
    bool HistoryIsComplete,
    DateTimeOffset? RecountedAt,
    int RecountFound);

/// <summary>The status rows of table <c>mailboxes</c>.</summary>
public sealed class MailboxStatuses
{
    /// <summary>Of every mailbox that the worker has looked at: one range read.</summary>
    public Task<IReadOnlyList<MailboxStatus>> ListAsync(Guid tenantId, CancellationToken cancellation) => throw new NotImplementedException();
}
