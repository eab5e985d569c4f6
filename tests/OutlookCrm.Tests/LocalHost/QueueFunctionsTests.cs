using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.LocalHost;

public abstract class QueueFunctionsTests
{
    private readonly Work work = new();

    internal abstract IWorkQueue Queue { get; }

    [Fact]
    public async Task A_message_is_worked_on_at_once_and_then_gone()
    {
        await using var host = await StartAsync(typeof(Worker));

        // Asleep on an empty queue for up to a minute, unless woken.
        await Task.Delay(500);
        var sent = Stopwatch.StartNew();
        await Queue.SendAsync(work.Queue, "{\"CUSTOMER\":\"c1\",\"count\":2}", null, default);
        await Waiting.UntilAsync(() => work.Done.Count == 1);
        Assert.True(sent.Elapsed < TimeSpan.FromSeconds(25), $"It took {sent.Elapsed}.");
        Assert.Equal("c1 2 try 1", work.Done.Single());
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task Work_holds_no_thread_that_answers_requests_before_and_after_what_it_awaits()
    {
        await using var host = await StartAsync(typeof(Threads));
        await Queue.SendAsync($"{work.Queue}-threads", "work", null, default);
        await Waiting.UntilAsync(() => work.Done.Count == 1);
        Assert.Equal("work False False False", work.Done.Single());
    }

    [Fact]
    public async Task A_message_can_be_read_as_text_or_bytes_with_what_came_with_it()
    {
        await using var host = await StartAsync(typeof(Texts));
        foreach (var kind in new[] { "text", "bytes", "binary" })
        {
            await Queue.SendAsync($"{work.Queue}-{kind}", "ünïcode ☃", null, default);
        }

        await Waiting.UntilAsync(() => work.Done.Count == 3);
        Assert.Equal(["binary ünïcode ☃ 1", "bytes ünïcode ☃ 1", "text ünïcode ☃ 1"], work.Done.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_fails_five_times_goes_to_the_poison_queue()
    {
        work.Fails = true;
        await using var host = await StartAsync(typeof(Worker));
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c1\",\"count\":1}", null, default);
        var poisoned = await UntilPoisonedAsync();
        Assert.Equal("{\"customer\":\"c1\",\"count\":1}", poisoned.Body);
        Assert.Equal(["try 1", "try 2", "try 3", "try 4", "try 5"], work.Begun.Select(b => b[^5..]));
        await UntilEmptyAsync();
    }

    [Fact]
    public async Task A_message_that_is_not_what_the_function_reads_goes_there_too_and_holds_up_no_other()
    {
        await using var host = await StartAsync(typeof(Worker));
        await Queue.SendAsync(work.Queue, "not json", null, default);
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c2\",\"count\":1}", null, default);
        Assert.Equal("not json", (await UntilPoisonedAsync()).Body);
        await Waiting.UntilAsync(() => work.Done.Count == 1);
    }

    [Fact]
    public async Task Work_that_took_its_host_down_each_time_is_not_tried_for_ever()
    {
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c1\",\"count\":1}", null, default);
        for (var crash = 0; crash < 5; crash++)
        {
            var taken = Assert.Single(await Queue.ReceiveAsync(work.Queue, 1, TimeSpan.FromMinutes(1), default));
            await Queue.HideAsync(taken, TimeSpan.Zero, default);
        }

        await using var host = await StartAsync(typeof(Worker));
        await UntilPoisonedAsync();
        Assert.Empty(work.Begun);
    }

