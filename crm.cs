#!/usr/bin/env dotnet
#:property PublishAot=false

// One script for every machine: sets up what is missing, then runs, tests or measures the product.
// Needs the .NET 10 SDK and Node 20 or newer; everything else it fetches itself, into this folder.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

const string Usage = """
    dotnet crm.cs [run] [--mail FOLDER] [--port N] [--fresh] [--azurite]
        Starts the product with a sample firm (or with your own .eml and .ics files) and prints the address to open.
    dotnet crm.cs test
        Checks formatting, builds, and runs every test: C#, shell and browser.
    dotnet crm.cs bench [suite]
        Prints figures, one a line: name: value unit. Suites: card, followups, pane, capture, insights, cost. All of them when none is named.
    dotnet crm.cs bench --soak [minutes]
        50 requests a second with mail coming in, for an hour unless said: errors, growth of memory, p99 at the end against the start.
    dotnet crm.cs serve --data FILE --port N --token-file F
        Serves a prepared database for a load client and writes a valid token to F.
    dotnet crm.cs insights --purchases FILE.csv [--calibrate DATE] [--win-cost AMOUNT] [--json]
        Prints what the product works out of any file of purchases: model parameters and log-likelihoods, forecasts, classes, segments,
        cross-sell. Columns: customer, date, amount, optional margin and product. With --calibrate it fits up to that day (yyyy-MM-dd) and
        tests the forecast on the rest. --json prints everything for programs.
    dotnet crm.cs export --to FOLDER [--firm ID] [--data PATH] [--Section:Key=value ...]
        Writes a whole firm into files: one that restore reads, and tables for a spreadsheet. Without --data it is the sample firm of this machine.
    dotnet crm.cs restore --from FOLDER [--data PATH] [--Section:Key=value ...]
        Puts an exported firm into a store that has nothing of it, and reads everything back.
    dotnet crm.cs deploy [--what-if] [--subscription NAME] [--region REGION] [--mailboxes all|GROUP] [--yes] ...
        Brings it into your own Azure and Microsoft 365, with the Azure CLI; asks for what is not given. See docs/deploy.md.
    dotnet crm.cs remove --export FOLDER
        Exports the firm, then takes away everything that deploy made.
    dotnet crm.cs manifest --origin https://HOST [--out FOLDER] [--client-id GUID]
        Writes the files by which Outlook learns of the add-in: manifest.xml for every Outlook, outlook-crm.zip for the web and Windows.
    dotnet crm.cs check
        Checks formatting and builds with every warning an error; runs nothing.
    """;

using var stop = new CancellationTokenSource();
var root = Path.GetDirectoryName(ScriptPath())!;
var crm = new Crm(root, stop.Token);

// Children of a terminal get Ctrl-C themselves; this process waits for them and leaves last.
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

var (command, rest) = args switch
{
    [] => ("run", args),
    [var first, ..] when first.StartsWith('-') && first is not ("--help" or "-h") => ("run", args),
    [var first, .. var others] => (first, others),
};

