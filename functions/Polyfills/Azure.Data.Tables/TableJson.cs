using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables;

/// <summary>Entities as the service writes them: OData JSON with minimal metadata.</summary>
internal static class TableJson
{
    private const string TypeSuffix = "@odata.type";

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter json, ITableEntity entity)
    {
        json.WriteStartObject();
        foreach (var (name, value) in Dictionary(entity))
        {
            if (value is not null && name is not (nameof(ITableEntity.Timestamp) or nameof(ITableEntity.ETag) or TableEntity.ETagName))
            {
                Write(json, name, value);
            }
        }

        json.WriteEndObject();
    }

    public static TableEntity ReadEntity(JsonElement json)
    {
        var properties = new Dictionary<string, object>();
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.EndsWith(TypeSuffix, StringComparison.Ordinal) || property.Name == "odata.metadata")
            {
                continue;
            }

            var type = json.TryGetProperty(property.Name + TypeSuffix, out var named) ? named.GetString() : null;
            if (Read(property, type) is { } value)
            {
                properties[property.Name] = value;
            }
        }

        return new TableEntity(properties);
    }

    private static object? Read(JsonProperty property, string? type) => (type, property.Value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => null,
        ("Edm.Binary", _) => property.Value.GetBytesFromBase64(),
        ("Edm.DateTime", _) => Instant(property.Value),
        ("Edm.Double", JsonValueKind.String) => double.Parse(property.Value.GetString()!, NumberStyles.Any, CultureInfo.InvariantCulture),
        ("Edm.Double", _) => property.Value.GetDouble(),
        ("Edm.Guid", _) => property.Value.GetGuid(),
        ("Edm.Int64", JsonValueKind.String) => long.Parse(property.Value.GetString()!, CultureInfo.InvariantCulture),
        ("Edm.Int64", _) => property.Value.GetInt64(),
        (_, JsonValueKind.String) when property.Name == nameof(ITableEntity.Timestamp) => Instant(property.Value),
        (_, JsonValueKind.String) => property.Value.GetString(),
        (_, JsonValueKind.True) => true,
        (_, JsonValueKind.False) => false,
        (_, JsonValueKind.Number) when property.Value.TryGetInt32(out var number) => number,
        (_, JsonValueKind.Number) when property.Value.TryGetInt64(out var number) => number,
        (_, JsonValueKind.Number) => property.Value.GetDouble(),
        _ => throw new JsonException($"Property {property.Name} is of no type that tables have."),
    };

    private static DateTimeOffset Instant(JsonElement value) => DateTimeOffset.Parse(
        value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case bool yes:
                json.WriteBoolean(name, yes);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case Enum word:
                json.WriteString(name, word.ToString());
                break;
            case long number:
                json.WriteString(name + TypeSuffix, "Edm.Int64");
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteString(name + TypeSuffix, "Edm.Double");
                json.WriteNumber(name, number);
                break;
            case double number:
                json.WriteString(name + TypeSuffix, "Edm.Double");
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture)); // NaN, Infinity, -Infinity
                break;
            case Guid guid:
                json.WriteString(name + TypeSuffix, "Edm.Guid");
                json.WriteString(name, guid);
                break;
            case DateTimeOffset at:
                json.WriteString(name + TypeSuffix, "Edm.DateTime");
                json.WriteString(name, Time(at));
                break;
            case DateTime at:
                json.WriteString(name + TypeSuffix, "Edm.DateTime");
                json.WriteString(name, Time(new DateTimeOffset(at.ToUniversalTime())));
                break;
            case byte[] bytes:
                json.WriteString(name + TypeSuffix, "Edm.Binary");
                json.WriteBase64String(name, bytes);
                break;
            case BinaryData bytes:
                json.WriteString(name + TypeSuffix, "Edm.Binary");
                json.WriteBase64String(name, bytes.ToMemory().Span);
                break;
            default:
                throw new NotSupportedException($"Property {name} is a {value.GetType()}; tables have no such type.");
        }
    }

    // The package also maps classes of one's own; we have none.
    private static TableEntity Dictionary(ITableEntity entity) => entity as TableEntity
        ?? throw new NotSupportedException($"Entities must be {nameof(TableEntity)} here, not {entity.GetType()}.");
}
