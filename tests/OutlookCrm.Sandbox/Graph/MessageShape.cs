using System.Globalization;
using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>A message in Graph's words.</summary>
internal static class MessageShape
{
    public static readonly Shape<MailboxMessage> Instance = new(
        "message",
        [
            new("createdDateTime", (json, message, _) => json.WriteInstant(message.CreatedAt)),
            new("lastModifiedDateTime", (json, message, _) => json.WriteInstant(message.ModifiedAt)),
            new("changeKey", (json, message, _) => json.WriteStringValue(ChangeKey(message))),
            new("categories", (json, message, _) => json.WriteTexts(message.Categories)),
            new("receivedDateTime", (json, message, _) => json.WriteInstant(message.ReceivedAt)),
            new("sentDateTime", (json, message, _) => json.WriteInstant(message.Letter.SentAt)),
            new("hasAttachments", (json, message, _) => json.WriteBooleanValue(HasAttachments(message))),
            new("internetMessageId", (json, message, _) => json.WriteStringValue(message.Letter.InternetMessageId)),
            new("subject", (json, message, _) => json.WriteStringValue(message.Letter.Subject)),
            new("bodyPreview", (json, message, _) => json.WritePreview(message.Letter.Text)) { IsContent = true },
            new("importance", (json, message, _) => json.WriteStringValue(message.Letter.Importance.Word())),
            new("parentFolderId", (json, message, _) => json.WriteStringValue(message.Folder.Id)),
            new("conversationId", (json, message, _) => json.WriteStringValue(message.ConversationId)),
            new("isDeliveryReceiptRequested", (json, _, _) => json.WriteBooleanValue(false)),
            new("isReadReceiptRequested", (json, _, _) => json.WriteBooleanValue(false)),
            new("isRead", (json, message, _) => json.WriteBooleanValue(message.IsRead)),
            new("isDraft", (json, message, _) => json.WriteBooleanValue(message.IsDraft)),
            new("webLink", (json, message, to) => json.WriteStringValue($"{to.Outlook}?item={Uri.EscapeDataString(message.Id)}")),
            new("inferenceClassification", (json, _, _) => json.WriteStringValue("focused")),
            new("sender", (json, message, _) => json.WriteRecipient(message.Letter.Sender ?? message.Letter.From)),
            new("from", (json, message, _) => json.WriteRecipient(message.Letter.From)),
            new("toRecipients", (json, message, _) => json.WriteRecipients(message.Letter.To)),
            new("ccRecipients", (json, message, _) => json.WriteRecipients(message.Letter.Cc)),
            new("bccRecipients", (json, message, _) => json.WriteRecipients(message.Letter.Bcc)),
            new("replyTo", (json, message, _) => json.WriteRecipients(message.Letter.ReplyTo)),
            new("flag", (json, message, _) => WriteFlag(json, message.Flag)),
            new("body", (json, message, to) => json.WriteBody(message.Letter.Text, message.Letter.Html, to.Preferences)) { IsContent = true },
            new("internetMessageHeaders", (json, message, _) => WriteHeaders(json, message)) { IsOnRequest = true },
        ],
        new Dictionary<string, Func<MailboxMessage, object?>>
        {
            ["id"] = message => message.Id,
            ["createdDateTime"] = message => message.CreatedAt,
            ["lastModifiedDateTime"] = message => message.ModifiedAt,
            [Received] = message => message.ReceivedAt,
            ["sentDateTime"] = message => message.Letter.SentAt,
            ["hasAttachments"] = message => HasAttachments(message),
            [InternetMessageId] = message => message.Letter.InternetMessageId,
            ["subject"] = message => message.Letter.Subject,
            ["importance"] = message => message.Letter.Importance.Word(),
            ["parentFolderId"] = message => message.Folder.Id,
            ["conversationId"] = message => message.ConversationId,
            ["isRead"] = message => message.IsRead,
            ["isDraft"] = message => message.IsDraft,
            ["from/emailAddress/address"] = message => message.Letter.From?.Address,
            ["from/emailAddress/name"] = message => message.Letter.From?.Name,
            ["sender/emailAddress/address"] = message => (message.Letter.Sender ?? message.Letter.From)?.Address,
            ["flag/flagStatus"] = message => message.Flag.Status,
        });

    public const string Received = "receivedDateTime";
    public const string InternetMessageId = "internetMessageId";

    private static readonly JsonEncodedText ETag = JsonEncodedText.Encode("@odata.etag");
    private static readonly JsonEncodedText ODataType = JsonEncodedText.Encode("@odata.type");

    public static void Write(Utf8JsonWriter json, MailboxMessage message, Selection<MailboxMessage> selected, Expansion expanded, Rendering to)
    {
        json.WriteStartObject();
        json.WriteString(ETag, $"W/\"{ChangeKey(message)}\"");
        if (message.Letter.Notice is { } notice)
        {
            json.WriteString(ODataType, NoticeType(notice));
        }

        json.WriteString("id", to.Id(message.Id, message.ImmutableId));
        foreach (var property in selected.Properties)
        {
            // Exchange keeps no header of what was not received; a property without a value is left out.
            if ((property.IsContent && to.IsBasic) || (property.IsOnRequest && !message.HasHeaders))
            {
                continue;
            }

            json.WritePropertyName(property.Key);
            property.Write(json, message, to);
        }

        if (message.Letter.Notice is { } told && selected.IsWhole)
        {
            WriteNotice(json, told, to);
        }

        if (expanded.Attachments is { } fields)
        {
            json.WriteStartArray("attachments");
            for (var position = 0; position < message.Letter.Attachments.Count; position++)
            {
                AttachmentShape.Write(json, new(message, position), fields, to);
            }

            json.WriteEndArray();
        }

        WriteExtended(json, message, expanded.ExtendedProperties);
        json.WriteEndObject();
    }

