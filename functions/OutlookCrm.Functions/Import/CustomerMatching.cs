using System.Collections.Concurrent;
using OutlookCrm.Customers;
using OutlookCrm.Search;

namespace OutlookCrm.Import;

/// <summary>Who of a file is a customer: whoever has the address, else the one customer with exactly the name.</summary>
public sealed class CustomerMatching(Senders senders, SearchIndex search)
{
    private const int AtOnce = 16;

    internal async Task<IReadOnlyDictionary<string, Match>> FindAsync(Guid tenantId, IReadOnlyList<Party> parties, CancellationToken cancellation)
    {
        var byAddress = await senders.FindCustomersAsync(tenantId, parties.Select(party => party.Address).OfType<MailAddress>(), cancellation);
        var matches = new ConcurrentDictionary<string, Match>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            parties,
            OwnThreads.AtMost(AtOnce, cancellation),
            async (party, token) =>
            {
                matches[party.Key] = party.Address is not null && byAddress.TryGetValue(party.Address, out var known)
                    ? new Match.Found(known.Id, ByAddress: true)
                    : party.Name is null ? new Match.Nobody()
                    : await search.NamedAsync(tenantId, party.Name, token) switch
                    {
                        [] => new Match.Nobody(),
                        [var only] => new Match.Found(CustomerId.Parse(only), ByAddress: false),
                        _ => new Match.Several(),
                    };
            });
        return matches;
    }
}

internal abstract record Match
{
    private Match()
    {
    }

    public sealed record Found(CustomerId Id, bool ByAddress) : Match;

    public sealed record Nobody : Match;

    /// <summary>More than one customer has the name.</summary>
    public sealed record Several : Match;
}
