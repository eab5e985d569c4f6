using System.Diagnostics;

namespace OutlookCrm.Deploy;

/// <summary><c>remove</c>: takes an export, then everything away that <c>deploy</c> made.</summary>
internal sealed class RemoveCommand(TextReader input, TextWriter output, TimeProvider clock, CancellationToken cancellation)
{
    public const string Usage = """
        remove [--subscription NAME] [--name NAME] --export FOLDER|none [--confirm NAME]
          --export   where the whole firm's records go first, in open files: an empty or new folder; none takes them away for good
          --confirm  the resource group's name again, instead of typing it
        """;

    private const string Reader = "Storage Table Data Reader";

    private readonly AzureCli az = new(cancellation);

    /// <exception cref="DeployException">Something is missing or was refused; then nothing was removed that comes later.</exception>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (!Arguments.TryRead(arguments, flags: [], values: ["subscription", "name", "export", "confirm"], out var given, out var complaint))
        {
            throw new DeployException($"{complaint}\n\n{Usage}");
        }

        var ask = new Questions(input, output, given);
        var account = await SignIn.AskAsync(az, ask);
        var name = await ask.AskAsync("name", "Name of the resource group?", "outlook-crm", DeployCommand.NameComplaint);
        var deployment = new Deployment(account.Subscription, name);
        var group = (await az.AskAsync("group", "list", "--query", $"[?name=='{name}']"))!.AsArray().SingleOrDefault();
        var entra = new EntraApp(az, deployment, new Patience(clock, cancellation));
        if (group is null && await entra.FindAsync() is null)
        {
            await output.WriteLineAsync($"There is no Outlook CRM called {name} in this subscription.");
            return 0;
        }

        if (group is not null && (string?)group["tags"]?["product"] != "outlook-crm")
        {
            throw new DeployException($"The resource group {name} was not made by `dotnet crm.cs deploy`: it lacks the tag product=outlook-crm. Nothing was removed.");
        }

        if (group is not null)
        {
            await ExportAsync(await ask.AskAsync("export", "Into which folder do the records go first (none: they are lost)?", null, ExportComplaint), deployment, account);
        }

        await ask.AskAsync("confirm", $"Everything of {name} goes now. Type its name:", null, text => text == name ? null : $"That is not {name}.");
        if (group is not null)
        {
            await output.WriteLineAsync("› Removing the resource group (some minutes)");
            await az.AskAsync("group", "delete", "--name", name, "--yes");
        }

        await entra.RemoveAsync();
        await output.WriteLineAsync($"""
            It is gone: program, records, monitoring, app registration, and with its identity every permission in Microsoft 365.
            Left for you: take the add-in out of Outlook where you added it, and, if mailboxes were given by a group, as an Exchange administrator:
              Get-ManagementRoleAssignment | Where-Object Name -Like "Outlook CRM *" | Remove-ManagementRoleAssignment
              Remove-ManagementScope "Outlook CRM mailboxes"
            """);
        return 0;
    }

    private static string? ExportComplaint(string text) =>
        text.Length == 0 ? "A folder, or none."
        : text != "none" && Directory.Exists(text) && Directory.EnumerateFileSystemEntries(text).Any() ? $"{text} is not empty."
        : null;

    private async Task ExportAsync(string folder, Deployment deployment, SignIn account)
    {
        if (folder == "none")
        {
            return;
        }

        var scope = $"/subscriptions/{deployment.Subscription}/resourceGroups/{deployment.Name}/providers/Microsoft.Storage/storageAccounts/{deployment.StorageAccount}";
        var roles = (await az.AskAsync("role", "assignment", "list", "--assignee", account.UserId, "--role", Reader, "--scope", scope))!.AsArray();
        if (roles.Count == 0)
        {
            await output.WriteLineAsync("› Letting you read the records");
            await az.AskAsync("role", "assignment", "create", "--assignee-object-id", account.UserId, "--assignee-principal-type", "User", "--role", Reader, "--scope", scope);
        }

        await output.WriteLineAsync($"› Exporting to {folder}");
        var start = new ProcessStartInfo("dotnet",
        [
            LocalHost, "export", "--to", folder, "--Storage:Kind=azure",
            $"--Storage:TableUri=https://{deployment.StorageAccount}.table.core.windows.net", $"--Storage:QueueUri=https://{deployment.StorageAccount}.queue.core.windows.net",
        ]);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new DeployException(
                "The export failed, so nothing was removed. If you were let in just now: it takes up to ten minutes until that holds; run the same command again.");
        }
    }

    private static string LocalHost =>
        Path.Combine(Clone.Root, "functions", "OutlookCrm.LocalHost", "bin", "polyfill", "Release", "net10.0", "OutlookCrm.LocalHost.dll");
}
