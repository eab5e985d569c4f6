namespace OutlookCrm.Storage;

/// <summary>
/// Looks at everything that is kept of a firm: for back-up, restore, erasure, a thread that is taken off every timeline, and once a night. A request
/// reads this way only whether a firm has any customer yet.
/// </summary>
public interface ITableScan
{
    /// <summary>
    /// Every row whose partition key starts with <paramref name="partitionKeyPrefix"/>, by partition and row key, <paramref name="pageRows"/> (1 to 1,000) a round trip. A row that
    /// is written or deleted meanwhile may be there or not; every other is there once.
    /// </summary>
    /// <exception cref="TableStoreUnavailableException">After the store's own retries.</exception>
    IAsyncEnumerable<TableRow> ScanAsync(string table, string partitionKeyPrefix, CancellationToken cancellation, int pageRows = TableLimits.MaxRangeRows);
}
