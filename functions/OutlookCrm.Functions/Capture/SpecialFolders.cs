using System.Collections.Concurrent;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>The special folders of mailboxes, from memory: their ids stay, a new one appears when its first item does.</summary>
public sealed class SpecialFolders(GraphFolders graph, TimeProvider clock)
{
    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(Guid TenantId, Guid UserId), (MailFolders Folders, DateTimeOffset At)> known = new();

    internal async ValueTask<MailFolders> OfAsync(Guid tenantId, CapturedMailbox mailbox, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (known.TryGetValue((tenantId, mailbox.UserId), out var kept) && !kept.At.IsOver(KnownFor, now))
        {
            return kept.Folders;
        }

        var folders = await graph.FindSpecialAsync(tenantId, mailbox.GraphUser, cancellation);
        known[(tenantId, mailbox.UserId)] = (folders, now);
        return folders;
    }
}
