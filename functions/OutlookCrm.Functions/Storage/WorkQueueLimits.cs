using System.Text;

namespace OutlookCrm.Storage;

/// <summary>What the queue service refuses, refused alike by every queue.</summary>
internal static class WorkQueueLimits
{
    /// <summary>64 KiB is the service's limit for the message as sent, which is base64.</summary>
    public const int MaxMessageBytes = 48 * 1024;

    public const int MaxReceive = 32;

    public static readonly TimeSpan LongestHiding = TimeSpan.FromDays(7);

    /// <returns>The message as it is stored.</returns>
    public static byte[] CheckMessage(string queue, string message, TimeSpan? delay)
    {
        CheckQueue(queue);
        ArgumentNullException.ThrowIfNull(message);
        CheckHiding(delay ?? TimeSpan.Zero);
        var bytes = BytesOf(message);
        if (bytes > MaxMessageBytes)
        {
            throw new ArgumentException($"A message may have {MaxMessageBytes} bytes of UTF-8; this one has {bytes}.", nameof(message));
        }

        return Encoding.UTF8.GetBytes(message);
    }

    public static int BytesOf(string message) => Encoding.UTF8.GetByteCount(message);

    public static void CheckReceive(string queue, int max, TimeSpan visibility)
    {
        CheckQueue(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxReceive);
        ArgumentOutOfRangeException.ThrowIfLessThan(visibility, TimeSpan.FromSeconds(1));
        CheckHiding(visibility);
    }

    public static void CheckHiding(TimeSpan visibility)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibility, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(visibility, LongestHiding);
    }

    private static void CheckQueue(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (queue.Length is < 3 or > 63
            || !queue.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
            || queue.StartsWith('-') || queue.EndsWith('-') || queue.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"'{queue}' is no name of a queue: 3 to 63 lower-case letters, digits and single hyphens within.", nameof(queue));
        }
    }
}

/// <summary>The queue did not answer in time or refused for load, retries included. A sent message may or may not be there.</summary>
public sealed class WorkQueueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
