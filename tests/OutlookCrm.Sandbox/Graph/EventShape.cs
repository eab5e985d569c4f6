using System.Globalization;
using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>An event of a calendar in Graph's words.</summary>
internal static class EventShape
{
    public static readonly Shape<CalendarEvent> Instance = new(
        "event",
        [
            new("createdDateTime", (json, kept, _) => json.WriteInstant(kept.CreatedAt)),
            new("lastModifiedDateTime", (json, kept, _) => json.WriteInstant(kept.ModifiedAt)),
            new("changeKey", (json, kept, _) => json.WriteStringValue(ChangeKey(kept))),
            new("categories", (json, kept, _) => json.WriteTexts(kept.Categories)),
            new("transactionId", (json, kept, _) => json.WriteStringValue(kept.TransactionId)),
            new("originalStartTimeZone", (json, kept, _) => json.WriteStringValue(CalendarZones.WindowsName(kept.Meeting.Zone))),
            new("originalEndTimeZone", (json, kept, _) => json.WriteStringValue(CalendarZones.WindowsName(kept.Meeting.Zone))),
            new("iCalUId", (json, kept, _) => json.WriteStringValue(kept.ICalUid)),
            new("reminderMinutesBeforeStart", (json, kept, _) => json.WriteNumberValue(kept.ReminderMinutes ?? EventInput.DefaultReminderMinutes)),
            new("isReminderOn", (json, kept, _) => json.WriteBooleanValue(kept.ReminderMinutes is not null)),
            new("hasAttachments", (json, _, _) => json.WriteBooleanValue(false)),
            new("subject", (json, kept, _) => json.WriteStringValue(kept.Meeting.Subject)),
            new("bodyPreview", (json, kept, _) => json.WritePreview(kept.Meeting.Text)) { IsContent = true },
            new("importance", (json, kept, _) => json.WriteStringValue(kept.Meeting.Importance.Word())),
            new("sensitivity", (json, kept, _) => json.WriteStringValue(kept.Meeting.Sensitivity.Word())),
            new("isAllDay", (json, kept, _) => json.WriteBooleanValue(kept.Meeting.IsAllDay)),
            new("isCancelled", (json, kept, _) => json.WriteBooleanValue(kept.Meeting.IsCancelled)),
            new("isDraft", (json, _, _) => json.WriteBooleanValue(false)),
            new("isOrganizer", (json, kept, to) => json.WriteBooleanValue(IsOrganizer(kept, to))),
            new("isOnlineMeeting", (json, kept, _) => json.WriteBooleanValue(kept.Meeting.IsOnline)),
            new("responseRequested", (json, _, _) => json.WriteBooleanValue(true)),
            new("allowNewTimeProposals", (json, _, _) => json.WriteBooleanValue(true)),
            new("showAs", (json, kept, _) => json.WriteStringValue(ShowAs(kept))),
            new("type", (json, kept, _) => json.WriteStringValue(kept.Type)),
            new("webLink", (json, kept, to) => json.WriteStringValue($"{to.Outlook}?event={Uri.EscapeDataString(kept.Id)}")),
            new("seriesMasterId", (json, kept, to) => json.WriteStringValue(MasterId(kept, to))),
            new("originalStart", WriteOriginalStart),
            new("start", (json, kept, to) => json.WriteLocalTime(kept.Meeting.StartAt, kept.Meeting.IsAllDay, to.Preferences)),
            new("end", (json, kept, to) => json.WriteLocalTime(kept.Meeting.EndAt, kept.Meeting.IsAllDay, to.Preferences)),
            new("location", (json, kept, _) => WriteLocation(json, kept.Meeting)),
            new("organizer", (json, kept, _) => json.WriteRecipient(kept.Meeting.Organizer)),
            new("attendees", WriteAttendees),
            new("responseStatus", WriteResponse),
            new("recurrence", WriteRecurrence),
            new("body", (json, kept, to) => json.WriteBody(kept.Meeting.Text, kept.Meeting.Html, to.Preferences)) { IsContent = true },
        ],
        new Dictionary<string, Func<CalendarEvent, object?>>
        {
            ["id"] = kept => kept.Id,
            ["createdDateTime"] = kept => kept.CreatedAt,
            ["lastModifiedDateTime"] = kept => kept.ModifiedAt,
            ["transactionId"] = kept => kept.TransactionId,
            ["iCalUId"] = kept => kept.ICalUid,
            ["subject"] = kept => kept.Meeting.Subject,
            ["importance"] = kept => kept.Meeting.Importance.Word(),
            ["sensitivity"] = kept => kept.Meeting.Sensitivity.Word(),
            ["isAllDay"] = kept => kept.Meeting.IsAllDay,
            ["isCancelled"] = kept => kept.Meeting.IsCancelled,
            ["showAs"] = ShowAs,
            ["type"] = kept => kept.Type,
            ["seriesMasterId"] = kept => kept.SeriesMasterId,
            [Start] = kept => kept.Meeting.StartAt,
            [End] = kept => kept.Meeting.EndAt,
            ["organizer/emailAddress/address"] = kept => kept.Meeting.Organizer?.Address,
            ["responseStatus/response"] = kept => kept.Response,
        });

