namespace OutlookCrm.Tests.Storage;

/// <summary>
/// Azurite for the test run: started by the first test class that asks, shared by all, gone when the test process is.
/// Each suite keeps to tables and queues of its own names.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<Azurite>> Shared = new(Azurite.StartAsync);

    private string? connectionString;

    public string ConnectionString => connectionString ?? throw new InvalidOperationException("Azurite has not been started.");

    public async Task InitializeAsync() => connectionString = (await Shared.Value).ConnectionString;

    public Task DisposeAsync() => Task.CompletedTask;
}
