using System.Globalization;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// 50 requests a second for as long as wanted, with mail coming in: what goes wrong, whether memory grows after the first ten minutes, and whether the
/// last ten are as quick as the first. The product has a process of its own; what is asked and how it is judged is <see cref="Soak"/>'s, as in the tests.
/// </summary>
internal static class SoakSuite
{
    private const int PerSecond = 50;
    private const int ErrorsShown = 20;
    private const double BytesInMegabyte = 1024 * 1024;

    /// <returns>0 when it held what it promises: no error, all mail logged, 10 % more memory at most, p99 at most half as long again.</returns>
    public static async Task<int> RunAsync(string minutes)
    {
        if (!double.TryParse(minutes, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var length) || length is < 0.5 or > 24 * 60)
        {
            await Console.Error.WriteLineAsync("bench --soak [minutes]: 0.5 to 1440, 60 when left out.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("outlook-crm-soak-").FullName;
        try
        {
            await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0, EmptyMailboxes = true });
            await using var product = await ChildProcess.StartAsync(
                "OutlookCrm.LocalHost.dll",
                [
                    "--port", "0", "--Storage:Kind=sqlite", $"--Storage:SqliteFile={Path.Combine(folder, "crm.db")}",
                    .. ProductSettings.For(sandbox.Addresses).Select(setting => $"--{setting.Key}={setting.Value}"),
                ]);
            var soak = new Soak(sandbox, new Uri($"http://127.0.0.1:{product.Port}"));
            var outcome = await soak.RunAsync(TimeSpan.FromMinutes(length), PerSecond, () => product.WorkingSetBytes, CancellationToken.None);

            foreach (var error in outcome.Errors.Take(ErrorsShown))
            {
                await Console.Error.WriteLineAsync(error);
            }

            Figures.Print("soak.minutes", length, "min");
            Figures.Print("soak.window.minutes", outcome.Window.TotalMinutes, "min");
            Figures.Print("soak.requests", outcome.Times.Count, "requests");
            Figures.Print("soak.errors", outcome.Errors.Count, "errors");
            Figures.Print("soak.mail.delivered", outcome.Delivered, "mails");
            Figures.Print("soak.mail.logged", outcome.Logged, "mails");
            Figures.Print("soak.p99.first.ms", outcome.FirstP99, "ms");
            Figures.Print("soak.p99.last.ms", outcome.LastP99, "ms");
            Figures.Print("soak.p99.ratio", outcome.LastP99 / outcome.FirstP99, "x");
            Figures.Print("soak.memory.settled.mb", outcome.SettledMemory / BytesInMegabyte, "MB");
            Figures.Print("soak.memory.end.mb", outcome.LastMemory / BytesInMegabyte, "MB");
            Figures.Print("soak.memory.growth", outcome.MemoryGrowthPercent, "%");
            foreach (var broken in outcome.Broken)
            {
                await Console.Error.WriteLineAsync(broken);
            }

            return outcome.Broken.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
