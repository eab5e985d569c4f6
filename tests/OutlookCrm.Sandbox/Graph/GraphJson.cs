using System.Globalization;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Our records in Graph's words; names and types as in its published metadata.</summary>
internal static class GraphJson
{
    private const int PreviewCharacters = 255;

    public static JsonObject Organization() => new()
    {
        ["id"] = SampleFirm.TenantId.ToString(),
        ["displayName"] = SampleFirm.Name,
        ["city"] = "Freiburg im Breisgau",
        ["countryLetterCode"] = "DE",
        ["preferredLanguage"] = "de",
        ["tenantType"] = "AAD",
        ["businessPhones"] = new JsonArray("+49 761 5550 140"),
        ["verifiedDomains"] = new JsonArray(
            Domain(SampleFirm.Domain, isDefault: true), Domain("birnbaumjoinery.onmicrosoft.com", isDefault: false)),
    };

    public static JsonObject User(SampleColleague colleague) => new()
    {
        ["id"] = colleague.Id.ToString(),
        ["displayName"] = colleague.Name,
        ["givenName"] = colleague.Name.Split(' ')[0],
        ["surname"] = colleague.Name.Split(' ')[1],
        ["jobTitle"] = colleague.JobTitle,
        ["mail"] = colleague.Address,
        ["userPrincipalName"] = colleague.Address,
        ["preferredLanguage"] = "en",
        ["officeLocation"] = null,
        ["mobilePhone"] = null,
        ["businessPhones"] = new JsonArray(),
    };

    public static JsonObject MailboxSettings() => new()
    {
        ["timeZone"] = "W. Europe Standard Time",
        ["dateFormat"] = "dd.MM.yyyy",
        ["timeFormat"] = "HH:mm",
        ["language"] = new JsonObject { ["locale"] = "en-GB", ["displayName"] = "English (United Kingdom)" },
    };

    public static JsonObject Folder(Mailbox mailbox, MailFolder folder)
    {
        var inIt = mailbox.Messages.Where(message => message.FolderId == folder.Id).ToList();
        return new JsonObject
        {
            ["id"] = folder.Id,
            ["displayName"] = folder.Name,
            ["parentFolderId"] = mailbox.RootFolderId,
            ["childFolderCount"] = 0,
            ["totalItemCount"] = inIt.Count,
            ["unreadItemCount"] = inIt.Count(message => !message.IsRead),
            ["isHidden"] = false,
        };
    }

    public static JsonObject Message(MailboxMessage message, Preferences preferences, GraphQuery query)
    {
        var letter = message.Letter;
        var json = new JsonObject
        {
            ["@odata.etag"] = $"W/\"{ChangeKey(message)}\"",
            ["id"] = preferences.ImmutableIds ? message.ImmutableId : message.Id,
            ["createdDateTime"] = Instant(message.ReceivedAt),
            ["lastModifiedDateTime"] = Instant(message.ReceivedAt),
            ["changeKey"] = ChangeKey(message),
            ["categories"] = new JsonArray(),
            ["receivedDateTime"] = Instant(message.ReceivedAt),
            ["sentDateTime"] = Instant(letter.SentAt),
            ["hasAttachments"] = letter.Attachments.Count > 0,
            ["internetMessageId"] = letter.InternetMessageId,
            ["subject"] = letter.Subject,
            ["bodyPreview"] = Preview(letter.Text),
            ["importance"] = "normal",
            ["parentFolderId"] = message.FolderId,
            ["conversationId"] = letter.ConversationId,
            ["isDeliveryReceiptRequested"] = false,
            ["isReadReceiptRequested"] = false,
            ["isRead"] = message.IsRead,
            ["isDraft"] = false,
            ["inferenceClassification"] = "focused",
            ["sender"] = Recipient(letter.From),
            ["from"] = Recipient(letter.From),
            ["toRecipients"] = Recipients(letter.To),
            ["ccRecipients"] = Recipients(letter.Cc),
            ["bccRecipients"] = new JsonArray(),
            ["replyTo"] = new JsonArray(),
            ["body"] = letter.Html is { } html && !preferences.TextBodies ? Body("html", html) : Body("text", letter.Text),
        };
        if (query.Selects("internetMessageHeaders"))
        {
            json["internetMessageHeaders"] = new JsonArray(
                [.. letter.Headers.Select(header => new JsonObject { ["name"] = header.Name, ["value"] = header.Value })]);
        }

        if (query.Expands("attachments"))
        {
            json["attachments"] = new JsonArray(
                [.. Enumerable.Range(0, letter.Attachments.Count).Select(position => Attachment(message, position))]);
        }

        return json;
    }

