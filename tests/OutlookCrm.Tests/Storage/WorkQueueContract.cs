using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Health;
using OutlookCrm.Import;
using OutlookCrm.Insights;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

/// <summary>What every work queue promises. Each test has a queue of its own.</summary>
public abstract class WorkQueueContract
{
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    /// <summary>Longer than a loaded machine stands still between two calls of a test.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly string queue = $"q-{Guid.NewGuid():N}";

    internal abstract IWorkQueue Queue { get; }

    /// <summary>By these the product keeps its work in such a queue.</summary>
    protected abstract IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>Lets this much time pass for the queue.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task A_message_is_taken_once_and_comes_back_when_nobody_ends_it()
    {
        await Queue.SendAsync(queue, "work", null, default);
        var first = Assert.Single(await Queue.ReceiveAsync(queue, 32, Lease, default));
        Assert.Equal(("work", 1, queue), (first.Body, first.DequeueCount, first.Queue));
        Assert.Empty(await Queue.ReceiveAsync(queue, 32, minute, default));

        await PassAsync(Lease);
        var second = Assert.Single(await Queue.ReceiveAsync(queue, 32, minute, default));
        Assert.Equal((first.Id, 2, first.InsertedAt), (second.Id, second.DequeueCount, second.InsertedAt));
        Assert.True(await Queue.DeleteAsync(second, default));
        Assert.False(await Queue.DeleteAsync(second, default));
    }