    public const string Start = "start/dateTime";
    public const string End = "end/dateTime";

    /// <param name="isDelta">Then what an exception was planned for is not told.</param>
    public static void Write(Utf8JsonWriter json, CalendarEvent kept, Selection<CalendarEvent> selected, Rendering to, bool isDelta = false)
    {
        json.WriteStartObject();
        if (isDelta)
        {
            json.WriteString("@odata.type", "#microsoft.graph.event");
        }

        json.WriteString("@odata.etag", $"W/\"{ChangeKey(kept)}\"");
        json.WriteString("id", to.Id(kept.Id, kept.ImmutableId));
        foreach (var property in selected.Properties)
        {
            if ((property.IsContent && to.IsBasic) || (property.Name == "originalStart" && (isDelta || kept.OriginalStartAt is null)))
            {
                continue;
            }

            json.WritePropertyName(property.Key);
            property.Write(json, kept, to);
        }

        json.WriteEndObject();
    }

    /// <summary>As delta gives an occurrence that is as its series plans it: what is not in the series, and nothing else.</summary>
    public static void WriteBare(Utf8JsonWriter json, CalendarEvent kept, Rendering to)
    {
        json.WriteStartObject();
        json.WriteString("@odata.type", "#microsoft.graph.event");
        json.WriteString("@odata.etag", $"W/\"{ChangeKey(kept)}\"");
        json.WriteString("id", to.Id(kept.Id, kept.ImmutableId));
        json.WriteString("seriesMasterId", MasterId(kept, to));
        json.WriteString("type", kept.Type);
        json.WritePropertyName("start");
        json.WriteLocalTime(kept.Meeting.StartAt, kept.Meeting.IsAllDay, to.Preferences);
        json.WritePropertyName("end");
        json.WriteLocalTime(kept.Meeting.EndAt, kept.Meeting.IsAllDay, to.Preferences);
        json.WriteEndObject();
    }

    public static void WriteLocation(Utf8JsonWriter json, Meeting meeting)
    {
        json.WriteStartObject();
        json.WriteString("displayName", meeting.Location);
        json.WriteString("locationType", "default");
        json.WriteEndObject();
    }

    public static string ChangeKey(CalendarEvent kept) => JsonWriting.ChangeKey(kept.ImmutableId, kept.Version);

    private static bool IsOrganizer(CalendarEvent kept, Rendering to) => to.Owner is { } owner && kept.Meeting.IsOrganizedBy(owner);

    private static string? MasterId(CalendarEvent kept, Rendering to) =>
        to.Preferences.ImmutableIds ? kept.SeriesMasterImmutableId : kept.SeriesMasterId;

    private static string ShowAs(CalendarEvent kept) => kept.ShowAs ?? (kept.Meeting.IsAllDay ? "free" : "busy");

    private static void WriteOriginalStart(Utf8JsonWriter json, CalendarEvent kept, Rendering to) => json.WriteInstant(kept.OriginalStartAt!.Value);

    private static void WriteAttendees(Utf8JsonWriter json, CalendarEvent kept, Rendering to)
    {
        json.WriteStartArray();
        foreach (var attendee in kept.Meeting.Attendees)
        {
            json.WriteStartObject();
            json.WriteString("type", attendee.IsResource ? "resource" : attendee.IsOptional ? "optional" : "required");
            json.WritePropertyName("status");
            WriteStatus(json, attendee.Answer, attendee.AnsweredAt);
            json.WriteEmailAddress(attendee.Who);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResponse(Utf8JsonWriter json, CalendarEvent kept, Rendering to) => WriteStatus(json, kept.Response, kept.RespondedAt);

    // The year 1 is how Graph says that nobody answered yet.
    private static void WriteStatus(Utf8JsonWriter json, string response, DateTimeOffset? at)
    {
        json.WriteStartObject();
        json.WriteString("response", response);
        json.WritePropertyName("time");
        json.WriteInstant(at ?? DateTimeOffset.MinValue);
        json.WriteEndObject();
    }

    private static void WriteRecurrence(Utf8JsonWriter json, CalendarEvent kept, Rendering to)
    {
        if (kept.Recurrence is not { } rule)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("pattern");
        json.WriteString("type", rule.Type);
        json.WriteNumber("interval", rule.Interval);
        json.WriteNumber("month", rule.Month ?? 0);
        json.WriteNumber("dayOfMonth", rule.DayOfMonth ?? 0);
        json.WriteStartArray("daysOfWeek");
        foreach (var day in rule.Days)
        {
            json.WriteStringValue(day.Word());
        }

        json.WriteEndArray();
        json.WriteString("firstDayOfWeek", "monday");
        json.WriteString("index", rule.Index ?? "first");
        json.WriteEndObject();
        json.WriteStartObject("range");
        json.WriteString("type", rule.Count is not null ? "numbered" : rule.EndsOn is not null ? "endDate" : "noEnd");
        json.WriteString("startDate", Date(rule.StartsOn));
        json.WriteString("endDate", Date(rule.EndsOn ?? DateOnly.MinValue));
        json.WriteString("recurrenceTimeZone", CalendarZones.WindowsName(kept.Meeting.Zone));
        json.WriteNumber("numberOfOccurrences", rule.Count ?? 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
