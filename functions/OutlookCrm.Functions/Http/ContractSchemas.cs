using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OutlookCrm.Http;

/// <summary>
/// JSON schemas of contract records, each once, by the record's name. A record that is sent to us has the limits that
/// <see cref="RequestShape"/> holds requests to. What may be null may be left out, and our answers leave it out.
/// </summary>
internal sealed class ContractSchemas
{
    private readonly NullabilityInfoContext nullability = new();

    /// <summary>For <c>components/schemas</c>.</summary>
    public JsonObject ByName { get; } = [];

    public JsonObject OfRequest(Type record) => Of(RequestShape.Of(record));

    public JsonObject OfAnswer(Type model) => OfRecord(model);

    private JsonObject Of(RequestShape shape)
    {
        var schema = shape.Kind switch
        {
            ShapeKind.Text => Text(shape),
            ShapeKind.Choice => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. shape.Choices.Select(c => JsonValue.Create(c))]) },
            ShapeKind.Flag => new JsonObject { ["type"] = "boolean" },
            ShapeKind.Number => new JsonObject { ["type"] = "integer" },
            ShapeKind.Id => Formatted("uuid"),
            ShapeKind.Date => Formatted("date"),
            ShapeKind.Instant => Formatted("date-time"),
            ShapeKind.List => new JsonObject
            {
                ["type"] = "array",
                ["minItems"] = shape.MinLength,
                ["maxItems"] = shape.MaxLength,
                ["items"] = Of(shape.Item!),
            },
            _ => Record(shape),
        };
        return shape.IsNullable ? Nullable(schema) : schema;
    }

    private static JsonObject Text(RequestShape shape) => new()
    {
        ["type"] = "string",
        ["minLength"] = shape.MinLength,
        ["maxLength"] = shape.MaxLength,
    };

    private JsonObject Record(RequestShape shape)
    {
        var name = shape.Record!.Name;
        if (!ByName.ContainsKey(name))
        {
            var properties = new JsonObject();
            ByName[name] = Object(properties, shape.Fields.Values.Where(f => f.IsRequired).Select(f => f.Name));
            foreach (var field in shape.Fields.Values)
            {
                properties[field.Name] = Of(field.Shape);
            }
        }

        return Reference(name);
    }

    private JsonObject OfRecord(Type record)
    {
        if (ByName.ContainsKey(record.Name))
        {
            return Reference(record.Name);
        }

        var derived = record.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).ToList();
        if (derived.Count > 0)
        {
            ByName[record.Name] = OneOf(record, derived);
            return Reference(record.Name);
        }

        var properties = new JsonObject();
        var members = record.GetProperties().Where(p => p.GetMethod is { IsStatic: false }).ToList();
        ByName[record.Name] = Object(properties, members.Where(p => !MayBeNull(p)).Select(p => NameOf(p.Name)));
        foreach (var member in members)
        {
            properties[NameOf(member.Name)] = OfValue(member.PropertyType);
        }

        return Reference(record.Name);
    }

    private JsonObject OneOf(Type record, List<JsonDerivedTypeAttribute> derived)
    {
        var discriminator = record.GetCustomAttribute<JsonPolymorphicAttribute>()!.TypeDiscriminatorPropertyName!;
        var mapping = new JsonObject();
        var choices = new JsonArray();
        foreach (var type in derived)
        {
            var reference = OfRecord(type.DerivedType);
            var schema = (JsonObject)ByName[type.DerivedType.Name]!;
            ((JsonObject)schema["properties"]!)[discriminator] = new JsonObject { ["const"] = (string)type.TypeDiscriminator! };
            ((JsonArray)schema["required"]!).Add(JsonValue.Create(discriminator));
            mapping[(string)type.TypeDiscriminator!] = reference["$ref"]!.DeepClone();
            choices.Add((JsonNode)reference);
        }

        return new()
        {
            ["oneOf"] = choices,
            ["discriminator"] = new JsonObject { ["propertyName"] = discriminator, ["mapping"] = mapping },
        };
    }

    private JsonObject OfValue(Type type)
    {
        var plain = System.Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return new() { ["type"] = "array", ["items"] = OfValue(plain.GetGenericArguments()[0]) };
        }

        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            return new() { ["type"] = "object", ["additionalProperties"] = OfValue(plain.GetGenericArguments()[1]) };
        }

        return plain switch
        {
            _ when plain == typeof(string) => new() { ["type"] = "string" },
            _ when plain == typeof(bool) => new() { ["type"] = "boolean" },
            _ when plain == typeof(int) => new() { ["type"] = "integer" },
            _ when plain == typeof(Guid) => Formatted("uuid"),
            _ when plain == typeof(DateOnly) => Formatted("date"),
            _ when plain == typeof(DateTimeOffset) => Formatted("date-time"),
            { IsEnum: true } => new()
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. Enum.GetNames(plain).Select(n => JsonValue.Create(NameOf(n)))]),
            },
            { IsClass: true } => OfRecord(plain),
            _ => throw new NotSupportedException($"No schema for {plain}."),
        };
    }

    private bool MayBeNull(PropertyInfo property) =>
        System.Nullable.GetUnderlyingType(property.PropertyType) is not null
        || (!property.PropertyType.IsValueType && nullability.Create(property).ReadState == NullabilityState.Nullable);

    private static JsonObject Object(JsonObject properties, IEnumerable<string> required) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray([.. required.Select(r => JsonValue.Create(r))]),
        ["additionalProperties"] = false,
    };

    private static JsonObject Nullable(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            var name = type.GetValue<string>();
            schema["type"] = new JsonArray(name, "null");
            if (schema["enum"] is JsonArray choices)
            {
                choices.Add((JsonNode?)null);
            }

            return schema;
        }

        return new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    private static JsonObject Formatted(string format) => new() { ["type"] = "string", ["format"] = format };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static string NameOf(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
