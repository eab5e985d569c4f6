using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

public sealed class StorageServicesTests
{
    [Fact]
    public async Task Without_settings_for_azure_records_go_into_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-");
        var file = Path.Combine(folder.FullName, "records.db");
        await using (var provider = Provider(("Storage:SqliteFile", file)))
        {
            var store = provider.GetRequiredService<ITableStore>();
            await store.InsertAsync(Tables.Customers, new TableRow("p", "r", new Dictionary<string, object> { ["N"] = 1 }), default);
            Assert.Same(store, provider.GetRequiredService<ITableStore>());
        }

        Assert.True(new FileInfo(file).Length > 0);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("AccountName=firm;AccountKey=AAAA;TableEndpoint=http://127.0.0.1:1/firm", null)]
    [InlineData(null, "https://firm.table.core.windows.net")]
    public async Task An_account_is_reached_by_key_or_by_the_apps_own_identity(string? connectionString, string? tableUri)
    {
        await using var provider = Provider(
            ("Storage:Kind", "azure"), ("Storage:ConnectionString", connectionString), ("Storage:TableUri", tableUri),
            ("Storage:QueueUri", tableUri?.Replace("table", "queue", StringComparison.Ordinal)));

        Assert.IsType<AzureTableStore>(provider.GetRequiredService<ITableStore>());
    }

    [Theory]
    [InlineData("Storage:SqliteFile", " ", "Storage:SqliteFile")]
    [InlineData("Storage:SqliteBusyTimeout", "00:02:00", "Storage:SqliteBusyTimeout")]
    [InlineData("Storage:NetworkTimeout", "00:00:00", "Storage:NetworkTimeout")]
    [InlineData("Storage:MaxRetries", "11", "Storage:MaxRetries")]
    [InlineData("Storage:Kind", "azure", "Storage:ConnectionString")]
    [InlineData("Storage:Kind", "7", "Storage:Kind")]
    [InlineData("Storage:Kind", "mongo", "Kind")]
    [InlineData("Storage:SqlFile", "records.db", "SqlFile")]
    public void A_setting_that_is_wrong_is_named(string name, string value, string named)
    {
        using var provider = Provider((name, value));

        var refusal = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.True(refusal is OptionsValidationException or InvalidOperationException, $"{refusal}");
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://firm.table.core.windows.net", "https://firm.queue.core.windows.net", null)]
    [InlineData("https://firm.table.core.windows.net", null, null)]
    [InlineData("https://firm.table.core.windows.net", "https://firm.queue.core.windows.net", "AccountName=firm;AccountKey=AAAA")]
    public void A_token_goes_only_to_https_and_there_is_one_way_in(string tableUri, string? queueUri, string? connectionString)
    {
        using var provider = Provider(
            ("Storage:Kind", "azure"), ("Storage:TableUri", tableUri), ("Storage:QueueUri", queueUri),
            ("Storage:ConnectionString", connectionString));

        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<StorageOptions>>().Value);
    }

    private static ServiceProvider Provider(params (string Name, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.TryAddSingleton(TimeProvider.System);
        services.AddStorage(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Where(setting => setting.Value is not null)
                .Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build());
        return services.BuildServiceProvider();
    }
}
