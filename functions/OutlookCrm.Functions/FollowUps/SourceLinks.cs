using Microsoft.Extensions.Logging;
using OutlookCrm.Graph;
using OutlookCrm.Pane;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Finds the link that opens the mail or meeting from which a follow-up came, in the mailbox of whoever the follow-up is of. The pane knows a mail's
/// Message-ID, which is the same everywhere; of a meeting only its id in the mailbox where it was planned, by which it is found in another.
/// </summary>
public sealed class SourceLinks(FollowUpStore followUps, GraphPlaces places, ILogger<SourceLinks> log)
{
    private const int MaxLength = 2_000; // as of one that a client gives

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);

    /// <summary>Looks for it when it is not known. A mailbox that may not be read, or does not have it, is asked again with the next change.</summary>
    /// <returns>The follow-up as it is after that; and when to look again, if Graph could not say.</returns>
    internal async Task<(FollowUp FollowUp, TimeSpan? LookAgainIn)> FindAsync(Guid tenantId, FollowUp f, CancellationToken cancellation)
    {
        if (!places.IsOn || f is not { State: FollowUpState.Open, Source: { } source } || HasLink(f))
        {
            return (f, null);
        }

        try
        {
            var found = source switch
            {
                { InternetMessageId: { } messageId } => await MailAsync(tenantId, f.OwnerId, source, messageId, cancellation),
                { ItemId: { } itemId } => await MeetingAsync(tenantId, f.OwnerId, source, itemId, cancellation),
                _ => null,
            };
            return found is { WebLink.Length: <= MaxLength }
                && await followUps.ChangeAsync(tenantId, f.Customer, f.Id, now => WithLink(now, source, found), cancellation) is { } linked
                    ? (linked, null)
                    : (f, null);
        }
        catch (GraphException why)
        {
            log.LogWarning("Link of follow-up {FollowUpId}: Graph said {Code} ({Status}, {Trouble})", f.Id, why.Code, why.Status, why.Trouble);
            return (f, why.Trouble == GraphTrouble.Temporary ? why.RetryAfter ?? LookAgain : null);
        }
    }

    private async Task<FollowUpSource?> MailAsync(Guid tenantId, Guid ownerId, FollowUpSource source, string messageId, CancellationToken cancellation) =>
        await places.FindWebLinkAsync(tenantId, ownerId.ToString("D"), messageId, cancellation) is { } link
            ? source with { UserId = ownerId, ItemId = source.UserId == ownerId ? source.ItemId : null, WebLink = link.AbsoluteUri }
            : null;

    private async Task<FollowUpSource?> MeetingAsync(Guid tenantId, Guid ownerId, FollowUpSource source, string itemId, CancellationToken cancellation)
    {
        var place = await places.FindMeetingPlaceAsync(tenantId, source.UserId.ToString("D"), itemId, cancellation);
        if (place is not null && source.UserId != ownerId)
        {
            place = await places.FindSameMeetingAsync(tenantId, ownerId.ToString("D"), place, cancellation);
        }

        return place is null ? null : source with { UserId = ownerId, ItemId = place.ItemId, WebLink = place.WebLink.AbsoluteUri };
    }

    private static bool HasLink(FollowUp f) => f.Source is { WebLink: not null } source && source.UserId == f.OwnerId;

    /// <summary>Handed over meanwhile, it is left to the next look.</summary>
    private static FollowUp WithLink(FollowUp f, FollowUpSource asked, FollowUpSource found) =>
        f.OwnerId == found.UserId && f.Source is { } source && source with { ThreadId = null } == asked with { ThreadId = null }
            ? f with { Source = found with { ThreadId = source.ThreadId } }
            : f;
}
