using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What a client writes of an event. Anything that could not be kept is refused, not dropped.</summary>
/// <param name="Rule">Null when nothing is said of a recurrence.</param>
/// <param name="Own">What only this calendar's copy has.</param>
internal sealed partial record EventInput(Meeting Meeting, Recurrence? Rule, Func<CalendarEvent, CalendarEvent> Own)
{
    public const int DefaultReminderMinutes = 15;

    private static readonly string[] RecurrenceTypes =
        ["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"];

    /// <summary>Nothing of it concerns the others who are invited.</summary>
    public bool IsOwnOnly(Meeting before) => Meeting with { Sensitivity = before.Sensitivity } == before && Rule is null;

    /// <exception cref="GraphError">A property is unknown, has no such type, or the times make no sense.</exception>
    public static EventInput Read(JsonObject body, Meeting meeting)
    {
        Recurrence? rule = null;
        Func<CalendarEvent, CalendarEvent> own = kept => kept;
        var (hasStart, hasEnd) = (false, false);
        foreach (var (name, value) in body)
        {
            var inner = own;
            switch (name)
            {
                case "subject":
                    meeting = meeting with { Subject = MailInput.Text(value, name) };
                    break;
                case "body":
                    var (text, html) = MailInput.ReadBody(value, name);
                    meeting = meeting with { Text = text, Html = html };
                    break;
                case "start":
                    var (startAt, zone) = ReadTime(value, name);
                    hasStart = true;
                    meeting = meeting with { StartAt = startAt, Zone = zone };
                    break;
                case "end":
                    hasEnd = true;
                    meeting = meeting with { EndAt = ReadTime(value, name).At };
                    break;
                case "location":
                    meeting = meeting with { Location = value is JsonObject place && place["displayName"] is { } shown ? MailInput.Text(shown, name) : "" };
                    break;
                case "attendees":
                    var before = meeting;
                    meeting = meeting with { Attendees = [.. MailInput.Items(value, name).Select(item => ReadAttendee(item, before))] };
                    break;
                case "isAllDay":
                    meeting = meeting with { IsAllDay = MailInput.Bool(value, name) };
                    break;
                case "isOnlineMeeting":
                    meeting = meeting with { IsOnline = MailInput.Bool(value, name) };
                    break;
                case "sensitivity":
                    meeting = meeting with { Sensitivity = Enum.TryParse<Sensitivity>(MailInput.Text(value, name), true, out var read) ? read : throw MailInput.Wrong(name) };
                    break;
                case "importance":
                    meeting = meeting with { Importance = Enum.TryParse<Importance>(MailInput.Text(value, name), true, out var weight) ? weight : throw MailInput.Wrong(name) };
                    break;
                case "recurrence" when value is not null:
                    rule = ReadRule(value as JsonObject ?? throw MailInput.Wrong(name));
                    break;
                case "showAs":
                    var shows = MailInput.Text(value, name);
                    own = kept => inner(kept) with { ShowAs = shows };
                    break;
                case "categories":
                    var categories = MailInput.Texts(value, name);
                    own = kept => inner(kept) with { Categories = categories };
                    break;
                case "isReminderOn" or "reminderMinutesBeforeStart":
                    own = kept => inner(kept) with { ReminderMinutes = ReadReminder(body, kept.ReminderMinutes) };
                    break;
                case "transactionId":
                    var transaction = value is null ? null : MailInput.Text(value, name);
                    own = kept => inner(kept) with { TransactionId = transaction };
                    break;
                case "singleValueExtendedProperties":
                    var named = MailInput.Items(value, name).ToDictionary(
                        item => ReadPropertyName(item?["id"], name), item => MailInput.Text(item?["value"], name), StringComparer.OrdinalIgnoreCase);
                    own = kept => inner(kept) with { NamedProperties = Merge(kept.NamedProperties, named) };
                    break;
                case ['@', ..] or "responseRequested" or "allowNewTimeProposals":
                    break;
                default:
                    if (value is not null)
                    {
                        throw GraphError.BadRequest($"The property '{name}' cannot be set here.");
                    }

                    break;
            }
        }

        return new EventInput(Sensible(meeting, hasStart, hasEnd), rule, own);
    }

