using System.Diagnostics.Metrics;

namespace OutlookCrm.Capture;

/// <summary>What capture was told and did: meter <c>OutlookCrm.Capture</c>.</summary>
public sealed class CaptureMetrics : IDisposable
{
    public const string MeterName = "OutlookCrm.Capture";

    private readonly Meter meter;
    private readonly Counter<long> notifications;
    private readonly Counter<long> dropped;

    public CaptureMetrics()
    {
        meter = new Meter(MeterName, version: null, tags: null, scope: this);
        notifications = meter.CreateCounter<long>("outlookcrm.capture.notifications", "{notification}", "Notifications that carried their mailbox's secret.");
        dropped = meter.CreateCounter<long>("outlookcrm.capture.notifications_dropped", "{notification}", "Notifications that did not.");
    }

    internal void Received(bool isAboutSubscription) =>
        notifications.Add(1, new KeyValuePair<string, object?>("about", isAboutSubscription ? "subscription" : "mailbox"));

    internal void Dropped() => dropped.Add(1);

    public void Dispose() => meter.Dispose();
}
