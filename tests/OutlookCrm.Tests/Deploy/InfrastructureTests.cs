using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OutlookCrm.Capture;
using OutlookCrm.Cost;
using OutlookCrm.Graph;
using OutlookCrm.Identity;
using OutlookCrm.Storage;
using OutlookCrm.Telemetry;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Deploy;

/// <summary>The Bicep files, held to the product that they are for.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly string Clone = Path.GetFullPath(Path.Combine(Azurite.InteropFolder, "..", ".."));

    [Fact]
    public void The_settings_that_Azure_gets_are_settings_that_the_product_takes_and_ask_for_no_secret()
    {
        var sample = new Dictionary<string, string>
        {
            ["Storage__TableUri"] = "https://crm01234567.table.core.windows.net/",
            ["Storage__QueueUri"] = "https://crm01234567.queue.core.windows.net/",
            ["Identity__ClientId"] = "33333333-3333-3333-3333-333333333333",
            ["Identity__AllowedTenants"] = "22222222-2222-2222-2222-222222222222",
            ["Cost__ResourceGroup"] = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/outlook-crm",
            ["Capture__NotificationUrl"] = "https://outlook-crm-01234567.azurewebsites.net/api/graph/notifications",
        };
        var settings = Setting().Matches(Read("infra", "functions.bicep")).ToDictionary(
            match => match.Groups["name"].Value, match => sample.GetValueOrDefault(match.Groups["name"].Value, match.Groups["text"].Value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value))).Build();
        using var services = new ServiceCollection().AddStorage(configuration).BuildServiceProvider();

        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        Assert.Equal((StorageKind.Azure, null), (storage.Kind, storage.ConnectionString));
        Assert.IsType<GraphCredential.ManagedIdentity>(GraphOptions.From(configuration).Credential);
        Assert.Single(IdentityOptions.From(configuration).AllowedTenants);
        Assert.NotNull(CostOptions.From(configuration).ResourceGroup);
        Assert.EndsWith("/api/graph/notifications", CaptureOptions.From(configuration).NotificationUrl!.AbsoluteUri, StringComparison.Ordinal);
        var known = (string[])["AzureWebJobsStorage__", "APPLICATIONINSIGHTS_", "Storage__", "Identity__", "Graph__", "Capture__", "Cost__", "AzureWebJobs_"];
        Assert.All(settings.Keys, name => Assert.Contains(known, start => name.StartsWith(start, StringComparison.Ordinal)));
        var off = settings.Keys.Single(name => name.EndsWith("_Disabled", StringComparison.Ordinal)).Split('_')[1];
        Assert.Contains(typeof(PollMailboxes).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributes(typeof(FunctionAttribute), false)),
            function => ((FunctionAttribute)function).Name == off);
    }

    [Fact]
    public void Records_open_to_no_key_and_the_app_has_the_roles_that_the_page_names_and_no_others()
    {
        var storage = Read("infra", "storage.bicep");
        Assert.Contains("allowSharedKeyAccess: false", storage, StringComparison.Ordinal);
        Assert.Contains("allowBlobPublicAccess: false", storage, StringComparison.Ordinal);

        var roles = Read("infra", "roles.bicep");
        var page = Read("docs", "deploy.md");
        var given = Role().Matches(roles).Select(match => match.Groups[1].Value).Append("Monitoring Metrics Publisher").Append("Cost Management Reader").Order(StringComparer.Ordinal);
        Assert.Equal(RoleRow().Matches(page).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal), given);
        Assert.Equal(2, Regex.Count(roles, @"^\s+scope: (storage|insights)$", RegexOptions.Multiline));
        Assert.Equal(3, Regex.Count(roles, "roleAssignments@")); // the one without a scope is on the group, and reads costs
        Assert.Contains("name: guid(resourceGroup().id, principalId, readCosts)", roles, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(Clone, "infra"), "*.bicep").Where(file => Path.GetFileName(file) != "roles.bicep").Select(File.ReadAllText),
            text => text.Contains("roleAssignments", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_trouble_that_an_alert_looks_for_is_one_that_the_product_tells_and_the_page_says_what_to_do()
    {
        var source = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Clone, "functions", "OutlookCrm.Functions"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        var monitoring = Read("infra", "monitoring.bicep");
        var looked = LookedFor().Matches(monitoring).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(3, looked.Count);
        // The host itself tells of the poison queue.
        Assert.All(looked.Where(text => text != "MaxDequeueCount"), text => Assert.Contains(text, source, StringComparison.Ordinal));
        var page = Read("docs", "deploy.md");
        Assert.All(Trouble().Matches(monitoring).Select(match => match.Groups[1].Value), trouble => Assert.Contains($"| {trouble} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_host_keeps_addresses_of_requests_out_of_its_telemetry_and_waits_before_it_tries_again()
    {
        var host = JsonNode.Parse(Read("functions", "OutlookCrm.Functions", "host.json"))!;
        var insights = host["logging"]!["applicationInsights"]!;

        Assert.False((bool)insights["httpAutoCollectionOptions"]!["enableHttpTriggerExtendedInfoCollection"]!);
        Assert.False((bool)insights["enableDependencyTracking"]!);
        Assert.True((bool)insights["samplingSettings"]!["isEnabled"]!);
        Assert.Equal("Warning", (string)host["logging"]!["logLevel"]!["default"]!);
        Assert.NotEqual("00:00:00", (string)host["extensions"]!["queues"]!["visibilityTimeout"]!);
        Assert.Equal("base64", (string)host["extensions"]!["queues"]!["messageEncoding"]!);

        // In Azure the product is not told the host's number: its metrics count by its own, and people read "five times".
        Assert.Equal(WorkMetrics.DefaultMaxDequeueCount, (int)host["extensions"]!["queues"]!["maxDequeueCount"]!);
    }

    [FactWithBicep]
    public void The_Bicep_files_compile_without_a_warning()
    {
        using var bicep = Process.Start(new ProcessStartInfo(FactWithBicepAttribute.Find()!, ["build", Path.Combine(Clone, "infra", "main.bicep"), "--stdout"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = bicep.StandardOutput.ReadToEndAsync();
        var errors = bicep.StandardError.ReadToEnd();
        bicep.WaitForExit();

        Assert.Equal((0, ""), (bicep.ExitCode, errors));
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Clone, .. path]));

    [GeneratedRegex(@"\{ name: '(?<name>[^']+)', value: (?:'(?<text>[^']*)'|[^}]+) \}")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^  '([^']+)': '[0-9a-f-]{36}'$", RegexOptions.Multiline)]
    private static partial Regex Role();

    [GeneratedRegex(@"^\| ([A-Z][A-Za-z ]+(?:Owner|Contributor|Publisher|Reader)) \|", RegexOptions.Multiline)]
    private static partial Regex RoleRow();

    [GeneratedRegex("message has \"([^\"]+)\"")]
    private static partial Regex LookedFor();

    [GeneratedRegex("Trouble = \"([^\"]+)\"")]
    private static partial Regex Trouble();

    /// <summary>Needs the Bicep compiler on the PATH, which GitHub's machines have.</summary>
    private sealed class FactWithBicepAttribute : FactAttribute
    {
        public FactWithBicepAttribute()
        {
            if (Find() is null)
            {
                Skip = "There is no bicep on the PATH.";
            }
        }

        public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => (string[])[Path.Combine(folder, "bicep"), Path.Combine(folder, "bicep.exe")]).FirstOrDefault(File.Exists);
    }
}
