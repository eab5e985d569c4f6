using MathNet.Numerics.Statistics;
using OutlookCrm.Customers;
using OutlookCrm.Identity;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Insights;

/// <summary>What the best customers (the first page of class A) have in common, as far as the caller sees it.</summary>
/// <param name="Customers">How many were looked at; 0 while there are no classes.</param>
/// <param name="WithMail">Of them, with whom mail went both ways in the last <see cref="Days"/> days.</param>
/// <param name="UsualMails">Median of the mails with those, both ways together; null under <see cref="WithMailNeeded"/> of them.</param>
/// <param name="Domains">Their mail domains, without those where anybody may have a mailbox, each with the name of one of them.</param>
public sealed record BestCustomersProfile(int Customers, int WithMail, int? UsualMails, IReadOnlyDictionary<string, string> Domains)
{
    public const int Days = 90;
    public const int WithMailNeeded = 5;

    /// <summary>In what somebody is like them, in sentences; empty in nothing.</summary>
    /// <param name="mails">With somebody with whom mail goes both ways, in the last <see cref="Days"/> days.</param>
    public IReadOnlyList<string> Likenesses(MailAddress address, int mails)
    {
        var found = new List<string>();
        if (Domains.TryGetValue(address.Domain, out var name))
        {
            found.Add($"has an address at {address.ShownDomain}, as {name} has, one of your best customers");
        }

        if (UsualMails is { } usual && mails >= usual)
        {
            found.Add($"{mails} mails with each other in {Days} days; half of your best customers have {usual} or fewer");
        }

        return found;
    }
}

public sealed class BestCustomers(InsightsStore insights, CustomerStore customers, InteractionStore interactions, TimeProvider clock)
{
    private const int LinesRead = 100;

    /// <summary>A row, and for each best customer three reads, all at once.</summary>
    public async Task<BestCustomersProfile> ReadAsync(Caller caller, CancellationToken cancellation)
    {
        if (await insights.ReadListAsync(caller.TenantId, "class-a", page: 1, cancellation) is not { } best)
        {
            return new BestCustomersProfile(0, 0, null, new Dictionary<string, string>());
        }

        var since = clock.GetUtcNow().AddDays(-BestCustomersProfile.Days);
        var found = await Task.WhenAll(best.Customers.Select(one => ReadAsync(CustomerId.Parse(one.Id))));
        var domains = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (stored, _) in found)
        {
            foreach (var address in stored?.Addresses ?? [])
            {
                if (!FreeMail.IsFree(address.Address.Domain))
                {
                    domains.TryAdd(address.Address.Domain, stored!.Customer.Name);
                }
            }
        }

        double[] mails = [.. found.Where(one => one.Mails > 0).Select(one => (double)one.Mails)];
        return new BestCustomersProfile(
            found.Count(one => one.Stored is not null), mails.Length,
            mails.Length < BestCustomersProfile.WithMailNeeded ? null : (int)Math.Ceiling(mails.Median()), domains);

        // No mails when it went one way only.
        async Task<(StoredCustomer? Stored, int Mails)> ReadAsync(CustomerId id)
        {
            var reading = customers.ReadAsync(caller.TenantId, id, cancellation);
            var timeline = await interactions.ReadAsync(caller, id, afterKey: null, LinesRead, cancellation);
            TimelineLine[] lines = [.. (timeline?.Lines ?? []).Where(line => line.Kind == InteractionKind.Mail && line.At >= since)];
            var both = lines.Any(line => line.Direction == Direction.Incoming) && lines.Any(line => line.Direction == Direction.Outgoing);
            return (await reading, both ? lines.Length : 0);
        }
    }
}
