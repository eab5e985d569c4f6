using System.Diagnostics;
using OutlookCrm.LocalHost;

namespace OutlookCrm.Tests.Telemetry;

public sealed class WordlessCrashesTests
{
    private const string Secret = "kim.secret@example.com";

    [Fact]
    public async Task A_failure_that_takes_the_program_down_is_told_without_its_words()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-crash-");
        await using var issuer = await TestIssuer.StartAsync();
        var file = Path.Combine(folder.FullName, "crm.db");
        using var product = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(ToBeKilled).Assembly.Location, "crash", file, issuer.MetadataAddress.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = product.StandardOutput.ReadToEndAsync();
        var error = await product.StandardError.ReadToEndAsync();
        await product.WaitForExitAsync();

        Assert.NotEqual(0, product.ExitCode);
        Assert.Contains("System.InvalidOperationException < System.Net.Http.HttpRequestException", error, StringComparison.Ordinal);
        Assert.Contains(nameof(Break), error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error + await output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    /// <summary>What the test starts: the product, on a thread of which something breaks.</summary>
    internal static async Task RunAsync(string file, string metadata)
    {
        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Settings = ToBeKilled.SettingsOf(file, metadata),
            FunctionTypes = LocalHostOptions.TypesOf(typeof(OutlookCrmServices).Assembly),
        });
        new Thread(Break).Start();
        await host.WaitForShutdownAsync();
    }

    private static void Break() => throw new InvalidOperationException($"No customer {Secret}.", new HttpRequestException($"/users/{Secret}"));
}
