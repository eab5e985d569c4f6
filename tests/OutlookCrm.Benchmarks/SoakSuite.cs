using System.Globalization;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Benchmarks;

/// <summary>
/// 50 requests a second for as long as wanted, with mail coming in: what goes wrong, whether memory grows after the first sixth (ten minutes of an
/// hour), and whether the last sixth is as quick as the first. The product has a process of its own.
/// </summary>
internal static class SoakSuite
{
    private const int PerSecond = 50;
    private const int Sixths = 6;
    private const int ErrorsShown = 20;

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

            var (first, last) = (P99(outcome.Times.Take(outcome.Times.Count / Sixths)), P99(outcome.Times.Skip(outcome.Times.Count * (Sixths - 1) / Sixths)));
            var memory = outcome.Memory.Select(bytes => bytes / 1024.0 / 1024.0).ToList();
            var settled = memory.Skip(memory.Count / Sixths).Take(Math.Max(1, memory.Count / Sixths)).Max();
            var atEnd = memory.Skip(memory.Count * (Sixths - 1) / Sixths).Max();
            Figures.Print("soak.minutes", length, "min");
            Figures.Print("soak.requests", outcome.Times.Count, "requests");
            Figures.Print("soak.errors", outcome.Errors.Count, "errors");
            Figures.Print("soak.mail.delivered", outcome.Delivered, "mails");
            Figures.Print("soak.mail.logged", outcome.Logged, "mails");
            Figures.Print("soak.p99.first.ms", first, "ms");
            Figures.Print("soak.p99.last.ms", last, "ms");
            Figures.Print("soak.p99.ratio", last / first, "x");
            Figures.Print("soak.memory.settled.mb", settled, "MB");
            Figures.Print("soak.memory.end.mb", atEnd, "MB");
            Figures.Print("soak.memory.growth", 100 * ((atEnd / settled) - 1), "%");
            return outcome.Errors.Count == 0 && outcome.Logged == outcome.Delivered && atEnd <= 1.1 * settled && last <= 1.5 * first ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double P99(IEnumerable<double> times) => Figures.Percentile(times, 0.99);
}
