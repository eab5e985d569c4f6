using System.Text.Json;
using OutlookCrm.Capture;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Search;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// What follows from a customer's record in other tables and partitions: the addresses' claims, search, the organisation's list of
/// people, the history of a new address. Always made from the record as it is now. Afterwards the record is read again, and all of it repeated when it changed
/// meanwhile: of two at once, whoever writes last also looks last. One that read, stood still, wrote and died before it looked would
/// leave what is outdated after others were done; so everything is projected once more when no invocation of then can be alive.
/// </summary>
public sealed class CustomerProjection(
    ITableStore tables, IWorkQueue queue, CustomerStore customers, SearchIndex search, CaptureRequests capture, WaitingAgenda waiting)
{
    internal const string RenameQueue = "company-renames";

    // Each round means that somebody changed the customer within the last one.
    private const int MaxRounds = 50;

    private const int MaxRows = 1_000;

    private readonly AddressClaims claims = new(tables);

    /// <summary>Does what a committed change owes; nothing when its outbox row is gone.</summary>
    /// <param name="isLast">Deletes the outbox row afterwards.</param>
    internal async Task RunAsync(Guid tenantId, CustomerId id, string change, bool isLast, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, id.ToString());
        if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Outbox(change), cancellation) is not { } row
            || OutboxRow.From(row) is not { IsBarred: false } outbox)
        {
            return;
        }

        var tokens = outbox.Tokens.ToHashSet(StringComparer.Ordinal);
        var companies = outbox.Companies.ToHashSet();
        StoredCustomer shown;
        for (var round = 1; ; round++)
        {
            if (await customers.ReadAsync(tenantId, id, cancellation) is not { } stored)
            {
                if (outbox.IsRemoved)
                {
                    await RemoveRestAsync(tenantId, id, outbox, row, isLast, cancellation);
                }

                return; // else erased, and whoever erases takes the rest along
            }

            foreach (var key in outbox.Addresses.Union(stored.Addresses.Select(a => a.Address.Key), StringComparer.Ordinal))
            {
                await ProjectAddressAsync(tenantId, stored, key, change, cancellation);
            }

            var entry = Entry(stored.Customer, [.. stored.AddressesAsShown]);
            await search.ApplyAsync(tenantId, entry, tokens, cancellation);
            tokens.UnionWith(entry.Tokens);

            await ProjectPersonAsync(tenantId, stored, companies, cancellation);
            shown = stored;
            if ((await customers.ReadAsync(tenantId, id, cancellation))?.ETag == stored.ETag)
            {
                break;
            }

            if (round == MaxRounds)
            {
                throw new TableStoreUnavailableException("The customer changed in every round; its projections are tried again later.");
            }
        }

        if (!outbox.IsProjected)
        {
            await AskForHistoryAsync(tenantId, shown, outbox.Addresses, cancellation);
            await TellAgendasAsync(tenantId, id, cancellation);
        }

        if (outbox.IsRenamed)
        {
            await foreach (var person in customers.PeopleOfAsync(tenantId, id, cancellation))
            {
                await SendRenameAsync(tenantId, person, cancellation);
            }
        }

        if (isLast)
        {
            await tables.DeleteAsync(Tables.Customers, partition, TableKeys.Outbox(change), etag: null, cancellation);
        }
        else if (!outbox.IsProjected)
        {
            // When somebody else marked it, it is marked.
            var projected = outbox with { IsProjected = true };
            await tables.ReplaceAsync(Tables.Customers, projected.ToTableRow(tenantId, id, change), row.ETag!, cancellation);
        }
    }

    /// <summary>What is left of a customer that was removed; the outbox row stays for the last look.</summary>
    private async Task RemoveRestAsync(Guid tenantId, CustomerId id, OutboxRow outbox, TableRow row, bool isLast, CancellationToken cancellation)
    {
        foreach (var key in outbox.Addresses)
        {
            // When a write finds the claim changed, somebody confirmed or ended it: look again.
            while (MailAddress.TryParse(key, out var address)
                && await claims.FindAsync(tenantId, address, cancellation) is { } claim && claim.Customer == id
                && !await claims.TryDeleteAsync(tenantId, claim, cancellation))
            {
            }
        }

        await search.RemoveAsync(tenantId, id.ToString(), outbox.Tokens, cancellation);
        await tables.DeleteAsync(Tables.Buyers, TableKeys.Buyers(tenantId), TableKeys.Buyer(id.ToString()), etag: null, cancellation);
        var rows = await tables.ReadAllAsync(Tables.Customers, row.PartitionKey, new RowKeyRange("", Before: null), MaxRows, cancellation).ToListAsync(cancellation);
        foreach (var rest in rows.Where(rest => rest.RowKey != row.RowKey && rest.RowKey != TableKeys.Record))
        {
            await tables.DeleteAsync(Tables.Customers, row.PartitionKey, rest.RowKey, etag: null, cancellation);
        }

        if (isLast)
        {
            await tables.DeleteAsync(Tables.Customers, row.PartitionKey, row.RowKey, etag: null, cancellation);
        }
        else if (!outbox.IsProjected)
        {
            var projected = outbox with { IsProjected = true };
            await tables.ReplaceAsync(Tables.Customers, projected.ToTableRow(tenantId, id, TableKeys.Last(row.RowKey)), row.ETag!, cancellation);
        }
    }

    /// <summary>What search knows of a customer.</summary>
    /// <param name="addresses">The primary first.</param>
    internal static SearchEntry Entry(Customer customer, IReadOnlyList<CustomerAddress> addresses) =>
        new(customer.Id.ToString(), customer.Kind, customer.Name, customer.Company?.Name, [.. addresses.Select(a => a.Address.ToString())]);

    /// <summary>A claim says what the customer is called; the claim of an address that the customer no longer has goes.</summary>
    /// <param name="change">Committed, as its outbox row was there: a claim that waits for it waits no longer.</param>
    private async Task ProjectAddressAsync(
        Guid tenantId, StoredCustomer stored, string key, string change, CancellationToken cancellation)
    {
        if (!MailAddress.TryParse(key, out var address))
        {
            throw new FormatException("An outbox row holds no mail address.");
        }

        // When a write finds the claim changed, somebody else confirmed, ended or renewed it: look again.
        for (var done = false; !done;)
        {
            if (await claims.FindAsync(tenantId, address, cancellation) is not { } claim || claim.Customer != stored.Customer.Id)
            {
                return;
            }

            var row = stored.Find(address);
            if (row is not null && claim.Says(row.Address, stored.Customer))
            {
                return;
            }

            // The record was read before the claim. Only what is read after it proves anything: the address may have been removed
            // and be on its way back, under a claim of a change that is not committed.
            var isPending = claim.PendingChange is not null && claim.PendingChange != change;
            if ((row is null || isPending)
                && (row is null) == await customers.HasAddressAsync(tenantId, stored.Customer.Id, address, cancellation))
            {
                return; // the record changed: this comes again with the next round, or with the change that did it
            }

            if (row is null && isPending)
            {
                return; // that change's own message looks after it
            }

            done = row is null
                ? await claims.TryDeleteAsync(tenantId, claim, cancellation)
                : await claims.TryConfirmAsync(tenantId, claim, row.Address, stored.Customer, cancellation);
        }
    }

    /// <summary>What was written with an address before it was a customer's is theirs from now on; asked for twice it is found once.</summary>
    private async Task AskForHistoryAsync(Guid tenantId, StoredCustomer stored, IEnumerable<string> keys, CancellationToken cancellation)
    {
        foreach (var added in stored.Addresses.Where(a => keys.Contains(a.Address.Key, StringComparer.Ordinal)))
        {
            await capture.FindHistoryAsync(tenantId, added.Address, cancellation);
        }
    }

    /// <summary>Agendas say what the customer is called.</summary>
    private async Task TellAgendasAsync(Guid tenantId, CustomerId id, CancellationToken cancellation)
    {
        var open = await tables.RangeAsync(
            Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), TableKeys.OpenFollowUps, FollowUpStore.MaxOpen, cancellation);
        foreach (var row in open)
        {
            var shown = FollowUpRow.ToChanged(tenantId, row);
            await queue.SendAsync(FollowUpStore.Queue, JsonSerializer.Serialize(shown), delay: null, cancellation);
        }

        await waiting.FollowAsync(tenantId, id, cancellation);
    }

    private async Task ProjectPersonAsync(
        Guid tenantId, StoredCustomer stored, HashSet<CustomerId> companies, CancellationToken cancellation)
    {
        var company = stored.Customer.Kind == CustomerKind.Person ? stored.Customer.Company : null;
        foreach (var left in companies.Where(c => c != company?.Id))
        {
            await tables.DeleteAsync(
                Tables.Customers,
                TableKeys.Customer(tenantId, left.ToString()),
                TableKeys.Person(stored.Customer.Id.ToString()),
                etag: null,
                cancellation);
        }

        if (company is not { Id: { } companyId })
        {
            return;
        }

        companies.Add(companyId);
        await tables.PutAsync(Tables.Customers, PersonRow.From(tenantId, companyId, stored), cancellation);

        // Renamed just before the row was there to say that this person is one of its people.
        if (await customers.FindAsync(tenantId, companyId, cancellation) is { } organisation && organisation.Name != company.Name)
        {
            await SendRenameAsync(tenantId, stored.Customer.Id, cancellation);
        }
    }

    private Task SendRenameAsync(Guid tenantId, CustomerId person, CancellationToken cancellation) =>
        queue.SendAsync(RenameQueue, JsonSerializer.Serialize(new CompanyRenamed(tenantId, person.ToString())), delay: null, cancellation);
}

/// <summary>A person's company may have another name than the person's record says.</summary>
public sealed record CompanyRenamed(Guid TenantId, string PersonId);
