using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Storage;

public sealed class SqliteTableStoreContractTests : TableStoreContract, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("outlook-crm-");
    private readonly SqliteTableStore store;

    public SqliteTableStoreContractTests() =>
        store = new SqliteTableStore(Path.Combine(folder.FullName, "records.db"), TimeSpan.FromSeconds(5));

    internal override ITableStore Store => store;

    public void Dispose()
    {
        store.Dispose();
        folder.Delete(recursive: true);
    }
}
