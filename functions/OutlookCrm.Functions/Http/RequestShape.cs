using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using OutlookCrm.Pane;

namespace OutlookCrm.Http;

/// <summary>
/// What the JSON of a contract record must look like: its fields, their types and limits. Read once from the record's constructor
/// or properties and the attributes on them, so the record is the one place that says it. It finds every mistake, not just the first.
/// </summary>
internal sealed class RequestShape
{
    private const int DefaultMaxLength = 200;
    private const int DefaultMaxCount = 50;
    private static readonly ConcurrentDictionary<Type, RequestShape> Records = new();

    private RequestShape(ShapeKind kind, bool nullable)
    {
        Kind = kind;
        IsNullable = nullable;
    }

    public ShapeKind Kind { get; }

    public bool IsNullable { get; }

    /// <summary>Characters of a text (UTF-16, as tables count them) or items of a list.</summary>
    public int MinLength { get; private init; }

    public int MaxLength { get; private init; }

    /// <summary>A text that may hold line breaks and tabs; no text may hold another control character.</summary>
    public bool IsMultiLine { get; private init; }

    public IReadOnlyList<string> Choices { get; private init; } = [];

    public RequestShape? Item { get; private init; }

    /// <summary>The record whose fields these are, when this is one.</summary>
    public Type? Record { get; private init; }

    public IReadOnlyDictionary<string, Field> Fields { get; private init; } = new Dictionary<string, Field>();

    public static RequestShape Of(Type record) => Records.GetOrAdd(record, static r => ReadRecord(r, nullable: false));

    public void Check(JsonElement body, FieldErrors errors) => Check(body, "", errors);

    private void Check(JsonElement value, string path, FieldErrors errors)
    {
        if (errors.IsFull)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            if (!IsNullable)
            {
                errors.Add(NameOf(path), "must not be null");
            }

            return;
        }

