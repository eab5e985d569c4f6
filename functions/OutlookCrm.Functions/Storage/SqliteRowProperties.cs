using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace OutlookCrm.Storage;

/// <summary>
/// A row's properties as they lie in SQLite, decoded when first asked for: who only compares versions pays for no text. A row has
/// few, so finding one is a walk along them.
/// </summary>
internal sealed class SqliteRowProperties(ReadOnlyMemory<byte> body) : IReadOnlyDictionary<string, object>
{
    private KeyValuePair<string, object>[]? decoded;
    private bool isAsked;

    public int Count => Decoded.Length;

    public IEnumerable<string> Keys => Decoded.Select(property => property.Key);

    public IEnumerable<object> Values => Decoded.Select(property => property.Value);

    // Two threads may both decode; they come to the same.
    private KeyValuePair<string, object>[] Decoded => decoded ??= SqliteRowFormat.DecodeProperties(body.Span);

    public object this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The row has no property {key}.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value)
    {
        // One question is answered without the rest: most rows of a kept card are asked none or one.
        if (decoded is null && !isAsked)
        {
            isAsked = true;
            value = SqliteRowFormat.FindProperty(body.Span, key);
            return value is not null;
        }

        foreach (var property in Decoded)
        {
            if (property.Key == key)
            {
                value = property.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object>>)Decoded).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
