using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;
using OutlookCrm.Tests.LocalHost;

namespace OutlookCrm.Tests.Storage;

/// <summary>Queued work under a host that counts a failed run whatever the reason, as Azure's does.</summary>
public sealed class StoreAwayMiddlewareTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
    private readonly TestClock clock = new();
    private readonly Work work = new();
    private FaultyTableService service = null!;
    private AzureTableStore tables = null!;
    private SqliteWorkQueue real = null!;
    private SimpleQueue queue = null!;
    private LocalHostApplication host = null!;
    private Outcomes outcomes = null!;

    public async Task InitializeAsync()
    {
        service = await FaultyTableService.StartAsync(azurite.ConnectionString);
        tables = new AzureTableStore(
            new StorageOptions { MaxRetries = 0 },
            client =>
            {
                client.Retry.MaxRetries = 0;
                return new TableServiceClient(service.ConnectionString, client);
            });
        real = new SqliteWorkQueue(Path.Combine(folder, "queue.db"), TimeSpan.FromSeconds(10), clock);
        queue = new SimpleQueue(real);
        host = await TestHost.StartAsync(
            [typeof(WritesARow)],
            services => services.AddSingleton(work).AddSingleton<ITableStore>(_ => tables).AddSingleton<IWorkQueue>(_ => queue).AddSingleton<WorkMetrics>(),
            builder => builder.UseMiddleware<StoreAwayMiddleware>().UseMiddleware<TraceMiddleware>(),
            new Dictionary<string, string?> { ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:00" },
            clock);
        outcomes = new Outcomes(host.Services.GetRequiredService<WorkMetrics>());
    }

    public async Task DisposeAsync()
    {
        outcomes.Dispose();
        await host.DisposeAsync();
        real.Dispose();
        tables.Dispose();
        await service.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task However_long_the_store_is_away_work_is_done_when_it_is_back_and_done_once()
    {
        service.Otherwise = FaultyTableService.Answer(503, "ServerBusy");
        await queue.SendAsync(WritesARow.Queue, $$"""{"table":"{{work.Table}}"}""", delay: null, default);
        const int Outage = 12; // more than twice the lives of a message
        for (var tries = 1; tries <= Outage; tries++)
        {
            // Its copy is there and it is gone itself: until then time stands still.
            await Waiting.UntilAsync(async () => queue.Sent == tries + 1 && await real.CountAsync(WritesARow.Queue, default) == 1);
            service.Otherwise = tries == Outage ? null : service.Otherwise;
            clock.Advance(StoreAwayMiddleware.RetryAfter - TimeSpan.FromTicks(1));
            Assert.Equal(tries, work.Tries.Count);
            clock.Advance(TimeSpan.FromTicks(1));
        }

        await Waiting.UntilAsync(async () => await real.CountAsync(WritesARow.Queue, default) == 0);
        Assert.All(work.Tries, number => Assert.Equal(1, number)); // none of its lives was spent
        Assert.Equal(Outage + 1, work.Tries.Count);
        Assert.Single(await tables.RangeAsync(work.Table, "work", new RowKeyRange("", null), 10, default));
        Assert.Equal(0, await real.CountAsync(WritesARow.Queue + "-poison", default));
        Assert.Equal([.. Enumerable.Repeat("retried", Outage), "done"], outcomes.All);
    }

    [Fact]
    public async Task Work_that_fails_for_any_other_reason_is_tried_five_times_and_put_aside()
    {
        await queue.SendAsync(WritesARow.Queue, "{}", delay: null, default);
        await Waiting.UntilAsync(async () => await real.CountAsync(WritesARow.Queue, default) == 0);
        Assert.Equal([1, 2, 3, 4, 5], work.Tries);
        Assert.Equal("{}", Assert.Single(await real.ReceiveAsync(WritesARow.Queue + "-poison", 2, TimeSpan.FromMinutes(1), default)).Body);
        Assert.Equal(["retried", "retried", "retried", "retried", "poisoned"], outcomes.All);
    }

    public sealed class Work
    {
        public string Table { get; } = "t" + Guid.NewGuid().ToString("N");

        /// <summary>By try, how often its message was taken.</summary>
        public ConcurrentQueue<int> Tries { get; } = new();
    }

    public sealed record Row(string? Table);

    public sealed class WritesARow(Work work, ITableStore tables)
    {
        public const string Queue = "writes-a-row";

        [Function(nameof(WritesARow))]
        public async Task RunAsync([QueueTrigger(Queue)] Row row, int dequeueCount, CancellationToken cancellation)
        {
            work.Tries.Enqueue(dequeueCount);
            var table = row.Table ?? throw new FormatException("The message names no table.");
            await tables.InsertAsync(table, new TableRow("work", Guid.NewGuid().ToString("N"), new Dictionary<string, object>()), cancellation);
        }
    }

    /// <summary>A queue whose host cannot put a message back, and how many were sent.</summary>
    private sealed class SimpleQueue(IWorkQueue real) : IWorkQueue
    {
        private int sent;

        public int Sent => Volatile.Read(ref sent);

        public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            await real.SendAsync(queue, message, delay, cancellation);
            Interlocked.Increment(ref sent);
        }

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
            real.ReceiveAsync(queue, max, visibility, cancellation);

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => real.DeleteAsync(message, cancellation);

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) =>
            real.HideAsync(message, visibility, cancellation);

        public Task ReturnAsync(WorkMessage message, TimeSpan delay, CancellationToken cancellation) => HideAsync(message, delay, cancellation);

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => real.CountAsync(queue, cancellation);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => real.WaitAsync(queue, atMost, cancellation);
    }

    /// <summary>How tries ended, in the order in which they did.</summary>
    private sealed class Outcomes : IDisposable
    {
        private readonly MeterListener listener = new();

        public Outcomes(WorkMetrics metrics)
        {
            listener.InstrumentPublished = (instrument, by) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, metrics) && instrument.Name == "outlookcrm.work.ended")
                {
                    by.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) => All.Enqueue((string)tags[1].Value!));
            listener.Start();
        }

        public ConcurrentQueue<string> All { get; } = new();

        public void Dispose() => listener.Dispose();
    }
}
