using OutlookCrm.Customers;

namespace OutlookCrm.Capture;

/// <summary>Whose mail is left out: addresses, and domains with all their sub-domains.</summary>
/// <param name="addresses">Keys of addresses.</param>
/// <param name="domains">As <see cref="MailAddress.Domain"/> has them.</param>
public sealed class BlockedPeople(IEnumerable<string> addresses, IEnumerable<string> domains)
{
    private readonly HashSet<string> addresses = new(addresses, StringComparer.Ordinal);
    private readonly HashSet<string> domains = new(domains, StringComparer.Ordinal);

    public static BlockedPeople None { get; } = new([], []);

    public static BlockedPeople Of(IEnumerable<BlockEntry> entries)
    {
        var targets = entries.Select(entry => entry.Target).ToList();
        return new BlockedPeople(
            targets.Select(target => target.Address?.Key).OfType<string>(), targets.Select(target => target.Domain).OfType<string>());
    }

    public bool Covers(MailAddress address) => addresses.Contains(address.Key) || (domains.Count > 0 && CoversDomain(address.Domain));

    private bool CoversDomain(string domain)
    {
        for (var rest = domain; ; rest = rest[(rest.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (domains.Contains(rest))
            {
                return true;
            }

            if (!rest.Contains('.', StringComparison.Ordinal))
            {
                return false;
            }
        }
    }
}
