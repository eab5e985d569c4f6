using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutlookCrm.Deploy;

/// <summary>
/// <c>deploy</c>: from a clone to a firm's own Azure and Microsoft 365. Looks first, says what would change, asks, and only then changes it. A
/// second run with the same answers changes nothing.
/// </summary>
internal sealed class DeployCommand(TextReader input, TextWriter output, TimeProvider clock, CancellationToken cancellation)
{
    public const string Usage = """
        deploy [--subscription NAME] [--region REGION] [--name NAME] [--mailboxes all|GROUP] [--tasks yes|no] [--digest yes|no]
               [--always-ready yes|no] [--alerts ADDRESS] [--budget AMOUNT] [--package FOLDER] [--out FOLDER] [--what-if] [--yes]
          --subscription  name or id of the Azure subscription
          --region        where records and program live, such as westeurope
          --name          resource group; another name is another deployment (outlook-crm)
          --mailboxes     all, or the address of a mail-enabled security group: then only its members' mailboxes can be read
          --tasks         yes: reminders may also be tasks of To Do; that permission cannot be held to some mailboxes (no)
          --digest        yes: a morning digest may be put into the Drafts of whoever wants one; that permission could also change and delete mail (no)
          --always-ready  yes: the first card of the morning comes at once, for some 5 USD a month (yes)
          --alerts        who is told when something is wrong or dear (you)
          --budget        what a month may cost, in the subscription's currency, before somebody is told (15)
          --package       a folder published before; without it the program is built here
          --what-if       says what would change, and ends
          --out           where the manifests go (outlook-crm-add-in)
          --yes           does not ask before it changes something
        What is not given is asked for. Needs the Azure CLI (https://aka.ms/azure-cli) and `az login`.
        """;

    internal const string NameRule = "1 to 40 letters, digits and hyphens, beginning with a letter.";

    private static readonly string[] Values =
        ["subscription", "region", "name", "mailboxes", "tasks", "digest", "always-ready", "alerts", "budget", "package", "out"];

    private static readonly string[] Providers =
        ["Microsoft.Web", "Microsoft.Storage", "Microsoft.Insights", "Microsoft.OperationalInsights", "Microsoft.AlertsManagement", "Microsoft.Consumption"];

    private readonly AzureCli az = new(cancellation);

    /// <exception cref="DeployException">Something is missing or was refused; the message says what to do.</exception>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (!Arguments.TryRead(arguments, flags: ["what-if", "yes"], Values, out var given, out var complaint))
        {
            throw new DeployException($"{complaint}\n\n{Usage}");
        }

        var ask = new Questions(input, output, given);
        var account = await SignIn.AskAsync(az, ask);
        var name = await ask.AskAsync("name", "Name of the resource group?", "outlook-crm", NameComplaint);
        var deployment = new Deployment(account.Subscription, name);
        var group = (await az.AskAsync("group", "list", "--query", $"[?name=='{name}']"))!.AsArray().SingleOrDefault();
        // Where it is, it stays: nothing in Azure can be moved to another region.
        var region = (string?)group?["location"]
            ?? await ask.AskAsync("region", "Which region?", "westeurope", text => text.All(char.IsAsciiLetterOrDigit) && text.Length > 0 ? null : "A region is one word, such as westeurope.");
        var mailboxes = await ask.AskAsync("mailboxes", "Whose mailboxes may be read: all, or the address of a mail-enabled security group?", null, text =>
            text == "all" || (text.IndexOf('@', StringComparison.Ordinal) is > 0 && !text.Any(char.IsWhiteSpace)) ? null : "Answer all, or an address such as crm-mailboxes@example.com.");
        var tasks = await ask.YesAsync("tasks", "May reminders be tasks of To Do as well? That permission opens everybody's tasks.", usual: false);
        var digest = await ask.YesAsync("digest", "May a morning digest be put into the Drafts of whoever wants one? That permission could also change and delete mail.", usual: false);
        var alwaysReady = await ask.YesAsync("always-ready", "Keep one instance ready, for some 5 USD a month, so that the first card comes at once?", usual: true);
        var alerts = await ask.AskAsync("alerts", "Who is told when something is wrong?", account.Mail, text => text.Contains('@', StringComparison.Ordinal) ? null : "A mail address is needed.");
        var budget = await ask.AskAsync("budget", "What may a month cost before somebody is told?", "15", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and <= 100_000 ? null : "A whole number from 1 to 100000.");
        await CheckRightsAsync(account);

        var entra = new EntraApp(az, deployment, new Patience(clock, cancellation));
        var app = await entra.FindAsync();
        var now = clock.GetUtcNow();
        var since = (string?)group?["tags"]?["outlook-crm-since"] ?? new DateOnly(now.Year, now.Month, 1).ToString("O", CultureInfo.InvariantCulture);
        var published = (string?)group?["tags"]?["outlook-crm-package"] ?? "";
        JsonObject parameters = Parameters(deployment, region, account.Tenant, alwaysReady, alerts, budget, since, published);

