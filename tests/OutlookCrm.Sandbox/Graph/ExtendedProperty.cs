using System.Globalization;
using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>A MAPI property that a message is asked for by tag.</summary>
/// <param name="Id">As Graph writes it back: <c>String 0x1a</c>, however the caller padded the number.</param>
internal sealed partial record ExtendedProperty(string Id, int Tag)
{
    private const int MessageClass = 0x001A;
    private const int SensitivityTag = 0x0036;
    private const int TransportHeaders = 0x007D;
    private const int InternetMessageId = 0x1035;
    private const int References = 0x1039;
    private const int InReplyTo = 0x1042;

    private static readonly Dictionary<int, string> Types = new()
    {
        [MessageClass] = "String",
        [SensitivityTag] = "Integer",
        [TransportHeaders] = "String",
        [InternetMessageId] = "String",
        [References] = "String",
        [InReplyTo] = "String",
    };

    /// <summary>Those named in <c>id eq '…' or id eq '…'</c>.</summary>
    /// <exception cref="GraphError">It is no such filter.</exception>
    public static IReadOnlyList<ExtendedProperty> ReadFilter(string filter)
    {
        if (!Filter().IsMatch(filter))
        {
            throw GraphError.BadRequest("Expanding singleValueExtendedProperties needs a $filter such as id eq 'String 0x001A'.");
        }

        return [.. Named().Matches(filter).Select(match => Read(match.Groups[1].Value))];
    }

    /// <exception cref="GraphError">It is no tag; named properties are not kept here.</exception>
    public static ExtendedProperty Read(string id)
    {
        if (Form().Match(id) is not { Success: true } match)
        {
            throw GraphError.BadRequest($"The sandbox keeps extended properties by tag, such as 'Integer 0x0036', not '{id}'.");
        }

        var tag = int.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new ExtendedProperty(string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value} 0x{tag:x}"), tag);
    }

    /// <summary>A text that a client named itself.</summary>
    public static bool IsName(string id) => NamedText().IsMatch(id);

    /// <summary>Whether a filter asks for what carries a named property (graph-docs api/singlevaluelegacyextendedproperty-get.md).</summary>
    public static bool TryReadSearch(string? filter, out string id, out string value)
    {
        var match = Search().Match(filter ?? "");
        (id, value) = (match.Groups["id"].Value, match.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal));
        return match.Success;
    }

    public bool IsSensitivity => Tag == SensitivityTag;

    /// <summary>Null when the message has none: then Graph leaves it out.</summary>
    public string? ValueOf(MailboxMessage message)
    {
        var letter = message.Letter;
        if (!Types.TryGetValue(Tag, out var type) || !Id.StartsWith(type, StringComparison.Ordinal))
        {
            return null;
        }

        return Tag switch
        {
            MessageClass => letter.MessageClass,
            SensitivityTag => ((int)letter.Sensitivity).ToString(CultureInfo.InvariantCulture),
            TransportHeaders => message.HasHeaders
                ? string.Concat(InternetHeaders.Of(letter).Select(header => $"{header.Name}: {header.Value}\r\n"))
                : null,
            InternetMessageId => letter.InternetMessageId,
            References => letter.References.Count > 0 ? string.Join(' ', letter.References) : null,
            _ => letter.References.Count > 0 ? letter.References[^1] : null,
        };
    }

    [GeneratedRegex(@"^\s*id\s+eq\s+'[^']+'(\s+or\s+id\s+eq\s+'[^']+')*\s*$")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^String \{[0-9A-Fa-f-]{36}\} Name \w+$")]
    private static partial Regex NamedText();

    [GeneratedRegex(@"^\s*singleValueExtendedProperties/[Aa]ny\((?<one>\w+):\s*\k<one>/id eq '(?<id>[^']+)' and \k<one>/value eq '(?<value>(?:[^']|'')*)'\)\s*$")]
    private static partial Regex Search();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Named();

    [GeneratedRegex("^(String|Integer|Boolean|SystemTime|Binary) 0x([0-9A-Fa-f]{1,8})$")]
    private static partial Regex Form();
}