    public static string ChangeKey(MailboxMessage message) => JsonWriting.ChangeKey(message.ImmutableId, message.Version);

    private static bool HasAttachments(MailboxMessage message)
    {
        foreach (var attachment in message.Letter.Attachments)
        {
            if (!attachment.IsInline)
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteFlag(Utf8JsonWriter json, FollowUpFlag flag)
    {
        json.WriteStartObject();
        json.WriteString("flagStatus", flag.Status);
        if (flag == FollowUpFlag.None)
        {
            json.WriteEndObject(); // nearly always
            return;
        }

        foreach (var (name, at) in new[] { ("startDateTime", flag.StartsAt), ("dueDateTime", flag.DueAt), ("completedDateTime", flag.CompletedAt) })
        {
            if (at is not null)
            {
                json.WritePropertyName(name);
                json.WriteLocalTime(at, flag.Zone ?? "UTC");
            }
        }

        json.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter json, MailboxMessage message)
    {
        json.WriteStartArray();
        foreach (var header in InternetHeaders.Of(message.Letter))
        {
            json.WriteStartObject();
            json.WriteString("name", header.Name);
            json.WriteString("value", header.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string NoticeType(MeetingNotice notice) => notice.Kind switch
    {
        MeetingNoticeKind.Request => "#microsoft.graph.eventMessageRequest",
        MeetingNoticeKind.Answer => "#microsoft.graph.eventMessageResponse",
        _ => "#microsoft.graph.eventMessage",
    };

    private static void WriteNotice(Utf8JsonWriter json, MeetingNotice notice, Rendering to)
    {
        // The metadata spells one of them so.
        json.WriteString("meetingMessageType", (notice.Kind, notice.Response) switch
        {
            (MeetingNoticeKind.Request, _) => "meetingRequest",
            (MeetingNoticeKind.Cancellation, _) => "meetingCancelled",
            (_, "accepted") => "meetingAccepted",
            (_, "declined") => "meetingDeclined",
            _ => "meetingTenativelyAccepted",
        });
        json.WriteString("type", "singleInstance");
        json.WriteBoolean("isAllDay", notice.Meeting.IsAllDay);
        json.WriteBoolean("isDelegated", false);
        json.WriteBoolean("isOutOfDate", false);
        json.WritePropertyName("startDateTime");
        json.WriteLocalTime(notice.Meeting.StartAt, notice.Meeting.IsAllDay, to.Preferences);
        json.WritePropertyName("endDateTime");
        json.WriteLocalTime(notice.Meeting.EndAt, notice.Meeting.IsAllDay, to.Preferences);
        json.WritePropertyName("location");
        EventShape.WriteLocation(json, notice.Meeting);
    }

    private static void WriteExtended(Utf8JsonWriter json, MailboxMessage message, IReadOnlyList<ExtendedProperty>? wanted)
    {
        var any = false;
        foreach (var property in wanted ?? [])
        {
            if (property.ValueOf(message) is not { } value)
            {
                continue;
            }

            if (!any)
            {
                json.WriteStartArray("singleValueExtendedProperties");
                any = true;
            }

            json.WriteStartObject();
            json.WriteString("id", property.Id);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        if (any)
        {
            json.WriteEndArray();
        }
    }
}

/// <summary>One attachment of a message.</summary>
internal readonly record struct AttachmentOf(MailboxMessage Message, int Position)
{
    public LetterAttachment File => Message.Letter.Attachments[Position];
}

internal static class AttachmentShape
{
    public static readonly Shape<AttachmentOf> Instance = new(
        "attachment",
        [
            new("lastModifiedDateTime", (json, one, _) => json.WriteInstant(one.Message.ReceivedAt)),
            new("name", (json, one, _) => json.WriteStringValue(one.File.Name)),
            new("contentType", (json, one, _) => json.WriteStringValue(one.File.ContentType)),
            new("size", (json, one, _) => json.WriteNumberValue(one.File.SizeBytes)),
            new("isInline", (json, one, _) => json.WriteBooleanValue(one.File.IsInline)),
        ],
        new Dictionary<string, Func<AttachmentOf, object?>>
        {
            ["name"] = one => one.File.Name,
            ["contentType"] = one => one.File.ContentType,
            ["isInline"] = one => one.File.IsInline,
        });

    public static void Write(Utf8JsonWriter json, AttachmentOf one, Selection<AttachmentOf> selected, Rendering to)
    {
        json.WriteStartObject();
        json.WriteString("@odata.type", "#microsoft.graph.fileAttachment");
        json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"{to.Id(one.Message.Id, one.Message.ImmutableId)}{one.Position}"));
        foreach (var property in selected.Properties)
        {
            json.WritePropertyName(property.Key);
            property.Write(json, one, to);
        }

        json.WriteEndObject();
    }
}
