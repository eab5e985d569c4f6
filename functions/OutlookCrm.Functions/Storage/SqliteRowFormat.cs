using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace OutlookCrm.Storage;

/// <summary>
/// How a row lies in SQLite. Keys are bytes that sort as their UTF-16 code units do. Properties are one blob: a count, then for each
/// the length and ASCII of its name, a letter for its type, its value. Lengths are little-endian base 128.
/// </summary>
internal static class SqliteRowFormat
{
    public const int MaxBytesPerChar = 3;

    // Property names are few and come again in every row.
    private static readonly string?[] Names = new string?[1024];

    /// <summary>
    /// UTF-8, except that a surrogate pair is written as two halves of three bytes each (CESU-8): plain UTF-8 would sort
    /// U+10000 and above behind U+E000 to U+FFFF, which the table service does not.
    /// </summary>
    public static byte[] EncodeKey(string key)
    {
        var bytes = new byte[key.Length * MaxBytesPerChar];
        return bytes[..EncodeKey(key, bytes)];
    }

    /// <param name="bytes">At least <see cref="MaxBytesPerChar"/> times the key's length.</param>
    /// <returns>How many bytes were written.</returns>
    public static int EncodeKey(string key, Span<byte> bytes)
    {
        if (!key.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return Encoding.UTF8.GetBytes(key, bytes);
        }

        var length = 0;
        foreach (var c in key)
        {
            if (char.IsSurrogate(c))
            {
                bytes[length++] = (byte)(0xe0 | (c >> 12));
                bytes[length++] = (byte)(0x80 | ((c >> 6) & 0x3f));
                bytes[length++] = (byte)(0x80 | (c & 0x3f));
            }
            else
            {
                length += Encoding.UTF8.GetBytes([c], bytes[length..]);
            }
        }

        return length;
    }

    public static string DecodeKey(ReadOnlySpan<byte> key)
    {
        // 0xED starts U+D000 to U+DFFF; only a surrogate's second byte is 0xA0 or more.
        var firstHalf = 0;
        while (true)
        {
            var next = key[firstHalf..].IndexOf((byte)0xed);
            if (next < 0)
            {
                return Encoding.UTF8.GetString(key);
            }

            firstHalf += next;
            if (key[firstHalf + 1] >= 0xa0)
            {
                break;
            }

            firstHalf += 3;
        }

        var chars = new StringBuilder(key.Length);
        while (!key.IsEmpty)
        {
            if (key[0] == 0xed && key[1] >= 0xa0)
            {
                chars.Append((char)(0xd000 | ((key[1] & 0x3f) << 6) | (key[2] & 0x3f)));
                key = key[3..];
            }
            else
            {
                Rune.DecodeFromUtf8(key, out var rune, out var used);
                chars.Append((char)rune.Value);
                key = key[used..];
            }
        }

        return chars.ToString();
    }

    public static string ETagOf(long version)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>0, which no row has, for an ETag that is none of ours.</summary>
    public static long VersionOf(string? etag) =>
        etag?.Length == 16 && long.TryParse(etag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var version)
            ? version
            : 0;