    private static string ReadPropertyName(JsonNode? value, string name) => MailInput.Text(value, name) is var id && NamedProperty().IsMatch(id)
        ? id
        : throw GraphError.Refused("ErrorInvalidProperty", $"The property '{id}' is not String {{guid}} Name name: no other is kept of an event here.");

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> before, Dictionary<string, string> set)
    {
        var merged = new Dictionary<string, string>(before, StringComparer.OrdinalIgnoreCase);
        foreach (var (id, value) in set)
        {
            merged[id] = value;
        }

        return merged;
    }

    [GeneratedRegex(@"^String \{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\} Name [\w.-]{1,100}$")]
    private static partial Regex NamedProperty();

    // Whether and when are two properties, which come in any order.
    private static int? ReadReminder(JsonObject body, int? before)
    {
        var isOn = body["isReminderOn"] is { } given ? MailInput.Bool(given, "isReminderOn") : before is not null;
        var minutes = body["reminderMinutesBeforeStart"] is not { } wanted ? before ?? DefaultReminderMinutes
            : wanted is JsonValue number && number.TryGetValue(out int read) ? read
            : throw MailInput.Wrong("reminderMinutesBeforeStart");
        return isOn ? minutes : null;
    }

    private static Meeting Sensible(Meeting meeting, bool hasStart, bool hasEnd)
    {
        if (meeting.EndAt < meeting.StartAt)
        {
            throw GraphError.Refused("ErrorPropertyValidationFailure", "At least one property failed validation: the end is before the start.");
        }

        if (!meeting.IsAllDay)
        {
            return meeting;
        }

        // A whole day is a date: midnight where it was planned, kept as midnight UTC.
        var zone = CalendarZones.Find(meeting.Zone);
        DateTimeOffset Midnight(DateTimeOffset at, bool isNew)
        {
            var wall = isNew ? TimeZoneInfo.ConvertTime(at, zone).DateTime : at.UtcDateTime;
            return wall.TimeOfDay == TimeSpan.Zero
                ? new DateTimeOffset(wall.Ticks, TimeSpan.Zero)
                : throw GraphError.Refused("ErrorInvalidRequest", "The start and end of an all-day event must be midnight.");
        }

        var (start, end) = (Midnight(meeting.StartAt, hasStart), Midnight(meeting.EndAt, hasEnd));
        return end - start >= TimeSpan.FromDays(1)
            ? meeting with { StartAt = start, EndAt = end }
            : throw GraphError.Refused("ErrorInvalidRequest", "An all-day event must last at least 24 hours.");
    }

    public static (DateTimeOffset At, string Zone) ReadTime(JsonNode? value, string name)
    {
        var time = value as JsonObject ?? throw MailInput.Wrong(name);
        var zoneName = time["timeZone"] is { } given ? MailInput.Text(given, name) : "UTC";
        if (!CalendarZones.TryFind(zoneName, out var zone))
        {
            throw GraphError.Refused("TimeZoneNotSupportedException", $"A valid TimeZone value must be specified, not '{zoneName}'.");
        }

        if (!DateTimeOffset.TryParse(MailInput.Text(time["dateTime"], name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            throw MailInput.Wrong(name);
        }

        var wall = read.DateTime;
        while (zone.IsInvalidTime(wall))
        {
            wall = wall.AddMinutes(30); // the hour that is left out in spring
        }

        var ianaName = TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana : zone.Id;
        return (new DateTimeOffset(wall, zone.GetUtcOffset(wall)).ToUniversalTime(), ianaName);
    }

    // An answer that was given stays.
    private static Attendee ReadAttendee(JsonNode? value, Meeting before)
    {
        var who = MailInput.ReadRecipient(value, "attendees");
        var type = value!["type"] is { } given ? MailInput.Text(given, "attendees") : "required";
        return (before.AttendeeOf(who.Address) ?? new Attendee(who, "none")) with { Who = who, IsOptional = type == "optional", IsResource = type == "resource" };
    }

    private static Recurrence ReadRule(JsonObject recurrence)
    {
        var pattern = recurrence["pattern"] as JsonObject ?? throw MailInput.Wrong("recurrence");
        var range = recurrence["range"] as JsonObject ?? throw MailInput.Wrong("recurrence");
        int? Number(JsonObject of, string name) => of[name] is JsonValue value && value.TryGetValue(out int read) && read > 0 ? read : null;
        DateOnly? Day(string name) => range[name] is JsonValue value && DateOnly.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var day) && day.Year > 1 ? day : null;
        var type = MailInput.Text(pattern["type"], "recurrence");
        var rangeType = range["type"] is { } given ? MailInput.Text(given, "recurrence") : "noEnd";
        var days = pattern["daysOfWeek"] is JsonArray named
            ? named.Select(day => Enum.TryParse<DayOfWeek>(day?.ToString(), true, out var read) ? read : throw MailInput.Wrong("recurrence")).ToList()
            : [];
        var rule = new Recurrence(
            type, Number(pattern, "interval") ?? 1, days, Number(pattern, "dayOfMonth"), Number(pattern, "month"), pattern["index"]?.ToString(),
            Day("startDate") ?? throw MailInput.Wrong("recurrence"),
            rangeType == "endDate" ? Day("endDate") ?? throw MailInput.Wrong("recurrence") : null,
            rangeType == "numbered" ? Number(range, "numberOfOccurrences") ?? throw MailInput.Wrong("recurrence") : null);
        var needsDays = type is "weekly" or "relativeMonthly" or "relativeYearly";
        return RecurrenceTypes.Contains(type) && needsDays == days.Count > 0 && (type is not ("absoluteMonthly" or "absoluteYearly") || rule.DayOfMonth is not null)
            && (type is not ("absoluteYearly" or "relativeYearly") || rule.Month is not null)
            ? rule
            : throw MailInput.Wrong("recurrence");
    }
}