    [Fact]
    public async Task A_receipt_that_is_no_longer_the_newest_changes_nothing()
    {
        await Queue.SendAsync(queue, "work", null, default);
        var slow = Assert.Single(await Queue.ReceiveAsync(queue, 1, TimeSpan.FromSeconds(1), default));
        await PassAsync(TimeSpan.FromSeconds(2));
        var quick = Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default));

        Assert.False(await Queue.DeleteAsync(slow, default));
        Assert.Null(await Queue.HideAsync(slow, TimeSpan.Zero, default));
        Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));
        Assert.True(await Queue.DeleteAsync(quick, default));
    }

    [Fact]
    public async Task A_returned_message_has_all_its_lives_and_is_counted_until_it_is_ended()
    {
        Assert.Equal(0, await Queue.CountAsync(queue, default));
        await Queue.SendAsync(queue, "work", null, default);
        var taken = Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default));

        await Queue.ReturnAsync(taken, Lease, default);

        Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));
        Assert.Equal(1, await Queue.CountAsync(queue, default));
        await PassAsync(Lease);
        var again = Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default));
        Assert.Equal(("work", 1), (again.Body, again.DequeueCount));
        await Queue.ReturnAsync(taken, TimeSpan.Zero, default); // no longer its to return
        Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));
        Assert.True(await Queue.DeleteAsync(again, default));
        Assert.Equal(0, await Queue.CountAsync(queue, default));
    }

    [Fact]
    public async Task Hiding_keeps_a_message_longer_and_gives_a_new_receipt()
    {
        await Queue.SendAsync(queue, "work", null, default);
        var taken = Assert.Single(await Queue.ReceiveAsync(queue, 1, Lease, default));
        var kept = await Queue.HideAsync(taken, minute, default);
        Assert.NotNull(kept);

        await PassAsync(Lease);
        Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));
        Assert.False(await Queue.DeleteAsync(taken, default));
        Assert.True(await Queue.DeleteAsync(kept, default));
    }

    [Fact]
    public async Task Hiding_for_no_time_returns_a_message_at_once_and_forgets_no_try()
    {
        await Queue.SendAsync(queue, "work", null, default);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var taken = Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default));
            Assert.Equal(attempt, taken.DequeueCount);
            Assert.NotNull(await Queue.HideAsync(taken, TimeSpan.Zero, default));
        }
    }

    [Fact]
    public async Task A_delayed_message_is_invisible_until_its_time()
    {
        await Queue.SendAsync(queue, "later", Lease, default);
        Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));
        await PassAsync(Lease);
        Assert.Equal("later", Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default)).Body);
    }

    [Fact]
    public async Task The_text_comes_out_as_it_went_in()
    {
        // Whatever a text may hold: NUL, controls, markup, characters beyond the first plane. Lone halves of those are no text.
        var texts = Gen.Sample(Gen.Choose(0, 0x10FFFF).Where(c => c is < 0xD800 or > 0xDFFF).ListOf(20), 10)
            .Select(runes => string.Concat(runes.Select(char.ConvertFromUtf32)))
            .Concat(["\0\u0001", "<a>&amp;]]>", " leading and trailing \r\n", "ünïcode ☃ 𝒳", "YWJj", "{\"id\":1}"])
            .Distinct()
            .ToArray();
        foreach (var text in texts)
        {
            await Queue.SendAsync(queue, text, null, default);
        }

        Assert.Equal(texts.Order(StringComparer.Ordinal), (await Queue.ReceiveAsync(queue, 32, minute, default)).Select(m => m.Body).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_may_have_48_KiB_and_no_more()
    {
        var largest = new string('ü', 24 * 1024);
        await Queue.SendAsync(queue, largest, null, default);
        Assert.Equal(largest, Assert.Single(await Queue.ReceiveAsync(queue, 1, minute, default)).Body);
        await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync(queue, largest + "x", null, default));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("two--hyphens")]
    [InlineData("-first")]
    [InlineData("under_score")]
    public async Task A_name_that_the_service_refuses_is_refused_before_it_is_asked(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync(name, "work", null, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Queue.ReceiveAsync(name, 1, minute, default));
    }

    [Fact]
    public async Task What_is_out_of_range_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.SendAsync(queue, "work", TimeSpan.FromDays(8), default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.SendAsync(queue, "work", TimeSpan.FromSeconds(-1), default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(queue, 33, minute, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(queue, 1, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task A_queue_that_nobody_sent_to_is_empty() => Assert.Empty(await Queue.ReceiveAsync(queue, 1, minute, default));

    [Fact]
    public async Task Queues_do_not_see_each_others_messages()
    {
        await Queue.SendAsync(queue, "mine", null, default);
        Assert.Empty(await Queue.ReceiveAsync(queue + "-poison", 1, minute, default));
    }

    [Fact]
    public async Task Of_many_receivers_each_message_reaches_one()
    {
        const int Messages = 120;
        await Parallel.ForEachAsync(Enumerable.Range(0, Messages), async (i, stop) => await Queue.SendAsync(queue, $"{i}", null, stop));
        var taken = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (await Queue.ReceiveAsync(queue, 7, minute, default) is { Count: > 0 } some)
            {
                foreach (var message in some)
                {
                    taken.Add(message.Body);
                    Assert.True(await Queue.DeleteAsync(message, default));
                }
            }
        })));

        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}").Order(StringComparer.Ordinal), taken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_owner_has_the_firms_failed_work_tried_again_and_nobody_elses()
    {
        await using var crm = await TestCrm.StartAsync(Settings);
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);
        using var olga = crm.SignIn(A.Olga);
        var work = crm.Services.GetRequiredService<IWorkQueue>();
        var (insights, mail) = (PoisonQueue.Of(FirmRecompute.Queue), PoisonQueue.Of(CaptureRequests.MailboxQueue));
        await work.SendAsync(insights, "no work of ours", null, default);
        await work.SendAsync(insights, JsonSerializer.Serialize(new RecomputeMessage(A.OtherFirm)), null, default);
        await work.SendAsync(insights, JsonSerializer.Serialize(new RecomputeMessage(A.Firm)), null, default);
        await work.SendAsync(mail, JsonSerializer.Serialize(new LookAtMailboxes([new(A.OtherFirm, A.Olga.Id), new(A.Firm, A.Anna.Id)], default)), null, default);

        (string, int)[] each = [("mailLogging", 1), ("insights", 1)];
        Assert.Equal(each, Failed(await anna.GetFromJsonAsync<JsonObject>("/api/firm/health")));
        Assert.Equal(each, Failed(await anna.GetFromJsonAsync<JsonObject>("/api/firm/health"))); // looking takes nothing away
        Assert.Null((await anna.GetFromJsonAsync<JsonObject>("/api/insights"))!["asOf"]);
        using var refused = await ben.PostAsync("/api/firm/failed-work/try-again", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var again = await anna.PostAsync("/api/firm/failed-work/try-again", null);

        Assert.Empty(Failed(await again.Content.ReadFromJsonAsync<JsonObject>()));
        await Waiting.UntilAsync(async () => (await anna.GetFromJsonAsync<JsonObject>("/api/insights"))!["asOf"] is not null);
        Assert.Null((await olga.GetFromJsonAsync<JsonObject>("/api/insights"))!["asOf"]);
        Assert.Equal(each, Failed(await olga.GetFromJsonAsync<JsonObject>("/api/firm/health")));
        Assert.Equal((2, 1), (await work.CountAsync(insights, default), await work.CountAsync(mail, default)));

        using var others = await olga.PostAsync("/api/firm/failed-work/try-again", null);
        Assert.Empty(Failed(await others.Content.ReadFromJsonAsync<JsonObject>()));
        var left = Assert.Single(await work.ReceiveAsync(insights, 32, minute, default));
        Assert.Equal(("no work of ours", 0), (left.Body, await work.CountAsync(mail, default)));
        Assert.True(await work.DeleteAsync(left, default));

        static IEnumerable<(string, int)> Failed(JsonObject? health) =>
            health!["failedWork"]!.AsArray().Select(one => ((string)one!["kind"]!, (int)one["count"]!));
    }

    [Fact]
    public async Task Failed_work_that_was_put_back_is_not_lost_when_it_cannot_be_taken_away_any_more()
    {
        var (firm, name) = (Guid.NewGuid(), ImportJob.Queue);
        var body = JsonSerializer.Serialize(new ImportMessage(firm, Guid.NewGuid()));
        await Queue.SendAsync(PoisonQueue.Of(name), body, null, default);
        using var dies = new FailedWorkQueues(new DeletesNothing(Queue));
        using var lives = new FailedWorkQueues(Queue);

        await Assert.ThrowsAsync<WorkQueueUnavailableException>(() => dies.TryAgainAsync(firm, default));
        Assert.Equal([new FailedWork(WorkKind.Import, 1)], await lives.CountAsync(firm, default));
        await lives.TryAgainAsync(firm, default);
        await lives.TryAgainAsync(firm, default); // nothing is left to try

        Assert.Empty(await lives.CountAsync(firm, default));
        var back = await Queue.ReceiveAsync(name, 32, minute, default);
        Assert.Equal([(body, 1), (body, 1)], back.Select(message => (message.Body, message.DequeueCount)));
        foreach (var message in back)
        {
            Assert.True(await Queue.DeleteAsync(message, default));
        }
    }

    [Fact]
    public async Task A_listener_of_this_process_is_woken_when_a_message_is_due_and_not_before()
    {
        var waiting = Queue.WaitAsync(queue, minute, default);
        await Queue.SendAsync(queue, "later", Lease, default);
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        await PassAsync(Lease);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));

        waiting = Queue.WaitAsync(queue, minute, default);
        await Queue.SendAsync(queue, "now", null, default);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_listener_gives_up_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(queue, minute, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>A queue that takes and gives, and then goes away.</summary>
    private sealed class DeletesNothing(IWorkQueue real) : IWorkQueue
    {
        public Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation) => real.SendAsync(queue, message, delay, cancellation);

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
            real.ReceiveAsync(queue, max, visibility, cancellation);

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => throw new WorkQueueUnavailableException("It went away.");

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) => real.HideAsync(message, visibility, cancellation);

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => real.CountAsync(queue, cancellation);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => real.WaitAsync(queue, atMost, cancellation);
    }
}

