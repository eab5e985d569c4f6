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
        ["writer", var file, var firstNumber] => CrashingWriter.RunAsync(file, firstNumber),
        _ => throw new ArgumentException("The tests are run by dotnet test; this entry is for those that kill a process."),
    };
}