    public static JsonObject Attachment(MailboxMessage message, int position)
    {
        var attachment = message.Letter.Attachments[position];
        return new JsonObject
        {
            ["@odata.type"] = "#microsoft.graph.fileAttachment",
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{message.Id}{position}"),
            ["name"] = attachment.Name,
            ["contentType"] = attachment.ContentType,
            ["size"] = attachment.SizeBytes,
            ["isInline"] = false,
        };
    }

    public static JsonObject Event(CalendarEvent kept, SampleColleague owner, Preferences preferences)
    {
        var meeting = kept.Meeting;
        var isOrganizer = string.Equals(meeting.Organizer?.Address, owner.Address, StringComparison.OrdinalIgnoreCase);
        var answer = isOrganizer
            ? "organizer"
            : meeting.Attendees.FirstOrDefault(a => string.Equals(a.Who.Address, owner.Address, StringComparison.OrdinalIgnoreCase))?.Answer ?? "none";
        return new JsonObject
        {
            ["id"] = preferences.ImmutableIds ? kept.ImmutableId : kept.Id,
            ["createdDateTime"] = Instant(meeting.StartAt.AddDays(-14)),
            ["lastModifiedDateTime"] = Instant(meeting.StartAt.AddDays(-14)),
            ["categories"] = new JsonArray(),
            ["iCalUId"] = meeting.ICalUid,
            ["subject"] = meeting.Subject,
            ["bodyPreview"] = Preview(meeting.Text),
            ["body"] = Body("text", meeting.Text),
            ["importance"] = "normal",
            ["sensitivity"] = meeting.IsPrivate ? "private" : "normal",
            ["isAllDay"] = meeting.IsAllDay,
            ["isCancelled"] = meeting.IsCancelled,
            ["isOrganizer"] = isOrganizer,
            ["isOnlineMeeting"] = false,
            ["responseRequested"] = true,
            ["showAs"] = meeting.IsAllDay ? "free" : "busy",
            ["type"] = meeting.Series switch { null => "singleInstance", { IsMaster: true } => "seriesMaster", _ => "occurrence" },
            ["seriesMasterId"] = kept.SeriesMasterId,
            ["originalStartTimeZone"] = WindowsZone(meeting.Zone),
            ["originalEndTimeZone"] = WindowsZone(meeting.Zone),
            ["start"] = LocalTime(meeting.StartAt, meeting.IsAllDay, preferences),
            ["end"] = LocalTime(meeting.EndAt, meeting.IsAllDay, preferences),
            ["location"] = new JsonObject { ["displayName"] = meeting.Location, ["locationType"] = "default" },
            ["organizer"] = Recipient(meeting.Organizer),
            ["attendees"] = new JsonArray([.. meeting.Attendees.Select(Attendee)]),
            ["responseStatus"] = new JsonObject { ["response"] = answer, ["time"] = Instant(meeting.StartAt.AddDays(-13)) },
            ["recurrence"] = meeting.Series is { IsMaster: true } series ? Recurrence(meeting, series) : null,
        };
    }

    private static JsonObject Recurrence(Meeting meeting, MeetingSeries series)
    {
        var start = meeting.IsAllDay || !TimeZoneInfo.TryFindSystemTimeZoneById(meeting.Zone, out var zone)
            ? meeting.StartAt
            : TimeZoneInfo.ConvertTime(meeting.StartAt, zone);
        var pattern = new JsonObject { ["type"] = series.Pattern, ["interval"] = 1, ["firstDayOfWeek"] = "monday" };
        switch (series.Pattern)
        {
            case "weekly":
                pattern["daysOfWeek"] = new JsonArray(Word(start.DayOfWeek));
                break;
            case "absoluteMonthly":
                pattern["dayOfMonth"] = start.Day;
                break;
            case "absoluteYearly":
                pattern["dayOfMonth"] = start.Day;
                pattern["month"] = start.Month;
                break;
        }

        return new JsonObject
        {
            ["pattern"] = pattern,
            ["range"] = new JsonObject
            {
                ["type"] = "noEnd",
                ["startDate"] = start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["recurrenceTimeZone"] = WindowsZone(meeting.Zone),
            },
        };
    }

