using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OutlookCrm.Graph;
using OutlookCrm.Sandbox.Issuer;
using OutlookCrm.Tests.Graph;
using OutlookCrm.Tests.Sandbox;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Docs;

public sealed partial class PermissionsPageTests
{
    private const string Csdl = "shared/data/graph/v1.0-Prod.csdl";
    private const string Permissions = "shared/data/graph/permissions.json";

    // What the reading of a value takes it for.
    private static readonly Dictionary<string, string> MailTypes = new()
    {
        ["parentFolderId"] = "Edm.String",
        ["internetMessageId"] = "Edm.String",
        ["conversationId"] = "Edm.String",
        ["sentDateTime"] = "Edm.DateTimeOffset",
        ["receivedDateTime"] = "Edm.DateTimeOffset",
        ["subject"] = "Edm.String",
        ["bodyPreview"] = "Edm.String",
        ["from"] = "graph.recipient",
        ["sender"] = "graph.recipient",
        ["toRecipients"] = "Collection(graph.recipient)",
        ["ccRecipients"] = "Collection(graph.recipient)",
        ["bccRecipients"] = "Collection(graph.recipient)",
        ["isDraft"] = "Edm.Boolean",
        ["categories"] = "Collection(Edm.String)",
        ["internetMessageHeaders"] = "Collection(graph.internetMessageHeader)",
        ["lastModifiedDateTime"] = "Edm.DateTimeOffset",
    };

    private static readonly Dictionary<string, string> MeetingTypes = new()
    {
        ["iCalUId"] = "Edm.String",
        ["type"] = "graph.eventType",
        ["seriesMasterId"] = "Edm.String",
        ["originalStart"] = "Edm.DateTimeOffset",
        ["start"] = "graph.dateTimeTimeZone",
        ["end"] = "graph.dateTimeTimeZone",
        ["isAllDay"] = "Edm.Boolean",
        ["isCancelled"] = "Edm.Boolean",
        ["isDraft"] = "Edm.Boolean",
        ["responseStatus"] = "graph.responseStatus",
        ["sensitivity"] = "graph.sensitivity",
        ["categories"] = "Collection(Edm.String)",
        ["subject"] = "Edm.String",
        ["bodyPreview"] = "Edm.String",
        ["organizer"] = "graph.recipient",
        ["attendees"] = "Collection(graph.attendee)",
        ["transactionId"] = "Edm.String",
        ["lastModifiedDateTime"] = "Edm.DateTimeOffset",
    };

