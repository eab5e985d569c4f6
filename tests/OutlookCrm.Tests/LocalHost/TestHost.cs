using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests.LocalHost;

/// <summary>A local host for the functions of given test classes, on a free port.</summary>
public static class TestHost
{
    public static Task<LocalHostApplication> StartAsync(
        IReadOnlyCollection<Type> functions,
        Action<IServiceCollection>? services = null,
        Action<IFunctionsWorkerApplicationBuilder>? middleware = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        TimeProvider? clock = null) =>
        LocalHostApplication.StartAsync(new LocalHostOptions
        {
            FunctionTypes = functions,
            AddServices = (collection, _) => services?.Invoke(collection),
            UseMiddleware = builder => middleware?.Invoke(builder),
            Settings = settings ?? new Dictionary<string, string?>(),
            Clock = clock ?? TimeProvider.System,
            AddLogging = logging => logging.SetMinimumLevel(LogLevel.None),
        });

    public static HttpClient Client(this LocalHostApplication host) => new() { BaseAddress = host.Address };
}
