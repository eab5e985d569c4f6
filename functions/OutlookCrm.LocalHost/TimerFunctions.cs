using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OutlookCrm.Telemetry;

namespace OutlookCrm.LocalHost;

/// <summary>Runs each timer function when it is due, one run of it at a time. A run that fails is not repeated; the next one comes at its time.</summary>
internal sealed class TimerFunctions : IBackgroundFunctions
{
    // A machine that slept wakes with its timers behind: look at the clock at least this often.
    private static readonly TimeSpan longestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan clockStep = TimeSpan.FromMinutes(5);
    private static readonly Dictionary<string, object?> nothing = [];

    private readonly IReadOnlyList<(FunctionEntry Function, TimerTriggerAttribute Trigger, string Expression, TimerSchedule Schedule)> timers;
    private readonly BackgroundRuns runs;
    private readonly ScheduleMonitor monitor;
    private readonly HostSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<TimerFunctions> logger;
    private readonly BackgroundLife life;

    public TimerFunctions(
        FunctionCatalog catalog, BackgroundRuns runs, ScheduleMonitor monitor, HostSettings settings, IConfiguration configuration,
        BackgroundLife life, TimeProvider clock, ILogger<TimerFunctions> logger)
    {
        this.runs = runs;
        this.monitor = monitor;
        this.settings = settings;
        this.clock = clock;
        this.logger = logger;
        this.life = life;
        timers = [.. catalog.With<TimerTriggerAttribute>().Select(timer =>
        {
            var expression = SettingReferences.Resolve(timer.Trigger.Schedule, configuration, timer.Function.Name);
            return (timer.Function, timer.Trigger, expression, Parse(expression, timer.Function));
        })];
    }

    public IEnumerable<(FunctionEntry Function, Func<Task> Loop)> Loops =>
        timers.Select(one => (one.Function, (Func<Task>)(() => KeepAsync(one.Function, one.Trigger, one.Expression, one.Schedule))));

    private TimerSchedule Parse(string expression, FunctionEntry function)
    {
        try
        {
            var schedule = TimerSchedule.Parse(expression, settings.TimeZone);
            return schedule.NextAfter(clock.GetUtcNow()) is null
                ? throw new FormatException($"'{expression}' never comes.")
                : schedule;
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"Function {function.Name}: {e.Message}", e);
        }
    }

    private async Task KeepAsync(FunctionEntry function, TimerTriggerAttribute trigger, string expression, TimerSchedule schedule)
    {
        var monitored = trigger.UseMonitor && IsWorthMonitoring(schedule) ? monitor : null;
        var meaning = $"{expression} {settings.TimeZone.Id}";
        var now = clock.GetUtcNow();
        var kept = monitored is null ? null : await monitored.FindAsync(function.Name, meaning);
        var next = kept?.Next ?? schedule.NextAfter(now);
        if (monitored is not null && kept is null)
        {
            // Kept before the first run, so that even the first one can be missed and made up for.
            await monitored.KeepAsync(function.Name, new(meaning, null, next!.Value, now));
        }

        var pastDue = kept is not null && kept.Next <= now;
        if (trigger.RunOnStartup && !pastDue)
        {
            next = now;
        }

        var last = kept?.Last;
        while (next is { } wanted && await UntilAsync(wanted, schedule) is { } due)
        {
            await RunAsync(function, new TimerInfo
            {
                IsPastDue = pastDue,
                ScheduleStatus = monitored is null ? null : new ScheduleStatus
                {
                    Last = last?.UtcDateTime ?? default,
                    Next = (schedule.NextAfter(clock.GetUtcNow()) ?? due).UtcDateTime,
                    LastUpdated = clock.GetUtcNow().UtcDateTime,
                },
            });

            // What came due during a long run is skipped, not queued up.
            now = clock.GetUtcNow();
            (pastDue, last, next) = (false, due, schedule.NextAfter(now));
            if (monitored is not null && next is not null)
            {
                await monitored.KeepAsync(function.Name, new(meaning, last, next.Value, now));
            }
        }
    }

    /// <summary>When it came due; null when the host stops.</summary>
    private async Task<DateTimeOffset?> UntilAsync(DateTimeOffset due, TimerSchedule schedule)
    {
        try
        {
            while (true)
            {
                var now = clock.GetUtcNow();
                if (schedule.NextAfter(now) is { } sooner && due - sooner > clockStep)
                {
                    due = sooner; // it was meant by a clock that was ahead and has been set back
                }

                if (due <= now)
                {
                    return life.Stopping.IsCancellationRequested ? null : due;
                }

                await Task.Delay(due - now < longestSleep ? due - now : longestSleep, clock, life.Stopping);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task RunAsync(FunctionEntry function, TimerInfo info)
    {
        try
        {
            await runs.RunAsync(function, info, nothing, life.Aborting);
        }
        catch (Exception e)
        {
            logger.LogError("{Function} failed; it runs again at its next time: {Failure}", function.Name, Failure.WithoutWords(e));
        }
    }

    /// <summary>As in Azure: what comes more than once a minute is not worth making up for.</summary>
    private bool IsWorthMonitoring(TimerSchedule schedule) =>
        schedule.NextAfter(clock.GetUtcNow()) is { } first
        && (schedule.NextAfter(first) is not { } second || second - first >= TimeSpan.FromMinutes(1));
}
