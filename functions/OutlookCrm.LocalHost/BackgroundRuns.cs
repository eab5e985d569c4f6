using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OutlookCrm.Telemetry;

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

/// <summary>Functions that nobody calls: each runs in a loop of its own, from the host's start until it stops.</summary>
internal interface IBackgroundFunctions
{
    IEnumerable<(FunctionEntry Function, Func<Task> Loop)> Loops { get; }
}

/// <summary>How long loops may go on.</summary>
internal sealed class BackgroundLife : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();

    /// <summary>Cancelled when nothing new may be begun.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when what runs has had its time.</summary>
    public CancellationToken Aborting => aborting.Token;

    public Task StopAsync() => stopping.CancelAsync();

    public Task AbortAsync() => aborting.CancelAsync();

    public void Dispose()
    {
        stopping.Dispose();
        aborting.Dispose();
    }
}

/// <summary>Starts all loops, on threads of their own. When the host stops they finish what they have begun, then they are cancelled.</summary>
internal sealed class BackgroundLoops(
    IEnumerable<IBackgroundFunctions> kinds, BackgroundLife life, HostSettings settings, ILogger<BackgroundLoops> logger) : IHostedService
{
    private readonly BackgroundThreads threads = new();
    private readonly List<Task> running = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        running.AddRange(kinds.SelectMany(kind => kind.Loops).Select(one => threads.RunAsync(() => RunAsync(one.Function, one.Loop))));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await life.StopAsync();
        var all = Task.WhenAll(running);

        // Real time, whatever clock the functions have: an operator waits for this.
        await Task.WhenAny(all, Task.Delay(settings.DrainTime, CancellationToken.None));
        await life.AbortAsync();
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
    }

    private async Task RunAsync(FunctionEntry function, Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (Exception e)
        {
            logger.LogCritical("{Function} is no longer started: restart the host: {Failure}", function.Name, Failure.WithoutWords(e));
        }
    }
}
