using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Sales;

public sealed partial class SalesStore
{
    // Each is two rows, and the customer's own comes along: a transaction takes 100.
    private const int PurchasesAtOnce = 49;

    /// <summary>
    /// Adds purchases of one import, many in a transaction. Again, after any of them was written, gives the same: their ids come from the file.
    /// </summary>
    /// <param name="purchases">Each with an id of its own.</param>
    /// <returns>What became of each, by its id; null when there is no such customer.</returns>
    internal async Task<IReadOnlyDictionary<Guid, ImportedPurchase>?> ImportAsync(
        Guid tenantId, CustomerId customer, Guid importId, IReadOnlyList<Purchase> purchases, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        Dictionary<string, TableRow>? markers = null;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: not null } record)
            {
                return null;
            }

            if (!record.Properties.ContainsKey(SalesSummary.Column))
            {
                await tables.InsertAsync(Tables.Buyers, BuyerRow(tenantId, customer.ToString(), clock.GetUtcNow()), cancellation);
            }

            var there = await ReadAllAsync(partition, cancellation);
            var outcomes = Judge(purchases, there, importId, markers);
            var written = true;
            foreach (var some in purchases.Where(purchase => !outcomes.ContainsKey(purchase.Id)).Chunk(PurchasesAtOnce))
            {
                if (there.Count + some.Length > MaxPurchases)
                {
                    foreach (var purchase in some)
                    {
                        outcomes[purchase.Id] = ImportedPurchase.TooMany;
                    }

                    continue;
                }

                there.AddRange(some);
                var next = SalesSummary.On(record, there);
                List<TableChange> changes = [new TableChange.Replace(next, record.ETag!)];
                foreach (var purchase in some)
                {
                    var row = PurchaseRow.From(partition, purchase);
                    var marker = PurchaseRow.Marker(partition, purchase.Id, row.RowKey);
                    changes.Add(markers?.GetValueOrDefault(marker.RowKey) is { ETag: { } undone }
                        ? new TableChange.Replace(marker, undone)
                        : new TableChange.Insert(marker));
                    changes.Add(new TableChange.Insert(row));
                }

                var outcome = await tables.TransactAsync(Tables.Customers, partition, changes, cancellation);
                if (!outcome.IsWritten)
                {
                    // One of them was here before, or somebody changed the customer.
                    if (outcome.Result != WriteResult.Changed || outcome.FailedIndex > 0)
                    {
                        markers = await ReadMarkersAsync(partition, cancellation);
                    }

                    written = false;
                    break;
                }

                record = next with { ETag = outcome.ETags[0] };
                foreach (var purchase in some)
                {
                    outcomes[purchase.Id] = ImportedPurchase.Added;
                }
            }

            if (written)
            {
                return outcomes;
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; its purchases were not saved.");
    }

    /// <summary>Takes all purchases of one import away from a customer. Their ids are free again, but not for that import.</summary>
    internal async Task UndoImportAsync(Guid tenantId, CustomerId customer, Guid importId, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: not null } record)
            {
                return;
            }

            var there = await ReadAllAsync(partition, cancellation);
            var written = true;
            foreach (var some in there.Where(purchase => purchase.ImportId == importId).ToList().Chunk(PurchasesAtOnce))
            {
                there.RemoveAll(some.Contains);
                var next = SalesSummary.On(record, there);
                List<TableChange> changes = [new TableChange.Replace(next, record.ETag!)];
                foreach (var purchase in some)
                {
                    changes.Add(new TableChange.Delete(TableKeys.Purchase(purchase.On, purchase.Id), ETag: null));
                    changes.Add(new TableChange.Put(new TableRow(
                        partition, TableKeys.PurchaseMarker(purchase.Id), new Dictionary<string, object> { [PurchaseRow.UndoneImport] = importId })));
                }

                var outcome = await tables.TransactAsync(Tables.Customers, partition, changes, cancellation);
                if (!outcome.IsWritten)
                {
                    written = false;
                    break;
                }

                record = next with { ETag = outcome.ETags[0] };
            }

            if (written)
            {
                return;
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; its purchases were not taken away.");
    }

    private static Dictionary<Guid, ImportedPurchase> Judge(
        IReadOnlyList<Purchase> purchases, List<Purchase> there, Guid importId, Dictionary<string, TableRow>? markers)
    {
        var outcomes = new Dictionary<Guid, ImportedPurchase>();
        var byId = there.ToDictionary(purchase => purchase.Id);
        var byHand = there.Where(purchase => purchase is { ImportId: null, Number: not null })
            .Select(purchase => (purchase.Number, purchase.On, purchase.IsCreditNote)).ToHashSet();
        foreach (var purchase in purchases)
        {
            if (byId.TryGetValue(purchase.Id, out var known))
            {
                outcomes[purchase.Id] = known.ImportId == importId ? ImportedPurchase.Added
                    : known.Revenue == purchase.Revenue && known.Margin == purchase.Margin ? ImportedPurchase.AlreadyThere
                    : ImportedPurchase.Differs;
            }
            else if (byHand.Contains((purchase.Number, purchase.On, purchase.IsCreditNote))
                || (markers?.GetValueOrDefault(TableKeys.PurchaseMarker(purchase.Id)) is { } marker
                    && marker.Properties.GetValueOrDefault(PurchaseRow.UndoneImport) is var undone
                    && (undone is null || undone.Equals(importId))))
            {
                outcomes[purchase.Id] = ImportedPurchase.AlreadyThere;
            }
        }

        return outcomes;
    }

    private async Task<Dictionary<string, TableRow>> ReadMarkersAsync(string partition, CancellationToken cancellation)
    {
        var markers = new Dictionary<string, TableRow>(StringComparer.Ordinal);
        await foreach (var row in tables.ReadAllAsync(Tables.Customers, partition, TableKeys.PurchaseMarkers, MaxRows, cancellation))
        {
            markers[row.RowKey] = row;
        }

        return markers;
    }
}

internal enum ImportedPurchase
{
    Added,

    /// <summary>By this import's number and day, from another import or by hand; or somebody took it away since.</summary>
    AlreadyThere,

    /// <summary>The same invoice is there with other amounts.</summary>
    Differs,

    /// <summary>The customer has as many purchases as one can have.</summary>
    TooMany,
}
