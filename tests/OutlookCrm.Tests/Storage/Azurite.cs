using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OutlookCrm.Tests.Storage;

/// <summary>
/// Azurite with tables and queues in memory, on free ports of this machine. It ends with the process that started it. It has some accounts, so that
/// several can use it who know nothing of each other.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private const int Accounts = 32;
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Process process;
    private readonly int queues;
    private readonly int tables;
    private int given;

    private Azurite(Process process, int queues, int tables) => (this.process, this.queues, this.tables) = (process, queues, tables);

    /// <returns>The name and the connection string of an account that nobody else has.</returns>
    public (string Name, string ConnectionString) TakeAccount()
    {
        var number = Interlocked.Increment(ref given);
        if (number > Accounts)
        {
            throw new InvalidOperationException($"All {Accounts} accounts of Azurite are taken.");
        }

        var name = $"account{number}";
        return (name, $"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={Key};"
            + $"QueueEndpoint=http://127.0.0.1:{queues}/{name};TableEndpoint=http://127.0.0.1:{tables}/{name};");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The folder with the Node programs that the storage tests run.</summary>
    public static string InteropFolder { get; } = FindInteropFolder();

    /// <summary>Starts a Node program of <see cref="InteropFolder"/>; it ends when its input is closed.</summary>
    public static Process StartNode(string script, params IEnumerable<string> arguments)
    {
        if (!Directory.Exists(Path.Combine(InteropFolder, "node_modules")))
        {
            throw new InvalidOperationException("tests/interop has no node_modules: run dotnet crm.cs test, which installs them.");
        }

        return Process.Start(new ProcessStartInfo("node", [Path.Combine(InteropFolder, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
    }

    public static async Task<Azurite> StartAsync()
    {
        // A free port may be taken by someone else before Azurite gets to it; then Azurite ends and the next ports are tried.
        for (var attempt = 1; ; attempt++)
        {
            var (blobs, queues, tables) = (FreePort(), FreePort(), FreePort());
            var azurite = StartNode(
                "azurite.mjs", string.Join(';', Enumerable.Range(1, Accounts).Select(number => $"account{number}:{Key}")), "--inMemoryPersistence", "--silent", "--disableTelemetry",
                "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
                "--blobPort", $"{blobs}", "--queuePort", $"{queues}", "--tablePort", $"{tables}");
            var output = azurite.StandardOutput.ReadToEndAsync();
            var errors = azurite.StandardError.ReadToEndAsync();

            if (await OpensAsync(azurite, queues) && await OpensAsync(azurite, tables))
            {
                return new(azurite, queues, tables);
            }

            azurite.Kill(entireProcessTree: true);
            if (attempt == 3)
            {
                throw new InvalidOperationException($"Azurite did not start:\n{await output}\n{await errors}");
            }
        }
    }

    private static async Task<bool> OpensAsync(Process process, int port)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited;)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindInteropFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OutlookCrm.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "interop");
            }
        }

        throw new InvalidOperationException("The tests must run from inside the repository: no OutlookCrm.sln above the test assembly.");
    }
}
