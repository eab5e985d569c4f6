using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;

namespace OutlookCrm.LocalHost;

/// <summary>
/// Runs each queue function for the messages of its queue, as the Azure host does: several at a time, a failed one again
/// later, one that keeps failing to the poison queue.
/// </summary>
internal sealed class QueueFunctions : IBackgroundFunctions
{
    private static readonly TimeSpan shortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan storeAway = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(FunctionEntry Function, string Queue)> listeners;
    private readonly BackgroundRuns runs;
    private readonly IWorkQueue queue;
    private readonly HostSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<QueueFunctions> logger;
    private readonly BackgroundLife life;

    public QueueFunctions(
        FunctionCatalog catalog, BackgroundRuns runs, IWorkQueue queue, HostSettings settings, IConfiguration configuration,
        BackgroundLife life, TimeProvider clock, ILogger<QueueFunctions> logger)
    {
        this.runs = runs;
        this.queue = queue;
        this.settings = settings;
        this.clock = clock;
        this.logger = logger;
        this.life = life;
        listeners = [.. catalog.With<QueueTriggerAttribute>().Select(listener =>
            (listener.Function, SettingReferences.Resolve(listener.Trigger.QueueName, configuration, listener.Function.Name)))];
    }

    public IEnumerable<(FunctionEntry Function, Func<Task> Loop)> Loops =>
        listeners.Select(one => (one.Function, (Func<Task>)(() => ListenAsync(one.Function, one.Queue))));

    private async Task ListenAsync(FunctionEntry function, string name)
    {
        var working = new List<Task>();
        var wait = shortestWait;
        try
        {
            while (!life.Stopping.IsCancellationRequested)
            {
                var messages = await TakeAsync(function, name);
                if (messages.Count == 0)
                {
                    await queue.WaitAsync(name, wait, life.Stopping);
                    wait = wait * 2 < settings.QueueMaxPollingInterval ? wait * 2 : settings.QueueMaxPollingInterval;
                    continue;
                }

                wait = shortestWait;
                working.AddRange(messages.Select(message => WorkAsync(function, message)));
                working.RemoveAll(work => work.IsCompleted);
                while (working.Count > settings.QueueNewBatchThreshold)
                {
                    await Task.WhenAny(working);
                    working.RemoveAll(work => work.IsCompleted);
                }
            }
        }
        catch (OperationCanceledException) when (life.Stopping.IsCancellationRequested)
        {
        }

        await Task.WhenAll(working);
    }

    private async Task<IReadOnlyList<WorkMessage>> TakeAsync(FunctionEntry function, string name)
    {
        try
        {
            return await queue.ReceiveAsync(name, settings.QueueBatchSize, settings.QueueLease, life.Stopping);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogError("{Function}: queue {Queue} cannot be read: {Failure}", function.Name, name, Failure.WithoutWords(e));
            return [];
        }
    }

    private async Task WorkAsync(FunctionEntry function, WorkMessage message)
    {
        try
        {
            if (message.DequeueCount > settings.QueueMaxDequeueCount)
            {
                // Each try ended without a word: the work took the whole host down with it.
                await PoisonAsync(function, message);
                return;
            }

            var (newest, failure) = await RunAsync(function, message);
            if (newest is null)
            {
                // Another has it and decides what becomes of it.
                return;
            }

            if (failure is null)
            {
                await DeleteAsync(function, newest);
            }
            else if (failure is OperationCanceledException && life.Aborting.IsCancellationRequested)
            {
                await queue.ReturnAsync(newest, TimeSpan.Zero, CancellationToken.None);
            }
            else if (failure is TableStoreUnavailableException or WorkQueueUnavailableException)
            {
                // A full disk or a locked file may last longer than five tries do.
                logger.LogWarning(
                    "{Function}: message {MessageId}, trace {TraceId}, waits until records and queues can be reached: {Failure}",
                    function.Name, message.Id, TraceOf(message), Failure.WithoutWords(failure));
                await queue.ReturnAsync(newest, settings.QueueRetryDelay > storeAway ? settings.QueueRetryDelay : storeAway, CancellationToken.None);
            }
            else if (message.DequeueCount >= settings.QueueMaxDequeueCount)
            {
                logger.LogError(
                    "{Function} failed on message {MessageId}, trace {TraceId}, for the last time: {Failure}",
                    function.Name, message.Id, TraceOf(message), Failure.WithoutWords(failure));
                await PoisonAsync(function, newest);
            }
            else
            {
                logger.LogWarning(
                    "{Function} failed on message {MessageId}, trace {TraceId}, try {Try}: {Failure}",
                    function.Name, message.Id, TraceOf(message), message.DequeueCount, Failure.WithoutWords(failure));
                await queue.HideAsync(newest, settings.QueueRetryDelay, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            logger.LogError("{Function}: message {MessageId} could not be ended; it comes again: {Failure}", function.Name, message.Id, Failure.WithoutWords(e));
        }
    }

    /// <summary>
    /// Runs the function while keeping the message hidden from others; answers with the message's newest receipt, or null
    /// when another has it.
    /// </summary>
    private async Task<(WorkMessage? Newest, Exception? Failure)> RunAsync(FunctionEntry function, WorkMessage message)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(life.Aborting);
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(function, message, lost, ended.Token);
        Exception? failure = null;
        try
        {
            await runs.RunAsync(function, message.Body, BindingData(message), lost.Token);
        }
        catch (Exception e)
        {
            failure = e;
        }

        await ended.CancelAsync();
        return (await renewing, failure);
    }

    private async Task<WorkMessage?> RenewAsync(
        FunctionEntry function, WorkMessage message, CancellationTokenSource lost, CancellationToken ended)
    {
        while (true)
        {
            try
            {
                // Three times a lease: one that fails is not yet fatal.
                await Task.Delay(settings.QueueLease / 3, clock, ended);
                if (await queue.HideAsync(message, settings.QueueLease, CancellationToken.None) is not { } renewed)
                {
                    logger.LogWarning("{Function}: message {MessageId} was given to another; this run is cancelled", function.Name, message.Id);
                    await lost.CancelAsync();
                    return null;
                }

                message = renewed;
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return message;
            }
            catch (Exception e)
            {
                logger.LogWarning("{Function}: message {MessageId} could not be renewed: {Failure}", function.Name, message.Id, Failure.WithoutWords(e));
            }
        }
    }

    private async Task PoisonAsync(FunctionEntry function, WorkMessage message)
    {
        await queue.SendAsync(PoisonQueue.Of(message.Queue), message.Body, null, CancellationToken.None);
        await DeleteAsync(function, message);
    }

    private async Task DeleteAsync(FunctionEntry function, WorkMessage message)
    {
        if (!await queue.DeleteAsync(message, CancellationToken.None))
        {
            logger.LogWarning("{Function}: message {MessageId} was given to another meanwhile and may be worked on twice", function.Name, message.Id);
        }
    }

    /// <summary>By it the log tells what set the work off.</summary>
    private static string? TraceOf(WorkMessage message) => MessageTrace.Find(message.Body)?.TraceId.ToHexString();

    private static Dictionary<string, object?> BindingData(WorkMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["QueueTrigger"] = message.Body,
        ["Id"] = message.Id,
        ["PopReceipt"] = message.Receipt,
        ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
        ["InsertionTime"] = message.InsertedAt.ToString("O", CultureInfo.InvariantCulture),
    };
}
