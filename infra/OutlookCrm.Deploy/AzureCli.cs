using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutlookCrm.Deploy;

/// <summary>
/// The Azure CLI, as whoever signed in with <c>az login</c>. Nothing here asks for a key, a password or a token: none can end in a file or on
/// the screen.
/// </summary>
internal sealed class AzureCli(CancellationToken cancellation)
{
    private const string Graph = "https://graph.microsoft.com/v1.0/";

    /// <summary>Set once it is known; every call names it, so that the person's own default stays as it is.</summary>
    public string? Subscription { get; set; }

    public async Task<JsonNode?> AskAsync(params IEnumerable<string> arguments)
    {
        var (exit, output, errors) = await RunAsync(arguments);
        return exit == 0 ? Parse(output) : throw Refused(arguments, errors);
    }

    /// <summary>A call of the directory, which Microsoft Graph is for az.</summary>
    /// <param name="path">Below <c>/v1.0/</c>.</param>
    /// <returns>Null for an empty answer, and for 404 when <paramref name="method"/> is GET.</returns>
    public async Task<JsonNode?> DirectoryAsync(string method, string path, JsonNode? body = null, string? prefer = null)
    {
        var file = body is null ? null : Path.GetTempFileName();
        try
        {
            if (file is not null)
            {
                await File.WriteAllTextAsync(file, body!.ToJsonString(), cancellation);
            }

            List<string> arguments = ["rest", "--method", method, "--url", Graph + path];
            if (file is not null)
            {
                arguments.AddRange(["--body", "@" + file]);
            }

            if (file is not null || prefer is not null)
            {
                arguments.AddRange(["--headers", "Content-Type=application/json", .. prefer is null ? Array.Empty<string>() : [$"Prefer={prefer}"]]);
            }

            var (exit, output, errors) = await RunAsync(arguments);
            return exit == 0 ? Parse(output)
                : method == "GET" && IsAbsent(errors) ? null
                : throw Refused(arguments, errors);
        }
        finally
        {
            if (file is not null)
            {
                File.Delete(file);
            }
        }
    }

    internal static bool IsAbsent(string errors) =>
        errors.Contains("Request_ResourceNotFound", StringComparison.Ordinal) || errors.Contains("does not exist", StringComparison.OrdinalIgnoreCase);

    private async Task<(int Exit, string Output, string Errors)> RunAsync(IEnumerable<string> arguments)
    {
        var given = arguments.ToList();
        if (Subscription is { } subscription && given[0] is not ("rest" or "ad"))
        {
            given.AddRange(["--subscription", subscription]);
        }

        given.AddRange(["--only-show-errors", "--output", "json"]);
        // On Windows az is a .cmd file, which only a shell starts.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", "az", .. given]) : new ProcessStartInfo("az", given);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception)
        {
            throw new DeployException("The Azure CLI is missing. Get it from https://aka.ms/azure-cli, run `az login`, then try again.");
        }
    }

    private static JsonNode? Parse(string output)
    {
        try
        {
            return string.IsNullOrWhiteSpace(output) ? null : JsonNode.Parse(output);
        }
        catch (JsonException)
        {
            throw new DeployException($"The Azure CLI answered something that is no JSON:\n{output}");
        }
    }

    private static DeployException Refused(IEnumerable<string> arguments, string errors) => new(
        errors.Contains("az login", StringComparison.Ordinal) ? "Nobody is signed in to Azure. Run `az login`, then try again."
        : errors.Contains("Authorization_RequestDenied", StringComparison.Ordinal) || errors.Contains("Insufficient privileges", StringComparison.Ordinal)
            ? "Your account may not do this in the directory. To register the app: Application Administrator. To let it read mailboxes: Privileged Role "
              + "Administrator or Global Administrator. Ask somebody who is, and run the same command again; what is done already stays.\n" + errors.Trim()
        : errors.Contains("AuthorizationFailed", StringComparison.Ordinal)
            ? "Your account may not do this in the subscription: Owner is needed, or Contributor together with User Access Administrator.\n" + errors.Trim()
        : $"`az {string.Join(' ', arguments.Take(3))}` was refused:\n{errors.Trim()}");
}
