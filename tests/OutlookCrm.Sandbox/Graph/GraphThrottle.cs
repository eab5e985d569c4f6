using System.Collections.Concurrent;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// The published limits of Outlook's part of Graph, for each app and mailbox: 10,000 requests in ten minutes, four at once
/// (graph-docs concepts/throttling-limits.md).
/// </summary>
internal sealed class GraphThrottle(TimeProvider clock)
{
    private const int MostRequests = 10_000;
    private const int MostAtOnce = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WaitForRoom = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string App, string Mailbox), Share> shares = new();

    public static GraphError TooMany(string message, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "ApplicationThrottled", message) { RetryAfter = retryAfter };

    /// <summary>Disposing what is given back makes room.</summary>
    /// <exception cref="GraphError">The limit is reached. Asking again at once counts too.</exception>
    public IDisposable Enter(string app, string mailbox)
    {
        var share = shares.GetOrAdd((app, mailbox), _ => new Share());
        var now = clock.GetUtcNow();
        lock (share)
        {
            if (now - share.Since >= Window)
            {
                (share.Since, share.Requests) = (now, 0);
            }

            if (++share.Requests > MostRequests)
            {
                throw TooMany("Application is over its RequestCount limit.", share.Since + Window - now);
            }

            if (share.AtOnce == MostAtOnce)
            {
                throw TooMany("Application is over its MailboxConcurrency limit.", WaitForRoom);
            }

            share.AtOnce++;
        }

        return share;
    }

    private sealed class Share : IDisposable
    {
        public DateTimeOffset Since { get; set; }

        public int Requests { get; set; }

        public int AtOnce { get; set; }

        public void Dispose()
        {
            lock (this)
            {
                AtOnce--;
            }
        }
    }
}
