using System.Buffers;

namespace OutlookCrm.Storage;

/// <summary>
/// What the table service refuses, checked by both stores before anything is sent or written, so that a row that one accepts
/// the other accepts too. Some of it the emulator lets through.
/// </summary>
internal static class TableLimits
{
    /// <summary>A property of our own on every row in Azure: says which write made the row.</summary>
    public const string StampProperty = "_stamp";

    public const int MaxKeyChars = 512;
    public const int MaxProperties = 251; // The service's 252 without the stamp.
    public const int MaxPropertyNameChars = 255;
    public const int MaxStringChars = 32 * 1024;
    public const int MaxBinaryBytes = 64 * 1024;
    public const int MaxRowBytes = 1024 * 1024;
    public const int MaxChanges = 100;
    public const int MaxTransactionBytes = 4 * 1024 * 1024;
    public const int MaxRangeRows = 1_000;

    private const int StampBytes = 8 + (2 * 6) + 4 + (2 * 12);

    private static readonly DateTimeOffset MinInstant = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SearchValues<char> NotInKeys = SearchValues.Create(
        [.. @"/\#?", .. Between('\u0000', '\u001f'), .. Between('\u007f', '\u009f')]);

    private static readonly SearchValues<char> Surrogates = SearchValues.Create([.. Between('\ud800', '\udfff')]);

    private static readonly SearchValues<char> InPropertyNames = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static void CheckTable(string table)
    {
        if (table.Length is < 3 or > 63 || !char.IsAsciiLetter(table[0]) || !table.All(char.IsAsciiLetterOrDigit))
        {
            throw new TableLimitException($"The table name '{table}' is not 3 to 63 letters and digits, a letter first.");
        }
    }

    public static void CheckKeys(string partitionKey, string rowKey)
    {
        CheckKey(partitionKey, "partition key");
        CheckKey(rowKey, "row key");
    }

