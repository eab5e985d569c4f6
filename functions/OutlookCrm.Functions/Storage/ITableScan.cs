namespace OutlookCrm.Storage;

/// <summary>
/// Looks at everything that is kept of a firm: for back-up, restore, erasure, a thread that is taken off every timeline, and once a night. No request
/// reads this way.
/// </summary>
public interface ITableScan
{
    /// <summary>
    /// Every row whose partition key starts with <paramref name="partitionKeyPrefix"/>, by partition and row key, 1,000 a round trip. A row that
    /// is written or deleted meanwhile may be there or not; every other is there once.
    /// </summary>
    /// <exception cref="TableStoreUnavailableException">After the store's own retries.</exception>
    IAsyncEnumerable<TableRow> ScanAsync(string table, string partitionKeyPrefix, CancellationToken cancellation);
}
