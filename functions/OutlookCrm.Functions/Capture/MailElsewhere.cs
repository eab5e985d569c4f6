using OutlookCrm.Graph;
using OutlookCrm.Interactions;

namespace OutlookCrm.Capture;

/// <summary>Customers' mail in folders that nobody chose: a rule of the mailbox puts it there, and it is on no timeline.</summary>
public sealed class MailElsewhere(GraphMailboxes graph, GraphFolders folders, CaptureContexts contexts, InteractionStore interactions, TimeProvider clock)
{
    /// <summary>How far back a folder is looked at, and no further than its newest page.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromDays(30);

    private const int MaxFolders = 50;

    /// <summary>The folders that have it: a request for the list, and one for each folder that is not logged.</summary>
    /// <exception cref="GraphException">Temporary, or nobody may: nothing about one folder.</exception>
    internal async Task<IReadOnlyList<NamedFolder>> FindAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders special, CancellationToken cancellation)
    {
        HashSet<string?> known =
        [
            special.Inbox, special.SentItems, special.Drafts, special.JunkEmail, special.DeletedItems, special.Outbox, .. mailbox.Folders,
        ];
        var found = new List<NamedFolder>();
        foreach (var folder in (await folders.ListAsync(tenantId, mailbox.GraphUser, cancellation)).Where(folder => !known.Contains(folder.Id)).Take(MaxFolders))
        {
            if (await HasMailAsync(tenantId, mailbox, special, folder, cancellation))
            {
                found.Add(folder);
            }
        }

        return found;
    }

    private async Task<bool> HasMailAsync(
        Guid tenantId, CapturedMailbox mailbox, MailFolders special, NamedFolder folder, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<MailItem> mails;
        try
        {
            mails = (await graph.ReadMailAsync(tenantId, mailbox.GraphUser, folder.Id, now - Window, now, link: null, cancellation)).Items;
        }
        catch (GraphException e) when (e.Trouble is GraphTrouble.Item or GraphTrouble.Resync)
        {
            return false; // gone since it was listed
        }

        if (mails.Count == 0)
        {
            return false;
        }

        var context = await contexts.ForAsync(tenantId, mailbox, special, mails, cancellation);
        foreach (var mail in mails)
        {
            // What was moved here after it was logged is on its timeline.
            if (CaptureRules.Judge(mail, context) is CaptureOutcome.Captured captured
                && !await interactions.KnowsAsync(tenantId, captured.Matches[0].Customer, MailIdentity.Of(mail, mailbox.UserId), cancellation))
            {
                return true;
            }
        }

        return false;
    }
}
