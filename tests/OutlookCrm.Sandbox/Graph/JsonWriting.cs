using System.Globalization;
using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The small types that Graph's larger ones are made of.</summary>
internal static class JsonWriting
{
    private const int PreviewCharacters = 255;

    private static readonly JsonEncodedText EmailAddress = JsonEncodedText.Encode("emailAddress");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Address = JsonEncodedText.Encode("address");

    /// <summary>UTC, to the second: how Outlook's part of Graph writes a moment.</summary>
    public static void WriteInstant(this Utf8JsonWriter json, DateTimeOffset at)
    {
        Span<char> text = stackalloc char[20];
        at.UtcDateTime.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        json.WriteStringValue(text);
    }

    public static void WriteRecipient(this Utf8JsonWriter json, Correspondent? who)
    {
        if (who is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteEmailAddress(who);
        json.WriteEndObject();
    }

    public static void WriteEmailAddress(this Utf8JsonWriter json, Correspondent who)
    {
        json.WriteStartObject(EmailAddress);
        json.WriteString(Name, who.Name.Length > 0 ? who.Name : who.Address);
        json.WriteString(Address, who.Address);
        json.WriteEndObject();
    }

    public static void WriteRecipients(this Utf8JsonWriter json, IReadOnlyList<Correspondent> people)
    {
        json.WriteStartArray();
        foreach (var who in people)
        {
            json.WriteRecipient(who);
        }

        json.WriteEndArray();
    }

    public static void WriteTexts(this Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static void WriteBody(this Utf8JsonWriter json, string text, string? html, Preferences preferences)
    {
        var isHtml = html is not null && !preferences.TextBodies;
        json.WriteStartObject();
        json.WriteString("contentType", isHtml ? "html" : "text");
        json.WriteString("content", isHtml ? html : text);
        json.WriteEndObject();
    }

    public static void WriteLocalTime(this Utf8JsonWriter json, string dateTime, string zone)
    {
        json.WriteStartObject();
        json.WriteString("dateTime", dateTime);
        json.WriteString("timeZone", zone);
        json.WriteEndObject();
    }

    /// <summary>Wall-clock time in the zone that was asked for; a whole day has no zone and stays at midnight.</summary>
    public static void WriteLocalTime(this Utf8JsonWriter json, DateTimeOffset at, bool isAllDay, Preferences preferences) => json.WriteLocalTime(
        LocalTime(isAllDay ? at : TimeZoneInfo.ConvertTime(at, preferences.TimeZone)), isAllDay ? "UTC" : preferences.TimeZoneName);

    public static string LocalTime(DateTimeOffset wall) => wall.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);

    /// <summary>The beginning of a text, spaces and lines run together.</summary>
    public static void WritePreview(this Utf8JsonWriter json, string text)
    {
        Span<char> preview = stackalloc char[PreviewCharacters];
        var length = 0;
        var isGap = false;
        foreach (var letter in text)
        {
            if (char.IsWhiteSpace(letter))
            {
                isGap = length > 0;
                continue;
            }

            if (isGap && length < PreviewCharacters)
            {
                preview[length++] = ' ';
            }

            isGap = false;
            if (length == PreviewCharacters)
            {
                break;
            }

            preview[length++] = letter;
        }

        json.WriteStringValue(preview[..length]);
    }

    public static string Word(this Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Personal => "personal",
        Sensitivity.Private => "private",
        Sensitivity.Confidential => "confidential",
        _ => "normal",
    };

    public static string Word(this Importance importance) => importance switch
    {
        Importance.Low => "low",
        Importance.High => "high",
        _ => "normal",
    };

    public static string Word(this DayOfWeek day) => day switch
    {
        DayOfWeek.Monday => "monday",
        DayOfWeek.Tuesday => "tuesday",
        DayOfWeek.Wednesday => "wednesday",
        DayOfWeek.Thursday => "thursday",
        DayOfWeek.Friday => "friday",
        DayOfWeek.Saturday => "saturday",
        _ => "sunday",
    };

    /// <summary>Changes with each change of the item, and tells nothing else.</summary>
    public static string ChangeKey(string immutableId, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"CQAAAB{immutableId.AsSpan(6, 8)}{version:X8}");
}