try
{
    return command switch
    {
        "run" => await crm.RunAsync(rest),
        "test" => await crm.TestAsync(rest),
        "bench" => await crm.BenchAsync(["bench", .. rest]),
        "serve" => await crm.BenchAsync(["serve", .. rest]),
        "insights" => await crm.InsightsAsync(rest),
        "export" or "restore" => await crm.BackupAsync(command, rest),
        "manifest" or "deploy" or "remove" => await crm.DeployAsync([command, .. rest]),
        "check" => await crm.CheckAsync(),
        "help" or "--help" or "-h" => Say(Usage, 0),
        _ => Say($"There is no command '{command}'.\n\n{Usage}", 2),
    };
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped.");
    return 130;
}
catch (SetUpException problem)
{
    Console.Error.WriteLine();
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static int Say(string text, int exitCode)
{
    Console.WriteLine(text);
    return exitCode;
}

static string ScriptPath([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

/// <summary>Something this machine lacks or a step that failed; the message says what to do.</summary>
internal sealed class SetUpException(string message) : Exception(message);

/// <summary>The commands, each a list of steps that are skipped when nothing they depend on has changed.</summary>
internal sealed class Crm(string root, CancellationToken cancellation)
{
    private const string Configuration = "Release";

    private static readonly string[] Suites = ["OutlookCrm.Tests", "OutlookCrm.EndToEnd"];

    private static readonly string[] SourceKinds = [".cs", ".razor", ".csproj", ".props", ".targets", ".sln", ".json", ".txt", ".css", ".js", ".html"];

    private static readonly string[] SourceFolders = ["functions", "addin/OutlookCrm.Pane", "infra", "tests"];

    private readonly string local = Path.Combine(root, ".local");

    private string At(params string[] parts) => Path.Combine([root, .. parts]);

    private string Built(string project, string folder) => At(folder, project, "bin", "polyfill", Configuration, "net10.0", project + ".dll");

    // ---- commands ---------------------------------------------------------------------------------------------------

    public async Task<int> RunAsync(string[] arguments)
    {
        var options = Options.Parse(arguments, flags: ["fresh", "azurite"], values: ["mail", "port"]);
        var mail = options.Value("mail") is { } folder ? Path.GetFullPath(folder) : null;
        if (mail is not null && !Directory.Exists(mail))
        {
            throw new SetUpException($"--mail: there is no folder {mail}.");
        }

        await RequireNodeAsync();
        await BuildShellAsync();
        await InstallPackagesAsync("tests/OutlookCrm.Sandbox", "the real office.js and the mail parsers");
        await BuildAsync("functions/OutlookCrm.LocalHost/OutlookCrm.LocalHost.csproj", "tests/OutlookCrm.Sandbox/OutlookCrm.Sandbox.csproj");

        // Records of a person's own mail never mix with the sample firm's.
        var records = Path.Combine(local, mail is null ? "sample-firm" : "own-mail");
        if (options.Has("fresh") && Directory.Exists(records))
        {
            Directory.Delete(records, recursive: true);
        }

        Directory.CreateDirectory(records);
        var outlookPort = FreePort(options.Number("port") ?? 5443, []);
        var panePort = FreePort(outlookPort + 1, [outlookPort]);
        var backPort = FreePort(panePort + 1, [outlookPort, panePort]);
        var productPort = FreePort(5080, [outlookPort, panePort, backPort]);

        await using var children = new Children();
        string[] storage = ["--Storage:Kind=sqlite", $"--Storage:SqliteFile={Path.Combine(records, "crm.db")}"];
        if (options.Has("azurite"))
        {
            storage = await StartAzuriteAsync(children, Path.Combine(records, "azurite"));
        }

        var sandbox = children.Start("outlook", "dotnet",
        [
            Built("OutlookCrm.Sandbox", "tests"),
            "--port", Text(outlookPort), "--pane-port", Text(panePort), "--http-port", Text(backPort),
            "--product", $"http://127.0.0.1:{productPort}",
            "--office-js", At("tests", "OutlookCrm.Sandbox", "node_modules", "@microsoft", "office-js", "dist"),
            "--state", Path.Combine(local, "sandbox"),
            .. mail is null ? Array.Empty<string>() : ["--mail", mail],
        ], root);
        await sandbox.ReadyAsync("Outlook is at", cancellation);
        using var back = new HttpClient();
        var settings = await back.GetFromJsonAsync<Dictionary<string, string>>($"http://127.0.0.1:{backPort}/sandbox/settings", cancellation);
        var product = children.Start("product", "dotnet",
        [
            Built("OutlookCrm.LocalHost", "functions"),
            "--port", Text(productPort),
            .. storage,
            .. settings!.Select(setting => $"--{setting.Key}={setting.Value}"),
            // By way of the sandbox, as everything of the outside world.
            $"--Capture:NotificationUrl=http://127.0.0.1:{backPort}/api/graph/notifications",
        ], root);

        await product.ReadyAsync("Listening on", cancellation);
        Console.WriteLine();
        Console.WriteLine($"  Open https://localhost:{outlookPort}/ in a browser.");
        Console.WriteLine("  It has a certificate of this machine's own: the browser asks once whether to go on.");
        Console.WriteLine("  Ctrl-C ends everything.");
        Console.WriteLine();

        return await children.UntilStoppedAsync(cancellation);
    }

    public async Task<int> TestAsync(string[] arguments)
    {
        var options = Options.Parse(arguments, flags: [], values: ["filter"]);
        await RequireNodeAsync();
        await BuildShellAsync();
        await InstallPackagesAsync("tests/OutlookCrm.Sandbox", "the real office.js and the mail parsers");

        // The build first: it looks through the folders into which the others put their files.
        var building = BuildAsync("OutlookCrm.sln");
        var browsing = BrowserAsync(building);
        await Task.WhenAll(
            building,
            InstallPackagesAsync("tests/interop", "Azurite and the official JavaScript table client (about a minute the first time)"),
            FormatAsync(),
            browsing);
        var browser = await browsing;

        var results = At("TestResults");
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        // Some seconds of one core, beside suites that mostly wait.
        var shell = options.Value("filter") is null ? Tool.CaptureAsync("npm", ["test", "--silent"], At("addin", "shell"), cancellation) : null;
        var totals = new Totals();
        foreach (var suite in Suites)
        {
            var report = Path.Combine(results, suite + ".trx");
            Console.WriteLine($"› Running {suite}");
            var exit = await Tool.StreamAsync("dotnet",
            [
                "test", Built(suite, "tests"), "--nologo", "--logger", $"trx;LogFileName={report}", "--logger", "console;verbosity=minimal",
                "--results-directory", results,
                .. options.Value("filter") is { } filter ? new[] { "--filter", filter } : [],
            ], root, new() { ["CRM_BROWSER"] = browser }, cancellation);
            totals.AddReport(suite, report, exit);
        }

        if (shell is not null)
        {
            totals.AddNodeTest("shell", await shell);
            await AuditAsync(totals);
        }

        totals.Print();
        return totals.Failed == 0 ? 0 : 1;
    }

    public async Task<int> CheckAsync()
    {
        await RequireNodeAsync();
        await BuildShellAsync();
        await Task.WhenAll(BuildAsync("OutlookCrm.sln"), FormatAsync());
        return 0;
    }

    public async Task<int> BenchAsync(string[] arguments)
    {
        await RequireNodeAsync();
        await BuildShellAsync();
        await InstallPackagesAsync("tests/OutlookCrm.Sandbox", "the real office.js and the mail parsers");
        var needsMore = arguments is ["bench", ..] and not ["bench", "capture" or "insights" or "cost" or "--soak", ..];
        if (needsMore)
        {
            await InstallPackagesAsync("tests/interop", "Azurite (about a minute the first time)");
        }

        await BuildAsync("tests/OutlookCrm.Benchmarks/OutlookCrm.Benchmarks.csproj");
        var browser = needsMore && arguments is not ["bench", "card" or "followups", ..] ? await BrowserAsync(Task.CompletedTask) : "";
        return await Tool.StreamAsync(
            "dotnet", [Built("OutlookCrm.Benchmarks", "tests"), .. arguments], root, new() { ["CRM_BROWSER"] = browser }, cancellation);
    }

    public async Task<int> InsightsAsync(string[] arguments)
    {
        // The answer alone goes to the output, so that a program can read it.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        await BuildAsync("functions/OutlookCrm.LocalHost/OutlookCrm.LocalHost.csproj");
        Console.SetOut(output);
        return await Tool.StreamAsync(
            "dotnet", [Built("OutlookCrm.LocalHost", "functions"), "insights", .. arguments], Environment.CurrentDirectory, [], cancellation);
    }

    public async Task<int> BackupAsync(string command, string[] arguments)
    {
        await BuildAsync("functions/OutlookCrm.LocalHost/OutlookCrm.LocalHost.csproj");
        var namesStore = arguments.Any(argument => argument.StartsWith("--data", StringComparison.Ordinal) || argument.StartsWith("--Storage:", StringComparison.Ordinal));
        string[] store = namesStore ? [] : ["--data", Path.Combine(local, "sample-firm", "crm.db")];
        return await Tool.StreamAsync(
            "dotnet", [Built("OutlookCrm.LocalHost", "functions"), command, .. arguments, .. store], Environment.CurrentDirectory, [], cancellation);
    }

    /// <summary>What leads from here into a firm's own Microsoft 365.</summary>
    public async Task<int> DeployAsync(string[] arguments)
    {
        await BuildAsync("infra/OutlookCrm.Deploy/OutlookCrm.Deploy.csproj");
        if (arguments[0] == "deploy")
        {
            await RequireNodeAsync();
            await BuildShellAsync();
        }
        else if (arguments[0] == "remove")
        {
            await BuildAsync("functions/OutlookCrm.LocalHost/OutlookCrm.LocalHost.csproj");
        }

        return await Tool.HandOverAsync("dotnet", [Built("OutlookCrm.Deploy", "infra"), .. arguments], cancellation);
    }

    // ---- steps ------------------------------------------------------------------------------------------------------

    private async Task RequireNodeAsync()
    {
        var version = await Tool.TryCaptureAsync("node", ["--version"], root, cancellation);
        if (version is null || !Version.TryParse(version.Trim().TrimStart('v'), out var parsed) || parsed.Major < 20)
        {
            throw new SetUpException($"Node 20 or newer is needed; found {version?.Trim() ?? "none"}. Get it from https://nodejs.org, then try again.");
        }
    }

    private Task InstallPackagesAsync(string folder, string what) =>
        StepAsync($"npm-{folder.Replace('/', '-')}", $"Fetching {what}", [At(folder, "package-lock.json"), At(folder, "package.json")],
            made: At(folder, "node_modules"),
            () => Tool.QuietAsync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], At(folder), cancellation));

    private async Task BuildShellAsync()
    {
        await InstallPackagesAsync("addin/shell", "what the pane's shell is built with");
        var sources = ((string[])["shell", "assets"])
            .SelectMany(folder => Directory.EnumerateFiles(At("addin", folder), "*", new EnumerationOptions { RecurseSubdirectories = true }))
            .Where(file => !Inside(file, "node_modules") && !Inside(file, "dist"));
        await StepAsync("shell", "Building the pane's shell", sources, made: At("addin", "shell", "dist", "taskpane.html"),
            () => Tool.QuietAsync("npm", ["run", "build", "--silent"], At("addin", "shell"), cancellation));
    }

    private async Task BuildAsync(params string[] projects)
    {
        var sources = SourceFolders
            .SelectMany(folder => Directory.EnumerateFiles(At(folder), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(root))
            .Where(file => SourceKinds.Contains(Path.GetExtension(file))
                && !Inside(file, "bin") && !Inside(file, "obj") && !Inside(file, "node_modules") && !Inside(file, "TestResults"))
            .ToList();
        foreach (var project in projects)
        {
            var made = project.EndsWith(".sln", StringComparison.Ordinal)
                ? Built("OutlookCrm.EndToEnd", "tests")
                : At(Path.GetDirectoryName(project)!, "bin", "polyfill", Configuration, "net10.0", Path.GetFileNameWithoutExtension(project) + ".dll");
            await StepAsync($"build-{Path.GetFileNameWithoutExtension(project)}", $"Building {Path.GetFileNameWithoutExtension(project)}", sources, made,
                () => Tool.QuietAsync("dotnet", ["build", At(project), "-c", Configuration, "--nologo", "-v", "q"], root, cancellation));
        }
    }

    /// <summary>Known weaknesses of what the product is made of: high and critical ones fail, others are named. What a feed cannot tell is a skip.</summary>
    private async Task AuditAsync(Totals totals)
    {
        Console.WriteLine("› Looking for known weaknesses of packages");
        var nuget = await Tool.CaptureAsync(
            "dotnet", ["list", At("functions", "OutlookCrm.LocalHost", "OutlookCrm.LocalHost.csproj"), "package", "--vulnerable", "--include-transitive"], root, cancellation);
        var found = Regex.Matches(nuget.Output, @"^\s*> (\S+) .*?(Low|Moderate|High|Critical)\s+(https://\S+)", RegexOptions.Multiline);
        if (found.Count == 0 && (nuget.Exit != 0 || !await TellsAdvisoriesAsync(nuget.Output)))
        {
            totals.AddSkip("audit of NuGet packages", "the package feed serves no advisories here");
        }
        else
        {
            totals.AddAudit("NuGet", [.. found.Select(match => ($"{match.Groups[1].Value} {match.Groups[3].Value}", match.Groups[2].Value))]);
        }

        // The shell alone goes to people; what builds and tests it does not.
        var npm = await Tool.CaptureAsync("npm", ["audit", "--omit=dev", "--json"], At("addin", "shell"), cancellation);
        var start = npm.Output.IndexOf('{', StringComparison.Ordinal);
        try
        {
            var report = JsonNode.Parse(start < 0 ? "{}" : npm.Output[start..(npm.Output.LastIndexOf('}') + 1)]);
            if (report?["vulnerabilities"] is JsonObject packages)
            {
                totals.AddAudit("npm", [.. packages.Select(package => (package.Key, (string?)package.Value?["severity"] ?? "high"))]);
                return;
            }
        }
        catch (JsonException)
        {
            // Something else than a report, such as a proxy's page.
        }

        totals.AddSkip("audit of npm packages", "the package registry serves no advisories here");
    }

    /// <summary>Whether any feed that was asked knows advisories: one that does not answers "no vulnerable packages" to everything.</summary>
    private async Task<bool> TellsAdvisoriesAsync(string output)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        foreach (Match feed in Regex.Matches(output, @"^\s+(https://\S+/index\.json)\s*$", RegexOptions.Multiline))
        {
            try
            {
                if ((await client.GetStringAsync(feed.Groups[1].Value, cancellation)).Contains("VulnerabilityInfo/", StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not here; another may.
            }
        }

        return false;
    }

    /// <summary>By the files alone, so that it can go on beside a build.</summary>
    private Task FormatAsync() => ProgressAsync("Checking formatting", () => Tool.QuietAsync(
        "dotnet",
        ["format", "whitespace", root, "--folder", "--verify-no-changes", "--exclude", "**/bin/**", "**/obj/**", "**/node_modules/**", ".local"],
        root,
        cancellation));

    private async Task<string[]> StartAzuriteAsync(Children children, string folder)
    {
        await InstallPackagesAsync("tests/interop", "Azurite (about a minute the first time)");
        Directory.CreateDirectory(folder);
        var tablePort = FreePort(10002, []);
        var queuePort = FreePort(tablePort + 1, [tablePort]);
        var blobPort = FreePort(queuePort + 1, [tablePort, queuePort]);
        var azurite = children.Start("azurite", "node",
        [
            At("tests", "interop", "node_modules", "azurite", "dist", "src", "azurite.js"), "--disableTelemetry", "--location", folder,
            "--tablePort", Text(tablePort), "--queuePort", Text(queuePort), "--blobPort", Text(blobPort),
        ], root);
        await azurite.ReadyAsync("Table service is successfully listening", cancellation);

        // The emulator's published account and key: the same on every machine, and no secret.
        const string account = "devstoreaccount1";
        const string key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        return
        [
            "--Storage:Kind=azure",
            $"--Storage:ConnectionString=AccountName={account};AccountKey={key};DefaultEndpointsProtocol=http;" +
            $"TableEndpoint=http://127.0.0.1:{tablePort}/{account};QueueEndpoint=http://127.0.0.1:{queuePort}/{account};",
        ];
    }

    /// <summary>Chromium, Chrome or Edge: one that is there, else one that is fetched.</summary>
    /// <param name="built">Ends when the programs are built: Playwright's, which fetches, is among them.</param>
    private async Task<string> BrowserAsync(Task built)
    {
        if (FindBrowser() is { } there)
        {
            return there;
        }

        if (OperatingSystem.IsLinux() && Environment.UserName == "root" && await Tool.TryCaptureAsync("apt-get", ["--version"], root, cancellation) is not null)
        {
            await ProgressAsync("Installing Chromium from this system's packages", async () =>
            {
                await Tool.QuietAsync("apt-get", ["update", "-qq"], root, cancellation);
                await Tool.QuietAsync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], root, cancellation);
            });
        }
        else
        {
            await built;
            var driver = Path.Combine(Path.GetDirectoryName(Built("OutlookCrm.EndToEnd", "tests"))!, ".playwright", "package", "cli.js");
            await ProgressAsync("Fetching Chromium through Playwright",
                () => Tool.QuietAsync("node", [driver, "install", "chromium"], root, cancellation, new() { ["PLAYWRIGHT_BROWSERS_PATH"] = Path.Combine(local, "browser") }));
        }

        return FindBrowser() ?? throw new SetUpException("No browser could be found or fetched. Install Chromium or Chrome, or name its file in CRM_BROWSER.");
    }

    private string? FindBrowser()
    {
        if (Environment.GetEnvironmentVariable("CRM_BROWSER") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new SetUpException($"CRM_BROWSER names {named}, which is not there.");
        }

        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)));
        string[] usual =
        [
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
            @"C:\Program Files\Google\Chrome\Application\chrome.exe",
            @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        ];
        var fetched = Directory.Exists(Path.Combine(local, "browser"))
            ? Directory.EnumerateFiles(Path.Combine(local, "browser"), "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) is "chrome" or "chrome.exe" or "Chromium")
            : [];
        return onPath.Concat(usual).Concat(fetched).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs a step unless what it made is there and nothing it reads has changed since.</summary>
    private async Task StepAsync(string name, string title, IEnumerable<string> sources, string made, Func<Task> run)
    {
        var stamp = Path.Combine(local, "steps", name);
        var now = Fingerprint(sources);
        if (File.Exists(stamp) && (File.Exists(made) || Directory.Exists(made)) && await File.ReadAllTextAsync(stamp, cancellation) == now)
        {
            return;
        }

        await ProgressAsync(title, run);
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, now, cancellation);
    }

    private async Task ProgressAsync(string title, Func<Task> run)
    {
        Console.WriteLine($"› {title}");
        var watch = Stopwatch.StartNew();
        var running = run();
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(10), cancellation)) != running && !cancellation.IsCancellationRequested)
        {
            Console.WriteLine($"  … {title}: {watch.Elapsed.TotalSeconds:0} s");
        }

        await running;
        Console.WriteLine($"  {title}: done in {watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
    }

    private string Fingerprint(IEnumerable<string> files)
    {
        var all = new StringBuilder();
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(file);
            all.Append(Path.GetRelativePath(root, file)).Append('|').Append(info.Length).Append('|').Append(info.LastWriteTimeUtc.Ticks).Append('\n');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private bool Inside(string file, string folder) =>
        Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Contains(folder);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The wanted port, or the next one that is free.</summary>
    private static int FreePort(int wanted, int[] taken)
    {
        for (var port = wanted; port < wanted + 100; port++)
        {
            if (taken.Contains(port))
            {
                continue;
            }

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's; the next one may be free.
            }
        }

        throw new SetUpException($"No free port between {wanted} and {wanted + 99}.");
    }
}

