using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using OutlookCrm.Storage;

namespace OutlookCrm.Backup;

/// <summary>
/// Everything that is kept of one firm as a text file, a JSON value a line: who and when, every row of every table, and what was counted. The
/// format is described in docs/backup.md.
/// </summary>
internal static class FirmFile
{
    public const string Name = "firm.jsonl";
    public const string Format = "outlook-crm-firm";
    public const int Version = 1;

    /// <summary>More than any row takes: 1 MiB of UTF-16, each character as its JSON escape.</summary>
    public const int MaxLineBytes = 8 * 1024 * 1024;

    /// <summary>
    /// In the order in which they are written and restored. Mailboxes and colleagues come last: without them nothing is logged yet. Left out is what is
    /// no firm's: when this machine's timers are due, and whether a restore is under way.
    /// </summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        .. Storage.Tables.All.Except([Storage.Tables.Restores, Storage.Tables.Schedules, Storage.Tables.Mailboxes, Storage.Tables.Colleagues]),
        Storage.Tables.Mailboxes,
        Storage.Tables.Colleagues,
    ];

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    public static byte[] Line(FirmFileHead head) => Write(json =>
    {
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("firm", head.Firm);
        json.WriteString("exportedAt", head.ExportedAt);
    });

    public static byte[] Line(FirmFileEnd end) => Write(json =>
    {
        json.WriteStartObject("end");
        json.WriteStartObject("rows");
        foreach (var (table, count) in end.Rows)
        {
            json.WriteNumber(table, count);
        }

        json.WriteEndObject();
        json.WriteString("sum", end.Sum.ToString("x32", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    /// <summary>The same row is always the same line: its columns stand in the order of their names.</summary>
    public static byte[] Line(string table, TableRow row) => Write(json =>
    {
        json.WriteString("table", table);
        json.WriteString("partition", row.PartitionKey);
        json.WriteString("row", row.RowKey);
        json.WriteStartObject("columns");
        foreach (var (name, value) in row.Properties.OrderBy(column => column.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    });

    /// <summary>What a line says: a head, a row or the end.</summary>
    /// <exception cref="FormatException">It says none of them; the message says why, without what stands there.</exception>
    public static object Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var json = document.RootElement;
            return json.ValueKind != JsonValueKind.Object ? throw new FormatException("This is no line of an export.")
                : json.TryGetProperty("format", out _) ? ReadHead(json)
                : json.TryGetProperty("end", out var end) ? ReadEnd(end)
                : ReadRow(json);
        }
        catch (JsonException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"This is no JSON from byte {e.BytePositionInLine + 1} on."), e);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, or bytes that are no UTF-8: found only when the text is asked for.
            throw new FormatException("A text here is no Unicode.", e);
        }
    }

    /// <summary>What a line adds to the sum of all: rows may come in any order, and none may be missing, doubled or another.</summary>
    public static UInt128 SumOf(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private static FirmFileHead ReadHead(JsonElement json)
    {
        if (Text(json, "format") != Format)
        {
            throw new FormatException("This is a file of another program.");
        }

        if (!json.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1)
        {
            throw new FormatException("The version of the format is missing.");
        }

        if (number > Version)
        {
            throw new FormatException($"The file has version {number} of the format; this program knows {Version}. Use the newer program.");
        }

        return Guid.TryParseExact(Text(json, "firm"), "D", out var firm) && DateTimeOffset.TryParse(Text(json, "exportedAt"), CultureInfo.InvariantCulture, DateTimeStyles.None, out var exportedAt)
            ? new FirmFileHead(firm, exportedAt)
            : throw new FormatException("The first line must say which firm this is, and when it was exported.");
    }

    private static FirmFileEnd ReadEnd(JsonElement json)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("rows", out var counts) || counts.ValueKind != JsonValueKind.Object
            || !UInt128.TryParse(Text(json, "sum"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sum))
        {
            throw new FormatException("The last line must say how many rows there are, and their sum.");
        }

        foreach (var count in counts.EnumerateObject())
        {
            rows[count.Name] = count.Value.ValueKind == JsonValueKind.Number && count.Value.TryGetInt64(out var number) && number >= 0
                ? number
                : throw new FormatException($"The number of rows of {count.Name} is no whole number.");
        }

        return new FirmFileEnd(rows, sum);
    }

    private static FirmFileRow ReadRow(JsonElement json)
    {
        var (table, partition, row) = (Text(json, "table"), Text(json, "partition"), Text(json, "row"));
        if (table is null || partition is null || row is null
            || !json.TryGetProperty("columns", out var columns) || columns.ValueKind != JsonValueKind.Object || json.GetPropertyCount() != 4)
        {
            throw new FormatException("A row must have table, partition, row and columns, and nothing else.");
        }

        return new FirmFileRow(table, new TableRow(
            partition, row, columns.EnumerateObject().ToDictionary(column => column.Name, column => ReadValue(column.Name, column.Value), StringComparer.Ordinal)));
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A text, a truth and a whole number of 32 bits are what JSON has; every other type says its name.
    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                WriteTyped("int64", number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                WriteTyped("double", number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case Guid id:
                WriteTyped("guid", id.ToString("D"));
                break;
            case DateTimeOffset at:
                WriteTyped("time", at.ToString("O", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                WriteTyped("bytes", Convert.ToBase64String(bytes));
                break;
            default:
                throw new InvalidOperationException($"Tables have no type {value.GetType().Name}.");
        }

        void WriteTyped(string type, string text)
        {
            json.WriteStartObject();
            json.WriteString(type, text);
            json.WriteEndObject();
        }
    }

    private static object ReadValue(string column, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return json.GetString()!;
            case JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case JsonValueKind.Number when json.TryGetInt32(out var number):
                return number;
            case JsonValueKind.Object when json.GetPropertyCount() == 1:
                var typed = json.EnumerateObject().First();
                if (typed.Value.ValueKind == JsonValueKind.String && ReadTyped(typed.Name, typed.Value.GetString()!) is { } value)
                {
                    return value;
                }

                break;
        }

        throw new FormatException($"The column {column} holds no value that a table can have.");
    }

    private static object? ReadTyped(string type, string text) => type switch
    {
        "int64" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        "double" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        "guid" when Guid.TryParseExact(text, "D", out var id) => id,
        "time" when DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && at.Offset == TimeSpan.Zero => at,
        "bytes" when new byte[text.Length] is var bytes && Convert.TryFromBase64String(text, bytes, out var length) => bytes[..length],
        _ => null,
    };

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Compact))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}

/// <summary>The first line.</summary>
internal sealed record FirmFileHead(Guid Firm, DateTimeOffset ExportedAt);

/// <summary>Every line between.</summary>
internal sealed record FirmFileRow(string Table, TableRow Row);

/// <summary>The last line: without it a file was cut off.</summary>
/// <param name="Rows">By table.</param>
/// <param name="Sum">Of <see cref="FirmFile.SumOf"/> of every row's line, without its line break, modulo 2^128.</param>
internal sealed record FirmFileEnd(IReadOnlyDictionary<string, long> Rows, UInt128 Sum);
