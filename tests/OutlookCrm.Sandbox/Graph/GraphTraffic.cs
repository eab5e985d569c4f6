namespace OutlookCrm.Sandbox.Graph;

/// <summary>Counts what the product asks of Graph and gets; what the small Outlook asks is not counted.</summary>
public sealed class GraphTraffic
{
    private long requests;
    private long refused;
    private long items;

    /// <summary>Each part of a batch is one, the batch another.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Answered with 4xx or 5xx.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Items on pages, such as messages; removed ones too.</summary>
    public long Items => Interlocked.Read(ref items);

    internal void CountRequest() => Interlocked.Increment(ref requests);

    internal void CountRefusal() => Interlocked.Increment(ref refused);

    internal void CountItem() => Interlocked.Increment(ref items);
}