/// <summary>Command-line options: --name value, --name=value and --flag; anything else is refused by name.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string?> given = new(StringComparer.Ordinal);

    public static Options Parse(string[] arguments, string[] flags, string[] values)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Length; i++)
        {
            var parts = arguments[i].TrimStart('-').Split('=', 2);
            if (arguments[i].StartsWith("--", StringComparison.Ordinal) && flags.Contains(parts[0]) && parts.Length == 1)
            {
                options.given[parts[0]] = null;
            }
            else if (arguments[i].StartsWith("--", StringComparison.Ordinal) && values.Contains(parts[0]))
            {
                options.given[parts[0]] = parts.Length == 2 ? parts[1]
                    : i + 1 < arguments.Length ? arguments[++i]
                    : throw new SetUpException($"--{parts[0]} needs a value.");
            }
            else
            {
                throw new SetUpException($"'{arguments[i]}' is not an option here. See: dotnet crm.cs help");
            }
        }

        return options;
    }

    public bool Has(string flag) => given.ContainsKey(flag);

    public string? Value(string name) => given.GetValueOrDefault(name);

    public int? Number(string name) => Value(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65_536 ? number
        : throw new SetUpException($"--{name} must be a number from 1 to 65535.");
}

/// <summary>Programs that end by themselves.</summary>
internal static class Tool
{
    /// <summary>Says nothing unless it fails; then everything it said.</summary>
    public static async Task QuietAsync(string program, string[] arguments, string folder, CancellationToken cancellation, Dictionary<string, string>? environment = null)
    {
        var (exit, output) = await RunAsync(program, arguments, folder, environment, echo: false, cancellation);
        if (exit != 0)
        {
            throw new SetUpException($"{output.Trim()}\n\n`{program} {string.Join(' ', arguments)}` failed with exit code {exit}.");
        }
    }

