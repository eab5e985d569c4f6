using OutlookCrm.Storage;

namespace OutlookCrm.Health;

/// <summary>Tries whether the store takes and gives back a row. A large one: where there is no room left, a small one may still fit.</summary>
public sealed class StoreProbe(ITableStore tables)
{
    private const int Bytes = 16 * 1024;

    /// <summary>Longer than any store should take; in real time, as a person or a load balancer waits for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null when it does.</summary>
    public async Task<StoreTrouble?> TryAsync()
    {
        try
        {
            // SQLite waits for a lock on the caller's thread.
            await Task.Run(WriteAsync).WaitAsync(Patience);
            return null;
        }
        catch (TableStoreUnavailableException e)
        {
            return e.Trouble;
        }
        catch (TimeoutException)
        {
            return StoreTrouble.NoAnswer;
        }
    }

    private async Task WriteAsync()
    {
        // A row of its own: two hosts may look at once.
        var key = Guid.NewGuid().ToString("N");
        var row = new TableRow(TableKeys.HealthPartition, key, new Dictionary<string, object> { ["Filler"] = new byte[Bytes] });
        await tables.PutAsync(Tables.Schedules, row, CancellationToken.None);
        var found = await tables.FindAsync(Tables.Schedules, TableKeys.HealthPartition, key, CancellationToken.None);
        await tables.DeleteAsync(Tables.Schedules, TableKeys.HealthPartition, key, etag: null, CancellationToken.None);
        if (found is null)
        {
            throw new TableStoreUnavailableException("A row that was written is not there.");
        }
    }
}
