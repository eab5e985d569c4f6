using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>Tells the owner of an address from a claim that leads nowhere, and ends such a one. By what rule, see <see cref="CustomerChanges"/>.</summary>
internal sealed class AddressOwners(ITableStore tables, CustomerStore customers, TimeProvider clock)
{
    // 20, 40, … 640 ms: how long an address's owner-to-be is waited for before its claim is ended.
    private const int MaxPolls = 6;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(20);

    private readonly AddressClaims claims = new(tables);

    /// <summary>
    /// Who has the address; null when nobody has and it may be claimed. Waits for a claim's owner to commit, and after a while
    /// ends the claim.
    /// </summary>
    public async Task<StoredCustomer?> FindAsync(Guid tenantId, MailAddress address, CancellationToken cancellation)
    {
        var pause = FirstPoll;
        for (var poll = 1; await claims.FindAsync(tenantId, address, cancellation) is { } claim; poll++)
        {
            if (await customers.ReadAsync(tenantId, claim.Customer, cancellation) is { } owner && owner.Find(address) is not null)
            {
                return owner;
            }

            // No longer pending and yet no row: the address was removed, and its remover did not come as far as the claim.
            if (claim.PendingChange is null || poll > MaxPolls)
            {
                await TryEndAsync(tenantId, claim, cancellation);
                continue;
            }

            await Task.Delay(pause, clock, cancellation);
            pause *= 2;
        }

        return null;
    }

    /// <summary>Ends a claim unless the customer has the address after all.</summary>
    public async Task TryEndAsync(Guid tenantId, AddressClaim claim, CancellationToken cancellation)
    {
        if (claim.PendingChange is { } change)
        {
            var bar = OutboxRow.Bar.ToTableRow(tenantId, claim.Customer, change);
            var barred = await tables.InsertAsync(Tables.Customers, bar, cancellation);
            if (await customers.HasAddressAsync(tenantId, claim.Customer, claim.Address, cancellation))
            {
                if (barred is { IsWritten: true, ETag: { } etag })
                {
                    await tables.DeleteAsync(Tables.Customers, bar.PartitionKey, bar.RowKey, etag, cancellation);
                }

                return;
            }
        }

        await claims.TryDeleteAsync(tenantId, claim, cancellation);
    }
}
