using OutlookCrm.LocalHost;
using OutlookCrm.Tests.LocalHost;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests;

/// <summary>The test assembly as a program: what a test starts in a process of its own in order to kill it.</summary>
internal static class ToBeKilled
{
    public static Task Main(string[] arguments) => arguments switch
    {
        ["host", var file] => KilledHost.RunAsync(file),
        ["product", var file, var metadata] => KilledProduct.RunAsync(file, metadata),
        ["logs", var file, var metadata] => Telemetry.ConsoleLogsTests.RunAsync(file, metadata),
        ["crash", var file, var metadata] => Telemetry.WordlessCrashesTests.RunAsync(file, metadata),
        ["writer", var file, var firstNumber] => CrashingWriter.RunAsync(file, firstNumber),
        _ => throw new ArgumentException("The tests are run by dotnet test; this entry is for those that kill a process."),
    };

    /// <summary>Settings of the product over a file.</summary>
    /// <param name="metadata">Of the issuer that it believes.</param>
    internal static Dictionary<string, string?> SettingsOf(string file, string metadata) => new()
    {
        ["Storage:SqliteFile"] = file,
        ["Identity:ClientId"] = TestIssuer.ClientId.ToString("D"),
        ["Identity:AllowedTenants"] = $"{A.Firm}",
        ["Identity:MetadataAddress"] = metadata,
    };

    /// <summary>Runs until somebody kills it.</summary>
    internal static async Task ServeAsync(LocalHostOptions options)
    {
        await using var host = await LocalHostApplication.StartAsync(options);
        host.SayAddress();
        await Task.Delay(TimeSpan.FromMinutes(2)); // nobody killed it
    }
}
