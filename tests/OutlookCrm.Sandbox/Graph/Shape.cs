using System.Text.Json;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>How one of Graph's types is written: its properties in order, and those that a filter or an order may name.</summary>
internal sealed class Shape<T>
{
    private readonly Property<T>[] usual;
    private readonly Dictionary<string, Property<T>> byName;
    private readonly Dictionary<string, Func<T, object?>> values;

    /// <param name="type">As Graph's metadata names it.</param>
    /// <param name="values">By path, such as <c>from/emailAddress/address</c>: a text, a bool, a moment or null.</param>
    public Shape(string type, IReadOnlyList<Property<T>> properties, IReadOnlyDictionary<string, Func<T, object?>> values)
    {
        Type = type;
        usual = [.. properties.Where(property => !property.IsOnRequest)];
        byName = properties.ToDictionary(property => property.Name);
        this.values = new Dictionary<string, Func<T, object?>>(values);
    }

    public string Type { get; }

    /// <summary>The selected properties; without a selection those that are given unasked. The id is always written and never among them.</summary>
    /// <exception cref="GraphError">One that the type does not have.</exception>
    public Selection<T> Select(IReadOnlyList<string>? names) => names is null
        ? new Selection<T>(usual, IsWhole: true)
        : new Selection<T>(
            [
                .. names.Distinct().Where(name => name != "id").Select(name => byName.TryGetValue(name, out var property)
                    ? property
                    : throw GraphError.BadRequest($"Could not find a property named '{name}' on type 'microsoft.graph.{Type}'.")),
            ],
            IsWhole: false);

    /// <exception cref="GraphError">The type has no such property, or it is nothing to compare with.</exception>
    public Func<T, object?> Value(string path) => values.TryGetValue(path, out var value)
        ? value
        : throw GraphError.BadRequest($"Could not find a property named '{path}' on type 'microsoft.graph.{Type}'.");
}

/// <param name="IsWhole">Nothing was selected: everything that is given unasked.</param>
internal sealed record Selection<T>(Property<T>[] Properties, bool IsWhole);

/// <param name="Write">Writes the value, not the name.</param>
internal sealed record Property<T>(string Name, Action<Utf8JsonWriter, T, Rendering> Write)
{
    /// <summary>Given only when it is selected by name.</summary>
    public bool IsOnRequest { get; init; }

    /// <summary>Not shown to whoever may only see the basics.</summary>
    public bool IsContent { get; init; }

    public JsonEncodedText Key { get; } = JsonEncodedText.Encode(Name);
}

/// <summary>What the writing of an item depends on besides the item.</summary>
/// <param name="Owner">Whose mailbox it is; null for what is nobody's.</param>
/// <param name="Outlook">Where the small Outlook shows an item.</param>
/// <param name="IsBasic">The caller may see who and when, not what.</param>
internal sealed record Rendering(Preferences Preferences, SampleColleague? Owner, Uri Outlook, bool IsBasic)
{
    public string Id(string id, string immutableId) => Preferences.ImmutableIds ? immutableId : id;
}
