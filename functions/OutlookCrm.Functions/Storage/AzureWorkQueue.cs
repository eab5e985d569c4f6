using System.Collections.Concurrent;
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace OutlookCrm.Storage;

/// <summary>Messages in Azure Queue Storage, in base64 as the Functions host's queue trigger expects them. A queue is made when it is first sent to.</summary>
internal sealed class AzureWorkQueue(QueueServiceClient service, TimeProvider clock) : IWorkQueue
{
    // Work must not vanish unseen: what nobody can do ends in the poison queue, and stays there.
    private static readonly TimeSpan never = TimeSpan.FromSeconds(-1);

    private readonly ConcurrentDictionary<string, QueueClient> clients = new(StringComparer.Ordinal);
    private readonly QueueBell bell = new(clock);

    public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
    {
        var text = Convert.ToBase64String(WorkQueueLimits.CheckMessage(queue, MessageTrace.Stamp(message), delay));
        var client = Client(queue);
        try
        {
            try
            {
                await client.SendMessageAsync(text, delay, never, cancellation);
            }
            catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
                await client.SendMessageAsync(text, delay, never, cancellation);
            }
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw Unavailable(e);
        }

        bell.Ring(queue, clock.GetUtcNow() + (delay ?? TimeSpan.Zero));
    }

    public async Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation)
    {
        WorkQueueLimits.CheckReceive(queue, max, visibility);
        try
        {
            var messages = (await Client(queue).ReceiveMessagesAsync(max, visibility, cancellation)).Value;
            return [.. messages.Select(m => new WorkMessage(
                queue, m.MessageId, m.PopReceipt, Decode(m.Body.ToString()), (int)m.DequeueCount, m.InsertedOn ?? default, EndOf(m)))];
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw Unavailable(e);
        }
    }

    public async Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            await Client(message.Queue).DeleteMessageAsync(message.Id, message.Receipt, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (IsOutdated(e))
        {
            return false;
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw Unavailable(e);
        }
    }

    public async Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        WorkQueueLimits.CheckHiding(visibility);
        try
        {
            var receipt = (await Client(message.Queue).UpdateMessageAsync(
                message.Id, message.Receipt, visibilityTimeout: visibility, cancellationToken: cancellation)).Value;
            bell.Ring(message.Queue, clock.GetUtcNow() + visibility);
            return message with { Receipt = receipt.PopReceipt };
        }
        catch (RequestFailedException e) when (IsOutdated(e))
        {
            return null;
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw Unavailable(e);
        }
    }

    public async Task<long> CountAsync(string queue, CancellationToken cancellation)
    {
        try
        {
            return (await Client(queue).GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount;
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return 0;
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw Unavailable(e);
        }
    }

    public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => bell.WaitAsync(queue, atMost, cancellation);

    private QueueClient Client(string queue) => clients.GetOrAdd(queue, static (name, all) => all.GetQueueClient(name), service);

    /// <summary>What is not base64 was put there by hand or by another program; it is delivered as it is, not refused forever.</summary>
    private static string Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }

    /// <summary>The service dates what never expires at the end of time.</summary>
    private static DateTimeOffset? EndOf(QueueMessage message) => message.ExpiresOn is { Year: < 9999 } at ? at : null;

    private static bool IsOutdated(RequestFailedException e) =>
        e.ErrorCode == QueueErrorCode.PopReceiptMismatch || e.ErrorCode == QueueErrorCode.MessageNotFound || e.ErrorCode == QueueErrorCode.QueueNotFound;

    // After the pipeline's own retries: no answer, an answer that says "later", or all tries failed.
    private static bool IsUnavailable(Exception e) =>
        e is RequestFailedException { Status: 0 or 408 or 429 or >= 500 }
        || (e is AggregateException all && all.InnerExceptions.All(IsUnavailable));

    private static WorkQueueUnavailableException Unavailable(Exception e) => new("The queue service did not answer.", e);
}
