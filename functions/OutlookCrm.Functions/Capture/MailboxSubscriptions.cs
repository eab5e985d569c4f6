using System.Globalization;
using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>What Graph shall tell us of: a subscription for each folder that is logged and for the calendar, as rows of table <c>mailboxes</c>.</summary>
public sealed class MailboxSubscriptions(
    ITableStore tables, GraphSubscriptions graph, NotificationSecrets secrets, CaptureOptions options, TimeProvider clock, ILogger<MailboxSubscriptions> log)
{
    // Graph allows just under seven days. Renewed daily, so that a weekend of failures ends none.
    private static readonly TimeSpan Life = TimeSpan.FromDays(6);

    private const int MaxSubscriptions = 100;

    /// <summary>Makes, renews and ends subscriptions until they are as they should be. May be repeated at will.</summary>
    /// <param name="special">The mailbox's special folders; without meaning for one that is off.</param>
    /// <returns>When the first of them ends; null when one is missing, so that the mailbox has to be polled.</returns>
    /// <exception cref="GraphException">Temporary, or nobody may: nothing about one single subscription.</exception>
    internal async Task<DateTimeOffset?> KeepAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders special, CancellationToken cancellation)
    {
        var wanted = options.NotificationUrl is not null && mailbox.IsOn ? Wanted(mailbox, special) : [];
        var known = (await tables.RangeAsync(
                Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.Subscriptions(mailbox.UserId), MaxSubscriptions, cancellation))
            .Select(SubscriptionRow.From)
            .ToDictionary(row => row.Folder, StringComparer.Ordinal);
        foreach (var row in known.Values.Where(row => !wanted.ContainsKey(row.Folder) || row.Url != options.NotificationUrl!.AbsoluteUri))
        {
            await graph.UnsubscribeAsync(tenantId, row.Id, cancellation);
            await tables.DeleteAsync(
                Tables.Mailboxes, TableKeys.Mailboxes(tenantId), TableKeys.Subscription(mailbox.UserId, row.Folder), etag: null, cancellation);
            known.Remove(row.Folder);
        }

        if (wanted.Count == 0)
        {
            return null;
        }

        var ends = new List<DateTimeOffset?>();
        foreach (var (folder, changes) in wanted)
        {
            ends.Add(await KeepAsync(tenantId, mailbox, folder, changes, known.GetValueOrDefault(folder), cancellation));
        }

        return ends.Contains(null) ? null : ends.Min();
    }

    /// <returns>When it ends; null when Graph refuses this one.</returns>
    private async Task<DateTimeOffset?> KeepAsync(
        Guid tenantId, CapturedMailbox mailbox, string folder, string changes, SubscriptionRow? known, CancellationToken cancellation)
    {
        var url = options.NotificationUrl!;
        var until = clock.GetUtcNow() + Life;
        try
        {
            if (known is null || await graph.RenewAsync(tenantId, known.Id, until, cancellation) is not { } subscription)
            {
                var resource = folder == FolderCursor.Calendar
                    ? $"users/{mailbox.GraphUser}/events"
                    : $"users/{mailbox.GraphUser}/mailFolders/{folder}/messages";
                var clientState = await secrets.ClientStateOfAsync(tenantId, mailbox.UserId, cancellation);
                subscription = await graph.SubscribeAsync(
                    tenantId, new SubscriptionRequest(resource, changes, url, url, clientState, until), cancellation);
                log.LogInformation("Mailbox {UserId}: subscription {SubscriptionId} was made", mailbox.UserId, subscription.Id);
            }

            var row = new SubscriptionRow(folder, subscription.Id, url.AbsoluteUri, subscription.ExpiresAt);
            await tables.PutAsync(Tables.Mailboxes, row.ToTableRow(tenantId, mailbox.UserId), cancellation);
            return subscription.ExpiresAt;
        }
        catch (GraphException e) when (e.Trouble is GraphTrouble.Item or GraphTrouble.Resync)
        {
            log.LogWarning("Mailbox {UserId}: Graph makes no subscription: {Code} ({Status})", mailbox.UserId, e.Code, e.Status);
            return null;
        }
    }

    // New mail only: of what is read or flagged nobody needs to hear at once. What becomes private or junk is seen by the next sweep.
    private static Dictionary<string, string> Wanted(CapturedMailbox mailbox, MailFolders special) =>
        new[] { special.Inbox, special.SentItems }.OfType<string>().Concat(mailbox.Folders).Distinct(StringComparer.Ordinal)
            .Select(folder => (Folder: folder, Changes: "created"))
            .Append((Folder: FolderCursor.Calendar, Changes: "created,updated,deleted"))
            .ToDictionary(one => one.Folder, one => one.Changes, StringComparer.Ordinal);
}

/// <summary>Row <c>n|{user}|{folder}</c> of table <c>mailboxes</c>.</summary>
/// <param name="Url">Where its notifications go.</param>
internal sealed record SubscriptionRow(string Folder, Guid Id, string Url, DateTimeOffset ExpiresAt)
{
    public static SubscriptionRow From(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        Guid.Parse((string)row.Properties["SubscriptionId"], CultureInfo.InvariantCulture),
        (string)row.Properties[nameof(Url)],
        (DateTimeOffset)row.Properties[nameof(ExpiresAt)]);

    public TableRow ToTableRow(Guid tenantId, Guid userId) => new(
        TableKeys.Mailboxes(tenantId),
        TableKeys.Subscription(userId, Folder),
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["SubscriptionId"] = Id.ToString("D"),
            [nameof(Url)] = Url,
            [nameof(ExpiresAt)] = ExpiresAt.ToUniversalTime(),
        });
}
