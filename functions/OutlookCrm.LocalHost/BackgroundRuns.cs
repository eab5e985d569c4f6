using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.LocalHost;

/// <summary>One run of a timer or queue function: a scope of its own and the time limit of host.json.</summary>
internal sealed class BackgroundRuns(
    FunctionExecutionDelegate pipeline, IServiceScopeFactory scopes, HostSettings settings, TimeProvider clock)
{
    public async Task RunAsync(
        FunctionEntry function, object triggerValue, IReadOnlyDictionary<string, object?> triggerData, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(settings.FunctionTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        await using var scope = scopes.CreateAsyncScope();
        await pipeline(new LocalInvocation(function, triggerValue, triggerData, scope.ServiceProvider, either.Token));
    }
}

/// <summary>Loops that run until the host stops, then finish what they have begun, then are cancelled.</summary>
internal sealed class Loops(TimeSpan drainTime, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly List<Task> running = [];

    /// <summary>Cancelled when nothing new may be begun.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when what runs has had its time.</summary>
    public CancellationToken Aborting => aborting.Token;

    public void Start(FunctionEntry function, Func<Task> loop) => running.Add(Task.Run(async () =>
    {
        try
        {
            await loop();
        }
        catch (Exception e)
        {
            logger.LogCritical(e, "{Function} is no longer started: restart the host", function.Name);
        }
    }));

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        var all = Task.WhenAll(running);

        // Real time, whatever clock the functions have: an operator waits for this.
        await Task.WhenAny(all, Task.Delay(drainTime));
        await aborting.CancelAsync();
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1)));
    }

    public void Dispose()
    {
        stopping.Dispose();
        aborting.Dispose();
    }
}
