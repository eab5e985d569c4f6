using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OutlookCrm.Deploy;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Deploy;

/// <summary>The command as it is run, against a pretend Azure CLI on the PATH that remembers what it was told.</summary>
public sealed partial class DeployTests : IDisposable
{
    private static readonly string Clone = Path.GetFullPath(Path.Combine(Azurite.InteropFolder, "..", ".."));

    private static readonly string[] Answers =
    [
        "--subscription", "Firm", "--region", "westeurope", "--name", "outlook-crm", "--mailboxes", "all", "--tasks", "no", "--digest", "no", "--always-ready", "yes",
        "--alerts", "owner@contoso.example", "--budget", "15",
    ];

    // Reads, by their first words or by the method of a call of the directory.
    private static readonly string[] Reads = ["account list", "ad signed-in-user show", "role assignment list", "group list", "resource list", "provider list", "deployment sub what-if", "deployment sub show"];

    private readonly string folder = Directory.CreateTempSubdirectory("deploy-").FullName;

    public DeployTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        foreach (var name in (string[])["host.json", "functions.metadata", "extensions.json", ".azurefunctions/function.deps.json", "pane/taskpane.html", "Worker.dll"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, "program", name))!);
            File.WriteAllText(Path.Combine(folder, "program", name), "{}");
        }

        File.WriteAllText(Path.Combine(folder, "program", "worker.config.json"), """{"description":{"defaultWorkerPath":"Worker.dll"}}""");
        var az = Path.Combine(folder, "bin", "az");
        File.WriteAllText(az, $"#!/bin/sh\nexec node '{Path.Combine(Azurite.InteropFolder, "pretend-az.mjs")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string World => Path.Combine(folder, "world.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_looks_first_then_makes_everything_in_order_and_a_second_run_changes_nothing()
    {
        var (exit, output, errors) = await DeployAsync("--yes");

        Assert.Equal((0, ""), (exit, errors));
        var first = Calls();
        var writes = first.Where(IsWrite).Select(Words).ToList();
        Assert.Equal(
            [
                "provider register", "provider register", "provider register", "provider register",
                "PATCH applications(uniqueName)", "PATCH applications", "POST servicePrincipals", "POST oauth2PermissionGrants", "POST servicePrincipals/appRoleAssignedTo",
                "deployment sub create", "POST servicePrincipals/appRoleAssignments", "POST servicePrincipals/appRoleAssignments",
                "POST servicePrincipals/appRoleAssignments", "functionapp deployment source", "tag update",
            ],
            writes);
        Assert.True(first.FindIndex(call => Words(call) == "deployment sub what-if") < first.FindIndex(IsWrite));
        Assert.All(first.Where(call => Words(call).Split(' ')[0] is "group" or "deployment" or "functionapp" or "provider" or "tag" or "role"),
            call => Assert.Contains("--subscription 11111111-1111-1111-1111-111111111111", Line(call), StringComparison.Ordinal));
        Assert.Contains("https://outlook-crm-", output, StringComparison.Ordinal);
        var manifest = await File.ReadAllTextAsync(Path.Combine(folder, "add-in", "manifest.xml"));
        Assert.Contains(new Deployment(Guid.Parse("11111111-1111-1111-1111-111111111111"), "outlook-crm").Origin.ToString(), manifest, StringComparison.Ordinal);

        (exit, output, errors) = await DeployAsync("--yes");

        Assert.Equal((0, ""), (exit, errors));
        Assert.Empty(Calls().Skip(first.Count).Where(IsWrite).Select(Words));
        Assert.Contains("Program: the same is there already", output, StringComparison.Ordinal);
        Assert.Equal(manifest, await File.ReadAllTextAsync(Path.Combine(folder, "add-in", "manifest.xml")));
    }

    [Fact]
    public async Task Only_looking_changes_nothing_and_no_is_an_answer()
    {
        Assert.Equal(0, (await DeployAsync("--what-if")).Exit);
        var (exit, output, _) = await RunAsync("no\n", ["deploy", .. Answers]);

        Assert.Equal(1, exit);
        Assert.Contains("Nothing was changed.", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), IsWrite);
    }

    [Fact]
    public async Task What_is_not_given_is_asked_for_and_a_wrong_answer_is_asked_for_again()
    {
        var answers = "\nBad name\n\n\nnobody\ncrm-mailboxes@contoso.example\n\nyes\nno\n\n0\n20\nyes\n";
        var (exit, output, errors) = await RunAsync(answers, ["deploy", "--package", Path.Combine(folder, "program")]);

        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("Whose mailboxes may be read", output, StringComparison.Ordinal);
        Assert.Contains("A whole number from 1 to 100000.", output, StringComparison.Ordinal);
        var given = Calls().Last(call => Words(call) == "deployment sub create")["parameters"]!;
        Assert.Equal(("outlook-crm", "westeurope", false, 20), (
            (string)given["name"]!["value"]!, (string)given["location"]!["value"]!, (bool)given["alwaysReady"]!["value"]!, (int)given["monthlyBudget"]!["value"]!));
        Assert.Contains("scope-mailboxes.ps1 -Group crm-mailboxes@contoso.example -PrincipalId identity-1 -Digest", output, StringComparison.Ordinal);
        Assert.Contains("Calendars.ReadWrite, Mail.Read, Mail.ReadWrite in the mailboxes of crm-mailboxes@contoso.example only", output, StringComparison.Ordinal);
        Assert.Equal(["Domain.Read.All"], Granted());
    }

    [Fact]
    public async Task The_app_gets_what_the_permissions_page_asks_for_and_mailboxes_of_a_group_are_not_opened_in_the_directory()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Clone, "docs", "permissions.md"));
        var asked = Asked().Matches(page[..page.IndexOf("## Every call", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).Order().ToList();
        Assert.Equal(asked, Permissions.InEntra(allMailboxes: true, tasks: true, digest: true).Order());

        await DeployAsync("--yes", "--tasks", "yes", "--digest", "yes");
        Assert.Equal(asked, Granted());

        // A group later on: what was open to all is taken back, or the group would limit nothing.
        await DeployAsync("--yes", "--mailboxes", "crm@contoso.example", "--digest", "yes");
        Assert.Equal(["Domain.Read.All"], Granted());
    }

    [Fact]
    public async Task The_right_to_lay_drafts_is_given_once_when_wanted_said_beforehand_and_taken_back_when_no_longer_wanted()
    {
        string[] without = ["Calendars.ReadWrite", "Domain.Read.All", "Mail.Read"];
        var (_, output, _) = await DeployAsync("--yes", "--digest", "yes");
        Assert.Contains("In Microsoft 365 the app may: Domain.Read.All, Calendars.ReadWrite, Mail.Read, Mail.ReadWrite, in all mailboxes", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Taken back", output, StringComparison.Ordinal);
        Assert.Equal(without.Append("Mail.ReadWrite"), Granted());

        var before = Calls().Count;
        await DeployAsync("--yes", "--digest", "yes");
        (_, output, _) = await DeployAsync("--what-if");
        Assert.Contains("Taken back in Microsoft 365: Mail.ReadWrite", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls().Skip(before), IsWrite);

        await DeployAsync("--yes");
        Assert.Equal(["DELETE servicePrincipals/appRoleAssignments"], Calls().Skip(before).Where(IsWrite).Select(Words));
        Assert.Equal(without, Granted());
    }

    [Fact]
    public async Task No_key_password_or_token_is_asked_for_written_down_or_shown()
    {
        var (_, output, _) = await DeployAsync("--yes");

        var told = string.Join('\n', Calls().Select(call => call.ToJsonString()));
        Assert.DoesNotMatch(Secrets(), told);
        Assert.DoesNotMatch(Secrets(), output);
        Assert.All(Directory.EnumerateFiles(Path.Combine(Clone, "infra")).Where(file => Path.GetExtension(file) is ".bicep" or ".ps1"), file =>
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotMatch(Secrets(), text);
            Assert.DoesNotContain("listKeys", text, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Theory]
    [InlineData("""{"roles":["Reader"]}""", "Owner is needed, or Contributor together with User Access Administrator; there is Reader")]
    [InlineData("""{"subscriptions":[]}""", "Run `az login`")]
    [InlineData("""{"refuse":{"on":"account list","why":"Please run 'az login' to setup account."}}""", "Run `az login`")]
    [InlineData("""{"refuse":{"on":"PATCH","why":"Forbidden({\"error\":{\"code\":\"Authorization_RequestDenied\"}})"}}""", "Application Administrator")]
    [InlineData("""{"refuse":{"on":"what-if","why":"(AuthorizationFailed) The client does not have authorization"}}""", "Owner is needed")]
    public async Task What_a_person_lacks_is_said_before_anything_is_made(string world, string says)
    {
        await File.WriteAllTextAsync(World, world);

        var (exit, _, errors) = await DeployAsync("--yes");

        Assert.Equal(1, exit);
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), call => Words(call) is "deployment sub create");
    }

    [Fact]
    public async Task Without_the_Azure_CLI_it_says_where_to_get_it()
    {
        File.Delete(Path.Combine(folder, "bin", "az"));

        var (exit, _, errors) = await DeployAsync("--yes");

        Assert.Equal(1, exit);
        Assert.Contains("https://aka.ms/azure-cli", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("functions.metadata")] // as in a program that was built for one machine
    [InlineData(".azurefunctions/function.deps.json")] // as when hidden folders were left out of a copy
    public async Task A_program_that_Azure_could_not_start_is_refused_before_anything_is_made(string missing)
    {
        File.Delete(Path.Combine(folder, "program", missing));

        var (exit, _, errors) = await DeployAsync("--yes");

        Assert.Equal(1, exit);
        Assert.Contains($"holds no program for Azure: {missing} is missing. Nothing was changed.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), IsWrite);
    }

    [Fact]
    public async Task A_publishing_that_failed_is_done_again_by_the_next_run()
    {
        await File.WriteAllTextAsync(World, """{"refuse":{"on":"config-zip","why":"Deployment was canceled"}}""");
        Assert.Equal(1, (await DeployAsync("--yes")).Exit);
        var world = JsonNode.Parse(await File.ReadAllTextAsync(World))!.AsObject();
        world.Remove("refuse");
        await File.WriteAllTextAsync(World, world.ToJsonString());
        var before = Calls().Count;

        Assert.Equal(0, (await DeployAsync("--yes")).Exit);

        Assert.Equal(["functionapp deployment source", "tag update"], Calls().Skip(before).Where(IsWrite).Select(Words));
    }

    [Fact]
    public async Task Removing_wants_an_export_and_the_name_and_takes_only_what_was_deployed()
    {
        await DeployAsync("--yes");
        var before = Calls().Count;

        // The pretend account cannot be read, so there is no export, so nothing goes.
        var (exit, _, errors) = await RunAsync("", ["remove", "--subscription", "Firm", "--name", "outlook-crm", "--export", Path.Combine(folder, "export"), "--confirm", "outlook-crm"]);
        Assert.Equal(1, exit);
        Assert.Contains("nothing was removed", errors, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("another\n", ["remove", "--subscription", "Firm", "--name", "outlook-crm", "--export", "none"])).Exit);
        Assert.DoesNotContain(Calls().Skip(before), call => Line(call).Contains("delete", StringComparison.OrdinalIgnoreCase));

        Assert.Equal(0, (await RunAsync("outlook-crm\n", ["remove", "--subscription", "Firm", "--name", "outlook-crm", "--export", "none"])).Exit);
        Assert.Equal(["group delete", "DELETE applications"], Calls().Skip(before).Where(IsWrite).Select(Words).Where(words => words.Contains("delete", StringComparison.OrdinalIgnoreCase)));
        var (again, output, _) = await RunAsync("", ["remove", "--subscription", "Firm", "--name", "outlook-crm"]);
        Assert.Equal(0, again);
        Assert.Contains("There is no Outlook CRM", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_group_of_somebody_else_is_not_removed()
    {
        await File.WriteAllTextAsync(World, """{"group":{"name":"outlook-crm","location":"westeurope","tags":null}}""");

        var (exit, _, errors) = await RunAsync("", ["remove", "--subscription", "Firm", "--name", "outlook-crm", "--export", "none", "--confirm", "outlook-crm"]);

        Assert.Equal(1, exit);
        Assert.Contains("was not made by", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), IsWrite);
    }

    private Task<(int Exit, string Output, string Errors)> DeployAsync(params string[] more)
    {
        // A later answer replaces an earlier one.
        var answers = Answers.Chunk(2).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair);
        return RunAsync("", ["deploy", .. answers, "--package", Path.Combine(folder, "program"), .. more]);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(string input, string[] arguments)
    {
        string[] place = arguments[0] == "deploy" ? ["--out", Path.Combine(folder, "add-in")] : [];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OutlookCrm.Deploy.dll"), .. arguments, .. place])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PRETEND_AZ"] = World;
        start.Environment["PATH"] = $"{Path.Combine(folder, "bin")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private List<JsonNode> Calls() => [.. (File.Exists(World) ? JsonNode.Parse(File.ReadAllText(World))!["calls"]?.AsArray() ?? [] : []).Select(call => call!)];

    /// <summary>What the app's own identity may do on Graph by the directory.</summary>
    private IEnumerable<string> Granted() => JsonNode.Parse(File.ReadAllText(World))!["assignments"]!.AsArray()
        .Where(one => (string)one!["principalId"]! == "identity-1").Select(one => ((string)one!["appRoleId"]!)["role of ".Length..]).Order();

    private static string Line(JsonNode call) => string.Join(' ', call["args"]!.AsArray().Select(arg => (string)arg!));

    private static bool IsWrite(JsonNode call) => Words(call) is var words && !words.StartsWith("GET ", StringComparison.Ordinal) && !Reads.Contains(words);

    /// <summary>What a call does: its first words, or method and kind of thing of the directory.</summary>
    private static string Words(JsonNode call)
    {
        var args = call["args"]!.AsArray().Select(arg => (string)arg!).ToList();
        if (args[0] != "rest")
        {
            return string.Join(' ', args.TakeWhile(arg => !arg.StartsWith('-')).Take(3));
        }

        var path = new Uri(args[args.IndexOf("--url") + 1]).AbsolutePath["/v1.0/".Length..];
        return $"{args[args.IndexOf("--method") + 1]} {Quoted().Replace(Ids().Replace(path, "$2"), "")}";
    }

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Asked();

    [GeneratedRegex("/(id-[0-9]+|identity-1|app-sp)(/[A-Za-z]+)?(/id-[0-9]+)?$")]
    private static partial Regex Ids();

    [GeneratedRegex("='[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex("AccountKey|SharedAccess|keys list|credential reset|get-access-token|--password|client.?secret|passwordCredential|connection-string", RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();
}
