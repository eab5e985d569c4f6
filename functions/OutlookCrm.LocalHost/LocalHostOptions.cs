using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.LocalHost;

/// <summary>What to host and where. The defaults host the product on a free port.</summary>
public sealed class LocalHostOptions
{
    /// <summary>Where to look for <c>[Function]</c> methods.</summary>
    public IReadOnlyCollection<Type> FunctionTypes { get; init; } = TypesOf(typeof(OutlookCrmServices).Assembly);

    public Action<IServiceCollection, IConfiguration> AddServices { get; init; } =
        (services, configuration) => services.AddOutlookCrm(configuration);

    public Action<IFunctionsWorkerApplicationBuilder> UseMiddleware { get; init; } = builder => builder.UseOutlookCrm();

    /// <summary>Where to listen; port 0 is any free one.</summary>
    public IReadOnlyCollection<string> Urls { get; init; } = ["http://127.0.0.1:0"];

    /// <summary>Settings that win over the environment, which wins over host.json.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Adds where logs go; null is the console.</summary>
    public Action<ILoggingBuilder>? AddLogging { get; init; }

    public static IReadOnlyCollection<Type> TypesOf(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return assembly.GetTypes();
    }
}
