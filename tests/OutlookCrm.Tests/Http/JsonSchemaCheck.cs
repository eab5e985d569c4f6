using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OutlookCrm.Tests.Http;

/// <summary>
/// Holds JSON to the part of JSON Schema that our OpenAPI document uses. A keyword that it does not know is an error, so that
/// nothing passes unseen.
/// </summary>
internal sealed class JsonSchemaCheck(JsonNode document)
{
    public IReadOnlyList<string> Check(JsonNode schema, JsonNode? value)
    {
        var errors = new List<string>();
        Check((JsonObject)schema, value, "$", errors);
        return errors;
    }

    private void Check(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        foreach (var (keyword, rule) in schema)
        {
            switch (keyword)
            {
                case "$ref":
                    Check(Resolve(rule!.GetValue<string>()), value, path, errors);
                    break;
                case "type":
                    var types = rule is JsonArray several ? several.Select(t => t!.GetValue<string>()).ToList() : [rule!.GetValue<string>()];
                    Expect(types.Contains(TypeOf(value)), $"is {TypeOf(value)}, not {rule?.ToJsonString()}");
                    break;
                case "enum":
                    Expect(((JsonArray)rule!).Any(r => JsonNode.DeepEquals(r, value)), $"{value?.ToJsonString()} is none of {rule?.ToJsonString()}");
                    break;
                case "const":
                    Expect(JsonNode.DeepEquals(rule, value), $"is not {rule?.ToJsonString()}");
                    break;
                case "required" when value is JsonObject o:
                    foreach (var name in ((JsonArray)rule!).Select(n => n!.GetValue<string>()))
                    {
                        Expect(o.ContainsKey(name), $"lacks {name}");
                    }

                    break;
                case "properties" when value is JsonObject o:
                    foreach (var (name, property) in o)
                    {
                        if (rule![name] is JsonObject own)
                        {
                            Check(own, property, $"{path}.{name}", errors);
                        }
                    }

                    break;
                case "additionalProperties" when value is JsonObject o:
                    var known = schema["properties"] as JsonObject;
                    foreach (var (name, property) in o.Where(p => known?.ContainsKey(p.Key) != true))
                    {
                        if (rule is JsonObject other)
                        {
                            Check(other, property, $"{path}.{name}", errors);
                        }
                        else
                        {
                            errors.Add($"{path}.{name} is not in the schema");
                        }
                    }

                    break;
                case "items" when value is JsonArray items:
                    for (var i = 0; i < items.Count; i++)
                    {
                        Check((JsonObject)rule!, items[i], $"{path}[{i}]", errors);
                    }

                    break;
                case "minItems" when value is JsonArray items:
                    Expect(items.Count >= rule!.GetValue<int>(), "has too few items");
                    break;
                case "maxItems" when value is JsonArray items:
                    Expect(items.Count <= rule!.GetValue<int>(), "has too many items");
                    break;
                case "minLength" when TypeOf(value) == "string":
                    Expect(value!.GetValue<string>().Length >= rule!.GetValue<int>(), "is too short");
                    break;
                case "maxLength" when TypeOf(value) == "string":
                    Expect(value!.GetValue<string>().Length <= rule!.GetValue<int>(), "is too long");
                    break;
                case "format" when TypeOf(value) == "string":
                    Expect(IsOf(rule!.GetValue<string>(), value!.GetValue<string>()), $"is no {rule}");
                    break;
                case "oneOf" or "anyOf":
                    var fits = ((JsonArray)rule!).Count(choice => Check(choice!, value).Count == 0);
                    Expect(keyword == "oneOf" ? fits == 1 : fits > 0, $"fits {fits} of {keyword}");
                    break;
                case "required" or "properties" or "additionalProperties" or "items" or "minItems" or "maxItems" or "minLength" or "maxLength" or "format":
                case "discriminator":
                    break;
                default:
                    throw new NotSupportedException($"This check does not know the keyword {keyword}.");
            }
        }

        void Expect(bool holds, string complaint)
        {
            if (!holds)
            {
                errors.Add($"{path} {complaint}");
            }
        }
    }

    private JsonObject Resolve(string reference) =>
        (JsonObject)reference.TrimStart('#', '/').Split('/').Aggregate(document, (node, step) => node[step]!);

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "integer" : "number",
    };

    private static bool IsOf(string format, string text) => format switch
    {
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && (text.EndsWith('Z') || text[^6] is '+' or '-'),
        _ => throw new NotSupportedException($"This check does not know the format {format}."),
    };
}
