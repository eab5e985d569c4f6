using System.Runtime.CompilerServices;

namespace OutlookCrm.Storage;

/// <summary>Reads made of a store's own.</summary>
internal static class TableReads
{
    /// <summary>
    /// Every row of a range in row-key order, a page at a time as they are asked for. What is written meanwhile behind the page being read is
    /// among them, what is written before it is not.
    /// </summary>
    /// <param name="pageRows">Of one read, at most what <see cref="ITableStore.RangeAsync"/> takes.</param>
    public static async IAsyncEnumerable<TableRow> ReadAllAsync(
        this ITableStore tables, string table, string partitionKey, RowKeyRange range, int pageRows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        TableRange rows;
        do
        {
            rows = await tables.RangeAsync(table, partitionKey, range, pageRows, cancellation);
            foreach (var row in rows)
            {
                yield return row;
            }

            range = rows.Count == 0 ? range : RowKeyRange.After(rows[^1].RowKey, range.Before);
        }
        while (rows.Count == pageRows);
    }
}