    [Fact]
    public async Task Work_longer_than_its_lease_stays_with_its_worker()
    {
        work.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(typeof(Worker), ("LocalHost:QueueLease", "00:00:09"));
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c1\",\"count\":1}", null, default);
        await Waiting.UntilAsync(() => work.Begun.Count == 1);
        await Task.Delay(TimeSpan.FromSeconds(11));
        work.Gate.SetResult();
        await UntilEmptyAsync();
        Assert.Single(work.Begun);
    }

    [Fact]
    public async Task No_more_than_a_batch_is_worked_on_at_once_when_the_threshold_is_none()
    {
        work.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(
            typeof(Worker),
            ("AzureFunctionsJobHost:extensions:queues:batchSize", "2"), ("AzureFunctionsJobHost:extensions:queues:newBatchThreshold", "0"));
        for (var i = 0; i < 5; i++)
        {
            await Queue.SendAsync(work.Queue, $"{{\"customer\":\"c{i}\",\"count\":1}}", null, default);
        }

        await Waiting.UntilAsync(() => !work.Begun.IsEmpty);
        await Task.Delay(300);
        Assert.InRange(work.Begun.Count, 1, 2);
        work.Gate.SetResult();
        await Waiting.UntilAsync(() => work.Done.Count == 5);
        Assert.True(work.MostAtOnce <= 2);
    }

    [Fact]
    public async Task Stopping_finishes_what_was_begun_and_leaves_the_rest()
    {
        work.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = await StartAsync(
            typeof(Worker),
            ("AzureFunctionsJobHost:extensions:queues:batchSize", "1"), ("AzureFunctionsJobHost:extensions:queues:newBatchThreshold", "0"));
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c1\",\"count\":1}", null, default);
        await Waiting.UntilAsync(() => work.Begun.Count == 1);
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c2\",\"count\":1}", null, default);

        var stopping = host.DisposeAsync().AsTask();
        await Task.Delay(200);
        Assert.False(stopping.IsCompleted);
        work.Gate.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["c1 1 try 1"], work.Done);
        Assert.Contains("c2", Assert.Single(await Queue.ReceiveAsync(work.Queue, 32, TimeSpan.FromMinutes(1), default)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_does_not_finish_in_time_is_cancelled_and_comes_back_at_once()
    {
        work.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = await StartAsync(typeof(Worker), ("LocalHost:DrainTime", "00:00:00.2"));
        await Queue.SendAsync(work.Queue, "{\"customer\":\"c1\",\"count\":1}", null, default);
        await Waiting.UntilAsync(() => work.Begun.Count == 1);
        await host.DisposeAsync();
        Assert.Empty(work.Done);

        // Being stopped is not its fault: none of its lives is spent.
        Assert.Equal(1, Assert.Single(await Queue.ReceiveAsync(work.Queue, 1, TimeSpan.FromMinutes(1), default)).DequeueCount);
    }

    protected Task<LocalHostApplication> StartAsync(Type functions, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        all["QueueName"] = work.Queue;
        all.TryAdd("AzureFunctionsJobHost:extensions:queues:visibilityTimeout", "00:00:00");
        all.TryAdd("AzureFunctionsJobHost:extensions:queues:maxPollingInterval", "00:01:00");
        return TestHost.StartAsync([functions], services => services.AddSingleton(work).AddSingleton(_ => Queue), settings: all);
    }

    private async Task UntilEmptyAsync()
    {
        var waited = Stopwatch.StartNew();
        while (await Queue.ReceiveAsync(work.Queue, 1, TimeSpan.FromSeconds(1), default) is { Count: > 0 })
        {
            Assert.Fail("A message that was worked on is still there.");
        }

        // Hidden ones would show after their lease; those that were deleted never do.
        while (waited.Elapsed < TimeSpan.FromSeconds(2.5))
        {
            await Task.Delay(100);
            Assert.Empty(await Queue.ReceiveAsync(work.Queue, 1, TimeSpan.FromSeconds(1), default));
        }
    }

    private async Task<WorkMessage> UntilPoisonedAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (await Queue.ReceiveAsync(work.Queue + "-poison", 1, TimeSpan.FromMinutes(1), default) is [var message])
            {
                return message;
            }

            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), "Nothing came to the poison queue.");
            await Task.Delay(20);
        }
    }

    public sealed class Work
    {
        private readonly Lock gate = new();
        private int now;

        public string Queue { get; } = $"q-{Guid.NewGuid():N}";

        public ConcurrentQueue<string> Begun { get; } = new();

        public ConcurrentQueue<string> Done { get; } = new();

        public TaskCompletionSource? Gate { get; set; }

        public bool Fails { get; set; }

        public int MostAtOnce { get; private set; }

        public async Task DoAsync(string what, CancellationToken cancellation)
        {
            lock (gate)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++now);
            }

            try
            {
                Begun.Enqueue(what);
                if (Gate is { } wait)
                {
                    await wait.Task.WaitAsync(cancellation);
                }

                if (Fails)
                {
                    throw new FormatException("as told");
                }

                Done.Enqueue(what);
            }
            finally
            {
                lock (gate)
                {
                    now--;
                }
            }
        }
    }

    public sealed record Job(string Customer, int Count);

    public sealed class Worker(Work work)
    {
        [Function("Worker")]
        public Task RunAsync([QueueTrigger("%QueueName%")] Job job, int dequeueCount, CancellationToken cancellation) =>
            work.DoAsync($"{job.Customer} {job.Count} try {dequeueCount}", cancellation);
    }

    public sealed class Texts(Work work)
    {
        [Function("Text")]
        public Task TextAsync([QueueTrigger("%QueueName%-text")] string text, FunctionContext context) =>
            work.DoAsync($"text {text} {context.BindingContext.BindingData["DequeueCount"]}", context.CancellationToken);

        [Function("Bytes")]
        public Task BytesAsync([QueueTrigger("%QueueName%-bytes")] byte[] bytes, string dequeueCount) =>
            work.DoAsync($"bytes {Encoding.UTF8.GetString(bytes)} {dequeueCount}", default);

        [Function("Binary")]
        public Task BinaryAsync([QueueTrigger("%QueueName%-binary")] BinaryData data, long dequeueCount) =>
            work.DoAsync($"binary {data} {dequeueCount}", default);
    }

    public sealed class Threads(Work work)
    {
        [Function("Threads")]
        public async Task RunAsync([QueueTrigger("%QueueName%-threads")] string message, CancellationToken cancellation)
        {
            var first = Thread.CurrentThread.IsThreadPoolThread;
            await Task.Yield();
            var second = Thread.CurrentThread.IsThreadPoolThread;
            await Task.Delay(1, cancellation);
            await work.DoAsync($"{message} {first} {second} {Thread.CurrentThread.IsThreadPoolThread}", cancellation);
        }
    }
}

