using System.Globalization;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What a client writes of a message. Anything that could not be kept is refused, not dropped.</summary>
internal static class MailInput
{
    private static readonly string[] OfState = ["isRead", "categories", "flag", "inferenceClassification"];

    /// <summary>The letter with what the client says of it.</summary>
    /// <exception cref="GraphError">A property is unknown or has no such type.</exception>
    public static Letter ReadLetter(JsonObject message, Letter letter)
    {
        foreach (var (name, value) in message)
        {
            letter = name switch
            {
                "subject" => letter with { Subject = Text(value, name) },
                "body" => ReadBody(value, letter),
                "toRecipients" => letter with { To = ReadRecipients(value, name) },
                "ccRecipients" => letter with { Cc = ReadRecipients(value, name) },
                "bccRecipients" => letter with { Bcc = ReadRecipients(value, name) },
                "replyTo" => letter with { ReplyTo = ReadRecipients(value, name) },
                "from" or "sender" => Meeting.IsSame(ReadRecipient(value, name).Address, letter.From!.Address)
                    ? letter
                    : throw new GraphError(StatusCodes.Status403Forbidden, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account."),
                "importance" => letter with { Importance = Enum.TryParse<Importance>(Text(value, name), ignoreCase: true, out var read) ? read : throw Wrong(name) },
                "internetMessageHeaders" => letter with { Headers = [.. Items(value, name).Select(ReadHeader)] },
                "attachments" => letter with { Attachments = [.. Items(value, name).Select(ReadAttachment)] },
                "singleValueExtendedProperties" => Items(value, name).Aggregate(letter, ReadExtended),
                _ when OfState.Contains(name) || name[0] == '@' || value is null => letter,
                _ => throw GraphError.BadRequest($"The property '{name}' cannot be set here."),
            };
        }

        return letter;
    }

    /// <summary>The message with what its owner makes of it.</summary>
    /// <exception cref="GraphError">A property has no such type.</exception>
    public static MailboxMessage ReadState(JsonObject changes, MailboxMessage message)
    {
        foreach (var (name, value) in changes)
        {
            message = name switch
            {
                "isRead" => message with { IsRead = Bool(value, name) },
                "categories" => message with { Categories = Texts(value, name) },
                "flag" => message with { Flag = ReadFlag(value as JsonObject ?? throw Wrong(name)) },
                _ => message,
            };
        }

        return message;
    }

    /// <exception cref="GraphError">The changes concern what a letter says, not what its owner makes of it.</exception>
    public static void RequireStateOnly(JsonObject changes)
    {
        var other = changes.Select(change => change.Key).FirstOrDefault(name => name[0] != '@' && !OfState.Contains(name));
        if (other is not null)
        {
            throw GraphError.Refused("ErrorInvalidPropertySet", $"The property '{other}' can be changed while the message is a draft only.");
        }
    }

    public static IReadOnlyList<Correspondent> ReadRecipients(JsonNode? value, string name) => [.. Items(value, name).Select(item => ReadRecipient(item, name))];

    public static Correspondent ReadRecipient(JsonNode? value, string name)
    {
        var address = (value as JsonObject)?["emailAddress"] as JsonObject ?? throw Wrong(name);
        return new Correspondent(address["name"] is { } given ? Text(given, name) : "", Text(address["address"], name));
    }

    /// <exception cref="GraphError">Nobody, or something that is no address.</exception>
    public static Letter RequireRecipients(Letter letter)
    {
        var all = letter.To.Concat(letter.Cc).Concat(letter.Bcc).ToList();
        return all.Count > 0 && all.TrueForAll(who => who.Address.IndexOf('@', StringComparison.Ordinal) > 0 && who.Address[^1] != '@')
            ? letter
            : throw GraphError.Refused("ErrorInvalidRecipients", "At least one recipient is not valid.");
    }

    public static string Text(JsonNode? value, string name) => value is JsonValue text && text.TryGetValue(out string? read) ? read : throw Wrong(name);

    public static bool Bool(JsonNode? value, string name) => value is JsonValue flag && flag.TryGetValue(out bool read) ? read : throw Wrong(name);

    public static IReadOnlyList<string> Texts(JsonNode? value, string name) => [.. Items(value, name).Select(item => Text(item, name))];

    public static IEnumerable<JsonNode?> Items(JsonNode? value, string name) => value as JsonArray ?? throw Wrong(name);

    public static GraphError Wrong(string name) => GraphError.BadRequest($"Cannot convert a value to target type: '{name}'.");

    public static (string Text, string? Html) ReadBody(JsonNode? value, string name)
    {
        var body = value as JsonObject ?? throw Wrong(name);
        var content = body["content"] is { } given ? Text(given, name) : "";
        return body["contentType"] is { } type && Text(type, name).Equals("html", StringComparison.OrdinalIgnoreCase)
            ? (HtmlText.ToPlain(content), content)
            : (content, null);
    }

    private static Letter ReadBody(JsonNode? value, Letter letter)
    {
        var (text, html) = ReadBody(value, "body");
        return letter with { Text = text, Html = html };
    }

    private static MailHeader ReadHeader(JsonNode? value)
    {
        var header = value as JsonObject ?? throw Wrong("internetMessageHeaders");
        var name = Text(header["name"], "internetMessageHeaders");
        return name.StartsWith("x-", StringComparison.OrdinalIgnoreCase)
            ? new MailHeader(name, Text(header["value"], "internetMessageHeaders"))
            : throw GraphError.Refused("InvalidInternetMessageHeader", $"The internet message header name '{name}' should start with 'x-' or 'X-'.");
    }

    private static LetterAttachment ReadAttachment(JsonNode? value)
    {
        var file = value as JsonObject ?? throw Wrong("attachments");
        var encoded = file["contentBytes"] is { } given ? Text(given, "attachments") : "";
        return new LetterAttachment(
            Text(file["name"], "attachments"), file["contentType"] is { } type ? Text(type, "attachments") : "application/octet-stream",
            encoded.Length / 4 * 3, file["isInline"] is { } inline && Bool(inline, "attachments"));
    }

    private static Letter ReadExtended(Letter letter, JsonNode? value)
    {
        var property = value as JsonObject ?? throw Wrong("singleValueExtendedProperties");
        var (id, text) = (Text(property["id"], "singleValueExtendedProperties"), Text(property["value"], "singleValueExtendedProperties"));
        if (ExtendedProperty.IsName(id))
        {
            return letter with { NamedProperties = new Dictionary<string, string>(letter.NamedProperties) { [id] = text } };
        }

        return ExtendedProperty.Read(id).IsSensitivity && int.TryParse(text, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((Sensitivity)number)
            ? letter with { Sensitivity = (Sensitivity)number }
            : throw GraphError.BadRequest("Of the extended properties only named texts and 'Integer 0x0036', the sensitivity, can be set here, the latter to a number from 0 to 3.");
    }

    private static FollowUpFlag ReadFlag(JsonObject flag)
    {
        var status = flag["flagStatus"] is { } given ? Text(given, "flag") : "notFlagged";
        if (status is not ("notFlagged" or "flagged" or "complete"))
        {
            throw Wrong("flag");
        }

        string? zone = null;
        string? At(string name)
        {
            if (flag[name] is not JsonObject time)
            {
                return null;
            }

            zone = Text(time["timeZone"], name);
            return Text(time["dateTime"], name);
        }

        var read = new FollowUpFlag(status, At("startDateTime"), At("dueDateTime"), At("completedDateTime"));
        return read.DueAt is not null && read.StartsAt is null
            ? throw GraphError.Refused("ErrorInvalidArgument", "A due date needs a start date.")
            : status == "notFlagged" ? FollowUpFlag.None : read with { Zone = zone };
    }
}
