using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Interactions;

/// <summary>What an undo changes, worked out from the details as they were read. Looks at nothing else.</summary>
internal sealed record UndoPlan(IReadOnlyList<UndoStep> Steps)
{
    /// <summary>Without what would change nothing.</summary>
    public static UndoPlan Of(IEnumerable<UndoStep> steps) => new([.. steps.Where(step => step.Found.Sightings.Any(sighting =>
        sighting.Reading is not null && !Equals(step.Change(sighting), sighting)))]);

    public IReadOnlyList<CustomerId> Customers => [.. Steps.Select(step => step.Customer).Distinct()];

    /// <summary>By mailbox: what of it is changed.</summary>
    public IEnumerable<(Guid UserId, Sighting Sighting, UndoStep Step)> Touched => Steps.SelectMany(step => step.Found.Sightings
        .Where(sighting => sighting.Reading is not null && !Equals(step.Change(sighting), sighting))
        .Select(sighting => (sighting.UserId, sighting, step)));

    /// <summary>What one reader sees of it: things that go from a timeline, and things that stay.</summary>
    public (int Mails, int Meetings, int Customers, int Stays) CountFor(Sight sight)
    {
        var seen = Steps
            .Where(step => IsSeen(step.Found, sight))
            .Select(step => (step.Found.Id, step.Found.Kind, step.Customer, Goes: !IsSeen(step.Next, sight)))
            .ToList();
        var gone = seen.Where(one => one.Goes).DistinctBy(one => one.Id).ToList();
        return (
            gone.Count(one => one.Kind == InteractionKind.Mail),
            gone.Count(one => one.Kind == InteractionKind.Meeting),
            seen.Where(one => one.Goes).Select(one => one.Customer).Distinct().Count(),
            seen.Where(one => !one.Goes).Select(one => one.Id).Distinct().Count());
    }

    internal static bool IsSeen(Details details, Sight sight) => details.IsOnTimeline && !sight.Of(details.SeenIn.Bytes).IsHidden;
}

/// <param name="Change">Of each sighting that puts it on the timeline; null when that one goes.</param>
internal sealed record UndoStep(CustomerId Customer, Details Found, Func<Sighting, Sighting?> Change)
{
    public Details Next => Found.With(Change);
}
