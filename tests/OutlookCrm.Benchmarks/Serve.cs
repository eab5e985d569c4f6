using System.Globalization;
using OutlookCrm.LocalHost;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Benchmarks;

/// <summary>The product over a prepared database, with a valid token in a file: for a load client of one's own.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        string? data = null, tokenFile = null;
        int? port = null;
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            switch (arguments[i])
            {
                case "--data":
                    data = Path.GetFullPath(arguments[i + 1]);
                    break;
                case "--token-file":
                    tokenFile = Path.GetFullPath(arguments[i + 1]);
                    break;
                case "--port" when ushort.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    port = number;
                    break;
                default:
                    await Console.Error.WriteLineAsync($"'{arguments[i]} {arguments[i + 1]}' is not an option here.");
                    return 2;
            }
        }

        if (data is null || tokenFile is null || port is null || arguments.Length % 2 != 0)
        {
            await Console.Error.WriteLineAsync("serve needs --data FILE, --port N and --token-file F.");
            return 2;
        }

        // As in the local host's own runtimeconfig.template.json.
        AppContext.SetData("System.Threading.ThreadPool.HillClimbing.Disable", true);
        await PreparedFirm.EnsureFileAsync(data);
        await using var sandbox = await SandboxApplication.StartAsync(new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 });
        var settings = new Dictionary<string, string?>(ProductSettings.For(sandbox.Addresses))
        {
            ["Storage:Kind"] = "sqlite",
            ["Storage:SqliteFile"] = data,
        };
        await using var host = await LocalHostApplication.StartAsync(new LocalHostOptions
        {
            Urls = [$"http://127.0.0.1:{port}"],
            Settings = settings,
        });
        await File.WriteAllTextAsync(tokenFile, sandbox.Issuer.CreateAccessToken(SampleFirm.Mira));
        Console.WriteLine($"Listening on {host.Address.GetLeftPart(UriPartial.Authority)}");
        Console.WriteLine($"A card: {host.Address}api/card?address={Uri.EscapeDataString(PreparedFirm.Addresses[0])}");
        Console.WriteLine($"The token in {tokenFile} is good for {TokenLifetime()}; it is a bearer token: Authorization: Bearer …");
        await host.WaitForShutdownAsync();
        return 0;
    }

    private static string TokenLifetime() => $"{Sandbox.Issuer.TokenIssuer.Lifetime.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes";
}