public sealed class SqliteWorkQueueTests : WorkQueueContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
    private readonly string file;
    private readonly TestClock clock = new();
    private readonly SqliteWorkQueue queue;

    public SqliteWorkQueueTests()
    {
        file = Path.Combine(folder, "queue.db");
        queue = Open();
    }

    internal override IWorkQueue Queue => queue;

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public void Dispose()
    {
        queue.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Messages_outlive_the_queue_that_took_them()
    {
        await queue.SendAsync("durable", "work", null, default);
        Assert.Single(await queue.ReceiveAsync("durable", 1, TimeSpan.FromMinutes(1), default));
        queue.Dispose();

        using var next = Open();
        Assert.Empty(await next.ReceiveAsync("durable", 1, TimeSpan.FromMinutes(1), default));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, Assert.Single(await next.ReceiveAsync("durable", 1, TimeSpan.FromMinutes(1), default)).DequeueCount);
    }

    [Fact]
    public async Task What_was_sent_taken_or_hidden_before_the_clock_was_set_back_is_not_waited_for_until_then()
    {
        clock.SetBy(TimeSpan.FromDays(400));
        await queue.SendAsync("clock", "sent", null, default);
        var hidden = Assert.Single(await queue.ReceiveAsync("clock", 1, TimeSpan.FromMinutes(1), default));
        await queue.HideAsync(hidden, TimeSpan.FromMinutes(10), default);
        await queue.SendAsync("clock", "delayed", TimeSpan.FromMinutes(10), default);
        Assert.Empty(await queue.ReceiveAsync("clock", 32, TimeSpan.FromMinutes(1), default));

        clock.SetBy(TimeSpan.FromDays(-400));

        var taken = await queue.ReceiveAsync("clock", 32, TimeSpan.FromMinutes(1), default);
        Assert.Equal(["delayed", "sent"], taken.Select(message => message.Body).Order(StringComparer.Ordinal));
        Assert.Empty(await queue.ReceiveAsync("clock", 32, TimeSpan.FromMinutes(1), default)); // once, as ever
    }

    [Fact]
    public async Task A_file_of_before_gets_the_column_that_it_lacks()
    {
        queue.Dispose();
        using (var old = SqliteDatabase.OpenForWriting(file, TimeSpan.FromSeconds(10)))
        {
            old.Execute("DROP TABLE IF EXISTS work_messages");
            old.Execute("CREATE TABLE work_messages (id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, visible_at INTEGER NOT NULL, receipt INTEGER NOT NULL, body BLOB NOT NULL, dequeue_count INTEGER NOT NULL, inserted_at INTEGER NOT NULL)");
            old.Execute("INSERT INTO work_messages (queue, visible_at, receipt, body, dequeue_count, inserted_at) VALUES ('old', 1, 0, x'6f6c64', 0, 1)");
        }

        using var next = Open();
        Assert.Equal("old", Assert.Single(await next.ReceiveAsync("old", 1, TimeSpan.FromMinutes(1), default)).Body);
        await next.SendAsync("old", "new", null, default);
        Assert.Equal(2, await next.CountAsync("old", default));
    }

    [Fact]
    public async Task Closing_it_lets_those_who_read_end_and_turns_away_those_who_come_later()
    {
        for (var round = 0; round < 20; round++)
        {
            var closing = new SqliteWorkQueue(Path.Combine(folder, $"closing-{round}.db"), TimeSpan.FromSeconds(10), clock);
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => closing.SendAsync("closing", $"{i}", null, default)));
            var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    Assert.Equal(50, await closing.CountAsync("closing", default));
                    reading.TrySetResult();
                }
            })).ToList();
            await reading.Task;

            closing.Dispose();

            foreach (var reader in readers)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
            }
        }
    }

    [Fact]
    public async Task Messages_that_wait_while_another_writes_to_the_file_are_written_together()
    {
        const int Messages = 50;
        await queue.SendAsync("together", "first", null, default); // the file is made
        var log = new FileInfo(file + "-wal");
        var before = log.Length;
        var turn = SqliteWriteTurn.Of(file);
        await turn.WaitAsync();
        var sending = Enumerable.Range(0, Messages).Select(i => queue.SendAsync("together", $"{i}", null, default)).ToList();
        Assert.DoesNotContain(sending, sent => sent.IsCompleted);
        turn.Release();
        await Task.WhenAll(sending);

        // Each commit of its own would add at least the page of the messages and the page of their index.
        const int PageBytes = 8192;
        log.Refresh();
        Assert.InRange(log.Length - before, 1, Messages * PageBytes);
        Assert.Equal(Messages + 1, await queue.CountAsync("together", default));
    }

    [Fact]
    public async Task A_write_that_fails_is_heard_of_by_all_who_waited_for_it_and_keeps_none_of_their_messages()
    {
        using var small = new SqliteWorkQueue(Path.Combine(folder, "small.db"), TimeSpan.FromSeconds(10), clock, maxMegabytes: 1);
        await small.SendAsync("small", "fits", null, default);
        var turn = SqliteWriteTurn.Of(Path.Combine(folder, "small.db"));
        await turn.WaitAsync();
        var sending = Enumerable.Range(0, 40).Select(_ => small.SendAsync("small", new string('x', 40_000), null, default)).ToList();
        turn.Release();

        foreach (var sent in sending)
        {
            await Assert.ThrowsAsync<WorkQueueUnavailableException>(() => sent);
        }

        await small.SendAsync("small", "fits again", null, default);
        Assert.Equal(["fits", "fits again"], (await small.ReceiveAsync("small", 32, TimeSpan.FromMinutes(1), default)).Select(message => message.Body).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_called_off_before_its_turn_is_not_written_and_those_beside_it_are()
    {
        await queue.SendAsync("called-off", "first", null, default);
        var turn = SqliteWriteTurn.Of(file);
        await turn.WaitAsync();
        using var gone = new CancellationTokenSource();
        var stays = queue.SendAsync("called-off", "stays", null, default);
        var goes = queue.SendAsync("called-off", "goes", null, gone.Token);
        await gone.CancelAsync();
        turn.Release();

        await stays;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goes);
        Assert.Equal(["first", "stays"], (await queue.ReceiveAsync("called-off", 32, TimeSpan.FromMinutes(1), default)).Select(message => message.Body).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_queues_may_work_on_one_file_beside_its_tables()
    {
        using var other = Open();
        using var tables = new SqliteTableStore(file, TimeSpan.FromSeconds(10));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            await (i % 2 == 0 ? queue : other).SendAsync("shared", $"{i}", null, default);
            await tables.InsertAsync(Tables.Customers, new TableRow("p", $"{i}", new Dictionary<string, object> { ["I"] = i }), default);
        })));

        var taken = new ConcurrentBag<string>();
        await Task.WhenAll(new[] { queue, other }.Select(each => Task.Run(async () =>
        {
            while (await each.ReceiveAsync("shared", 3, TimeSpan.FromMinutes(1), default) is { Count: > 0 } some)
            {
                foreach (var message in some)
                {
                    taken.Add(message.Body);
                }
            }
        })));
        Assert.Equal(100, taken.Count);
        Assert.Equal(100, taken.Distinct().Count());
        Assert.Equal(100, (await tables.RangeAsync(Tables.Customers, "p", new("", null), 1000, default)).Count);
    }

    protected override Task PassAsync(TimeSpan time)
    {
        clock.Advance(time);
        return Task.CompletedTask;
    }

    private SqliteWorkQueue Open() => new(file, TimeSpan.FromSeconds(10), clock);
}
