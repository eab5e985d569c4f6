using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>What one store was asked since this was made.</summary>
internal sealed class StorageCounts : IDisposable
{
    private readonly ConcurrentDictionary<(string Instrument, string Table), long> counts = new();
    private readonly MeterListener listener = new();

    public StorageCounts(ITableStore store)
    {
        listener.InstrumentPublished = (instrument, itself) =>
        {
            if (instrument.Meter.Name == StorageMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, store))
            {
                itself.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
            counts.AddOrUpdate((instrument.Name, (string)tags[0].Value!), count, (_, sum) => sum + count));
        listener.Start();
    }

    public long PointReads(string table) => counts.GetValueOrDefault(("outlookcrm.storage.point_reads", table));

    public long RangeReads(string table) => counts.GetValueOrDefault(("outlookcrm.storage.range_reads", table));

    public long RowsRead(string table) => counts.GetValueOrDefault(("outlookcrm.storage.rows_read", table));

    public long Writes(string table) => counts.GetValueOrDefault(("outlookcrm.storage.writes", table));

    public void Dispose() => listener.Dispose();
}