    public static void CheckRange(string partitionKey, RowKeyRange range, int maxRows)
    {
        CheckKey(partitionKey, "partition key");
        if (!IsWellFormed(range.From) || (range.Before is not null && !IsWellFormed(range.Before)))
        {
            throw new TableLimitException("A bound of a range holds half a surrogate pair.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRows, MaxRangeRows);
    }

    public static void CheckRow(TableRow row)
    {
        CheckKeys(row.PartitionKey, row.RowKey);
        var properties = 0;
        var bytes = 4 + StampBytes + (2L * (row.PartitionKey.Length + row.RowKey.Length));
        foreach (var (name, value) in row.Properties)
        {
            if (value is not null)
            {
                CheckName(name);
                properties++;
                bytes += 8 + (2 * name.Length) + CheckedSize(name, value);
            }
        }

        if (properties > MaxProperties)
        {
            throw new TableLimitException($"A row has {properties} properties; at most {MaxProperties} are allowed.");
        }

        if (bytes > MaxRowBytes)
        {
            throw new TableLimitException($"A row takes {bytes} bytes; at most {MaxRowBytes} are allowed.");
        }
    }

    public static void CheckTransaction(string partitionKey, IReadOnlyList<TableChange> changes)
    {
        if (changes.Count is < 1 or > MaxChanges)
        {
            throw new TableLimitException($"A transaction has {changes.Count} changes; 1 to {MaxChanges} are allowed.");
        }

        var rowKeys = new HashSet<string>(changes.Count, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var (rowKey, row) = RowOf(change);
            if (row is null)
            {
                CheckKeys(partitionKey, rowKey);
            }
            else if (row.PartitionKey == partitionKey)
            {
                CheckRow(row);
            }
            else
            {
                throw new TableLimitException("A transaction changes rows of more than one partition.");
            }

            if (!rowKeys.Add(rowKey))
            {
                throw new TableLimitException("A transaction changes one row twice.");
            }
        }

        // Text is looked at letter by letter only when there is so much that it could matter.
        var bytes = changes.Sum(change => SizeOnWire(partitionKey, change, chars => 6L * chars.Length));
        if (bytes > MaxTransactionBytes)
        {
            bytes = changes.Sum(change => SizeOnWire(partitionKey, change, chars => chars.Sum(c => char.IsAsciiLetterOrDigit(c) || c == ' ' ? 1L : 6L)));
        }

        if (bytes > MaxTransactionBytes)
        {
            throw new TableLimitException($"A transaction may take {bytes} bytes when sent; at most {MaxTransactionBytes} are allowed.");
        }
    }

    private static (string RowKey, TableRow? Row) RowOf(TableChange change) => change switch
    {
        TableChange.Insert insert => (insert.Row.RowKey, insert.Row),
        TableChange.Replace replace => (replace.Row.RowKey, replace.Row),
        TableChange.Put put => (put.Row.RowKey, put.Row),
        TableChange.Delete delete => (delete.RowKey, null),
        _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
    };

    private static void CheckKey(string key, string what)
    {
        if (key.Length > MaxKeyChars)
        {
            throw new TableLimitException($"A {what} has {key.Length} UTF-16 code units; at most {MaxKeyChars} are allowed.");
        }

        if (key.AsSpan().ContainsAny(NotInKeys) || !IsWellFormed(key))
        {
            throw new TableLimitException($"A {what} holds one of / \\ # ?, a control character or half a surrogate pair.");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length is < 1 or > MaxPropertyNameChars || char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(InPropertyNames))
        {
            throw new TableLimitException(
                $"A property name is not 1 to {MaxPropertyNameChars} ASCII letters, digits and underscores, no digit first.");
        }

        if (name is "PartitionKey" or "RowKey" or "Timestamp" or StampProperty)
        {
            throw new TableLimitException($"{name} is the store's own property.");
        }
    }

    // As the service counts, without the name: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
    private static int CheckedSize(string name, object value)
    {
        switch (value)
        {
            case string text:
                if (text.Length > MaxStringChars)
                {
                    throw new TableLimitException($"{name} has {text.Length} UTF-16 code units; at most {MaxStringChars} are allowed.");
                }

                if (!IsWellFormed(text))
                {
                    throw new TableLimitException($"{name} holds half a surrogate pair.");
                }

                return 4 + (2 * text.Length);
            case byte[] binary:
                if (binary.Length > MaxBinaryBytes)
                {
                    throw new TableLimitException($"{name} has {binary.Length} bytes; at most {MaxBinaryBytes} are allowed.");
                }

                return 4 + binary.Length;
            case DateTimeOffset at:
                if (at.Offset != TimeSpan.Zero || at < MinInstant)
                {
                    throw new TableLimitException($"{name} is not a time in UTC from 1601 on.");
                }

                return 8;
            case bool:
                return 1;
            case int:
                return 4;
            case long or double:
                return 8;
            case Guid:
                return 16;
            default:
                throw new TableLimitException($"{name} is a {value.GetType().Name}; tables have no such type.");
        }
    }

    // At most so many bytes of the multipart request: headers and URL, and JSON whose encoder may escape all but plain ASCII.
    private static long SizeOnWire(string partitionKey, TableChange change, Func<string, long> sizeOfText)
    {
        const int HeadersAndUrl = 1_200;
        const int NameTypeAndSigns = 64;
        const int BytesPerCharInUrl = 9;

        var (rowKey, row) = RowOf(change);
        var bytes = HeadersAndUrl + (2L * BytesPerCharInUrl * (partitionKey.Length + rowKey.Length));
        if (row is not null)
        {
            foreach (var (name, value) in row.Properties)
            {
                bytes += NameTypeAndSigns + (2 * name.Length) + value switch
                {
                    string text => sizeOfText(text),
                    byte[] binary => (binary.Length + 2L) / 3 * 4,
                    _ => 40,
                };
            }
        }

        return bytes;
    }

    private static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Surrogates) is >= 0 and var at)
        {
            if (!char.IsHighSurrogate(rest[at]) || at + 1 == rest.Length || !char.IsLowSurrogate(rest[at + 1]))
            {
                return false;
            }

            rest = rest[(at + 2)..];
        }

        return true;
    }

    private static IEnumerable<char> Between(char first, char last) =>
        Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
