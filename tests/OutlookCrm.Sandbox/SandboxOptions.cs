using System.Globalization;

namespace OutlookCrm.Sandbox;

/// <summary>How one sandbox runs. A port of 0 takes any free one.</summary>
public sealed record SandboxOptions
{
    /// <summary>Serves the small Outlook, the issuer, Graph and the pane over https.</summary>
    public int Port { get; init; } = 5443;

    /// <summary>The same over https on a second port: a pane of another origin but the same hostname.</summary>
    public int PanePort { get; init; } = 5444;

    /// <summary>The same over plain http, for programs on this machine that need not trust our certificate.</summary>
    public int HttpPort { get; init; } = 5445;

    /// <summary>Where <c>/api</c> goes. Null until the product is known; then <c>/api</c> answers 502.</summary>
    public Uri? Product { get; init; }

    /// <summary>A folder of .eml and .ics files that fill the first colleague's mailbox instead of the sample firm's mail.</summary>
    public string? MailFolder { get; init; }

    /// <summary>Leaves the mailboxes empty, for whoever fills them.</summary>
    public bool EmptyMailboxes { get; init; }

    /// <summary>So many generated messages, and meetings to match, fill the three mailboxes instead of the sample firm's; null for none.</summary>
    public int? GeneratedMessages { get; init; }

    /// <summary>Which ones: the same seed and the same first day give the same.</summary>
    public int GeneratedSeed { get; init; } = 1;

    /// <summary>The folder <c>dist</c> of the npm package @microsoft/office-js; null takes the one installed beside the sandbox.</summary>
    public string? OfficeJsFolder { get; init; }

    /// <summary>Keeps certificate and signing key, so that a browser's exception and a pane's tokens outlive a restart. Null keeps nothing.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Enters the sample firm's customers into the product as soon as it answers.</summary>
    public bool SeedProduct { get; init; }

    /// <summary>More places for what is logged than the console.</summary>
    public Action<ILoggingBuilder>? AddLogging { get; init; }

    /// <exception cref="FormatException">An option is unknown, has no value or a wrong one; the message says which.</exception>
    public static SandboxOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SandboxOptions { Product = new Uri("http://127.0.0.1:5080"), SeedProduct = true };
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i];
            if (i + 1 == args.Count)
            {
                throw new FormatException($"{name} needs a value.");
            }

            var value = args[i + 1];
            options = name switch
            {
                "--port" => options with { Port = ParsePort(name, value) },
                "--pane-port" => options with { PanePort = ParsePort(name, value) },
                "--http-port" => options with { HttpPort = ParsePort(name, value) },
                "--product" => options with { Product = ParseAddress(name, value) },
                "--mail" => options with { MailFolder = ParseFolder(name, value), SeedProduct = false },
                "--generate" => options with { GeneratedMessages = ParseCount(name, value), SeedProduct = false },
                "--office-js" => options with { OfficeJsFolder = ParseFolder(name, value) },
                "--state" => options with { StateFolder = Path.GetFullPath(value) },
                _ => throw new FormatException(
                    $"{name} is not an option. There are --port, --pane-port, --http-port, --product, --mail, --generate, --office-js and --state."),
            };
        }

        return options;
    }

    private static int ParsePort(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new FormatException($"{name} takes a port from 0 to {ushort.MaxValue}, not '{value}'.");

    private static int ParseCount(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000
            ? count
            : throw new FormatException($"{name} takes a number of messages from 1 to 1000000, not '{value}'.");

    private static Uri ParseAddress(string name, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException($"{name} takes an http address, not '{value}'.");

    private static string ParseFolder(string name, string value) =>
        Directory.Exists(value) ? Path.GetFullPath(value) : throw new FormatException($"{name} names a folder that does not exist: '{value}'.");
}
