using System.Globalization;
using System.Text;

namespace OutlookCrm.Pane;

/// <summary>How records read on screen, and links that are safe to follow.</summary>
internal static class Words
{
    /// <summary>The first letters of the first and last word: at most two, whole characters.</summary>
    public static string Initials(string name)
    {
        var words = name.Split([' ', '\t', '-', '.', ',', '(', ')', '"', '\''], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => Rune.IsLetterOrDigit(Rune.GetRuneAt(word, 0)))
            .ToArray();
        return words switch
        {
            [] => "?",
            [var only] => First(only),
            [var first, .., var last] => First(first) + First(last),
        };

        static string First(string word) => StringInfo.GetNextTextElement(word).ToUpperInvariant();
    }

    /// <summary>One of six colours, the same for a name wherever it is shown.</summary>
    public static int Colour(string name) => name.Aggregate(7, (sum, letter) => (sum * 31 + letter) & 0xffff) % 6;

    public static string Of(CustomerStage stage) => stage switch
    {
        CustomerStage.Lead => "Lead",
        CustomerStage.Prospect => "Prospect",
        CustomerStage.Customer => "Customer",
        _ => "Former customer",
    };

    public static string Of(ContactChannel channel) => channel switch
    {
        ContactChannel.Mail => "by mail",
        ContactChannel.Phone => "by phone",
        _ => "in a meeting",
    };

    public static string Of(AddressSource source) => source switch
    {
        AddressSource.Mail => "taken from a mail",
        AddressSource.Typed => "typed",
        _ => "imported",
    };

    /// <summary>Kind, direction and our colleague in one phrase: the icon beside it says nothing more.</summary>
    public static string What(TimelineLine line) => (line.Kind, line.Direction, line.By) switch
    {
        (InteractionKind.Mail, Direction.Incoming, null) => "Mail received",
        (InteractionKind.Mail, Direction.Incoming, var by) => $"Mail received by {by}",
        (InteractionKind.Mail, _, null) => "Mail sent",
        (InteractionKind.Mail, _, var by) => $"Mail sent by {by}",
        (InteractionKind.Meeting, _, null) => "Meeting",
        (InteractionKind.Meeting, _, var by) => $"Meeting with {by}",
        (InteractionKind.Call, Direction.Incoming, null) => "Call received",
        (InteractionKind.Call, Direction.Incoming, var by) => $"Call taken by {by}",
        (InteractionKind.Call, _, null) => "Call",
        (InteractionKind.Call, _, var by) => $"Call by {by}",
        (_, _, null) => "Note",
        (_, _, var by) => $"Note by {by}",
    };

    public static string Of(WaitsFor side) => side == WaitsFor.Us ? "They wait for us" : "We wait for them";

    /// <summary>When it was: of a meeting until when, of a call how long.</summary>
    public static string When(TimelineLine line, Reader reader) => line switch
    {
        { Kind: InteractionKind.Meeting, EndsAt: { } end } => reader.Between(line.At, end),
        { Kind: InteractionKind.Call, EndsAt: { } end } =>
            $"{reader.When(line.At)} · {LoggingWords.Count(Math.Max(1, (int)Math.Round((end - line.At).TotalMinutes)), reader)} min",
        _ => reader.When(line.At),
    };

    /// <summary>"offer.pdf, plan.pdf and 3 more".</summary>
    public static string Attached(IReadOnlyList<string> names, int count, Reader reader) =>
        string.Join(", ", names) + (count > names.Count ? $" and {LoggingWords.Count(count - names.Count, reader)} more" : "");

    /// <summary>Of a mail the start, for Outlook has the rest; of what only we have, everything.</summary>
    public static string? Excerpt(TimelineLine line)
    {
        const int maxLength = 120; // about three lines at 320 px
        if (line.Text is not { Length: > maxLength } text || line.Kind is not (InteractionKind.Mail or InteractionKind.Meeting))
        {
            return line.Text;
        }

        var end = text.LastIndexOf(' ', maxLength);
        return text[..(end > 0 ? end : char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)] + " …";
    }

    public static string Icon(TimelineLine line) => line.Kind switch
    {
        InteractionKind.Mail => line.Direction == Direction.Incoming ? "#mail-in" : "#mail-out",
        InteractionKind.Meeting => "#meeting",
        InteractionKind.Call => "#call",
        _ => "#note",
    };

    /// <summary>Enumerations travel in camel case.</summary>
    public static string Wire<T>(T value)
        where T : struct, Enum => JsonNames<T>.Of[value];

    public static string CountryName(string code)
    {
        try
        {
            return new RegionInfo(code).EnglishName;
        }
        catch (ArgumentException)
        {
            return code; // not a country this machine knows; still what was typed
        }
    }

    public static string LanguageName(string tag)
    {
        try
        {
            return CultureInfo.GetCultureInfo(tag, predefinedOnly: true).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return tag;
        }
    }

    /// <summary>A website as a link, or null when it is none: only http and https may be followed.</summary>
    public static string? WebLink(string website)
    {
        var text = website.Contains("://", StringComparison.Ordinal) ? website : "https://" + website;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri.AbsoluteUri
            : null;
    }

    public static string MailLink(string address) => "mailto:" + Uri.EscapeDataString(address).Replace("%40", "@", StringComparison.Ordinal);

    public static string PhoneLink(string number)
    {
        var digits = number.Split('x', 2)[0].Where(letter => char.IsAsciiDigit(letter) || letter == '+');
        return "tel:" + string.Concat(digits);
    }

    public static IEnumerable<string> Lines(PostalAddress address)
    {
        string?[] lines =
        [
            address.Street,
            Join(" ", address.PostalCode, address.City),
            address.Region,
            address.Country is { } country ? CountryName(country) : null,
        ];
        return lines.OfType<string>().Where(line => line.Length > 0);
    }

    public static string Join(string separator, params string?[] parts) =>
        string.Join(separator, parts.Where(part => !string.IsNullOrEmpty(part)));

    private static class JsonNames<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Of =
            Enum.GetValues<T>().ToDictionary(value => value, value => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }
}
