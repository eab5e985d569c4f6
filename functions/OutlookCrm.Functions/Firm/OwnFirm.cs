using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Firm;

/// <summary>Who is one of us: colleagues who have signed in, and everybody at the firm's own domains.</summary>
public sealed class OwnFirm
{
    private readonly HashSet<string> domains;
    private readonly Dictionary<string, Colleague> byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Colleague> byId = new(StringComparer.Ordinal);
    private readonly HashSet<MailAddress> mailboxAddresses = [];
    private readonly Dictionary<Guid, MailboxVisibility> visibility = [];
    private readonly Dictionary<Guid, string> mailboxNames = [];
    private readonly HashSet<Guid> shared = [];

    /// <param name="ownDomains">From the settings, as <see cref="MailAddress.Domain"/> has them.</param>
    /// <param name="mailboxes">All that are logged or were.</param>
    internal OwnFirm(IEnumerable<string> ownDomains, IEnumerable<ColleagueRow> colleagues, IEnumerable<MailboxRow> mailboxes)
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

        var all = mailboxes.ToList();
        foreach (var mailbox in all)
        {
            visibility[mailbox.UserId] = mailbox.Visibility;
            mailboxNames[mailbox.UserId] = mailbox.Name;
            if (MailAddress.TryParse(mailbox.Address, out var address) && !mailbox.IsRemoved)
            {
                mailboxAddresses.Add(address); // the very address, while it is listed: an owner may have mistyped a customer's
            }

            if (!mailbox.IsShared)
            {
                continue;
            }

            // Somebody's own, which was added as a shared one before they signed in: it is theirs to open to others.
            var own = all.Where(other => !other.IsShared && MailAddress.TryParse(other.Address, out var its) && its == address).ToList();
            if (own.Count > 0 || (address is not null && byAddress.ContainsKey(address.Key)))
            {
                visibility[mailbox.UserId] = own.Count > 0 ? own.Max(other => other.Visibility) : MailboxVisibility.OnlyMe;
            }
            else
            {
                shared.Add(mailbox.UserId);
            }
        }

        Accounts = [.. byAddress.Select(entry => new ColleagueAccount(Guid.Parse(entry.Value.Id), entry.Value.Name, entry.Key))];
        All = [.. byId.Values.OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase).ThenBy(c => c.Id, StringComparer.Ordinal)];
    }

    /// <summary>Those who have signed in, by name.</summary>
    public IReadOnlyList<Colleague> All { get; }

    /// <summary>Those of them whose sign-in name is a mail address.</summary>
    public IReadOnlyList<ColleagueAccount> Accounts { get; }

    /// <summary>
    /// True for everybody at an own domain, for the very addresses of colleagues who use free mail, and for shared mailboxes.
    /// </summary>
    public bool IsColleague(MailAddress address) =>
        domains.Contains(address.Domain) || byAddress.ContainsKey(address.Key) || mailboxAddresses.Contains(address);

    /// <param name="domain">As <see cref="MailAddress.Domain"/> has it.</param>
    public bool IsOwnDomain(string domain) => domains.Contains(domain);

    /// <summary>
    /// What colleagues may see of what came out of this mailbox. Of one that we do not know, nothing: whoever lost its row
    /// must not have opened it to all.
    /// </summary>
    /// <param name="userId">As <see cref="CapturedMailbox.UserId"/> has it.</param>
    public MailboxVisibility VisibilityOf(Guid userId) => visibility.GetValueOrDefault(userId, MailboxVisibility.OnlyMe);

    /// <summary>Whose mailbox it is, or what a shared one is called; null for one that we do not know.</summary>
    public string? MailboxNameOf(Guid userId) => mailboxNames.GetValueOrDefault(userId);

    /// <summary>The shared mailboxes, those that were removed too.</summary>
    public IReadOnlyCollection<Guid> SharedMailboxes => shared;

    /// <summary>True for a mailbox that is nobody's own: what it says is everybody's.</summary>
    public bool IsShared(Guid userId) => shared.Contains(userId);

    /// <summary>Null for one of us who has never signed in, too.</summary>
    public Colleague? FindByAddress(MailAddress address) => byAddress.GetValueOrDefault(address.Key);

    /// <param name="userId">The object id (oid) in the firm's directory.</param>
    public Colleague? FindById(Guid userId) => byId.GetValueOrDefault(userId.ToString("D"));
}

/// <param name="UserId">The object id (oid) in the firm's directory.</param>
/// <param name="Address">A mail address in the form in which addresses are compared.</param>
public sealed record ColleagueAccount(Guid UserId, string Name, string Address);
