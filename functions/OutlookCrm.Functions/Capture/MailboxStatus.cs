using System.Globalization;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>How the logging of one mailbox is going: one row <c>s|{user}</c> of table <c>mailboxes</c>, written by the worker.</summary>
/// <param name="LastSuccessAt">When a round last ended well; null before the first.</param>
/// <param name="Lag">In the last round that brought mail: the time from the newest mail's arrival until it was durable here.</param>
/// <param name="Trouble">What went wrong since; null when nothing did.</param>
/// <param name="TroubleCode">Graph's word for it.</param>
/// <param name="TroubleSince">When it first went wrong without a success after it.</param>
/// <param name="RetryAt">When the worker will try again.</param>
/// <param name="IsNotified">True while a subscription tells us of new mail; else it is polled.</param>
/// <param name="SubscriptionExpiresAt">Of the one that ends first; null without one.</param>
/// <param name="HistoryDone">Of the back-fill: messages and meetings looked at; 0 before it began.</param>
/// <param name="HistoryReached">The back-fill has come down to this time; null when it is complete.</param>
/// <param name="HistoryIsComplete">All of it since <see cref="CapturedMailbox.Since"/> was looked at.</param>
/// <param name="RecountedAt">When mailbox and records were last compared.</param>
/// <param name="RecountFound">What this comparison set right: things that were missing, and meetings that were there no more.</param>
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
    int RecountFound)
{
    private const int MaxElsewhere = 20;

    /// <summary>Folders that nobody chose and that have new mail with customers: seen by the recount, at most 20.</summary>
    public IReadOnlyList<NamedFolder> MailElsewhere { get; init; } = [];

    /// <summary>Of the comparison that is going on: what it has set right so far.</summary>
    internal int RecountSoFar { get; init; }

    /// <summary>When a comparison of everything since the start last began.</summary>
    internal DateTimeOffset? RecountedAllAt { get; init; }

    internal static MailboxStatus None(Guid userId) =>
        new(userId, null, null, null, null, null, null, IsNotified: false, null, 0, null, HistoryIsComplete: false, null, 0);

    internal static MailboxStatus From(TableRow row)
    {
        return new MailboxStatus(
            Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
            At(nameof(LastSuccessAt)),
            row.Properties.GetValueOrDefault("LagSeconds") is double seconds ? TimeSpan.FromSeconds(seconds) : null,
            row.Properties.GetValueOrDefault(nameof(Trouble)) is string trouble ? Enum.Parse<GraphTrouble>(trouble) : null,
            row.Properties.GetValueOrDefault(nameof(TroubleCode)) as string,
            At(nameof(TroubleSince)),
            At(nameof(RetryAt)),
            row.Properties[nameof(IsNotified)] is true,
            At(nameof(SubscriptionExpiresAt)),
            (int)row.Properties[nameof(HistoryDone)],
            At(nameof(HistoryReached)),
            row.Properties[nameof(HistoryIsComplete)] is true,
            At(nameof(RecountedAt)),
            (int)row.Properties[nameof(RecountFound)])
        {
            RecountSoFar = row.Properties.GetValueOrDefault(nameof(RecountSoFar)) as int? ?? 0,
            RecountedAllAt = At(nameof(RecountedAllAt)),
            MailElsewhere =
            [
                .. ((row.Properties.GetValueOrDefault(nameof(MailElsewhere)) as string)?.Split('\n') ?? [])
                    .Select(line => line.Split('\t', 2))
                    .Select(parts => new NamedFolder(parts[0], parts[1])),
            ],
        };

        DateTimeOffset? At(string name) => row.Properties.GetValueOrDefault(name) as DateTimeOffset?;
    }

    internal TableRow ToTableRow(Guid tenantId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(IsNotified)] = IsNotified,
            [nameof(HistoryDone)] = HistoryDone,
            [nameof(HistoryIsComplete)] = HistoryIsComplete,
            [nameof(RecountFound)] = RecountFound,
        };
        Add(nameof(LastSuccessAt), LastSuccessAt);
        Add("LagSeconds", Lag?.TotalSeconds);
        Add(nameof(Trouble), Trouble?.ToString());
        Add(nameof(TroubleCode), TroubleCode);
        Add(nameof(TroubleSince), TroubleSince);
        Add(nameof(RetryAt), RetryAt);
        Add(nameof(SubscriptionExpiresAt), SubscriptionExpiresAt);
        Add(nameof(HistoryReached), HistoryReached);
        Add(nameof(RecountedAt), RecountedAt);
        Add(nameof(RecountedAllAt), RecountedAllAt);
        Add(nameof(RecountSoFar), RecountSoFar == 0 ? null : RecountSoFar);
        Add(nameof(MailElsewhere), MailElsewhere.Count == 0 ? null : string.Join('\n', MailElsewhere.Take(MaxElsewhere).Select(Line)));
        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.MailboxStatus(UserId), properties);

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                properties[name] = value is DateTimeOffset at ? at.ToUniversalTime() : value;
            }
        }
    }

    private static string Line(NamedFolder folder) =>
        string.Create(CultureInfo.InvariantCulture, $"{folder.Id}\t{folder.Path.ReplaceLineEndings(" ").Replace('\t', ' ')}");
}

/// <summary>The status rows of table <c>mailboxes</c>.</summary>
public sealed class MailboxStatuses(ITableStore tables)
{
    /// <summary>Of every mailbox that the worker has looked at: one range read.</summary>
    public async Task<IReadOnlyList<MailboxStatus>> ListAsync(Guid tenantId, CancellationToken cancellation)
    {
        var rows = await tables.RangeAsync(
            Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.MailboxStatuses, MailboxRows.MaxMailboxes, cancellation);
        return [.. rows.Select(MailboxStatus.From)];
    }

    internal async Task<MailboxStatus> FindAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.MailboxStatus(userId), cancellation) is { } row
            ? MailboxStatus.From(row)
            : MailboxStatus.None(userId);
}
