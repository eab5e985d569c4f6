using System.Text.Json;
using Microsoft.Extensions.Logging;
using OutlookCrm.Pane;
using OutlookCrm.Sales;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Customers;

/// <summary>
/// Every change of a customer, in this order, so that a crash after any step heals by itself:
/// <list type="number">
/// <item>a queue message that names the change, seen after <see cref="FirstLook"/> and again after <see cref="LastLook"/>;</item>
/// <item>for a new address its claim: an insert into table <c>addresses</c>, which one of all rivals wins;</item>
/// <item>one transaction in the customer's partition: the record, the address's row, an outbox row named after the change;</item>
/// <item>what follows in other tables (<see cref="CustomerProjection"/>); after the last look the outbox row goes.</item>
/// </list>
/// The steps after the first are done at once; the message finds them done, or does what is left.
/// <para>
/// An address is a customer's when its row is in the customer's own partition; the claim only keeps others out. A claim without
/// that row has lost its creator, or its creator is slow. It is ended only after the change that made it was barred: the bar takes
/// the key of the change's outbox row, so from then on the transaction of a slow creator fails as a whole, whatever clocks say. Then
/// the row is looked for once more, and the claim deleted if it is still the one that was read. A barred creator starts again.
/// </para>
/// <para>
/// Crash points. After 1: the message finds nothing and ends. After 2: a claim that leads nowhere; cards show its address as unknown;
/// the message ends it, or sooner whoever wants the address and has waited a second for its owner. After 3: the customer is
/// found by address; search and summaries follow with the message. Within 4: the same, all of it may be repeated.
/// Removing an address runs the same way, the claim being ended in step 4. An edit from which nothing follows elsewhere (a tag, a
/// phone number) is one conditional write and nothing else. The one assumption about time: no invocation commits
/// anything when <see cref="LastLook"/> is over, twice what the host lets one run.
/// </para>
/// </summary>
public sealed partial class CustomerChanges(
    ITableStore tables, IWorkQueue queue, CustomerStore customers, CustomerProjection projection, TimeProvider clock, ILogger<CustomerChanges> log)
{
    internal const string Queue = "customer-projections";

    /// <summary>Longer than a change normally takes, so that its message mostly finds nothing to do.</summary>
    internal static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(15);

    internal static readonly TimeSpan LastLook = TimeSpan.FromMinutes(10);

    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 200;

    private const int MaxRows = 1_000;

    private readonly AddressClaims claims = new(tables);
    private readonly AddressOwners owners = new(tables, customers, clock);

    /// <summary>
    /// A new customer, or the one who already has the address. However many ask at once for one address, one customer is made.
    /// </summary>
    /// <param name="draft">Its id and version are given here.</param>
    /// <param name="address">Null for an organisation that is known by name only.</param>
    /// <param name="id">The id it shall have, so that asking again after a crash makes no second one; null for a new id.</param>
    public async Task<Creation> CreateAsync(
        Guid tenantId, Customer draft, CustomerAddress? address, CancellationToken cancellation, CustomerId? id = null)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (address is not null && await owners.FindAsync(tenantId, address.Address, cancellation) is { } owner)
            {
                return new Creation(owner, IsNew: false);
            }

            if (id is { } given && await customers.ReadAsync(tenantId, given, cancellation) is { } made)
            {
                return new Creation(made, IsNew: false);
            }

            var change = NewChange();
            var customer = draft with { Id = id ?? CustomerId.New(clock), Version = change, PrimaryAddress = address?.Address.Key };
            await SendAsync(new ChangeMessage(tenantId, customer.Id.ToString(), change, address?.Address.Key), FirstLook, cancellation);
            if (address is not null && !await claims.TryClaimAsync(tenantId, address.Address, customer, change, cancellation))
            {
                continue; // somebody was faster: theirs is the customer
            }

            List<TableChange> rows = [new TableChange.Insert(CustomerRow.From(tenantId, customer))];
            if (address is not null)
            {
                rows.Add(new TableChange.Insert(CustomerAddressRow.From(tenantId, customer.Id, address)));
            }

            var outbox = Outbox(null, customer, before: [], after: address is null ? [] : [address]);
            if (await CommitAsync(tenantId, customer.Id, change, rows, outbox, cancellation) is { } etag)
            {
                await FinishAsync(tenantId, customer.Id, change);
                return new Creation(new StoredCustomer(customer, etag, address is null ? [] : [address]), IsNew: true);
            }
        }

        throw Busy();
    }

    /// <summary>
    /// Changes the record. <paramref name="edit"/> may be asked more than once: it gets the customer as it is now, and gives the
    /// customer as it shall be or null to leave it; the same back writes nothing.
    /// </summary>
    /// <returns>The customer as it is after all; null when there is no such customer.</returns>
    public async Task<StoredCustomer?> EditAsync(
        Guid tenantId, CustomerId id, Func<Customer, Customer?> edit, CancellationToken cancellation)
    {
        string? change = null;
        string? version = null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await customers.ReadAsync(tenantId, id, cancellation) is not { } stored)
            {
                return null;
            }

            if (edit(stored.Customer) is not { } edited || CustomerRow.AreAlike(edited, stored.Customer))
            {
                return stored;
            }

            if (version is not null && stored.Customer.Version == version)
            {
                return stored; // the store had written, heard nothing, and tried again
            }

            version ??= NewChange();
            var next = Touched(edited with { Version = version });
            if (!IsShownElsewhere(stored.Customer, next))
            {
                var written = await tables.ReplaceAsync(Tables.Customers, CustomerRow.From(tenantId, next), stored.ETag, cancellation);
                if (written is { IsWritten: true, ETag: { } newETag })
                {
                    return stored with { Customer = next, ETag = newETag };
                }

                continue;
            }

            if (change is null)
            {
                change = version;
                await SendAsync(new ChangeMessage(tenantId, id.ToString(), change, Address: null), FirstLook, cancellation);
            }

            var outbox = Outbox(stored.Customer, next, stored.Addresses, stored.Addresses);
            TableChange row = new TableChange.Replace(CustomerRow.From(tenantId, next), stored.ETag);
            if (await CommitAsync(tenantId, id, change, [row], outbox, cancellation) is { } etag)
            {
                await FinishAsync(tenantId, id, change);
                return stored with { Customer = next, ETag = etag };
            }
        }

        throw Busy();
    }

    /// <summary>
    /// Removes a customer whom an import made, unless anybody or anything has touched them since: then says what. Runs as every change does,
    /// the outbox row saying that what is left in other tables goes.
    /// </summary>
    /// <returns>Null when there is no such customer any more, or another made it.</returns>
    internal async Task<KeptBecause?> RemoveUntouchedAsync(Guid tenantId, CustomerId id, Guid importId, CancellationToken cancellation)
    {
        string? change = null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await customers.ReadAsync(tenantId, id, cancellation) is not { Customer.Import: { } mark } stored || mark.ImportId != importId)
            {
                return null;
            }

            // Read after the record: whoever writes beside it meanwhile changes the record first, and this attempt fails.
            if (await WhyKeptAsync(tenantId, stored, mark, cancellation) is { } why)
            {
                return why;
            }

            if (change is null)
            {
                change = NewChange();
                await SendAsync(new ChangeMessage(tenantId, id.ToString(), change, Address: null), FirstLook, cancellation);
            }

            var outbox = Outbox(stored.Customer, stored.Customer, stored.Addresses, after: []) with { IsRemoved = true };
            TableChange row = new TableChange.Delete(TableKeys.Record, stored.ETag);
            var outcome = await tables.TransactAsync(
                Tables.Customers,
                TableKeys.Customer(tenantId, id.ToString()),
                [row, new TableChange.Insert(outbox.ToTableRow(tenantId, id, change))],
                cancellation);
            if (outcome.IsWritten)
            {
                await FinishAsync(tenantId, id, change);
                return null;
            }
        }

        throw Busy();
    }

    /// <summary>Brings a person's copy of the company's name up to date. The person's version stays: nobody edited them.</summary>
    internal async Task FollowCompanyNameAsync(Guid tenantId, CustomerId personId, CancellationToken cancellation)
    {
        string? change = null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await customers.ReadAsync(tenantId, personId, cancellation) is not { Customer.Company: { Id: { } companyId } company } stored
                || await customers.FindAsync(tenantId, companyId, cancellation) is not { } organisation
                || organisation.Name == company.Name)
            {
                return;
            }

            if (change is null)
            {
                change = NewChange();
                await SendAsync(new ChangeMessage(tenantId, personId.ToString(), change, Address: null), FirstLook, cancellation);
            }

            var next = stored.Customer with { Company = company with { Name = organisation.Name } };
            TableChange row = new TableChange.Replace(CustomerRow.From(tenantId, next), stored.ETag);
            var outbox = Outbox(stored.Customer, next, stored.Addresses, stored.Addresses);
            if (await CommitAsync(tenantId, personId, change, [row], outbox, cancellation) is not null)
            {
                await FinishAsync(tenantId, personId, change);
                change = null; // and look again whether the organisation was renamed meanwhile
            }
        }

        throw Busy();
    }

    /// <summary>What a change's message is for: finish what its sender did not. May run at any time, and beside the sender.</summary>
    internal async Task SettleAsync(ChangeMessage message, CancellationToken cancellation)
    {
        var id = CustomerId.Parse(message.CustomerId);
        var outbox = await FindOutboxAsync(message.TenantId, id, message.Change, cancellation);
        if (outbox is { IsBarred: false })
        {
            if (message.IsLastLook || !outbox.IsProjected)
            {
                await projection.RunAsync(message.TenantId, id, message.Change, message.IsLastLook, cancellation);
            }
        }
        else if (message.Address is { } key
            && MailAddress.TryParse(key, out var address)
            && await claims.FindAsync(message.TenantId, address, cancellation) is { } claim
            && claim.PendingChange == message.Change)
        {
            await owners.TryEndAsync(message.TenantId, claim, cancellation);
        }

        if (!message.IsLastLook)
        {
            await SendAsync(message with { IsLastLook = true }, LastLook, cancellation);
        }
        else if (await FindOutboxAsync(message.TenantId, id, message.Change, cancellation) is { IsBarred: true })
        {
            await tables.DeleteAsync(
                Tables.Customers,
                TableKeys.Customer(message.TenantId, message.CustomerId),
                TableKeys.Outbox(message.Change),
                etag: null,
                cancellation);
        }
    }

    private async Task<KeptBecause?> WhyKeptAsync(Guid tenantId, StoredCustomer stored, ImportMark mark, CancellationToken cancellation)
    {
        if (stored.Customer.Sales is not null)
        {
            return KeptBecause.Purchases;
        }

        var rows = tables.ReadAllAsync(
            Tables.Customers, TableKeys.Customer(tenantId, stored.Customer.Id.ToString()), new RowKeyRange("", Before: null), MaxRows, cancellation);
        await foreach (var row in rows)
        {
            if (TableKeys.IsOnTimeline(row.RowKey))
            {
                return KeptBecause.Contact;
            }

            if (!TableKeys.IsOfUntouched(row.RowKey) && !PurchaseRow.IsUndone(row))
            {
                return KeptBecause.Work;
            }
        }

        return mark.IsTouched ? KeptBecause.Work : null;
    }

    private static Customer Touched(Customer customer) =>
        customer.Import is { IsTouched: false } mark ? customer with { Import = mark with { IsTouched = true } } : customer;

    /// <returns>The record's new ETag; null when it changed meanwhile or the change is barred, and nothing was written.</returns>
    private async Task<string?> CommitAsync(
        Guid tenantId, CustomerId id, string change, IReadOnlyList<TableChange> rows, OutboxRow outbox, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, id.ToString());
        var outcome = await tables.TransactAsync(
            Tables.Customers, partition, [.. rows, new TableChange.Insert(outbox.ToTableRow(tenantId, id, change))], cancellation);
        if (outcome.IsWritten)
        {
            return outcome.ETags[0];
        }

        // The store may have written, heard nothing, and tried again.
        return await FindOutboxAsync(tenantId, id, change, cancellation) is { IsBarred: false }
            ? (await customers.ReadAsync(tenantId, id, cancellation))?.ETag
            : null;
    }

    /// <summary>The projections, at once. What the store refuses now the message does later: the change itself is made.</summary>
    private async Task FinishAsync(Guid tenantId, CustomerId id, string change)
    {
        try
        {
            // Not with the request's cancellation: whoever asked may be gone, the change is made.
            await projection.RunAsync(tenantId, id, change, isLast: false, CancellationToken.None);
        }
        catch (Exception e) when (e is TableStoreUnavailableException or WorkQueueUnavailableException)
        {
            log.LogWarning("Search and summaries of customer {CustomerId} follow later: {Failure}", id, Failure.WithoutWords(e));
        }
    }

    private async Task<OutboxRow?> FindOutboxAsync(Guid tenantId, CustomerId id, string change, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Customers, TableKeys.Customer(tenantId, id.ToString()), TableKeys.Outbox(change), cancellation) is { } row
            ? OutboxRow.From(row)
            : null;

    /// <summary>Whether claims, search or the organisation's list say what an edit changes.</summary>
    private static bool IsShownElsewhere(Customer old, Customer next) =>
        (old.Kind, old.Name, old.Company, old.JobTitle) != (next.Kind, next.Name, next.Company, next.JobTitle);

    private static OutboxRow Outbox(
        Customer? old, Customer next, IReadOnlyList<CustomerAddress> before, IReadOnlyList<CustomerAddress> after)
    {
        var tokens = CustomerProjection.Entry(next, after).Tokens.ToHashSet(StringComparer.Ordinal);
        if (old is not null)
        {
            tokens.UnionWith(CustomerProjection.Entry(old, before).Tokens);
        }

        return new OutboxRow(
            tokens,
            [.. new[] { old?.Company?.Id, next.Company?.Id }.OfType<CustomerId>().Distinct()],
            [.. before.Concat(after).Select(a => a.Address.Key).Distinct().Where(key =>
                before.Any(a => a.Address.Key == key) != after.Any(a => a.Address.Key == key))],
            IsRenamed: old is not null && next.Kind == CustomerKind.Organisation && old.Name != next.Name);
    }

    private Task SendAsync(ChangeMessage message, TimeSpan delay, CancellationToken cancellation) =>
        queue.SendAsync(Queue, JsonSerializer.Serialize(message), delay, cancellation);

    private string NewChange() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    private static TableStoreUnavailableException Busy() =>
        new("The customer or address changed again and again; nothing was saved.");
}

/// <summary>Names a change that may have happened.</summary>
/// <param name="Address">The key of an address that the change claims; null when it claims none.</param>
public sealed record ChangeMessage(Guid TenantId, string CustomerId, string Change, string? Address, bool IsLastLook = false);

/// <param name="IsNew">False when the address was somebody's already: then it is theirs.</param>
public sealed record Creation(StoredCustomer Customer, bool IsNew);