    /// <summary>Leaves the terminal to it: it asks, and the person answers.</summary>
    public static async Task<int> HandOverAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))
            ?? throw new SetUpException($"{program} did not start.");
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await Children.EndAsync(process);
            throw;
        }

        return process.ExitCode;
    }

    /// <summary>Shows what it says while it runs.</summary>
    public static async Task<int> StreamAsync(string program, string[] arguments, string folder, Dictionary<string, string> environment, CancellationToken cancellation) =>
        (await RunAsync(program, arguments, folder, environment, echo: true, cancellation)).Exit;

    public static Task<(int Exit, string Output)> CaptureAsync(string program, string[] arguments, string folder, CancellationToken cancellation) =>
        RunAsync(program, arguments, folder, null, echo: false, cancellation);

    /// <summary>Its output, or null when the program is not there or fails.</summary>
    public static async Task<string?> TryCaptureAsync(string program, string[] arguments, string folder, CancellationToken cancellation)
    {
        try
        {
            var (exit, output) = await CaptureAsync(program, arguments, folder, cancellation);
            return exit == 0 ? output : null;
        }
        catch (SetUpException)
        {
            return null;
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(
        string program, string[] arguments, string folder, Dictionary<string, string>? environment, bool echo, CancellationToken cancellation)
    {
        var output = new StringBuilder();
        using var process = Launch(program, arguments, folder, environment);
        void Take(DataReceivedEventArgs e, TextWriter writer)
        {
            if (e.Data is not { } line)
            {
                return;
            }

            lock (output)
            {
                output.AppendLine(line);
            }

            if (echo)
            {
                writer.WriteLine(line);
            }
        }

        process.OutputDataReceived += (_, e) => Take(e, Console.Out);
        process.ErrorDataReceived += (_, e) => Take(e, Console.Error);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await Children.EndAsync(process);
            throw;
        }

        return (process.ExitCode, output.ToString());
    }

    public static Process Launch(string program, string[] arguments, string folder, Dictionary<string, string>? environment)
    {
        // On Windows npm is a .cmd file, which only a shell starts.
        var start = OperatingSystem.IsWindows() && program == "npm"
            ? new ProcessStartInfo("cmd", ["/c", "npm", .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = folder;
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new SetUpException($"{program} did not start.");
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new SetUpException($"{program} could not be started: {problem.Message}");
        }
    }
}

/// <summary>The long-running parts. None outlives this script.</summary>
internal sealed class Children : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly List<Child> children = [];

    public Child Start(string name, string program, string[] arguments, string folder)
    {
        var child = new Child(name, Tool.Launch(program, arguments, folder, null));
        children.Add(child);
        return child;
    }

    /// <summary>0 when the person ended it, 1 when a part ended by itself.</summary>
    public async Task<int> UntilStoppedAsync(CancellationToken cancellation)
    {
        try
        {
            var ended = await await Task.WhenAny(children.Select(child => child.EndedAsync(cancellation)));
            Console.Error.WriteLine($"{ended.Name} ended with exit code {ended.Process.ExitCode}; stopping the rest.");
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopping …");
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(children.Select(child => EndAsync(child.Process)));
        children.ForEach(child => child.Process.Dispose());
    }

    /// <summary>Asks, waits, then insists.</summary>
    public static async Task EndAsync(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            using var ask = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await ask.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(Grace);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    internal sealed class Child
    {
        private readonly StringBuilder said = new();
        private readonly List<(string Text, TaskCompletionSource Seen)> awaited = [];

        public Child(string name, Process process)
        {
            Name = name;
            Process = process;
            process.OutputDataReceived += Take;
            process.ErrorDataReceived += Take;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public string Name { get; }

        public Process Process { get; }

        /// <summary>Waits until the child has said <paramref name="text"/>; its end or two minutes of silence is a failure.</summary>
        public async Task ReadyAsync(string text, CancellationToken cancellation)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (said)
            {
                if (said.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }

                awaited.Add((text, seen));
            }

            var ended = Process.WaitForExitAsync(cancellation);
            var first = await Task.WhenAny(seen.Task, ended, Task.Delay(TimeSpan.FromMinutes(2), cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (first != seen.Task)
            {
                throw new SetUpException($"{Name} did not start: it never said \"{text}\".\n{said}");
            }
        }

        public async Task<Child> EndedAsync(CancellationToken cancellation)
        {
            await Process.WaitForExitAsync(cancellation);
            return this;
        }

        private void Take(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is not { } line)
            {
                return;
            }

            lock (said)
            {
                said.AppendLine(line);
                foreach (var waiting in awaited.Where(waiting => line.Contains(waiting.Text, StringComparison.Ordinal)))
                {
                    waiting.Seen.TrySetResult();
                }
            }

            Console.WriteLine($"  {Name}: {line}");
        }
    }
}

/// <summary>What all suites together came to.</summary>
internal sealed partial class Totals
{
    private readonly List<string> skips = [];
    private int passed;
    private int skipped;

    public int Failed { get; private set; }

    /// <summary>A suite that left no report, or ended badly without a failed test, is one failure.</summary>
    public void AddReport(string suite, string report, int exitCode)
    {
        if (!File.Exists(report))
        {
            Failed++;
            Console.WriteLine($"{suite} left no report (exit code {exitCode}).");
            return;
        }

        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        var failedHere = 0;
        foreach (var result in XDocument.Load(report).Descendants(ns + "UnitTestResult"))
        {
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    passed++;
                    break;
                case "NotExecuted":
                    skipped++;
                    skips.Add($"skipped: {(string?)result.Attribute("testName")}: {result.Descendants(ns + "Message").FirstOrDefault()?.Value.Trim()}");
                    break;
                default:
                    failedHere++;
                    break;
            }
        }

        Failed += failedHere == 0 && exitCode != 0 ? 1 : failedHere;
    }

    /// <summary>Reads the counts that Node's own test runner prints last.</summary>
    public void AddNodeTest(string suite, (int Exit, string Output) run)
    {
        int Count(string what) => CountLine().Matches(run.Output).LastOrDefault(match => match.Groups[1].Value == what) is { } found
            ? int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture)
            : 0;
        var (pass, fail, skip) = (Count("pass"), Count("fail"), Count("skipped"));
        passed += pass;
        skipped += skip;
        Failed += fail == 0 && (run.Exit != 0 || pass == 0) ? 1 : fail;
        Console.WriteLine($"› Ran {suite}: {pass} passed, {fail} failed");
        if (run.Exit != 0 || pass == 0)
        {
            Console.WriteLine(run.Output);
        }
    }

    public void AddSkip(string what, string why)
    {
        skipped++;
        skips.Add($"skipped: {what}: {why}");
    }

    /// <summary>One check, failed by a high or critical weakness.</summary>
    public void AddAudit(string what, IReadOnlyList<(string Package, string Severity)> found)
    {
        foreach (var (package, severity) in found)
        {
            Console.WriteLine($"  {what}: {package}: {severity.ToLowerInvariant()}");
        }

        var isBad = found.Any(one => one.Severity.ToLowerInvariant() is "high" or "critical");
        Failed += isBad ? 1 : 0;
        passed += isBad ? 0 : 1;
    }

    public void Print()
    {
        skips.ForEach(Console.WriteLine);
        Console.WriteLine(skipped == 0 ? $"{passed} passed, {Failed} failed" : $"{passed} passed, {Failed} failed, {skipped} skipped");
    }

    [GeneratedRegex(@"^(?:#|ℹ) (pass|fail|skipped) (\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CountLine();
}