        await output.WriteLineAsync("› Looking at what would change");
        var inAzure = await WhatIfAsync(deployment, region, With(parameters, app?.ClientId ?? Guid.Empty));
        foreach (var change in inAzure)
        {
            await output.WriteLineAsync($"  {change}");
        }

        if (app is null)
        {
            await output.WriteLineAsync($"  Create app registration Outlook CRM ({deployment.AppName})");
        }

        var permissions = Permissions.InEntra(mailboxes == "all", tasks, digest);
        await output.WriteLineAsync($"  In Microsoft 365 the app may: {string.Join(", ", permissions)}"
            + (mailboxes == "all" ? ", in all mailboxes" : $"; {string.Join(", ", Permissions.ForMailboxes(digest))} in the mailboxes of {mailboxes} only"));
        if (group is not null && await IdentityAsync(deployment) is { } identity && (await entra.GrantedAsync(identity)).Except(permissions).ToList() is { Count: > 0 } tooMuch)
        {
            await output.WriteLineAsync($"  Taken back in Microsoft 365: {string.Join(", ", tooMuch)}");
        }

        if (given.Has("what-if"))
        {
            return 0;
        }

        if (!given.Has("yes") && !await ask.YesAsync("yes", "Go on?", usual: false))
        {
            await output.WriteLineAsync("Nothing was changed.");
            return 1;
        }

        var folder = given.Value("package") ?? await BuildAsync();
        if (await Package.MissingAsync(folder, cancellation) is { Count: > 0 } missing)
        {
            throw new DeployException($"{folder} holds no program for Azure: {string.Join(", ", missing)} is missing. Nothing was changed.");
        }

        await RegisterProvidersAsync();
        var (clientId, changes) = await entra.EnsureAsync(account.UserId);
        await output.WriteLineAsync($"› App registration: {Told(changes)}");
        var made = await InAzureAsync(deployment, region, With(parameters, clientId), inAzure.Count > 0 || app is null);
        changes = await entra.GrantAsync((string)made["principalId"]!["value"]!, permissions);
        await output.WriteLineAsync($"› Permissions in Microsoft 365: {Told(changes)}");
        await PublishAsync(deployment, folder, published);

        var addin = Path.GetFullPath(given.Value("out") ?? "outlook-crm-add-in");
        await ManifestCommand.WriteAsync(new AddinDescription(deployment.Origin, clientId), addin, cancellation);
        await output.WriteLineAsync($"""

            Outlook CRM runs at {deployment.Origin}. What is left for you:
              1. Add it to Outlook: {Path.Combine(addin, "manifest.xml")} - docs/deploy.md, "Add it to Outlook".
            """);
        if (mailboxes != "all")
        {
            await output.WriteLineAsync($"""
                  2. Let it read these mailboxes, as an Exchange administrator, in PowerShell 7:
                       ./infra/scope-mailboxes.ps1 -Group {mailboxes} -PrincipalId {(string)made["principalId"]!["value"]!}{(digest ? " -Digest" : "")}
                     It may be run again at any time. Until it has run, and half an hour to two hours after, no mailbox is read.
                """);
        }

