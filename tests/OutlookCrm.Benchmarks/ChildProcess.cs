using System.Diagnostics;

namespace OutlookCrm.Benchmarks;

/// <summary>A server in a process of its own, so that its memory and its share of the processor are its own.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private ChildProcess(Process process, int port, IReadOnlyList<string> said) => (this.process, Port, Said) = (process, port, said);

    public int Port { get; }

    /// <summary>Lines from before it listened.</summary>
    public IReadOnlyList<string> Said { get; }

    /// <summary>Bytes of memory that the process holds now.</summary>
    public long WorkingSetBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The most that it ever held.</summary>
    public long PeakWorkingSetBytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts an assembly beside this one and waits for its line <c>Listening on http://127.0.0.1:N</c>.</summary>
    public static Task<ChildProcess> StartAsync(string assembly, params string[] arguments) =>
        BeginAsync(assembly, [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]);

    /// <summary>As the other, with the settings of the runtime (garbage collector, threads) with which the local host ships.</summary>
    public static Task<ChildProcess> StartAsLocalHostAsync(string assembly, params string[] arguments) => BeginAsync(
        assembly,
        [
            "exec", "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "OutlookCrm.LocalHost.runtimeconfig.json"),
            Path.Combine(AppContext.BaseDirectory, assembly), .. arguments,
        ]);

    private static async Task<ChildProcess> BeginAsync(string assembly, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("dotnet", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{assembly} did not start.");
        var said = new List<string>();
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            const string Ready = "Listening on ";
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                return new ChildProcess(process, new Uri(line[Ready.Length..]).Port, said);
            }

            said.Add(line);
        }

        throw new InvalidOperationException($"{assembly} ended before it listened.");
    }

    /// <summary>What it says next on standard output; null when it has ended.</summary>
    public Task<string?> ReadLineAsync() => process.StandardOutput.ReadLineAsync();

    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }
}
