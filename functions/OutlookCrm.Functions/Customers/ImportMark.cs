using OutlookCrm.Storage;

namespace OutlookCrm.Customers;

/// <summary>
/// Which import made a customer, and whether anybody has done something with the customer since: the import's undo removes only those who are
/// as it made them. It is on the customer's own row, so that whoever comes first, the undo or somebody else, wins.
/// </summary>
public sealed record ImportMark(Guid ImportId, bool IsTouched)
{
    // Each failed attempt means that another writer got through.
    private const int MaxAttempts = 50;

    internal static ImportMark? Of(TableRow record) => record.Properties.GetValueOrDefault(nameof(ImportId)) is Guid id
        ? new ImportMark(id, record.Properties.GetValueOrDefault(nameof(IsTouched)) is true)
        : null;

    /// <summary>
    /// The customer's row for somebody who is about to write beside it: from now on no undo removes the customer. Null when there is no such
    /// customer.
    /// </summary>
    internal static async Task<TableRow?> TouchAsync(ITableStore tables, string partition, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is not { ETag: { } etag } record)
            {
                return null;
            }

            if (Of(record) is not { IsTouched: false })
            {
                return record;
            }

            var touched = record with { Properties = new Dictionary<string, object>(record.Properties, StringComparer.Ordinal) { [nameof(IsTouched)] = true } };
            if (await tables.ReplaceAsync(Tables.Customers, touched, etag, cancellation) is { IsWritten: true, ETag: var next })
            {
                return touched with { ETag = next };
            }
        }

        throw new TableStoreUnavailableException("The customer changed again and again; nothing was saved.");
    }
}
