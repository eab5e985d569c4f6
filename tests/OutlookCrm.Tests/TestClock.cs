namespace OutlookCrm.Tests;

/// <summary>A clock that stands still until a test moves it. Timers and <c>Task.Delay</c> on it fire inside <see cref="Advance"/>, in order.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<TestTimer> timers = [];
    private DateTimeOffset now = start.ToUniversalTime();
    private TimeSpan set;

    /// <summary>Monday, 2 March 2026, 09:00 UTC.</summary>
    public TestClock()
        : this(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers wait to fire: lets a test see that a loop has gone to sleep before it moves the clock.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (gate)
            {
                return timers.Count(t => t.DueAt is not null);
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return (now - set).Ticks;
        }
    }

    /// <summary>As when somebody sets a machine's clock, forward or back: timers and timestamps go on as if nothing had happened.</summary>
    public void SetBy(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
            set += by;
            timers.ForEach(timer => timer.ShiftBy(by));
        }
    }

    /// <summary>Moves time forward; each timer due on the way fires at its own instant.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MoveTo(GetUtcNow() + by);
    }

    /// <inheritdoc cref="Advance"/>
    public void MoveTo(DateTimeOffset instant)
    {
        while (true)
        {
            TestTimer? due;
            lock (gate)
            {
                if (instant < now)
                {
                    throw new ArgumentOutOfRangeException(nameof(instant), instant, "This clock does not go back.");
                }

                due = timers.Where(t => t.DueAt <= instant).MinBy(t => t.DueAt);
                now = due is null ? instant : Max(now, due.DueAt!.Value);
                due?.Reschedule(now);
            }

            if (due is null)
            {
                return;
            }

            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, callback, state);
        lock (gate)
        {
            timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed class TestTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? DueAt { get; private set; }

        public void Fire() => callback(state);

        public void ShiftBy(TimeSpan by) => DueAt += by;

        public void Reschedule(DateTimeOffset firedAt) =>
            DueAt = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : firedAt + period;

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            var fireNow = false;
            lock (clock.gate)
            {
                if (!clock.timers.Contains(this))
                {
                    return false;
                }

                period = newPeriod;
                fireNow = dueTime == TimeSpan.Zero;
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
                if (fireNow)
                {
                    Reschedule(clock.now);
                }
            }

            if (fireNow)
            {
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
