using System.Threading.RateLimiting;

namespace OutlookCrm.Graph;

/// <summary>
/// One mailbox's share of Graph: so many requests at once, in the order of asking, and none before the time that Graph asked to wait for.
/// </summary>
internal sealed class MailboxLane : IDisposable
{
    /// <summary>Graph's own limit for an app and a mailbox; also how many parts of a batch it works on at once.</summary>
    public const int MaxAtOnce = 4;

    private readonly ConcurrencyLimiter limiter = new(new()
    {
        PermitLimit = MaxAtOnce,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private long closedUntilTicks;

    public DateTimeOffset ClosedUntil => new(Interlocked.Read(ref closedUntilTicks), TimeSpan.Zero);

    /// <summary>Disposing what is given back makes room for the next.</summary>
    public ValueTask<RateLimitLease> EnterAsync(int parts, CancellationToken cancellation) =>
        limiter.AcquireAsync(Math.Min(parts, MaxAtOnce), cancellation);

    /// <summary>The latest wish holds, unless an earlier one was for longer.</summary>
    public void CloseUntil(DateTimeOffset at)
    {
        var ticks = at.UtcTicks;
        for (var seen = Interlocked.Read(ref closedUntilTicks); seen < ticks;)
        {
            var before = Interlocked.CompareExchange(ref closedUntilTicks, ticks, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }
    }

    public void Dispose() => limiter.Dispose();
}
