using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OutlookCrm.Graph;

/// <summary>
/// Reads Graph's JSON one value at a time, so that what is wrong with one value is wrong with that value only. What is missing, null or of
/// another type reads as absent.
/// </summary>
internal static partial class GraphJson
{
    /// <summary>Well-formed Unicode without NUL: half a surrogate pair becomes U+FFFD, NUL goes. No table keeps either.</summary>
    public static string? Text(JsonElement parent, string name) => Text(Child(parent, name));

    /// <inheritdoc cref="Text(JsonElement,string)"/>
    public static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            text = Repair(JsonMarshal.GetRawUtf8Value(value)); // the reader's only way to say that this is not Unicode
        }

        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
    }

    /// <summary>Absent is false.</summary>
    public static bool Flag(JsonElement parent, string name) => Child(parent, name).ValueKind == JsonValueKind.True;

    /// <summary>In UTC.</summary>
    public static DateTimeOffset? Time(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(
            Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    public static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) ? child : default;

    /// <summary>Absent is empty.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        Child(parent, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    private static string Repair(ReadOnlySpan<byte> quoted)
    {
        var text = Encoding.UTF8.GetString(quoted); // bytes that are no UTF-8 become U+FFFD
        return JsonSerializer.Deserialize<string>(
            Escape().Replace(text, escape => escape.Groups["half"].Success ? @"\ufffd" : escape.Value))!;
    }

    [GeneratedRegex(@"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)")]
    private static partial Regex Escape();
}
