using System.Diagnostics.Metrics;

namespace OutlookCrm.Storage;

/// <summary>
/// What a store was asked: meter <c>OutlookCrm.Storage</c>, tag <c>table</c>. One round trip counts once; a retry is not counted,
/// a range that the service split into pages counts once a page. The meter's scope is the store, so that a listener can tell stores apart.
/// </summary>
internal sealed class StorageMetrics : IDisposable
{
    public const string MeterName = "OutlookCrm.Storage";

    private readonly Meter meter;
    private readonly Counter<long> pointReads;
    private readonly Counter<long> rangeReads;
    private readonly Counter<long> rowsRead;
    private readonly Counter<long> writes;

    public StorageMetrics(ITableStore store)
    {
        meter = new Meter(MeterName, version: null, tags: null, scope: store);
        pointReads = meter.CreateCounter<long>("outlookcrm.storage.point_reads", "{read}", "Rows asked for by key.");
        rangeReads = meter.CreateCounter<long>("outlookcrm.storage.range_reads", "{read}", "Pages of a partition asked for.");
        rowsRead = meter.CreateCounter<long>("outlookcrm.storage.rows_read", "{row}", "Rows that came back.");
        writes = meter.CreateCounter<long>("outlookcrm.storage.writes", "{write}", "Single writes and transactions.");
    }

    public void PointRead(string table, bool found)
    {
        pointReads.Add(1, new KeyValuePair<string, object?>("table", table));
        rowsRead.Add(found ? 1 : 0, new KeyValuePair<string, object?>("table", table));
    }

    public void RangeRead(string table, int rows)
    {
        rangeReads.Add(1, new KeyValuePair<string, object?>("table", table));
        rowsRead.Add(rows, new KeyValuePair<string, object?>("table", table));
    }

    public void Write(string table) => writes.Add(1, new KeyValuePair<string, object?>("table", table));

    public void Dispose() => meter.Dispose();
}
