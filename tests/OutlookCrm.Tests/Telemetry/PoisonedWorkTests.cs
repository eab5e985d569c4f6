using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.Health;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.Tests.Telemetry;

public sealed class PoisonedWorkTests
{
    [Fact]
    public async Task Work_that_fails_five_times_is_put_aside_counted_told_and_kept_as_it_was()
    {
        const string broken = "{\"tenantId\":\"kim.secret@example.com\"}";
        await using var crm = await TestCrm.StartAsync();
        using var outcomes = new Outcomes(crm.Services.GetRequiredService<WorkMetrics>());
        var queue = crm.Services.GetRequiredService<IWorkQueue>();
        using var anna = crm.SignIn(A.Anna);
        anna.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        Assert.Contains("No work was given up.", await anna.GetStringAsync("/api/firm/health"), StringComparison.Ordinal);

        await queue.SendAsync(CustomerChanges.Queue, broken, null, default);
        await Waiting.UntilAsync(async () =>
        {
            crm.Clock.Advance(TimeSpan.FromSeconds(5)); // on to the next try
            return await queue.CountAsync(CustomerChanges.Queue + "-poison", default) == 1 && await queue.CountAsync(CustomerChanges.Queue, default) == 0;
        });

        Assert.Equal(
            [("ended ProjectCustomer poisoned", 1L), ("ended ProjectCustomer retried", 4L), ("taken ProjectCustomer", 5L)],
            outcomes.Counts.Where(one => one.Key.Contains("ProjectCustomer", StringComparison.Ordinal)).Select(one => (one.Key, one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal));
        var last = Assert.Single(crm.Logs.Lines, line => line.Contains("ProjectCustomer failed on message", StringComparison.Ordinal) && line.Contains("for the last time", StringComparison.Ordinal));
        Assert.StartsWith("Error ", last, StringComparison.Ordinal);
        Assert.Contains("System.Text.Json.JsonException", last, StringComparison.Ordinal);
        Assert.DoesNotContain(crm.Logs.Lines, line => line.Contains("kim.secret", StringComparison.Ordinal));

        crm.Clock.Advance(HealthLook.Fresh);
        var page = await anna.GetStringAsync("/api/firm/health");
        Assert.Contains("Some work failed five times and was put aside. The log says why; nothing of it is deleted.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("kim.secret", page, StringComparison.Ordinal);
        Assert.Equal(broken, Assert.Single(await queue.ReceiveAsync(CustomerChanges.Queue + "-poison", 2, TimeSpan.FromMinutes(1), default)).Body);
    }

    /// <summary>What one product counts of its work, by instrument, function and outcome.</summary>
    private sealed class Outcomes : IDisposable
    {
        private readonly MeterListener listener = new();

        public Outcomes(WorkMetrics metrics)
        {
            listener.InstrumentPublished = (instrument, by) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, metrics))
                {
                    by.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
                Counts.AddOrUpdate($"{instrument.Name.Split('.')[^1]} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}", count, (_, before) => before + count));
            listener.Start();
        }

        public ConcurrentDictionary<string, long> Counts { get; } = new();

        public void Dispose() => listener.Dispose();
    }
}
