using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>Makes the list of people who left and still have follow-ups.</summary>
public sealed class PeopleWhoLeftPage(MissingMailboxes missing, Agenda agenda, FirmDirectory directory)
{
    private const int MaxCounted = 1_000;
    private const int MaxColleagues = 100;

    /// <param name="without">Whose were just handed over, and are on their way; null for nobody.</param>
    internal async Task<PeopleWhoLeft> MakeAsync(Caller caller, Guid? without, CancellationToken cancellation)
    {
        var tenantId = caller.TenantId;
        var gone = await missing.ListAsync(tenantId, cancellation);
        var firm = await directory.OfAsync(tenantId, cancellation);
        var people = new List<PersonWhoLeft>();
        foreach (var (userId, since) in gone.Where(one => one.Key != without))
        {
            var open = await agenda.ReadAsync(tenantId, userId, TableKeys.AgendaEntries, afterKey: null, MaxCounted, cancellation);
            if (open.Count > 0)
            {
                people.Add(new PersonWhoLeft(new Colleague(userId.ToString("D"), NameIn(firm, userId)), since, open.Count));
            }
        }

        return new PeopleWhoLeft(
            [.. people.OrderBy(person => person.Who.Name, StringComparer.OrdinalIgnoreCase).ThenBy(person => person.Who.Id, StringComparer.Ordinal)],
            [
                .. firm.All.Take(MaxColleagues).Append(new Colleague(caller.UserId.ToString("D"), caller.Name)).DistinctBy(colleague => colleague.Id)
                    .Where(colleague => !gone.ContainsKey(Guid.Parse(colleague.Id))).OrderBy(colleague => colleague.Name, StringComparer.OrdinalIgnoreCase),
            ]);
    }

    private static string NameIn(OwnFirm firm, Guid userId) => firm.FindById(userId)?.Name ?? firm.MailboxNameOf(userId) ?? "Somebody";
}
