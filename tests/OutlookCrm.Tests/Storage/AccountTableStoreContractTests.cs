using System.Reflection;
using Azure.Data.Tables;
using OutlookCrm.Storage;
using Xunit.Sdk;

namespace OutlookCrm.Tests.Storage;

/// <summary>The contract on a real storage account, when there is one to test with. No table is left behind.</summary>
public sealed class AccountTableStoreContractTests
{
    public static TheoryData<string> Tests() =>
        new(typeof(TableStoreContract).GetMethods().Where(method => method.IsDefined(typeof(FactAttribute))).Select(method => method.Name));

    [AccountTheory]
    [MemberData(nameof(Tests))]
    public async Task The_real_service_keeps_the_contract(string test)
    {
        var method = typeof(TableStoreContract).GetMethod(test)!;
        var examples = method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method));
        foreach (var example in examples.DefaultIfEmpty([]))
        {
            await using var contract = new Contract();
            await (Task)method.Invoke(contract, example)!;
        }
    }

    // Not public: the runner would find and run its tests as well.
    private sealed class Contract : TableStoreContract, IAsyncDisposable
    {
        private readonly AzureTableStore store = new(
            new StorageOptions(), options => new TableServiceClient(AccountTheoryAttribute.ConnectionString!, options));

        internal override ITableStore Store => store;

        public async ValueTask DisposeAsync()
        {
            await new TableServiceClient(AccountTheoryAttribute.ConnectionString!).DeleteTableAsync(TableName);
            store.Dispose();
        }
    }
}

/// <summary>A theory that runs only where a storage account is given to test with.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AccountTheoryAttribute : TheoryAttribute
{
    private const string Variable = "OUTLOOKCRM_TEST_STORAGE";

    public AccountTheoryAttribute() =>
        Skip = ConnectionString is null ? $"Set {Variable} to the connection string of a storage account for tests." : null;

    public static string? ConnectionString { get; } = Environment.GetEnvironmentVariable(Variable);
}
