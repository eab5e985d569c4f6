using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.LocalHost;

/// <summary>The clock starts on Monday, 2 March 2026, 09:00 UTC.</summary>
public sealed class TimerFunctionsTests : IDisposable
{
    private readonly TestClock clock = new();
    private readonly Runs runs = new();
    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-").FullName;
    private readonly SqliteTableStore tables;

    public TimerFunctionsTests() => tables = new SqliteTableStore(Path.Combine(folder, "timers.db"), TimeSpan.FromSeconds(5));

    public void Dispose()
    {
        tables.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_timer_runs_at_its_time_in_the_zone_of_the_setting()
    {
        await using var host = await StartAsync(typeof(Nightly), ("WEBSITE_TIME_ZONE", "America/New_York"));
        clock.MoveTo(new(2026, 3, 3, 6, 59, 59, TimeSpan.Zero));
        await Task.Delay(50);
        Assert.Empty(runs.All);

        clock.Advance(TimeSpan.FromSeconds(1));
        await Waiting.UntilAsync(() => runs.All.Count == 1);
        var (_, info) = runs.All.Single();
        Assert.False(info.IsPastDue);
        Assert.Equal(new DateTime(2026, 3, 4, 7, 0, 0, DateTimeKind.Utc), info.ScheduleStatus!.Next);
    }

    [Fact]
    public async Task A_run_missed_while_the_host_was_down_is_made_up_for_once()
    {
        await using (await StartAsync(typeof(Nightly)))
        {
            clock.MoveTo(new(2026, 3, 3, 2, 0, 0, TimeSpan.Zero));
            await Waiting.UntilAsync(() => runs.All.Count == 1);
        }

        clock.Advance(TimeSpan.FromDays(3.5));
        await using (await StartAsync(typeof(Nightly)))
        {
            await Waiting.UntilAsync(() => runs.All.Count == 2);
            var (_, info) = runs.All.Last();
            Assert.True(info.IsPastDue);
            Assert.Equal(new DateTime(2026, 3, 3, 2, 0, 0, DateTimeKind.Utc), info.ScheduleStatus!.Last);
        }

        await using (await StartAsync(typeof(Nightly)))
        {
            Assert.Equal(2, runs.All.Count);
        }
    }

    [Fact]
    public async Task Even_the_first_run_of_all_can_be_missed_and_made_up_for()
    {
        await (await StartAsync(typeof(Nightly))).DisposeAsync();

        clock.Advance(TimeSpan.FromDays(1));
        await using var host = await StartAsync(typeof(Nightly));
        await Waiting.UntilAsync(() => runs.All.Count == 1);
        Assert.True(runs.All.Single().Info.IsPastDue);
    }

    [Fact]
    public async Task A_run_missed_under_another_schedule_or_without_a_monitor_is_not()
    {
        await (await StartAsync(typeof(BySetting), ("Schedule", "0 0 2 * * *"))).DisposeAsync();

        clock.Advance(TimeSpan.FromDays(1));
        await using (await StartAsync(typeof(BySetting), ("Schedule", "0 0 3 * * *")))
        {
            Assert.Empty(runs.All);
        }

        await (await StartAsync(typeof(Forgetful))).DisposeAsync();

        clock.Advance(TimeSpan.FromDays(1));
        await using (await StartAsync(typeof(Forgetful)))
        {
            Assert.Empty(runs.All);
            clock.Advance(TimeSpan.FromDays(1));
            await Waiting.UntilAsync(() => runs.All.Count == 1);
            Assert.Null(runs.All.Single().Info.ScheduleStatus);
        }
    }

    [Fact]
    public async Task A_timer_may_run_on_start_too()
    {
        await using var host = await StartAsync(typeof(Eager));
        await Waiting.UntilAsync(() => runs.All.Count == 1);
        Assert.False(runs.All.Single().Info.IsPastDue);
    }

    [Fact]
    public async Task Never_two_runs_at_once_and_none_are_saved_up()
    {
        runs.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(typeof(EveryMinute));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Waiting.UntilAsync(() => runs.All.Count == 1);
        clock.Advance(TimeSpan.FromMinutes(3));
        await Task.Delay(50);
        Assert.Single(runs.All);

        runs.Gate.SetResult();
        await UntilRunAsync(2);
        await Waiting.UntilAsync(() => runs.Ended == 2);
        Assert.Equal(2, runs.All.Count);
    }

    [Fact]
    public async Task A_run_that_fails_does_not_end_its_timer()
    {
        runs.Fails = true;
        await using var host = await StartAsync(typeof(EveryMinute));
        for (var run = 1; run <= 3; run++)
        {
            await UntilRunAsync(run);
        }
    }

    [Fact]
    public async Task A_clock_that_was_a_year_ahead_and_is_set_back_stops_no_timer()
    {
        clock.SetBy(TimeSpan.FromDays(365));
        await using (await StartAsync(typeof(EveryMinute)))
        {
            await UntilRunAsync(1);
            clock.SetBy(TimeSpan.FromDays(-365));
            await UntilRunAsync(2);
        }

        clock.SetBy(TimeSpan.FromDays(365));
        await using (await StartAsync(typeof(EveryMinute)))
        {
            await UntilRunAsync(3);
        }

        clock.SetBy(TimeSpan.FromDays(-365));
        await using var host = await StartAsync(typeof(EveryMinute)); // what it kept says next year
        await UntilRunAsync(4);
        Assert.Equal(2026, clock.GetUtcNow().Year);
    }

    [Fact]
    public async Task A_disabled_timer_never_runs()
    {
        await using var host = await StartAsync([typeof(Eager), typeof(EveryMinute)], ("AzureWebJobs.Eager.Disabled", "1"));
        await UntilRunAsync(3);
        Assert.All(runs.All, run => Assert.Equal(nameof(EveryMinute), run.Function));
    }

    /// <summary>Started, and asleep until its timer is due.</summary>
    private Task<LocalHostApplication> StartAsync(Type function, params (string Name, string? Value)[] settings) => StartAsync([function], settings);

    private async Task<LocalHostApplication> StartAsync(Type[] functions, params (string Name, string? Value)[] settings)
    {
        var host = await TestHost.StartAsync(
            functions,
            services => services.AddSingleton(runs).AddSingleton<ITableStore>(_ => new Borrowed(tables)),
            settings: settings.ToDictionary(s => s.Name, s => s.Value),
            clock: clock);
        await Waiting.UntilAsync(() => clock.WaitingTimers > 0);
        return host;
    }

    /// <summary>Lets time pass, a little at a time, until there have been this many runs.</summary>
    private Task UntilRunAsync(int count) => Waiting.UntilAsync(() =>
    {
        if (runs.All.Count < count)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        return runs.All.Count >= count;
    });

    public sealed class Runs
    {
        private int ended;

        public ConcurrentQueue<(string Function, TimerInfo Info)> All { get; } = new();

        public TaskCompletionSource? Gate { get; set; }

        public bool Fails { get; set; }

        public int Ended => ended;

        public async Task RunAsync(string function, TimerInfo info)
        {
            All.Enqueue((function, info));
            if (Gate is { } gate)
            {
                await gate.Task;
            }

            Interlocked.Increment(ref ended);
            if (Fails)
            {
                throw new FormatException("as told");
            }
        }
    }

    public sealed class Nightly(Runs runs)
    {
        [Function("Nightly")]
        public Task RunAsync([TimerTrigger("0 0 2 * * *")] TimerInfo timer) => runs.RunAsync("Nightly", timer);
    }

    public sealed class BySetting(Runs runs)
    {
        [Function("BySetting")]
        public Task RunAsync([TimerTrigger("%Schedule%")] TimerInfo timer) => runs.RunAsync("BySetting", timer);
    }

    public sealed class Forgetful(Runs runs)
    {
        [Function("Forgetful")]
        public Task RunAsync([TimerTrigger("0 0 2 * * *", UseMonitor = false)] TimerInfo timer) => runs.RunAsync("Forgetful", timer);
    }

    public sealed class Eager(Runs runs)
    {
        [Function("Eager")]
        public Task RunAsync([TimerTrigger("0 0 2 * * *", RunOnStartup = true)] TimerInfo timer) => runs.RunAsync("Eager", timer);
    }

    public sealed class EveryMinute(Runs runs)
    {
        [Function("EveryMinute")]
        public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer) => runs.RunAsync("EveryMinute", timer);
    }

    /// <summary>A store that outlives the host that uses it.</summary>
    private sealed class Borrowed(ITableStore store) : ITableStore
    {
        public Task<TableRow?> FindAsync(string table, string partitionKey, string rowKey, CancellationToken cancellation) =>
            store.FindAsync(table, partitionKey, rowKey, cancellation);

        public Task<TableRange> RangeAsync(
            string table, string partitionKey, RowKeyRange range, int maxRows, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<TransactionOutcome> TransactAsync(
            string table, string partitionKey, IReadOnlyList<TableChange> changes, CancellationToken cancellation) =>
            store.TransactAsync(table, partitionKey, changes, cancellation);
    }
}
