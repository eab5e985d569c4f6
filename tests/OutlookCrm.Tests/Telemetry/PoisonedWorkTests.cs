using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Health;
using OutlookCrm.Pane;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;
using OutlookCrm.Tests.Pane;

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

    [Fact]
    public void Each_queue_is_of_a_kind_and_its_messages_say_whose_they_are()
    {
        var triggers = typeof(FailedWorkQueues).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetParameters())
            .Select(parameter => (parameter.GetCustomAttribute<QueueTriggerAttribute>()?.QueueName, parameter.ParameterType))
            .Where(trigger => trigger.QueueName is not null).ToList();

        Assert.Equal(triggers.Select(trigger => trigger.QueueName).Distinct().Order(StringComparer.Ordinal), FailedWorkQueues.Kinds.Keys.Order(StringComparer.Ordinal));
        Assert.All(triggers, trigger => Assert.True(
            trigger.ParameterType == typeof(LookAtMailboxes) || trigger.ParameterType.GetProperty("TenantId")?.PropertyType == typeof(Guid), trigger.ParameterType.Name));
    }

    [Fact]
    public async Task An_owner_reads_what_could_not_be_done_and_a_button_has_it_tried_again()
    {
        var failed = Enum.GetValues<WorkKind>().Select((kind, i) => new FailedWork(kind, i == 0 ? 3 : i == 1 ? 1 : 1_200)).ToList();
        var health = new FirmHealth(
            Drawn.Now, new HealthReport(HealthState.Warning, []), 0, 0, null, 0, null, 30, 30, 12, new MonthCost(CostState.NotInAzure, [], AsOf: null));

        var body = await Drawn.BodyAsync(health with { FailedWork = failed });
        var lines = body.QuerySelectorAll("section:has(form[hx-post='/api/firm/failed-work/try-again']) li").Select(line => line.TextContent.Trim()).ToList();

        Assert.Equal("3 pieces of mail logging could not be done", lines[0]);
        Assert.Equal("1 piece of logging a single mail or meeting could not be done", lines[1]);
        Assert.Equal("1,200 pieces of working out Insights could not be done", lines[^1]);
        Assert.Equal(failed.Count, lines.Distinct().Count());
        Assert.Empty((await Drawn.BodyAsync(health)).QuerySelectorAll("form"));
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
