using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Privacy;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>Finds everything that an undo is about, on every timeline that it reaches from one customer's. Writes nothing.</summary>
public sealed class UndoPlans(InteractionStore interactions, BlockLists blocks, ErasedPeople erased, Senders senders, ITableScan scan)
{
    /// <summary>One thing, wherever it is.</summary>
    internal async Task<UndoPlan> OfThingAsync(
        Guid tenantId, IEnumerable<CustomerId> customers, string id, Func<Sighting, Sighting?> change, CancellationToken cancellation)
    {
        var steps = new List<UndoStep>();
        var left = new Queue<CustomerId>(customers);
        var seen = left.ToHashSet();
        while (left.TryDequeue(out var customer))
        {
            if (await interactions.FindDetailsAsync(tenantId, customer, id, cancellation) is { } details)
            {
                steps.Add(new UndoStep(customer, details, change));
                Add(left, seen, details.Customers);
            }
        }

        return UndoPlan.Of(steps);
    }

    /// <summary>A thread, as one mailbox has it: by every name that it has there for what is found of it.</summary>
    /// <returns>The plan, and all the names.</returns>
    internal async Task<(UndoPlan Plan, IReadOnlyList<string> Threads)> OfThreadAsync(
        Guid tenantId,
        IEnumerable<CustomerId> customers,
        IEnumerable<string> threads,
        IReadOnlySet<Guid> mailboxes,
        Func<Sighting, Sighting?> change,
        CancellationToken cancellation)
    {
        var names = threads.ToHashSet(StringComparer.Ordinal);
        var found = new List<(CustomerId Customer, Details Details)>();
        var left = new Queue<CustomerId>(customers);
        var seen = left.ToHashSet();
        var known = new List<(CustomerId Customer, Details Details)>();
        while (left.TryDequeue(out var customer))
        {
            await foreach (var details in interactions.AllDetailsAsync(tenantId, customer, cancellation))
            {
                if (details.Sightings.Any(sighting => mailboxes.Contains(sighting.UserId) && sighting.Reading?.ThreadId is not null))
                {
                    known.Add((customer, details));
                }
            }

            for (var grew = true; grew;)
            {
                var isOfThread = known.ToLookup(one => names.Overlaps(NamesIn(one.Details, mailboxes)));
                found.AddRange(isOfThread[true]);
                known = [.. isOfThread[false]];
                var before = names.Count;
                names.UnionWith(isOfThread[true].SelectMany(one => NamesIn(one.Details, mailboxes)));
                grew = names.Count > before;
            }

            Add(left, seen, found.SelectMany(one => one.Details.Customers));
        }

        return (UndoPlan.Of(found.Select(one => new UndoStep(one.Customer, one.Details, change))), [.. names.Order(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Everybody on whose timeline a mailbox has something of a thread, also where no mail is shared with those of whom that is known: all of
    /// the firm's records are looked through.
    /// </summary>
    internal async Task<IReadOnlyList<CustomerId>> CustomersOfThreadAsync(
        Guid tenantId, Guid mailbox, IReadOnlySet<string> threads, CancellationToken cancellation)
    {
        var found = new HashSet<CustomerId>();
        await foreach (var row in scan.ScanAsync(Tables.Customers, TableKeys.Firm(tenantId), cancellation))
        {
            if (TableKeys.IsOf(tenantId, row.PartitionKey)
                && Details.IsDetails(row)
                && Details.From(row).Sightings.Any(sighting => sighting.UserId == mailbox && sighting.Reading?.ThreadId is { } thread && threads.Contains(thread)))
            {
                found.Add(CustomerId.Parse(TableKeys.Last(row.PartitionKey)));
            }
        }

        return [.. found];
    }

    /// <summary>All that names a person, as capture would have it now that they are left out.</summary>
    /// <param name="userId">Whose mailbox leaves them out; null is every mailbox.</param>
    internal async Task<UndoPlan> OfPersonAsync(Guid tenantId, Guid? userId, MailAddress who, CancellationToken cancellation)
    {
        var found = new List<(CustomerId Customer, Details Details)>();
        var theirOwn = await CustomersOfPersonAsync(tenantId, who, cancellation);
        foreach (var customer in theirOwn)
        {
            await foreach (var details in interactions.AllDetailsAsync(tenantId, customer, cancellation))
            {
                if (details.Sightings.Any(IsConcerned))
                {
                    found.Add((customer, details));
                }
            }
        }

        // Whoever else it is for has them named on their line.
        foreach (var (customer, id) in found
            .SelectMany(one => one.Details.Customers, (one, customer) => (Customer: customer, one.Details.Id))
            .Where(one => !theirOwn.Contains(one.Customer))
            .Distinct()
            .ToList())
        {
            if (await interactions.FindDetailsAsync(tenantId, customer, id, cancellation) is { } details)
            {
                found.Add((customer, details));
            }
        }

        var isLeftOut = await LeftOutAsync(tenantId, userId, who, found, cancellation);
        var customers = await senders.FindCustomersAsync(
            tenantId,
            found.SelectMany(one => one.Details.Sightings).Where(IsConcerned).SelectMany(sighting => sighting.Reading!.People)
                .Select(person => person.Address).Distinct(),
            cancellation);
        return UndoPlan.Of(found.Select(one => new UndoStep(one.Customer, one.Details, sighting =>
            !IsConcerned(sighting) ? sighting
            : MatchOf(sighting, one.Customer) is { } match
                // Older than what it was made of: the same reading of the item names them again when that is taken back.
                ? sighting with { Reading = sighting.Reading!.Without(who, match), ChangedAt = sighting.ChangedAt.AddTicks(-1) }
            : null)));

        bool IsConcerned(Sighting sighting) =>
            (userId is null || sighting.UserId == userId) && sighting.Reading is { } reading && reading.Names(who);

        MailAddress? MatchOf(Sighting sighting, CustomerId customer) =>
            sighting.Reading!.Match is { } match && match != who ? match
            : sighting.Reading.People
                .OrderBy(person => person.Role)
                .Select(person => person.Address)
                .FirstOrDefault(address =>
                    !isLeftOut(sighting.UserId, address)
                    && customers.GetValueOrDefault(address) is { } theirs
                    && (theirs.Id == customer || theirs.Organisation == customer));
    }

    /// <summary>On whose timelines all that names a person is: their own and their organisation's. Elsewhere they are only named.</summary>
    internal async Task<IReadOnlyCollection<CustomerId>> CustomersOfPersonAsync(Guid tenantId, MailAddress who, CancellationToken cancellation) =>
        (await senders.FindCustomersAsync(tenantId, [who], cancellation)).GetValueOrDefault(who) switch
        {
            null => [],
            { Organisation: { } organisation } known => [known.Id, organisation],
            var known => [known.Id],
        };

    private async Task<Func<Guid, MailAddress, bool>> LeftOutAsync(
        Guid tenantId,
        Guid? userId,
        MailAddress who,
        List<(CustomerId Customer, Details Details)> found,
        CancellationToken cancellation)
    {
        var firm = (await blocks.ReadAsync(tenantId, userId: null, cancellation)).People;
        var gone = await erased.ReadAsync(tenantId, cancellation);
        var byMailbox = new Dictionary<Guid, BlockedPeople>();
        foreach (var mailbox in found.SelectMany(one => one.Details.Sightings).Select(sighting => sighting.UserId).Distinct()
            .Where(mailbox => userId is null || mailbox == userId))
        {
            byMailbox[mailbox] = BlockedPeople.Of((await blocks.ReadAsync(tenantId, mailbox, cancellation)).People.Concat(firm));
        }

        return (mailbox, address) => address == who || gone.Has(address) || byMailbox[mailbox].Covers(address);
    }

    private static IEnumerable<string> NamesIn(Details details, IReadOnlySet<Guid> mailboxes) => details.Sightings
        .Where(sighting => mailboxes.Contains(sighting.UserId))
        .Select(sighting => sighting.Reading?.ThreadId)
        .Append(details.IsOnTimeline ? details.ThreadId : null)
        .OfType<string>();

    private static void Add(Queue<CustomerId> left, HashSet<CustomerId> seen, IEnumerable<CustomerId> more)
    {
        foreach (var customer in more.Where(seen.Add).ToList())
        {
            left.Enqueue(customer);
        }
    }
}
