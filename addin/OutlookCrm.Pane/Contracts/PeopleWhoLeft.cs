using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>For an owner: whose mailbox is not there any more, as of people who left, and who still have follow-ups.</summary>
/// <param name="People">By name.</param>
/// <param name="Colleagues">Those to whom theirs can be handed over.</param>
public sealed record PeopleWhoLeft(IReadOnlyList<PersonWhoLeft> People, IReadOnlyList<Colleague> Colleagues);

/// <param name="MissingSince">When it was noticed that the mailbox is not there.</param>
/// <param name="OpenCount">At least one; 1,000 stands for more, too.</param>
public sealed record PersonWhoLeft(Colleague Who, DateTimeOffset MissingSince, int OpenCount);

/// <summary>Who is to have all the follow-ups of somebody who left.</summary>
/// <param name="OwnerId">A colleague's object id.</param>
public sealed record HandOverFollowUpsRequest([MinLength(1), MaxLength(36)] string OwnerId);
