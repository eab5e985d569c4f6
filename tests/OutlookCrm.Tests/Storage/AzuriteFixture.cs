namespace OutlookCrm.Tests.Storage;

/// <summary>
/// An account of Azurite for a test class. Azurite is started by the first that asks, shared by all, and gone when the test process is.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<Azurite>> Shared = new(Azurite.StartAsync);

    private (string Name, string ConnectionString)? account;

    public string Account => Taken.Name;

    public string ConnectionString => Taken.ConnectionString;

    private (string Name, string ConnectionString) Taken => account ?? throw new InvalidOperationException("Azurite has not been started.");

    public async Task InitializeAsync() => account = (await Shared.Value).TakeAccount();

    public Task DisposeAsync() => Task.CompletedTask;
}
