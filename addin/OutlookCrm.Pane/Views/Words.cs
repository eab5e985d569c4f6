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

    /// <summary>How long a call was, in minutes.</summary>
    public static IReadOnlyList<(CallLength Length, int Minutes)> CallLengths { get; } =
    [
        (CallLength.FiveMinutes, 5), (CallLength.FifteenMinutes, 15), (CallLength.ThirtyMinutes, 30),
        (CallLength.FortyFiveMinutes, 45), (CallLength.Hour, 60), (CallLength.TwoHours, 120),
    ];

    /// <summary>A wish, as its button says it.</summary>
    public static string Of(UndoScope scope, InteractionKind kind) => scope switch
    {
        UndoScope.Thing => kind == InteractionKind.Meeting ? "Not this meeting" : "Not this mail",
        UndoScope.Thread => "Not this thread",
        UndoScope.Person => "Never this person",
        UndoScope.PersonForFirm => "Never, for all of us",
        _ => "Only me",
    };

    /// <summary>"Removes 4 mails from 2 customers."</summary>
    public static string WillDo(UndoPreview preview, Reader reader) =>
        preview.Scope == UndoScope.OnlyMe ? "Colleagues will not see your copy of it, nor that there was one. Who has it in their own mailbox still sees theirs."
        : preview.Mails + preview.Meetings == 0 ? "Removes nothing that you see."
        : $"Removes {Things(preview, reader)} from {Counted(preview.Customers, "customer", reader)}.";

    public static string WillStay(UndoPreview preview, Reader reader) => (preview.Scope, preview.Stays) switch
    {
        (UndoScope.OnlyMe, _) or (_, 0) => "",
        (UndoScope.Person or UndoScope.PersonForFirm, var stays) =>
            $"{Counted(stays, "line", reader)} will not name them any more, and {(stays == 1 ? "stays" : "stay")} for others who are on it.",
        (_, var stays) => $"{Counted(stays, "line", reader)} {(stays == 1 ? "stays" : "stay")}: a colleague's mailbox has it too.",
    };

    public static string Did(UndoPreview did, Reader reader) => did.Scope == UndoScope.OnlyMe
        ? "Only you see it now."
        : did.Mails + did.Meetings == 0 ? "Done. What you see of it stays: a colleague's mailbox has it too."
        : $"Taken off: {Things(did, reader)} from {Counted(did.Customers, "customer", reader)}.";

    private static string Things(UndoPreview preview, Reader reader) => (preview.Mails, preview.Meetings) switch
    {
        (var mails, 0) => Counted(mails, "mail", reader),
        (0, var meetings) => Counted(meetings, "meeting", reader),
        var (mails, meetings) => $"{Counted(mails, "mail", reader)} and {Counted(meetings, "meeting", reader)}",
    };

    private static string Counted(int count, string what, Reader reader) => $"{LoggingWords.Count(count, reader)} {what}{(count == 1 ? "" : "s")}";

    public static string Of(FollowUpKind kind) => kind switch
    {
        FollowUpKind.WeOwe => "we owe them",
        FollowUpKind.WeWait => "waiting for them",
        _ => "to stay in touch",
    };

    public static string Of(SinkKind sink) => sink switch
    {
        SinkKind.CalendarEvent => "reminders in my calendar",
        SinkKind.Task => "tasks in To Do",
        _ => "nothing",
    };

    public static string Of(DigestProblem problem) => problem switch
    {
        DigestProblem.NotConnected => "No digest comes: this is not connected to Microsoft 365.",
        DigestProblem.NotAllowed => "The last digest could not be written: your administrator has not permitted drafts (Mail.ReadWrite). It is tried again on the next working day.",
        _ => "The last digest could not be written: Microsoft 365 refused it. It is tried again on the next working day.",
    };

    public static string Of(WaitsFor side) => side switch
    {
        WaitsFor.Us => "They wait for us",
        WaitsFor.Them => "We wait for them",
        _ => "No answer needed",
    };

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
