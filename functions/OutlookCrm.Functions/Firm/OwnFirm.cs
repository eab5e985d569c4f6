using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Firm;

/// <summary>Who is one of us: colleagues who have signed in, and everybody at the firm's own domains.</summary>
public sealed class OwnFirm
{
    private readonly HashSet<string> domains;
    private readonly Dictionary<string, Colleague> byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Colleague> byId = new(StringComparer.Ordinal);

    /// <param name="ownDomains">From the settings, as <see cref="MailAddress.Domain"/> has them.</param>
    internal OwnFirm(IEnumerable<string> ownDomains, IEnumerable<ColleagueRow> colleagues)
    {
        domains = new HashSet<string>(ownDomains, StringComparer.Ordinal);
        foreach (var row in colleagues)
        {
            var colleague = new Colleague(row.UserId.ToString("D"), row.Name);
            byId[colleague.Id] = colleague;
            if (MailAddress.TryParse(row.Address, out var address))
            {
                byAddress[address.Key] = colleague;
                if (!FreeMail.IsFree(address.Domain))
                {
                    domains.Add(address.Domain);
                }
            }
        }

        All = [.. byId.Values.OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase).ThenBy(c => c.Id, StringComparer.Ordinal)];
    }

    /// <summary>Those who have signed in, by name.</summary>
    public IReadOnlyList<Colleague> All { get; }

    /// <summary>True for everybody at an own domain, and for the very addresses of colleagues who use free mail.</summary>
    public bool IsColleague(MailAddress address) => domains.Contains(address.Domain) || byAddress.ContainsKey(address.Key);

    /// <summary>Null for one of us who has never signed in, too.</summary>
    public Colleague? FindByAddress(MailAddress address) => byAddress.GetValueOrDefault(address.Key);

    /// <param name="userId">The object id (oid) in the firm's directory.</param>
    public Colleague? FindById(Guid userId) => byId.GetValueOrDefault(userId.ToString("D"));
}
