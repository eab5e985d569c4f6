using Azure.Core;
using Azure.Identity;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OutlookCrm.Storage;

internal static class WorkQueueServices
{
    /// <summary>The queue beside the tables: in the same file, or in the same account.</summary>
    public static void AddWorkQueue(this IServiceCollection services)
    {
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<IWorkQueue>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            var clock = provider.GetRequiredService<TimeProvider>();
            return options.Kind == StorageKind.Azure
                ? new AzureWorkQueue(Connect(options, provider.GetRequiredService<TokenCredential>), clock)
                : new SqliteWorkQueue(options.SqliteFile, options.SqliteBusyTimeout, clock, options.SqliteMaxMegabytes);
        });
    }

    private static QueueServiceClient Connect(StorageOptions options, Func<TokenCredential> credential)
    {
        var client = new QueueClientOptions { Retry = { NetworkTimeout = options.NetworkTimeout, MaxRetries = options.MaxRetries } };
        return options.QueueUri is { } uri
            ? new QueueServiceClient(uri, credential(), client)
            : new QueueServiceClient(options.ConnectionString!, client);
    }
}