        switch (Kind)
        {
            case ShapeKind.Record:
                CheckRecord(value, path, errors);
                break;
            case ShapeKind.List:
                CheckList(value, path, errors);
                break;
            case ShapeKind.Text:
                CheckText(value, path, errors);
                break;
            case ShapeKind.Choice when !Choices.Contains(TextOf(value)):
                errors.Add(NameOf(path), $"must be one of {string.Join(", ", Choices)}");
                break;
            case ShapeKind.Flag when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                errors.Add(NameOf(path), "must be true or false");
                break;
            case ShapeKind.Number when value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out _):
                errors.Add(NameOf(path), "must be a whole number");
                break;
            case ShapeKind.Id when TextOf(value) is null || !value.TryGetGuid(out _):
                errors.Add(NameOf(path), "must be a GUID with hyphens");
                break;
            case ShapeKind.Date when !DateOnly.TryParseExact(TextOf(value), "yyyy-MM-dd", out _):
                errors.Add(NameOf(path), "must be a date such as 2026-11-03");
                break;
            case ShapeKind.Instant when !IsInstant(value):
                errors.Add(NameOf(path), "must be a time with its offset, such as 2026-11-03T09:30:00Z");
                break;
        }
    }

    private void CheckRecord(JsonElement value, string path, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(NameOf(path), "must be an object");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (errors.IsFull)
            {
                return;
            }

            if (!TryReadName(property, out var name) || !Fields.TryGetValue(name, out var field))
            {
                errors.Add(Join(path, Shorten(name)), "is not a field here");
            }
            else if (!seen.Add(name))
            {
                errors.Add(Join(path, name), "must be given once");
            }
            else
            {
                field.Shape.Check(property.Value, Join(path, name), errors);
            }
        }

        foreach (var (name, field) in Fields)
        {
            if (field.IsRequired && !seen.Contains(name))
            {
                errors.Add(Join(path, name), "is required");
            }
        }
    }

    private void CheckList(JsonElement value, string path, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(NameOf(path), "must be a list");
            return;
        }

        var count = value.GetArrayLength();
        if (count < MinLength || count > MaxLength)
        {
            errors.Add(NameOf(path), MinLength > 0 ? $"must have {MinLength} to {MaxLength} items" : $"must have at most {MaxLength} items");
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            Item!.Check(item, $"{path}[{index++}]", errors);
        }
    }

    private void CheckText(JsonElement value, string path, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Add(NameOf(path), "must be text");
            return;
        }

        if (TextOf(value) is not { } text)
        {
            errors.Add(NameOf(path), "must be whole Unicode characters");
            return;
        }

        if (text.Length > MaxLength)
        {
            errors.Add(NameOf(path), $"must be at most {MaxLength} characters");
        }

        if (text.AsSpan().Trim().Length < MinLength)
        {
            errors.Add(NameOf(path), MinLength == 1 ? "must not be empty" : $"must be at least {MinLength} characters");
        }

        foreach (var c in text)
        {
            if (char.IsControl(c) && !(IsMultiLine && c is '\n' or '\r' or '\t'))
            {
                errors.Add(NameOf(path), IsMultiLine
                    ? "must not hold control characters but line breaks and tabs"
                    : "must not hold line breaks, tabs or other control characters");
                break;
            }
        }
    }

    private static bool IsInstant(JsonElement value) =>
        TextOf(value) is { Length: > 6 } text
        && (text[^1] == 'Z' || text[^6] is '+' or '-')
        && value.TryGetDateTimeOffset(out _);

    // Null for what is no string, and for half of a surrogate pair, which JSON can spell and .NET refuses.
    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryReadName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "?";
            return false;
        }
    }

    private static string Shorten(string name) =>
        new(name.Take(40).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c).ToArray());

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string NameOf(string path) => path.Length == 0 ? "body" : path;

    private static RequestShape ReadRecord(Type record, bool nullable)
    {
        var constructor = record.GetConstructors().MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"{record} has no public constructor.");
        var nullability = new NullabilityInfoContext();
        var fields = constructor.GetParameters().Length > 0
            ? constructor.GetParameters().Select(p => Given(p, Read(p.ParameterType, nullability.Create(p), p)))
            : record.GetProperties().Where(p => p.SetMethod is not null).Select(p =>
                new Field(NameInJson(p.Name), Read(p.PropertyType, nullability.Create(p), p), IsRequired: false));
        return new(ShapeKind.Record, nullable)
        {
            Record = record,
            Fields = fields.ToDictionary(f => f.Name, StringComparer.Ordinal),
        };
    }

    // What may be null may be left out: our own answers leave nulls out, and what we wrote can be sent back.
    private static Field Given(ParameterInfo parameter, RequestShape shape) =>
        new(NameInJson(parameter.Name!), shape, IsRequired: !parameter.HasDefaultValue && !shape.IsNullable);

    private static RequestShape Read(Type type, NullabilityInfo nullability, ICustomAttributeProvider attributes)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
        {
            return Read(type.GetGenericArguments()[0], nullability.GenericTypeArguments[0], attributes);
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var nullable = plain != type || (!type.IsValueType && nullability.ReadState == NullabilityState.Nullable);
        var maxLength = One<MaxLengthAttribute>(attributes)?.Length;
        var minLength = One<MinLengthAttribute>(attributes)?.Length ?? 0;
        if (plain == typeof(string))
        {
            return new(ShapeKind.Text, nullable)
            {
                MinLength = minLength,
                MaxLength = maxLength ?? DefaultMaxLength,
                IsMultiLine = One<MultiLineAttribute>(attributes) is not null,
            };
        }

        if (plain.IsEnum)
        {
            return new(ShapeKind.Choice, nullable) { Choices = [.. Enum.GetNames(plain).Select(NameInJson)] };
        }

        if (plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            // Limits on a list of texts are said twice: of the list here, of each text by EachMaxLength.
            var item = plain.GetGenericArguments()[0];
            return new(ShapeKind.List, nullable)
            {
                MinLength = minLength,
                MaxLength = maxLength ?? DefaultMaxCount,
                Item = item == typeof(string)
                    ? new(ShapeKind.Text, nullable: false)
                    {
                        MinLength = 1,
                        MaxLength = One<EachMaxLengthAttribute>(attributes)?.Length ?? DefaultMaxLength,
                    }
                    : ReadRecord(item, nullable: false),
            };
        }

        return plain switch
        {
            _ when plain == typeof(bool) => new(ShapeKind.Flag, nullable),
            _ when plain == typeof(int) => new(ShapeKind.Number, nullable),
            _ when plain == typeof(Guid) => new(ShapeKind.Id, nullable),
            _ when plain == typeof(DateOnly) => new(ShapeKind.Date, nullable),
            _ when plain == typeof(DateTimeOffset) => new(ShapeKind.Instant, nullable),
            _ when plain.IsClass => ReadRecord(plain, nullable),
            _ => throw new NotSupportedException($"A request cannot hold a {plain}."),
        };
    }

    private static TAttribute? One<TAttribute>(ICustomAttributeProvider attributes)
        where TAttribute : Attribute =>
        attributes.GetCustomAttributes(typeof(TAttribute), inherit: false).OfType<TAttribute>().FirstOrDefault();

    private static string NameInJson(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <param name="IsRequired">False for a field that may be left out.</param>
    internal sealed record Field(string Name, RequestShape Shape, bool IsRequired);
}

internal enum ShapeKind
{
    Record,
    List,
    Text,
    Choice,
    Flag,
    Number,
    Id,
    Date,
    Instant,
}
