using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace OutlookCrm.Storage;

/// <summary>
/// A row's properties as they lie in SQLite, decoded when first asked for: who only compares versions pays for no text. A row has
/// few, so finding one is a walk along them.
/// </summary>
internal sealed class SqliteRowProperties : IReadOnlyDictionary<string, object>
{
    private const int QuestionsBeforeDecoding = 2;

    private readonly SqliteRows? rows;
    private readonly byte[]? own;
    private readonly int start;
    private readonly int length;
    private KeyValuePair<string, object>[]? decoded;
    private int asked;

    public SqliteRowProperties(byte[] body) => own = body;

    /// <summary>They lie among a range's rows, for as long as those are held.</summary>
    public SqliteRowProperties(SqliteRows rows, int start, int length) => (this.rows, this.start, this.length) = (rows, start, length);

    public int Count => Decoded.Length;

    public IEnumerable<string> Keys => Decoded.Select(property => property.Key);

    public IEnumerable<object> Values => Decoded.Select(property => property.Value);

    // Two threads may both decode; they come to the same.
    private KeyValuePair<string, object>[] Decoded => decoded ??= SqliteRowFormat.DecodeProperties(Body);

    private ReadOnlySpan<byte> Body => rows is null ? own : rows.Bytes(start, length);

    public object this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The row has no property {key}.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value)
    {
        // Some questions are answered without the rest: most rows of a kept card are asked none or one, the claim of its address two.
        if (decoded is null && asked < QuestionsBeforeDecoding)
        {
            asked++;
            value = SqliteRowFormat.FindProperty(Body, key);
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
