using Azure.Data.Tables;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

public sealed class AzuriteTableStoreContractTests(AzuriteFixture azurite) : TableStoreContract, IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly AzureTableStore store = new(
        new StorageOptions(), options => new TableServiceClient(azurite.ConnectionString, options));

    internal override ITableStore Store => store;

    public void Dispose() => store.Dispose();
}