public sealed class SqliteQueueFunctionsTests : QueueFunctionsTests, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
    private readonly string file;
    private readonly SqliteWorkQueue queue;

    public SqliteQueueFunctionsTests()
    {
        file = Path.Combine(folder, "queue.db");
        queue = new SqliteWorkQueue(file, TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    internal override IWorkQueue Queue => new Borrowed(queue);

    public void Dispose()
    {
        queue.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Work_of_a_host_that_was_killed_is_done_by_the_next_one()
    {
        await queue.SendAsync(KilledHost.QueueName, "work", null, default);
        using var killed = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(KilledHost).Assembly.Location, "host", file])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("begun work, try 1", await killed.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        }
        finally
        {
            killed.Kill();
        }

        var waited = Stopwatch.StartNew();
        IReadOnlyList<WorkMessage> again;
        while ((again = await queue.ReceiveAsync(KilledHost.QueueName, 1, TimeSpan.FromMinutes(1), default)).Count == 0)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), "It was not delivered again.");
            await Task.Delay(50);
        }

        Assert.Equal(("work", 2), (again[0].Body, again[0].DequeueCount));
    }

    /// <summary>A queue that outlives the host that uses it.</summary>
    private sealed class Borrowed(IWorkQueue queue) : IWorkQueue
    {
        public Task SendAsync(string name, string message, TimeSpan? delay, CancellationToken cancellation) =>
            queue.SendAsync(name, message, delay, cancellation);

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string name, int max, TimeSpan visibility, CancellationToken cancellation) =>
            queue.ReceiveAsync(name, max, visibility, cancellation);

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => queue.DeleteAsync(message, cancellation);

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) =>
            queue.HideAsync(message, visibility, cancellation);

        public Task ReturnAsync(WorkMessage message, TimeSpan delay, CancellationToken cancellation) => queue.ReturnAsync(message, delay, cancellation);

        public Task<long> CountAsync(string name, CancellationToken cancellation) => queue.CountAsync(name, cancellation);

        public Task WaitAsync(string name, TimeSpan atMost, CancellationToken cancellation) => queue.WaitAsync(name, atMost, cancellation);
    }
}

public sealed class AzureQueueFunctionsTests : QueueFunctionsTests, IClassFixture<AzuriteFixture>
{
    public AzureQueueFunctionsTests(AzuriteFixture azurite) =>
        Queue = new AzureWorkQueue(new QueueServiceClient(azurite.ConnectionString), TimeProvider.System);

    internal override IWorkQueue Queue { get; }
}
