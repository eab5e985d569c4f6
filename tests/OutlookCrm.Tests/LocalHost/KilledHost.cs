using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.LocalHost;

/// <summary>A host in a process of its own, which a test starts in order to kill it in the middle of its work.</summary>
public static class KilledHost
{
    public const string QueueName = "killed-host";

    public static async Task RunAsync(string file)
    {
        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            FunctionTypes = [typeof(Endless)],
            AddServices = (services, _) => services.AddSingleton<IWorkQueue>(
                _ => new SqliteWorkQueue(file, TimeSpan.FromSeconds(10), TimeProvider.System)),
            UseMiddleware = _ => { },
            Settings = new Dictionary<string, string?> { ["LocalHost:QueueLease"] = "00:00:02" },
        });
        await Task.Delay(TimeSpan.FromMinutes(2)); // nobody killed it
    }

    public sealed class Endless
    {
        [Function("Endless")]
        public async Task RunAsync([QueueTrigger(QueueName)] string message, int dequeueCount, CancellationToken cancellation)
        {
            Console.WriteLine($"begun {message}, try {dequeueCount}");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
    }
}
