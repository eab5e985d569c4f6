using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OutlookCrm.Storage;

public static class StorageServices
{
    /// <summary>The table store and the work queue that section <c>Storage</c> asks for.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Bind(configuration.GetSection(StorageOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<ITableStore>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return options.Kind switch
            {
                StorageKind.Sqlite => new SqliteTableStore(options.SqliteFile, options.SqliteBusyTimeout, options.SqliteMaxMegabytes),
                StorageKind.Azure => new AzureTableStore(
                    options,
                    client => options.ConnectionString is { } connectionString
                        ? new TableServiceClient(connectionString, client)
                        : new TableServiceClient(options.TableUri!, provider.GetRequiredService<TokenCredential>(), client)),
                _ => throw new InvalidOperationException($"Unknown storage {options.Kind}."),
            };
        });
        services.AddSingleton(provider => provider.GetRequiredService<ITableStore>() as ITableScan
            ?? throw new InvalidOperationException("This table store cannot be looked through as a whole."));
        services.AddWorkQueue();
        return services;
    }
}