    public static byte[] EncodeProperties(IReadOnlyDictionary<string, object> properties)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        WriteLength(buffer, properties.Count(property => property.Value is not null));
        foreach (var (name, value) in properties)
        {
            if (value is null)
            {
                continue;
            }

            var head = buffer.GetSpan(name.Length + 1);
            head[0] = (byte)name.Length;
            Encoding.ASCII.GetBytes(name, head[1..]);
            buffer.Advance(name.Length + 1);
            WriteValue(buffer, value);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static KeyValuePair<string, object>[] DecodeProperties(ReadOnlySpan<byte> bytes)
    {
        var properties = new KeyValuePair<string, object>[ReadLength(ref bytes)];
        for (var i = 0; i < properties.Length; i++)
        {
            var length = bytes[0];
            var name = ReadName(bytes.Slice(1, length));
            bytes = bytes[(1 + length)..];
            properties[i] = new(name, ReadValue(ref bytes));
        }

        return properties;
    }

    /// <summary>One property's value without the others; null when there is none.</summary>
    public static object? FindProperty(ReadOnlySpan<byte> bytes, string name)
    {
        for (var left = ReadLength(ref bytes); left > 0; left--)
        {
            var length = bytes[0];
            var isIt = Ascii.Equals(bytes.Slice(1, length), name);
            bytes = bytes[(1 + length)..];
            if (isIt)
            {
                return ReadValue(ref bytes);
            }

            SkipValue(ref bytes);
        }

        return null;
    }

    private static void WriteValue(ArrayBufferWriter<byte> buffer, object value)
    {
        switch (value)
        {
            case string text:
                WriteType(buffer, 's');
                WriteLength(buffer, Encoding.UTF8.GetByteCount(text));
                Encoding.UTF8.GetBytes(text, buffer);
                break;
            case bool yes:
                WriteType(buffer, yes ? 't' : 'f');
                break;
            case int number:
                WriteType(buffer, 'i');
                BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), number);
                buffer.Advance(4);
                break;
            case long number:
                WriteType(buffer, 'l');
                BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), number);
                buffer.Advance(8);
                break;
            case double number:
                WriteType(buffer, 'd');
                BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(8), number);
                buffer.Advance(8);
                break;
            case Guid guid:
                WriteType(buffer, 'g');
                guid.TryWriteBytes(buffer.GetSpan(16));
                buffer.Advance(16);
                break;
            case DateTimeOffset at:
                WriteType(buffer, 'a');
                BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(8), at.UtcTicks);
                buffer.Advance(8);
                break;
            case byte[] binary:
                WriteType(buffer, 'b');
                WriteLength(buffer, binary.Length);
                buffer.Write(binary);
                break;
            default:
                throw new InvalidOperationException($"A property of type {value.GetType().Name} passed the limits.");
        }
    }

    private static object ReadValue(ref ReadOnlySpan<byte> bytes)
    {
        var type = bytes[0];
        bytes = bytes[1..];
        switch ((char)type)
        {
            case 's':
                return Encoding.UTF8.GetString(Take(ref bytes, ReadLength(ref bytes)));
            case 't':
                return true;
            case 'f':
                return false;
            case 'i':
                return BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
            case 'l':
                return BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, 8));
            case 'd':
                return BinaryPrimitives.ReadDoubleLittleEndian(Take(ref bytes, 8));
            case 'g':
                return new Guid(Take(ref bytes, 16));
            case 'a':
                return new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(Take(ref bytes, 8)), TimeSpan.Zero);
            case 'b':
                return Take(ref bytes, ReadLength(ref bytes)).ToArray();
            default:
                throw new InvalidDataException($"A stored row has a property of unknown type {type}.");
        }
    }

    private static void SkipValue(ref ReadOnlySpan<byte> bytes)
    {
        var type = (char)bytes[0];
        bytes = bytes[1..];
        var length = type switch
        {
            's' or 'b' => ReadLength(ref bytes),
            't' or 'f' => 0,
            'i' => 4,
            'l' or 'd' or 'a' => 8,
            'g' => 16,
            _ => throw new InvalidDataException($"A stored row has a property of unknown type {(int)type}."),
        };
        bytes = bytes[length..];
    }

    private static string ReadName(ReadOnlySpan<byte> ascii)
    {
        ref var known = ref Names[((ascii.Length * 31) + (ascii[0] * 7) + (ascii[^1] * 13) + ascii[ascii.Length / 2]) & 1023];
        if (known is { } name && Ascii.Equals(ascii, name))
        {
            return name;
        }

        // Interned, as the names in the code are: comparing the two is comparing two references.
        return known = string.Intern(Encoding.ASCII.GetString(ascii));
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static void WriteType(ArrayBufferWriter<byte> buffer, char type)
    {
        buffer.GetSpan(1)[0] = (byte)type;
        buffer.Advance(1);
    }

    private static void WriteLength(ArrayBufferWriter<byte> buffer, int length)
    {
        for (var rest = (uint)length; ; rest >>= 7)
        {
            buffer.GetSpan(1)[0] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            buffer.Advance(1);
            if (rest < 0x80)
            {
                return;
            }
        }
    }

    private static int ReadLength(ref ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[0];
            bytes = bytes[1..];
            length |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                return length;
            }
        }
    }
}
