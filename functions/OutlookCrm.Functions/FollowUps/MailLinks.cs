using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Finds the link that opens the mail from which a follow-up came: the pane knows only its Message-ID, and the link leads into one mailbox, which is
/// that of whoever the follow-up is of.
/// </summary>
public sealed class MailLinks(FollowUpStore followUps, GraphMailboxes graph, ILogger<MailLinks> log)
{
    private const int MaxLength = 2_000; // as of one that a client gives

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    /// <summary>Looks for it when it is not known. A mailbox that may not be read, or no longer has the mail, is asked again with the next change.</summary>
    /// <returns>The follow-up as it is after that; and when to look again, if Graph could not say.</returns>
    internal async Task<(FollowUp FollowUp, TimeSpan? LookAgainIn)> FindAsync(Guid tenantId, FollowUp f, CancellationToken cancellation)
    {
        if (!graph.IsOn || f is not { State: FollowUpState.Open, Source.InternetMessageId: { } messageId } || HasLink(f))
        {
            return (f, null);
        }

        try
        {
            return await graph.FindWebLinkAsync(tenantId, f.OwnerId.ToString("D"), messageId, cancellation) is { AbsoluteUri.Length: <= MaxLength } link
                && await followUps.ChangeAsync(tenantId, f.Customer, f.Id, now => WithLink(now, f.OwnerId, messageId, link.AbsoluteUri), cancellation) is { } linked
                    ? (linked, null)
                    : (f, null);
        }
        catch (GraphException why)
        {
            log.LogWarning("Link of follow-up {FollowUpId}: Graph said {Code} ({Status}, {Trouble})", f.Id, why.Code, why.Status, why.Trouble);
            return (f, why.Trouble == GraphTrouble.Temporary ? why.RetryAfter ?? LookAgain : null);
        }
    }

    private static bool HasLink(FollowUp f) => f.Source is { WebLink: not null } source && source.UserId == f.OwnerId;

    /// <summary>Handed over meanwhile, it is left to the next look.</summary>
    private static FollowUp WithLink(FollowUp f, Guid ownerId, string messageId, string link) =>
        f.OwnerId == ownerId && f.Source is { } source && source.InternetMessageId == messageId && !HasLink(f)
            ? f with { Source = source with { UserId = ownerId, ItemId = source.UserId == ownerId ? source.ItemId : null, WebLink = link } }
            : f;
}
