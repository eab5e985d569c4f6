namespace OutlookCrm.Storage;

/// <summary>
/// Durable messages, delivered at least once, in no promised order. Two queues are run: <c>SqliteWorkQueue</c>
/// on one machine, <c>AzureWorkQueue</c> in Azure. Slices only send; the host receives and calls the function.
/// </summary>
public interface IWorkQueue
{
    /// <summary>Durable when this returns. Carries the trace that is going on: see <see cref="MessageTrace"/>.</summary>
    /// <param name="queue">3 to 63 lower-case letters, digits and single hyphens.</param>
    /// <param name="message">At most 48 KiB of UTF-8: 64 KiB once it is base64.</param>
    /// <param name="delay">How long it stays invisible, at most 7 days; null is none.</param>
    Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation);

    /// <summary>Takes at most <paramref name="max"/> (1 to 32) visible messages and hides them for <paramref name="visibility"/>.</summary>
    Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>Ends a message; false when its receipt is no longer the newest, so another worker has it.</summary>
    Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation);

    /// <summary>
    /// Keeps a message hidden for this long from now (at most 7 days): longer while it is worked on, or until its next try.
    /// The message with its new receipt, or null when its receipt is no longer the newest.
    /// </summary>
    Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation);

    /// <summary>
    /// Puts a message back as if nobody had taken it, to be seen after <paramref name="delay"/>: none of its lives is spent on what was not its fault.
    /// Nothing happens when its receipt is no longer the newest. Unless a queue can do better, a copy takes its place.
    /// </summary>
    async Task ReturnAsync(WorkMessage message, TimeSpan delay, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await HideAsync(message, delay, cancellation) is { } held)
        {
            await SendAsync(held.Queue, held.Body, delay, cancellation);
            await DeleteAsync(held, cancellation);
        }
    }

    /// <summary>How many messages there are, hidden ones included; the service may count some that are gone.</summary>
    Task<long> CountAsync(string queue, CancellationToken cancellation);

    /// <summary>
    /// Returns when this process knows of a message to take, or after <paramref name="atMost"/>: other processes send too.
    /// One listener per queue.
    /// </summary>
    Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation);
}

/// <param name="DequeueCount">How often it was received, this time included.</param>
/// <param name="ExpiresAt">When it is deleted unasked; null is never.</param>
public sealed record WorkMessage(
    string Queue, string Id, string Receipt, string Body, int DequeueCount, DateTimeOffset InsertedAt, DateTimeOffset? ExpiresAt = null);

/// <summary>Where hosts lay a message aside that failed too often. Nobody listens there.</summary>
public static class PoisonQueue
{
    public static string Of(string queue) => queue + "-poison";
}
