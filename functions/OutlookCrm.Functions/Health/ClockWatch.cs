namespace OutlookCrm.Health;

/// <summary>Notices when somebody sets the machine's clock: by how much it went on beside the time that really passed.</summary>
public sealed class ClockWatch(TimeProvider clock)
{
    /// <summary>What no clock is corrected by in everyday life.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ToldFor = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly long began = clock.GetTimestamp();
    private readonly DateTimeOffset beganAt = clock.GetUtcNow();
    private TimeSpan known;
    private (TimeSpan By, long Seen)? last;

    /// <summary>By how much it was set forward (or back, below zero) within the last hour; null when it was not.</summary>
    public TimeSpan? Look()
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            var drift = clock.GetUtcNow() - beganAt - clock.GetElapsedTime(began, now);
            if ((drift - known).Duration() >= Step)
            {
                last = (drift - known, now);
            }

            known = drift;
            return last is { } step && clock.GetElapsedTime(step.Seen, now) < ToldFor ? step.By : null;
        }
    }
}
