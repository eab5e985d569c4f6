using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Azure.Data.Tables;

/// <summary>What every entity of a table has.</summary>
public interface ITableEntity
{
    string PartitionKey { get; set; }

    string RowKey { get; set; }

    /// <summary>When the service last wrote it; the service's own, never sent.</summary>
    DateTimeOffset? Timestamp { get; set; }

    ETag ETag { get; set; }
}

/// <summary>An entity as a dictionary of its properties, keys, time stamp and ETag included.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "The package's name.")]
public sealed class TableEntity : ITableEntity, IDictionary<string, object>
{
    internal const string ETagName = "odata.etag";

    private readonly Dictionary<string, object> properties;

    public TableEntity()
        : this(null, null)
    {
    }

    public TableEntity(string? partitionKey, string? rowKey)
    {
        properties = [];
        PartitionKey = partitionKey!;
        RowKey = rowKey!;
    }

    public TableEntity(IDictionary<string, object> values) =>
        properties = values is null ? [] : new Dictionary<string, object>(values);

    public string PartitionKey
    {
        get => GetString(nameof(PartitionKey))!;
        set => properties[nameof(PartitionKey)] = value;
    }

    public string RowKey
    {
        get => GetString(nameof(RowKey))!;
        set => properties[nameof(RowKey)] = value;
    }

    public DateTimeOffset? Timestamp
    {
        get => GetValue<DateTimeOffset?>(nameof(Timestamp));
        set => properties[nameof(Timestamp)] = value!;
    }

    public ETag ETag
    {
        get => GetString(ETagName) is { } etag ? new ETag(etag) : default;
        set => properties[ETagName] = value.ToString();
    }

    public ICollection<string> Keys => properties.Keys;

    ICollection<object> IDictionary<string, object>.Values => properties.Values;

    public int Count => properties.Count;

    bool ICollection<KeyValuePair<string, object>>.IsReadOnly => false;

    public object this[string key]
    {
        get => TryGetValue(key, out var value) ? value : null!;
        set => properties[key] = value is not null && TryGetValue(key, out var existing) && existing is not null
            ? Coerce(existing, value)
            : value!;
    }

    public string? GetString(string key) => GetValue<string?>(key);

    public byte[]? GetBinary(string key) => GetValue<byte[]?>(key);

    public bool? GetBoolean(string key) => GetValue<bool?>(key);

    public DateTimeOffset? GetDateTimeOffset(string key) => GetValue<DateTimeOffset?>(key);

    public double? GetDouble(string key) => GetValue<double?>(key);

    public Guid? GetGuid(string key) => GetValue<Guid?>(key);

    public int? GetInt32(string key) => GetValue<int?>(key);

    public long? GetInt64(string key) => GetValue<long?>(key);

    public void Add(string key, object value) => properties.Add(key, value);

    public bool ContainsKey(string key) => properties.ContainsKey(key);

    public bool Remove(string key) => properties.Remove(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => properties.TryGetValue(key, out value);

    public void Clear() => properties.Clear();

    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator() => properties.GetEnumerator();

    void ICollection<KeyValuePair<string, object>>.Add(KeyValuePair<string, object> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object>>.Contains(KeyValuePair<string, object> item) => properties.Contains(item);

    bool ICollection<KeyValuePair<string, object>>.Remove(KeyValuePair<string, object> item) => Remove(item.Key);

    void ICollection<KeyValuePair<string, object>>.CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, object>>)properties).CopyTo(array, arrayIndex);

    IEnumerator IEnumerable.GetEnumerator() => properties.GetEnumerator();

    private static object Coerce(object existing, object value) => (existing, value) switch
    {
        (double, int number) => (double)number,
        (long, int number) => (long)number,
        _ => value,
    };

    private T? GetValue<T>(string key)
    {
        if (!properties.TryGetValue(key, out var value) || value is null)
        {
            return default;
        }

        return (value, typeof(T)) switch
        {
            (T typed, _) => typed,
            (BinaryData data, var type) when type == typeof(byte[]) => (T)(object)data.ToArray(),
            (DateTime time, var type) when type == typeof(DateTimeOffset?) => (T)(object)new DateTimeOffset(time),
            (int number, var type) when type == typeof(long?) => (T)(object)(long)number,
            (int number, var type) when type == typeof(double?) => (T)(object)(double)number,
            _ => throw new InvalidOperationException($"Cannot return {typeof(T)} type for a {value.GetType()} typed property."),
        };
    }
}