    private static JsonObject Attendee(Attendee attendee)
    {
        var json = Recipient(attendee.Who)!;
        json["type"] = attendee.IsOptional ? "optional" : "required";
        json["status"] = new JsonObject { ["response"] = attendee.Answer };
        return json;
    }

    // Wall-clock time in the zone that was asked for; a whole day has no zone and stays at midnight.
    private static JsonObject LocalTime(DateTimeOffset at, bool isAllDay, Preferences preferences) => new()
    {
        ["dateTime"] = (isAllDay ? at : TimeZoneInfo.ConvertTime(at, preferences.TimeZone)).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        ["timeZone"] = isAllDay ? "UTC" : preferences.TimeZoneName,
    };

    private static JsonObject? Recipient(Correspondent? who) => who is null ? null : new JsonObject
    {
        ["emailAddress"] = new JsonObject { ["name"] = who.Name.Length > 0 ? who.Name : who.Address, ["address"] = who.Address },
    };

    private static JsonArray Recipients(IReadOnlyList<Correspondent> people) => new([.. people.Select(Recipient)]);

    private static JsonObject Body(string type, string content) => new() { ["contentType"] = type, ["content"] = content };

    private static JsonObject Domain(string name, bool isDefault) => new()
    {
        ["name"] = name,
        ["isDefault"] = isDefault,
        ["isInitial"] = !isDefault,
        ["type"] = "Managed",
        ["capabilities"] = "Email, OfficeCommunicationsOnline",
    };

    private static string Preview(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= PreviewCharacters ? line : line[..PreviewCharacters];
    }

    private static string ChangeKey(MailboxMessage message) => $"CQAAAB{(message.IsRead ? "Read" : "New0")}{message.ImmutableId[6..14]}";

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string WindowsZone(string zone) => TimeZoneInfo.TryConvertIanaIdToWindowsId(zone, out var windows) ? windows : zone;

    private static string Word(DayOfWeek day) => day switch
    {
        DayOfWeek.Monday => "monday",
        DayOfWeek.Tuesday => "tuesday",
        DayOfWeek.Wednesday => "wednesday",
        DayOfWeek.Thursday => "thursday",
        DayOfWeek.Friday => "friday",
        DayOfWeek.Saturday => "saturday",
        _ => "sunday",
    };
}

/// <summary>What a caller prefers, from the Prefer headers.</summary>
/// <param name="TimeZoneName">As the caller spelt it.</param>
internal sealed record Preferences(bool ImmutableIds, bool TextBodies, TimeZoneInfo TimeZone, string TimeZoneName, int? PageSize)
{
    /// <exception cref="GraphError">A time zone that nobody knows.</exception>
    public static Preferences Read(HttpRequest request)
    {
        var preferences = new Preferences(false, false, TimeZoneInfo.Utc, "UTC", null);
        foreach (var part in request.Headers["Prefer"].SelectMany(header => header!.Split(',', StringSplitOptions.TrimEntries)))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = pair.Length == 2 ? pair[1].Trim('"') : "";
            preferences = pair[0].ToLowerInvariant() switch
            {
                "idtype" => preferences with { ImmutableIds = value.Equals("ImmutableId", StringComparison.OrdinalIgnoreCase) },
                "outlook.body-content-type" => preferences with { TextBodies = value.Equals("text", StringComparison.OrdinalIgnoreCase) },
                "outlook.timezone" => preferences.In(value),
                "odata.maxpagesize" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and <= 1000 =>
                    preferences with { PageSize = size },
                _ => preferences,
            };
        }

        return preferences;
    }

    private Preferences In(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
        ? this with { TimeZone = found, TimeZoneName = zone }
        : throw new GraphError(StatusCodes.Status400BadRequest, "TimeZoneNotSupportedException", $"A valid TimeZone value must be specified, not '{zone}'.");
}
