namespace OutlookCrm.Sandbox;

/// <summary>
/// The sandbox's time: the real one, or a test's, and as much later as somebody has moved it. Tokens, mail, subscriptions and limits all go by
/// it; given to the product too, both live in the same time. Timers made from it ring when it is moved past them.
/// </summary>
public sealed class SandboxClock(TimeProvider real) : TimeProvider
{
    private readonly Lock moving = new();
    private readonly HashSet<MovableTimer> timers = [];
    private TimeSpan ahead;

    private TimeProvider Real { get; } = real;

    /// <summary>How far it has been moved.</summary>
    public TimeSpan Ahead
    {
        get
        {
            lock (moving)
            {
                return ahead;
            }
        }
    }

    public override TimeZoneInfo LocalTimeZone => Real.LocalTimeZone;

    public override long TimestampFrequency => Real.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Real.GetUtcNow() + Ahead;

    public override long GetTimestamp() => Real.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    /// <exception cref="ArgumentOutOfRangeException">Back: what has happened has happened.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MovableTimer[] all;
        lock (moving)
        {
            ahead += by;
            all = [.. timers];
        }

        foreach (var timer in all)
        {
            timer.Rearm();
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Earlier than it is.</exception>
    public void Set(DateTimeOffset to) => Advance(to - GetUtcNow());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new MovableTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class MovableTimer : ITimer
    {
        private readonly SandboxClock clock;
        private readonly TimerCallback callback;
        private readonly ITimer real;
        private readonly Lock changing = new();
        private DateTimeOffset? dueAt;
        private TimeSpan period;

        public MovableTimer(SandboxClock clock, TimerCallback callback, object? state)
        {
            this.clock = clock;
            this.callback = callback;
            real = clock.Real.CreateTimer(_ => Ring(state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (changing)
            {
                period = newPeriod;
                dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
            }

            lock (clock.moving)
            {
                _ = dueAt is null ? clock.timers.Remove(this) : clock.timers.Add(this);
            }

            return Rearm();
        }

        public bool Rearm()
        {
            lock (changing)
            {
                var left = dueAt - clock.GetUtcNow();
                return real.Change(left is null ? Timeout.InfiniteTimeSpan : left < TimeSpan.Zero ? TimeSpan.Zero : left.Value, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            real.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            await real.DisposeAsync();
        }

        private void Ring(object? state)
        {
            lock (changing)
            {
                // Real timers may be early by a tick, and one may ring just when it was changed.
                if (dueAt is not { } due || due > clock.GetUtcNow())
                {
                    _ = Rearm();
                    return;
                }
            }

            Change(period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan, period);
            callback(state);
        }
    }
}
