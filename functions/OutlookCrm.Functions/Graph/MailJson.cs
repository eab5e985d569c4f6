using System.Globalization;
using System.Text.Json;
using OutlookCrm.Customers;

namespace OutlookCrm.Graph;

/// <summary>Graph's message in our words: what is asked for, and how it is read.</summary>
internal static class MailJson
{
    private const int MessageClassTag = 0x001A; // PidTagMessageClass
    private const int SensitivityTag = 0x0036; // PidTagSensitivity
    private const int ReferencesTag = 0x1039; // PidTagInternetReferences
    private const int InReplyToTag = 0x1042; // PidTagInReplyToId

    /// <summary>All that a <see cref="MailItem"/> holds, and no more.</summary>
    public static readonly string[] Fields =
    [
        "id", "parentFolderId", "internetMessageId", "conversationId", "sentDateTime", "receivedDateTime", "subject", "bodyPreview",
        "from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "isDraft", "categories", "internetMessageHeaders",
        "lastModifiedDateTime",
    ];

    /// <summary>
    /// What v1.0 has no property for, and the attachments' names. A function (delta) refuses the filter within and ignores the selection,
    /// so that it would answer whole files: <c>microsoft-graph-docs-contrib</c> issue 8431, <c>OData/odata.net</c> issue 1667.
    /// </summary>
    public static readonly string[] Expand =
    [
        $"singleValueExtendedProperties($filter=id eq 'String 0x{MessageClassTag:X4}' or id eq 'Integer 0x{SensitivityTag:X4}'"
        + $" or id eq 'String 0x{ReferencesTag:X4}' or id eq 'String 0x{InReplyToTag:X4}')",
        "attachments($select=name,isInline)",
    ];

    /// <summary>What a changed message is told by. The message itself is read by its id.</summary>
    public static readonly string[] DeltaFields =
        ["id", "receivedDateTime", "subject", "from", "toRecipients", "ccRecipients", "bccRecipients", "isDraft", "categories", "parentFolderId"];

    /// <summary>Null, with the reason, when it cannot be told from others.</summary>
    public static MailItem? Read(JsonElement json, out string why)
    {
        why = "It has no id.";
        return GraphJson.Text(json, "id") is not { Length: > 0 } id ? null : new MailItem(
            id,
            GraphJson.Text(json, "parentFolderId") ?? "",
            GraphJson.Text(json, "internetMessageId"),
            GraphJson.Text(json, "conversationId"),
            GraphJson.Time(json, "sentDateTime") ?? default,
            GraphJson.Time(json, "receivedDateTime") ?? default,
            GraphJson.Text(json, "subject"),
            GraphJson.Text(json, "bodyPreview"),
            Person(json, "from"),
            Person(json, "sender"),
            People(json, "toRecipients"),
            People(json, "ccRecipients"),
            People(json, "bccRecipients"),
            GraphJson.Flag(json, "isDraft"),
            SensitivityOf(Extended(json, SensitivityTag)),
            Texts(json, "categories"),
            HeadersOf(json),
            Extended(json, MessageClassTag),
            [.. GraphJson.Items(json, "attachments")
                .Where(attachment => !GraphJson.Flag(attachment, "isInline"))
                .Select(attachment => GraphJson.Text(attachment, "name"))
                .OfType<string>()
                .Where(name => name.Length > 0)],
            GraphJson.Time(json, "lastModifiedDateTime") ?? default);
    }

    /// <summary>Null when there is nobody, or somebody without an address.</summary>
    public static Correspondent? Person(JsonElement json, string name) => Person(GraphJson.Child(json, name));

    /// <inheritdoc cref="Person(JsonElement,string)"/>
    public static Correspondent? Person(JsonElement recipient)
    {
        var address = GraphJson.Child(recipient, "emailAddress");
        return MailAddress.TryParse(GraphJson.Text(address, "address"), out var read)
            ? new Correspondent(read, GraphJson.Text(address, "name") ?? "")
            : null;
    }

    public static IReadOnlyList<string> Texts(JsonElement json, string name) => [.. GraphJson.Items(json, name).Select(GraphJson.Text).OfType<string>()];

    private static IReadOnlyList<Correspondent> People(JsonElement json, string name) =>
        [.. GraphJson.Items(json, name).Select(Person).OfType<Correspondent>()];

    // Exchange gives headers of what was received only; what we sent says by its properties which mail it answers.
    private static List<MailHeader> HeadersOf(JsonElement json)
    {
        List<MailHeader> headers =
        [
            .. GraphJson.Items(json, "internetMessageHeaders")
                .Select(header => new MailHeader(GraphJson.Text(header, "name") ?? "", GraphJson.Text(header, "value") ?? ""))
                .Where(header => header.Name.Length > 0),
        ];
        return headers.Count > 0
            ? headers
            : [
                .. new (string Name, int Tag)[] { ("References", ReferencesTag), ("In-Reply-To", InReplyToTag) }
                    .Select(one => (one.Name, Value: Extended(json, one.Tag)))
                    .Where(one => !string.IsNullOrEmpty(one.Value))
                    .Select(one => new MailHeader(one.Name, one.Value!)),
            ];
    }

    // Asked for as 0x001A it comes back as 0x1a.
    private static string? Extended(JsonElement json, int tag)
    {
        foreach (var property in GraphJson.Items(json, "singleValueExtendedProperties"))
        {
            if (GraphJson.Text(property, "id") is { } id
                && id.AsSpan(id.LastIndexOf('x') + 1) is { Length: > 0 } digits
                && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number == tag)
            {
                return GraphJson.Text(property, "value");
            }
        }

        return null;
    }

    // A value that is none of these is the strictest: nobody knows what was meant.
    private static Sensitivity SensitivityOf(string? value) => value switch
    {
        null or "0" => Sensitivity.Normal,
        "1" => Sensitivity.Personal,
        "2" => Sensitivity.Private,
        _ => Sensitivity.Confidential,
    };
}