        return 0;
    }

    internal static string? NameComplaint(string text) =>
        text.Length is > 0 and <= 40 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? null : NameRule;

    private static JsonObject Parameters(
        Deployment deployment, string region, Guid tenant, bool alwaysReady, string alerts, string budget, string since, string published) => new()
        {
            ["name"] = deployment.Name,
            ["location"] = region,
            ["suffix"] = deployment.Suffix,
            ["tenantIds"] = new JsonArray(tenant.ToString()),
            ["alwaysReady"] = alwaysReady,
            ["alertEmail"] = alerts,
            ["monthlyBudget"] = int.Parse(budget, CultureInfo.InvariantCulture),
            ["budgetStart"] = since,
            ["publishedPackage"] = published,
        };

    private static JsonObject With(JsonObject parameters, Guid clientId)
    {
        var all = (JsonObject)parameters.DeepClone();
        all["clientId"] = clientId.ToString();
        return all;
    }

    private static string Told(int changes) => changes == 0 ? "as it should be" : $"{changes} changed";

    /// <summary>Refused now rather than half-way.</summary>
    private async Task CheckRightsAsync(SignIn account)
    {
        var roles = (await az.AskAsync(
            "role", "assignment", "list", "--assignee", account.UserId, "--include-inherited", "--include-groups",
            "--scope", $"/subscriptions/{account.Subscription}"))!.AsArray().Select(role => (string)role!["roleDefinitionName"]!).ToHashSet(StringComparer.Ordinal);
        if (!roles.Contains("Owner") && !(roles.Contains("Contributor") && roles.Overlaps(["User Access Administrator", "Role Based Access Control Administrator"])))
        {
            throw new DeployException(
                $"{account.Mail} may not do this in the subscription: Owner is needed, or Contributor together with User Access Administrator; "
                + $"there is {(roles.Count == 0 ? "no role" : string.Join(", ", roles.Order(StringComparer.Ordinal)))}. An owner of the subscription can give it.");
        }
    }

    private async Task RegisterProvidersAsync()
    {
        var on = (await az.AskAsync("provider", "list", "--query", "[?registrationState=='Registered'].namespace"))!.AsArray()
            .Select(provider => (string)provider!).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in Providers.Where(provider => !on.Contains(provider)))
        {
            await output.WriteLineAsync($"› Switching {provider} on in the subscription (once, some minutes)");
            await az.AskAsync("provider", "register", "--namespace", provider, "--wait");
        }
    }

    /// <summary>What Azure says would be made, changed or removed, a line each.</summary>
    private async Task<IReadOnlyList<string>> WhatIfAsync(Deployment deployment, string region, JsonObject parameters) =>
        await WithFileAsync(parameters, async file =>
        {
            var answer = await az.AskAsync([
                "deployment", "sub", "what-if", "--name", deployment.AppName, "--location", region, "--template-file", Template, "--parameters", "@" + file,
                "--no-pretty-print"]);
            return (IReadOnlyList<string>)[.. (answer!["changes"]?.AsArray() ?? [])
                .Select(change => (Type: (string)change!["changeType"]!, Id: (string)change["resourceId"]!))
                .Where(change => change.Type is not ("NoChange" or "Ignore" or "Unsupported"))
                .Select(change => $"{change.Type} {change.Id[(change.Id.IndexOf("/resourceGroups/", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? at + 1 : 0)..]}")];
        });

    /// <summary>Object id of the app's own identity; null before there is one.</summary>
    private async Task<string?> IdentityAsync(Deployment deployment) => (string?)(await az.AskAsync(
        "resource", "list", "--resource-group", deployment.Name, "--name", deployment.AppName, "--resource-type", "Microsoft.Web/sites",
        "--query", "[].identity.principalId"))!.AsArray().SingleOrDefault();

    /// <returns>The outputs of main.bicep: of this run, or of the last one when nothing is to change.</returns>
    private async Task<JsonNode> InAzureAsync(Deployment deployment, string region, JsonObject parameters, bool changes)
    {
        if (!changes)
        {
            await output.WriteLineAsync("› Azure: as it should be");
            return (await az.AskAsync("deployment", "sub", "show", "--name", deployment.AppName))!["properties"]!["outputs"]!;
        }

        await output.WriteLineAsync("› Making it so in Azure (some minutes)");
        return await WithFileAsync(parameters, async file => (await az.AskAsync([
            "deployment", "sub", "create", "--name", deployment.AppName, "--location", region, "--template-file", Template, "--parameters", "@" + file]))!
            ["properties"]!["outputs"]!);
    }

    private async Task PublishAsync(Deployment deployment, string folder, string published)
    {
        var hash = await Package.HashAsync(folder, cancellation);
        if (hash == published)
        {
            await output.WriteLineAsync("› Program: the same is there already");
            return;
        }

        await output.WriteLineAsync("› Publishing the program");
        var zip = Path.Combine(Path.GetTempPath(), $"{deployment.AppName}-{hash}.zip");
        await Package.ZipAsync(folder, zip, cancellation);
        await az.AskAsync("functionapp", "deployment", "source", "config-zip", "--resource-group", deployment.Name, "--name", deployment.AppName, "--src", zip);
        File.Delete(zip);
        // Last, so that a publishing that failed is done again.
        await az.AskAsync(
            "tag", "update", "--resource-id", $"/subscriptions/{deployment.Subscription}/resourceGroups/{deployment.Name}", "--operation", "Merge",
            "--tags", $"outlook-crm-package={hash}");
    }

    private async Task<string> BuildAsync()
    {
        await output.WriteLineAsync("› Building the program");
        var folder = Path.Combine(Clone.Root, ".local", "publish");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var start = new ProcessStartInfo("dotnet",
        [
            "publish", Path.Combine(Clone.Root, "functions", "OutlookCrm.Functions"), "-c", "Release", "-p:CloudPackages=real",
            // Compiled ahead: on a quarter of a core compiling is most of a cold start.
            "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true", "-o", folder, "--nologo", "-v", "q",
        ])
        { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? folder : throw new DeployException($"The program could not be built:\n{said}");
    }

    private static string Template => Path.Combine(Clone.Root, "infra", "main.bicep");

    private async Task<T> WithFileAsync<T>(JsonObject parameters, Func<string, Task<T>> use)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, new JsonObject
            {
                ["$schema"] = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
                ["contentVersion"] = "1.0.0.0",
                ["parameters"] = new JsonObject(parameters.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)new JsonObject { ["value"] = one.Value?.DeepClone() }))),
            }.ToJsonString(JsonSerializerOptions.Default), cancellation);
            return await use(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
