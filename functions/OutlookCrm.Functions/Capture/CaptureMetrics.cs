using System.Diagnostics.Metrics;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>What capture was told and did: meter <c>OutlookCrm.Capture</c>.</summary>
public sealed class CaptureMetrics : IDisposable
{
    public const string MeterName = "OutlookCrm.Capture";

    private readonly Meter meter;
    private readonly Counter<long> notifications;
    private readonly Counter<long> dropped;
    private readonly Counter<long> looks;
    private readonly Histogram<double> lag;

    public CaptureMetrics()
    {
        meter = new Meter(MeterName, version: null, tags: null, scope: this);
        notifications = meter.CreateCounter<long>("outlookcrm.capture.notifications", "{notification}", "Notifications that carried their mailbox's secret.");
        dropped = meter.CreateCounter<long>("outlookcrm.capture.notifications_dropped", "{notification}", "Notifications that did not.");
        looks = meter.CreateCounter<long>("outlookcrm.capture.looks", "{look}", "Looks at mailboxes, by how they ended.");
        lag = meter.CreateHistogram<double>(
            "outlookcrm.capture.lag", "s", "From the arrival of the newest mail of a look until it was durable: whether capture is late.");
    }

    /// <param name="trouble">Null when it ended well.</param>
    /// <param name="newMail">How late its newest mail was; null when there was none.</param>
    internal void Looked(GraphTrouble? trouble, TimeSpan? newMail)
    {
        looks.Add(1, new KeyValuePair<string, object?>("outcome", trouble?.ToString() ?? "Good"));
        if (newMail is { } late)
        {
            lag.Record(late.TotalSeconds);
        }
    }

    internal void Received(bool isAboutSubscription) =>
        notifications.Add(1, new KeyValuePair<string, object?>("about", isAboutSubscription ? "subscription" : "mailbox"));

    internal void Dropped() => dropped.Add(1);

    public void Dispose() => meter.Dispose();
}
