using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OutlookCrm.Deploy;
using OutlookCrm.Tests.Storage;

namespace OutlookCrm.Tests.Deploy;

public sealed partial class ManifestTests : IDisposable
{
    private const string Firm = "https://crm.contoso.example";

    private static readonly XNamespace Basic = "http://schemas.microsoft.com/office/officeappbasictypes/1.0";
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";
    private static readonly string Assets = Path.Combine(Azurite.InteropFolder, "..", "..", "addin", "assets");

    // Children in the order in which the schemas want them (office-docs docs/develop/manifest-element-ordering.md).
    private static readonly Dictionary<string, string[]> Order = new()
    {
        ["OfficeApp"] =
        [
            "Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl", "HighResolutionIconUrl", "SupportUrl",
            "AppDomains", "Hosts", "Requirements", "FormSettings", "Permissions", "Rule", "DisableEntityHighlighting", "VersionOverrides",
        ],
        ["DesktopSettings"] = ["SourceLocation", "RequestedHeight"],
        ["VersionOverrides"] = ["Description", "Requirements", "Hosts", "Resources", "VersionOverrides"],
        ["Host"] = ["DesktopFormFactor", "MobileFormFactor"],
        ["DesktopFormFactor"] = ["SupportsSharedFolders", "FunctionFile", "ExtensionPoint"],
        ["Group"] = ["Label", "Control"],
        ["Control"] = ["Label", "Supertip", "Icon", "Action"],
        ["Supertip"] = ["Title", "Description"],
        ["Action"] = ["SourceLocation", "SupportsPinning"],
        ["Resources"] = ["Images", "Urls", "ShortStrings", "LongStrings"],
    };

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"add-in-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_xml_has_every_element_where_Outlook_wants_it_and_every_name_leads_somewhere()
    {
        var app = (await WriteAsync()).Xml;

        Assert.All(app.DescendantsAndSelf().Where(e => Order.ContainsKey(e.Name.LocalName) && e.HasElements && e.Name.LocalName != "Rule" && !IsHostsHost(e)), element =>
        {
            var children = element.Elements().Select(child => child.Name.LocalName).ToList();
            var order = Order[element.Name.LocalName];
            Assert.Empty(children.Except(order));
            Assert.Equal(children.OrderBy(child => Array.IndexOf(order, child)), children);
        });
        Assert.All(app.Descendants().Where(e => e.Name.LocalName == "VersionOverrides"), overrides =>
        {
            var own = overrides.Elements().Where(e => e.Name.LocalName is "Hosts" or "Resources").ToList();
            var defined = own[1].Descendants().Attributes("id").Select(id => id.Value).ToList();
            var used = own[0].Descendants().Attributes("resid").Select(id => id.Value).Distinct().ToList();
            Assert.Equal(defined.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
            Assert.Equal(defined.Distinct(), defined);
            Assert.All(defined, id => Assert.InRange(id.Length, 1, 32));
            Assert.All(own[1].Descendants(Basic + "ShortStrings").Elements(), text => Assert.InRange(Value(text).Length, 1, 125));
            Assert.All(own[1].Descendants(Basic + "LongStrings").Elements(), text => Assert.InRange(Value(text).Length, 1, 250));
        });
        var ids = app.Descendants().Where(e => e.Name.LocalName is "Group" or "Control").Select(e => (string)e.Attribute("id")!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.InRange(Value(app.Element(app.Name.Namespace + "DisplayName")!).Length, 1, 125);
        Assert.InRange(Value(app.Element(app.Name.Namespace + "Description")!).Length, 1, 250);

        static bool IsHostsHost(XElement element) => element.Name.LocalName == "Host" && element.Parent!.Parent!.Name.LocalName == "OfficeApp";
    }

    [Fact]
    public async Task The_button_stands_beside_mail_and_meetings_read_and_written_and_is_pinned_where_Outlook_allows_it()
    {
        var (app, json) = await WriteAsync();
        var newest = app.Descendants().Where(e => e.Name.LocalName == "VersionOverrides").Last();
        string[] surfaces = ["MessageReadCommandSurface", "MessageComposeCommandSurface", "AppointmentOrganizerCommandSurface", "AppointmentAttendeeCommandSurface"];

        Assert.Equal([.. surfaces, "MobileMessageReadCommandSurface"], Surfaces(newest));
        Assert.Equal([.. surfaces], Surfaces(newest.Parent!).Take(4));
        Assert.Equal(
            surfaces.Take(2),
            newest.Descendants().Where(e => e.Name.LocalName == "SupportsPinning" && e.Value == "true")
                .Select(e => (string)e.Ancestors().First(a => a.Name.LocalName == "ExtensionPoint").Attribute(Xsi + "type")!));
        Assert.Equal("true", newest.Descendants().Single(e => e.Name.LocalName == "SupportsSharedFolders").Value);
        Assert.Equal("ReadItem", app.Element(app.Name.Namespace + "Permissions")!.Value);

        var extension = json["extensions"]![0]!;
        var pinnable = extension["runtimes"]![0]!["actions"]!.AsArray().ToDictionary(action => (string)action!["id"]!, action => (bool)action!["pinnable"]!);
        Assert.Equal(
            [("mailRead", true), ("mailCompose", true), ("meetingDetailsOrganizer", false), ("meetingDetailsAttendee", false)],
            extension["ribbons"]!.AsArray().Select(ribbon => (
                (string)ribbon!["contexts"]![0]!, pinnable[(string)ribbon["tabs"]![0]!["groups"]![0]!["controls"]![0]!["actionId"]!])));

        static IEnumerable<string> Surfaces(XElement overrides) =>
            overrides.Descendants().Where(e => e.Name.LocalName == "ExtensionPoint").Select(e => (string)e.Attribute(Xsi + "type")!);
    }

    [Fact]
    public async Task Every_address_is_the_firm_s_own_and_leads_to_a_file_of_the_pane_and_icons_have_the_size_that_is_said()
    {
        var (app, json) = await WriteAsync();
        var addresses = Address().Matches(app + json.ToJsonString()).Select(match => match.Value)
            .Where(address => !address.Contains("schemas", StringComparison.Ordinal) && !address.StartsWith("http://www.w3.org/", StringComparison.Ordinal)).Distinct().ToList();

        Assert.All(addresses, address =>
        {
            if (address is Firm or "https://login.microsoftonline.com")
            {
                return;
            }

            Assert.StartsWith($"{Firm}/api/pane/", address, StringComparison.Ordinal);
            var file = address[$"{Firm}/api/pane/".Length..].Split('#')[0];
            Assert.True(file == "taskpane.html" || File.Exists(Path.Combine(Assets, file)), file);
        });

        var sized = app.Descendants(Basic + "Image").Where(image => image.Attribute("size") is not null).Select(image => (
                Pixels: (int)image.Attribute("size")! * ((int?)image.Attribute("scale") ?? 1),
                Url: Value(image.Ancestors().First(a => a.Name.LocalName == "VersionOverrides").Descendants(Basic + "Image")
                    .First(one => (string?)one.Attribute("id") == (string?)image.Attribute("resid")))))
            .Concat(json["extensions"]![0]!["ribbons"]!.AsArray().SelectMany(ribbon => ribbon!["tabs"]![0]!["groups"]![0]!["icons"]!.AsArray())
                .Select(icon => (Pixels: (int)icon!["size"]!, Url: (string)icon["url"]!)))
            .Append((Pixels: 64, Url: Value(app.Element(app.Name.Namespace + "IconUrl")!)))
            .Append((Pixels: 128, Url: Value(app.Element(app.Name.Namespace + "HighResolutionIconUrl")!)))
            .ToList();
        Assert.True(sized.Count > 30);
        Assert.All(sized, one => Assert.Equal((one.Pixels, one.Pixels), SizeOf(File.ReadAllBytes(Path.Combine(Assets, Path.GetFileName(one.Url))))));
    }

    [Fact]
    public async Task The_unified_manifest_is_as_Microsoft_s_schema_has_it_and_its_package_can_be_uploaded()
    {
        await WriteAsync("--client-id", "0b8e7f4a-6a0c-4c7e-9d83-3f1f0a1f9d10");

        await using var zip = await ZipFile.OpenReadAsync(Path.Combine(folder, "outlook-crm.zip"));
        Assert.Equal(["color.png", "manifest.json", "outline.png"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.Equal((192, 192), SizeOf(await BytesAsync("color.png")));
        Assert.Equal((32, 32), SizeOf(await BytesAsync("outline.png")));
        Assert.Equal("", await FaultsAsync(await BytesAsync("manifest.json")));

        // The check can fail.
        var broken = JsonNode.Parse(await BytesAsync("manifest.json"))!;
        broken["name"]!["short"] = new string('x', 31);
        Assert.Contains("/name/short", await FaultsAsync(System.Text.Encoding.UTF8.GetBytes(broken.ToJsonString())), StringComparison.Ordinal);

        async Task<byte[]> BytesAsync(string name)
        {
            await using var stream = await zip.GetEntry(name)!.OpenAsync();
            using var buffer = new MemoryStream();
            await stream.CopyToAsync(buffer);
            return buffer.ToArray();
        }
    }

    [Fact]
    public async Task The_same_origin_gives_the_same_files_and_each_origin_and_kind_an_add_in_of_its_own()
    {
        var (xml, json) = await WriteAsync();
        var (again, _) = await WriteAsync();
        var other = new AddinDescription(Parse("https://crm.fabrikam.example"), null);

        Assert.Equal(xml.ToString(), again.ToString());
        string[] ids = [Id(xml), (string)json["id"]!, other.Id("xml").ToString(), other.Id("json").ToString()];
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal(Id(xml), (string)json["extensions"]![0]!["alternates"]![0]!["hide"]!["customOfficeAddin"]!["officeAddinId"]!);

        static string Id(XElement app) => app.Element(app.Name.Namespace + "Id")!.Value;
    }

    [Theory]
    [InlineData("http://crm.contoso.example", "https only")]
    [InlineData("https://crm.contoso.example/api", "no path")]
    [InlineData("https://crm.contoso.example/?a=b", "leave out ?a=b")]
    [InlineData("https://crm.contoso.example#x", "leave out #x")]
    [InlineData("https://203.0.113.7", "a host name is needed")]
    [InlineData("https://[2001:db8::1]", "a host name is needed")]
    [InlineData("https://localhost:5443", "this machine only")]
    [InlineData("https://crm.localhost", "this machine only")]
    [InlineData("https://server", "a full host name is needed")]
    [InlineData("https://server.local", "a full host name is needed")]
    [InlineData("https://anna:secret@crm.contoso.example", "no user name")]
    [InlineData("crm.contoso.example", "is no address")]
    [InlineData("", "is no address")]
    public async Task An_origin_that_Outlook_could_not_use_is_refused_with_the_rule_and_nothing_is_written(string origin, string rule)
    {
        var (exit, _, errors) = await RunAsync("--origin", origin);

        Assert.Equal(2, exit);
        Assert.StartsWith("--origin: ", errors, StringComparison.Ordinal);
        Assert.Contains(rule, errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_name_in_other_letters_and_a_port_stay_what_a_browser_makes_of_them()
    {
        Assert.Equal("https://xn--mller-kva.example", Parse("https://Müller.example/").ToString());
        Assert.Equal("crm.contoso.example:8443", Parse("https://crm.contoso.example:8443").Domain);
        Assert.Equal(Firm, Parse("https://CRM.Contoso.example:443").ToString());
    }

    [Theory]
    [InlineData("--client-id", "no GUID")]
    [InlineData("--organisation", "is no argument here")]
    public async Task Other_wrong_arguments_are_named(string name, string rule)
    {
        var (exit, _, errors) = await RunAsync("--origin", Firm, name, "x");

        Assert.Equal(2, exit);
        Assert.Contains(name, errors, StringComparison.Ordinal);
        Assert.Contains(rule, errors, StringComparison.Ordinal);
    }

    private static Origin Parse(string text) => Origin.TryParse(text, out var origin, out var complaint) ? origin : throw new InvalidOperationException(complaint);

    private static string Value(XElement element) => (string)element.Attribute("DefaultValue")!;

    /// <summary>Width and height as a PNG's header has them.</summary>
    private static (int Width, int Height) SizeOf(byte[] png) =>
        (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));

    private static async Task<string> FaultsAsync(byte[] manifest)
    {
        using var node = Azurite.StartNode("manifest.mjs");
        await node.StandardInput.BaseStream.WriteAsync(manifest);
        node.StandardInput.Close();
        var (faults, errors) = (await node.StandardOutput.ReadToEndAsync(), await node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();
        Assert.Equal((0, ""), (node.ExitCode, errors));
        return faults;
    }

    private async Task<(XElement Xml, JsonNode Json)> WriteAsync(params string[] more)
    {
        Assert.Equal((0, ""), await RunAsync(["--origin", Firm, .. more]) is var (exit, _, errors) ? (exit, errors) : default);
        return (XDocument.Load(Path.Combine(folder, "manifest.xml")).Root!, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json")))!);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exit = await ManifestCommand.RunAsync([.. arguments, "--out", folder], output, errors, CancellationToken.None);
        return (exit, output.ToString(), errors.ToString());
    }

    [GeneratedRegex("https?://[^\"<>]+")]
    private static partial Regex Address();
}
