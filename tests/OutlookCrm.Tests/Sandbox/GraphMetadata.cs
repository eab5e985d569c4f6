using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OutlookCrm.Tests.Sandbox;

/// <summary>The types that Microsoft publishes for Graph, as far as a check of our answers needs them.</summary>
internal sealed class GraphMetadata
{
    public const string File = "shared/data/graph/v1.0-Prod.csdl";

    private static readonly XNamespace Edm = "http://docs.oasis-open.org/odata/ns/edm";
    private readonly Dictionary<string, XElement> types;
    private readonly Dictionary<string, HashSet<string>> enums;

    public GraphMetadata(string file)
    {
        var schema = XDocument.Load(file).Descendants(Edm + "Schema").First(element => (string?)element.Attribute("Namespace") == "microsoft.graph");
        types = schema.Elements().Where(element => element.Name.LocalName is "EntityType" or "ComplexType")
            .ToDictionary(element => (string)element.Attribute("Name")!);
        enums = schema.Elements(Edm + "EnumType").ToDictionary(
            element => (string)element.Attribute("Name")!,
            element => element.Elements(Edm + "Member").Select(member => (string)member.Attribute("Name")!).ToHashSet());
    }

    public void Check(JsonNode value, string type, string path, List<string> faults)
    {
        if (value["@odata.type"] is { } actual)
        {
            type = actual.ToString().Split('.')[^1];
        }

        foreach (var (name, content) in value.AsObject())
        {
            if (name.StartsWith('@'))
            {
                continue;
            }

            if (TypeOf(type, name) is not { } declared)
            {
                faults.Add($"{path}.{name} does not exist");
            }
            else if (content is not null)
            {
                CheckValue(content, declared, $"{path}.{name}", faults);
            }
        }
    }

    private void CheckValue(JsonNode value, string declared, string path, List<string> faults)
    {
        if (declared.StartsWith("Collection(", StringComparison.Ordinal))
        {
            foreach (var item in value.AsArray())
            {
                CheckValue(item!, declared["Collection(".Length..^1], path, faults);
            }

            return;
        }

        var name = declared.Split('.')[^1];
        var fits = declared switch
        {
            "Edm.String" => value.GetValueKind() == JsonValueKind.String,
            "Edm.Boolean" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "Edm.Guid" => Guid.TryParse(value.ToString(), out _),
            "Edm.Int32" => value.AsValue().TryGetValue<int>(out _),
            "Edm.DateTimeOffset" => value.AsValue().TryGetValue<DateTimeOffset>(out _),
            "Edm.Date" => DateOnly.TryParse(value.ToString(), CultureInfo.InvariantCulture, out _),
            _ when enums.TryGetValue(name, out var members) => members.Contains(value.ToString()),
            _ => value is JsonObject,
        };
        if (!fits)
        {
            faults.Add($"{path} is no {declared}: {value.ToJsonString()}");
        }
        else if (value is JsonObject)
        {
            Check(value, name, path, faults);
        }
    }

    /// <summary>As declared; null when the type has no such property.</summary>
    public string? TypeOf(string type, string property)
    {
        for (var at = types[type]; ; at = types[((string)at.Attribute("BaseType")!).Split('.')[^1]])
        {
            var found = at.Elements().FirstOrDefault(element => (string?)element.Attribute("Name") == property);
            if (found is not null || at.Attribute("BaseType") is null)
            {
                return (string?)found?.Attribute("Type") ?? (property == "id" ? "Edm.String" : null);
            }
        }
    }
}
