using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <content>Changes of addresses, which are claimed before and let go after.</content>
public sealed partial class CustomerChanges
{
    /// <summary>Gives a customer one more address, or a new label or the first place to one that it has.</summary>
    public async Task<AddressOutcome> AddAddressAsync(
        Guid tenantId, CustomerId id, CustomerAddress address, bool primary, CancellationToken cancellation)
    {
        string? change = null;
        var isClaimed = false;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var stored = await customers.ReadAsync(tenantId, id, cancellation);
            var known = stored?.Find(address.Address);
            if (stored is null || (known is null && stored.Addresses.Count >= Customer.MaxAddresses))
            {
                if (isClaimed && await claims.FindAsync(tenantId, address.Address, cancellation) is { } own && own.PendingChange == change)
                {
                    await owners.TryEndAsync(tenantId, own, cancellation);
                }

                return stored is null ? new AddressOutcome.NoSuchCustomer() : new AddressOutcome.TooMany();
            }

            var row = known is null ? address : known with { Label = address.Label ?? known.Label };
            var next = Touched(stored.Customer with
            {
                PrimaryAddress = primary || stored.Customer.PrimaryAddress is null ? address.Address.Key : stored.Customer.PrimaryAddress,
            });
            if (row == known && next.PrimaryAddress == stored.Customer.PrimaryAddress)
            {
                return new AddressOutcome.Done(stored);
            }

            if (known is null && !isClaimed && await owners.FindAsync(tenantId, address.Address, cancellation) is { } owner)
            {
                if (owner.Customer.Id == id)
                {
                    continue; // added meanwhile
                }

                return new AddressOutcome.TakenBy(owner.Customer);
            }

            if (change is null)
            {
                change = NewChange();
                await SendAsync(new ChangeMessage(tenantId, id.ToString(), change, address.Address.Key), FirstLook, cancellation);
            }

            if (known is null && !isClaimed)
            {
                isClaimed = await claims.TryClaimAsync(tenantId, address.Address, stored.Customer, change, cancellation);
                if (!isClaimed)
                {
                    continue; // somebody was faster
                }
            }

            IReadOnlyList<CustomerAddress> after = [.. stored.Addresses.Where(a => a != known), row];
            TableChange[] rows =
            [
                new TableChange.Replace(CustomerRow.From(tenantId, next), stored.ETag),
                new TableChange.Put(CustomerAddressRow.From(tenantId, id, row)),
            ];
            if (await CommitAsync(tenantId, id, change, rows, Outbox(stored.Customer, next, stored.Addresses, after), cancellation) is { } etag)
            {
                await FinishAsync(tenantId, id, change);
                return new AddressOutcome.Done(new StoredCustomer(next, etag, after));
            }

            if (await FindOutboxAsync(tenantId, id, change, cancellation) is { IsBarred: true })
            {
                (change, isClaimed) = (null, false); // the claim was ended as we were slow: begin again
            }
        }

        throw Busy();
    }

    /// <summary>
    /// Takes an address away. A person keeps one at least: without, no mail would ever find them again. After the primary address,
    /// the oldest comes first.
    /// </summary>
    public async Task<AddressOutcome> RemoveAddressAsync(
        Guid tenantId, CustomerId id, MailAddress address, CancellationToken cancellation)
    {
        string? change = null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await customers.ReadAsync(tenantId, id, cancellation) is not { } stored)
            {
                return new AddressOutcome.NoSuchCustomer();
            }

            if (stored.Find(address) is not { } known)
            {
                return new AddressOutcome.NoSuchAddress();
            }

            IReadOnlyList<CustomerAddress> after = [.. stored.Addresses.Where(a => a != known)];
            if (after.Count == 0 && stored.Customer.Kind == CustomerKind.Person)
            {
                return new AddressOutcome.IsLast();
            }

            if (change is null)
            {
                change = NewChange();
                await SendAsync(new ChangeMessage(tenantId, id.ToString(), change, Address: null), FirstLook, cancellation);
            }

            var next = Touched(stored.Customer.PrimaryAddress == address.Key
                ? stored.Customer with { PrimaryAddress = after.MinBy(a => a.AddedAt)?.Address.Key }
                : stored.Customer);
            TableChange[] rows =
            [
                new TableChange.Replace(CustomerRow.From(tenantId, next), stored.ETag),
                new TableChange.Delete(TableKeys.Address(address.Key), ETag: null),
            ];
            if (await CommitAsync(tenantId, id, change, rows, Outbox(stored.Customer, next, stored.Addresses, after), cancellation) is { } etag)
            {
                await FinishAsync(tenantId, id, change);
                return new AddressOutcome.Done(new StoredCustomer(next, etag, after));
            }
        }

        throw Busy();
    }
}

/// <summary>How adding or removing an address went.</summary>
public abstract record AddressOutcome
{
    private AddressOutcome()
    {
    }

    public sealed record Done(StoredCustomer Customer) : AddressOutcome;

    public sealed record NoSuchCustomer : AddressOutcome;

    public sealed record NoSuchAddress : AddressOutcome;

    public sealed record TooMany : AddressOutcome;

    public sealed record TakenBy(Customer Owner) : AddressOutcome;

    public sealed record IsLast : AddressOutcome;
}
