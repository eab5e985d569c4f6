using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>Finds a captured line of a timeline, and what its reader may know of it and do about it.</summary>
public sealed class CapturedLines(InteractionStore interactions, Undoing undoing, Sights sights, FirmDirectory directory, Caller caller)
{
    internal const string NotFound = "This customer has no such mail or meeting.";

    /// <summary>Null when there is none, when it is hidden from the caller, and for what somebody wrote down.</summary>
    /// <param name="interactionId">Whole, or so many of its first digits that no other of this customer begins with them.</param>
    internal async Task<CapturedLine?> FindAsync(string customerId, string interactionId, CancellationToken cancellation)
    {
        if (!CustomerId.TryParse(customerId, out var customer)
            || await interactions.FindDetailsStartingWithAsync(caller.TenantId, customer, interactionId, cancellation) is not { } details)
        {
            return null;
        }

        var sight = await sights.OfAsync(caller, cancellation);
        return UndoPlan.IsSeen(details, sight) ? new CapturedLine(customer, details, sight) : null;
    }

    internal async Task<WhyHere> ExplainAsync(CapturedLine line, CancellationToken cancellation)
    {
        var (customer, details, sight) = line;
        var firm = await directory.OfAsync(caller.TenantId, cancellation);
        var settable = await undoing.MailboxesOfAsync(caller, cancellation);
        var seen = sight.Of(details.SeenIn.Bytes);
        var isWhole = seen.As == MailboxVisibility.Shared;

        // As the line shows it: what all leave open is the common one; else the reader's own copy speaks to them.
        var isOpen = details.Here.All(sighting => firm.IsShared(sighting.UserId) || sight.Of(sighting.UserId, sighting.IsOnlyMine) == MailboxVisibility.Shared);
        var reading = isOpen ? details.Common
            : details.Here.FirstOrDefault(sighting => sight.IsOwn(sighting.UserId))?.Reading ?? details.Common;
        var people = reading.People.Where(person => isWhole || person.Role != ParticipantRole.Bcc).ToList();
        var mine = details.Here.Where(sighting => settable.Contains(sighting.UserId)).ToList();
        var isOnlyMine = details.Here.Any(sighting => sighting.UserId == caller.UserId && sighting.IsOnlyMine);
        return new WhyHere(
            customer.ToString(),
            details.Id,
            details.Kind,
            reading.At,
            people.Any(person => person.Address == reading.Match) ? reading.Match!.ToString() : null,
            people.FirstOrDefault(person => person.Address == reading.Match) is { } match ? (PersonRole)match.Role : null,
            details.Here.Any(sighting => sighting.IsByHand && (isWhole || sight.IsOwn(sighting.UserId))),
            [
                .. details.Here
                    .Where(sighting => sight.IsOwn(sighting.UserId) || sight.Of(sighting.UserId, sighting.IsOnlyMine) != MailboxVisibility.OnlyMe)
                    .DistinctBy(sighting => sighting.UserId)
                    .Select(sighting => new SeenInMailbox(
                        firm.MailboxNameOf(sighting.UserId) ?? "A mailbox that is no longer known",
                        sighting.UserId == caller.UserId,
                        firm.IsShared(sighting.UserId),
                        sighting.IsAuthors,
                        sighting.TakenAt,
                        sight.IsOwn(sighting.UserId) ? sighting.Folder : null)),
            ],
            [.. people.Select(person => new PersonOnLine((PersonRole)person.Role, person.Name.Length > 0 ? person.Name : null, person.Address.ToString()))],
            isWhole ? reading.PeopleCount : reading.PeopleCount - (reading.People.Count - people.Count),
            isWhole ? reading.AttachmentNames : [],
            isWhole ? reading.AttachmentCount : 0,
            isOnlyMine,
            [.. May(details, mine, isOnlyMine)]);
    }

    private IEnumerable<UndoScope> May(Details details, List<Sighting> mine, bool isOnlyMine)
    {
        if (mine.Count > 0)
        {
            yield return UndoScope.Thing;
        }

        if (mine.Any(sighting => sighting.Reading!.ThreadId is not null))
        {
            yield return UndoScope.Thread;
        }

        if (mine.Any(sighting => sighting.UserId == caller.UserId && sighting.Reading!.Match is not null))
        {
            yield return UndoScope.Person;
        }

        if (caller.Role >= Role.Owner && details.Common.Match is not null)
        {
            yield return UndoScope.PersonForFirm;
        }

        if (!isOnlyMine && mine.Any(sighting => sighting.UserId == caller.UserId))
        {
            yield return UndoScope.OnlyMe;
        }
    }
}

internal sealed record CapturedLine(CustomerId Customer, Details Details, Sight Sight);