    [Fact]
    public async Task Every_call_that_the_product_makes_stands_on_the_page_and_no_other()
    {
        await using var graph = await PlannedGraph.StartAsync();
        var methods = await EveryCall.MakeAsync(graph);

        Assert.Equal(
            new[] { typeof(GraphMailboxes), typeof(GraphFolders), typeof(GraphPlaces), typeof(GraphSubscriptions), typeof(GraphReminders), typeof(GraphDigests) }
                .SelectMany(client => client.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                .Select(method => method.Name).Where(name => name.EndsWith("Async", StringComparison.Ordinal)).Distinct().Order(),
            methods.Order());
        Assert.Equal((await RowsAsync()).Select(row => row.Call).Order(), graph.Seen.Select(Template).Distinct().Order());
    }

    [Fact]
    public async Task The_page_asks_for_what_the_sandbox_grants_and_for_nothing_that_no_call_needs()
    {
        var page = await PageAsync();
        var asked = Asked().Matches(page[..page.IndexOf("## Every call", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(AppRegistration.AskedFor.Order(), asked.Order());
        Assert.Equal(asked.Order(), (await RowsAsync()).Select(row => row.Asked).Where(permission => permission.Contains('.', StringComparison.Ordinal)).Distinct().Order());
    }

    [FactWith(Permissions)]
    public async Task Each_row_is_as_Microsofts_list_of_permissions_has_it()
    {
        var list = JsonNode.Parse(await File.ReadAllTextAsync(FactWithAttribute.Find(Permissions)!))!["permissions"]!.AsObject();
        var faults = new List<string>();
        var checkedRows = 0;
        foreach (var (call, least, asked) in await RowsAsync())
        {
            var (method, path) = (call.Split(' ')[0], call.Split(' ')[1].ToLowerInvariant());
            var opens = list.SelectMany(permission => permission.Value!["pathSets"]!.AsArray(), (permission, set) => (Name: permission.Key, Set: set!))
                .Where(one => Has(one.Set, "methods", method) && Has(one.Set, "schemeKeys", "Application") && one.Set["paths"]!.AsObject().ContainsKey(path))
                .Select(one => (one.Name, IsLeast: IsLeastForApplications((string)one.Set["paths"]![path]!)))
                .ToList();
            if (!asked.Contains('.', StringComparison.Ordinal))
            {
                faults.AddRange(opens.Select(one => $"{call} is listed after all, under {one.Name}"));
                continue;
            }

            checkedRows++;
            if (!opens.Contains((least, true)))
            {
                faults.Add($"{call}: {least} is not marked as the least");
            }

            if (opens.TrueForAll(one => one.Name != asked && one.Name != asked.Replace("ReadWrite", "Read", StringComparison.Ordinal)))
            {
                faults.Add($"{call}: {asked} does not open it");
            }
        }

        Assert.Empty(faults);
        Assert.Equal(23, checkedRows);

        static bool Has(JsonNode set, string list, string value) => set[list]!.AsArray().Any(one => (string)one! == value);

        static bool IsLeastForApplications(string mark) =>
            mark.StartsWith("least=", StringComparison.Ordinal) && mark["least=".Length..].Split(',').Contains("Application");
    }

    [FactWith(Csdl)]
    public void Every_property_that_is_asked_for_is_in_the_published_metadata_with_the_type_that_it_is_read_as()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(Csdl)!);

        Check("message", MailJson.Fields, MailTypes);
        Check("message", MailJson.DeltaFields, MailTypes);
        Check("event", MeetingJson.Fields, MeetingTypes);
        Check("message", ["singleValueExtendedProperties", "attachments"], new()
        {
            ["singleValueExtendedProperties"] = "Collection(graph.singleValueLegacyExtendedProperty)",
            ["attachments"] = "Collection(graph.attachment)",
        });
        Check("attachment", ["name", "isInline"], new() { ["name"] = "Edm.String", ["isInline"] = "Edm.Boolean" });
        Check("mailFolder", ["id", "displayName", "childFolderCount"], new() { ["displayName"] = "Edm.String", ["childFolderCount"] = "Edm.Int32" });
        Check("event", GraphReminders.EventFields, MeetingTypes);
        Check("todoTask", GraphReminders.TaskFields, new()
        {
            ["title"] = "Edm.String",
            ["status"] = "graph.taskStatus",
            ["dueDateTime"] = "graph.dateTimeTimeZone",
            ["reminderDateTime"] = "graph.dateTimeTimeZone",
            ["isReminderOn"] = "Edm.Boolean",
            ["lastModifiedDateTime"] = "Edm.DateTimeOffset",
        });
        Check("domain", ["id", "isVerified"], new() { ["isVerified"] = "Edm.Boolean" });

        void Check(string type, IReadOnlyList<string> asked, Dictionary<string, string> types) => Assert.All(
            asked, name => Assert.Equal((name, name == "id" ? "Edm.String" : types[name]), (name, metadata.TypeOf(type, name))));
    }

    /// <summary>A request as the page writes it: ids left out, Graph's functions without parentheses.</summary>
    private static string Template(PlannedGraph.SeenRequest request)
    {
        var path = request.Path["/v1.0".Length..].Replace("delta()", "delta", StringComparison.Ordinal);
        return $"{request.Method.Split(' ')[^1]} {Ids().Replace(path, "$1/{id}")}";
    }

    private static async Task<IReadOnlyList<(string Call, string Least, string Asked)>> RowsAsync() =>
        [.. Row().Matches(await PageAsync()).Select(match => (match.Groups["call"].Value, match.Groups["least"].Value.Trim('`'), match.Groups["asked"].Value.Trim('`')))];

    private static Task<string> PageAsync() => File.ReadAllTextAsync(Path.Combine(Azurite.InteropFolder, "..", "..", "docs", "permissions.md"));

    [GeneratedRegex(@"^\| `(?<call>(?:GET|POST|PATCH|DELETE) [^`]+)` \| [^|]+ \| (?<least>[^|]+) \| (?<asked>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Asked();

    [GeneratedRegex(@"(/users|/mailFolders|/messages|/events|/subscriptions|/lists|/tasks)/(?!delta$|messages|childFolders)[^/]+")]
    private static partial Regex Ids();
}
