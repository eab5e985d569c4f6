using Microsoft.Extensions.Hosting;

namespace OutlookCrm.Telemetry;

/// <summary>
/// A failure that nobody caught ends the process, as in any program, but without its words: .NET would write them to the error stream, which Azure
/// keeps. From the host's start on; what is wrong before, such as a setting, is said as it is.
/// </summary>
internal sealed class WordlessCrashes : IHostedLifecycleService
{
    private static int isOn; // of the process, however many hosts run in it

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isOn, 1) == 0)
        {
            // Told of a failure before .NET writes it.
            AppDomain.CurrentDomain.UnhandledException += (_, failed) => Environment.FailFast(
                failed.ExceptionObject is Exception e ? Failure.WithoutWords(e) : failed.ExceptionObject.GetType().FullName);
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
