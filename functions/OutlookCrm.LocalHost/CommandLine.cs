using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OutlookCrm.LocalHost;

/// <summary>The command line: a few words of our own, and any setting as <c>--Section:Key=value</c>.</summary>
public static class CommandLine
{
    public const int DefaultPort = 5080;

    public const string Usage = """
        OutlookCrm.LocalHost [--port N] [--urls URL[;URL]] [--data FOLDER|FILE] [--Section:Key=value ...]
          --port N        listens on http://127.0.0.1:N; 0 is any free port (5080)
          --urls URLS     listens on these instead
          --data PATH     where the records are: a folder, or the file itself when PATH is one or ends in .db
          --Section:Key=value   any setting; wins over the environment (Section__Key=value)
        OutlookCrm.LocalHost insights --purchases FILE.csv ...: see dotnet crm.cs help
        OutlookCrm.LocalHost export --to FOLDER ... and restore --from FOLDER ...: the same
        """;

    public static bool TryRead(
        IReadOnlyList<string> args, [NotNullWhen(true)] out LocalHostOptions? options, [NotNullWhen(false)] out string? complaint)
    {
        ArgumentNullException.ThrowIfNull(args);
        options = null;
        var urls = new[] { $"http://127.0.0.1:{DefaultPort}" };
        var settings = new Dictionary<string, string?>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var sign
                ? (args[i][..sign], args[i][(sign + 1)..])
                : (args[i], i + 1 < args.Count ? args[++i] : null);
            if (value is null)
            {
                complaint = $"{name} needs a value.";
                return false;
            }

            switch (name)
            {
                case "--port" when ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
                    urls = [$"http://127.0.0.1:{port}"];
                    break;
                case "--urls":
                    urls = value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    break;
                case "--data":
                    settings["Storage:SqliteFile"] = DataFile(value);
                    break;
                default:
                    if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
                    {
                        complaint = $"'{name} {value}' means nothing to this program.";
                        return false;
                    }

                    settings[name[2..]] = value;
                    break;
            }
        }

        complaint = null;
        options = new LocalHostOptions { Urls = urls, Settings = settings };
        return true;
    }

    private static string DataFile(string path)
    {
        var full = Path.GetFullPath(path);
        return File.Exists(full) || Path.GetExtension(full) is ".db" ? full : Path.Combine(full, "outlook-crm.db");
    }
}
