using System.Globalization;
using System.Net;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>The letters that answer or pass on another one, as Outlook begins them: addressed, in the thread, the old one quoted below.</summary>
internal static class Answers
{
    public static Letter Reply(MailboxMessage original, SampleColleague owner, string messageId, string comment, bool toAll)
    {
        var letter = original.Letter;
        var isOwn = letter.From is { } from && Meeting.IsSame(from.Address, owner.Address);
        IReadOnlyList<Correspondent> to = isOwn ? letter.To : letter.ReplyTo.Count > 0 ? letter.ReplyTo : letter.From is null ? [] : [letter.From];
        var others = toAll
            ? letter.To.Concat(letter.Cc).Where(who => !Meeting.IsSame(who.Address, owner.Address) && !Names(to, who)).DistinctBy(who => who.Address).ToList()
            : [];
        return Begin(original, owner, messageId, comment, "RE: ") with
        {
            To = [.. to, .. others.Where(who => Names(letter.To, who))],
            Cc = [.. others.Where(who => !Names(letter.To, who))],
            Attachments = [],
        };
    }

    public static Letter Forward(MailboxMessage original, SampleColleague owner, string messageId, string comment, IReadOnlyList<Correspondent> to) =>
        Begin(original, owner, messageId, comment, "FW: ") with { To = to };

    private static bool Names(IEnumerable<Correspondent> people, Correspondent who) => people.Any(one => Meeting.IsSame(one.Address, who.Address));

    private static Letter Begin(MailboxMessage original, SampleColleague owner, string messageId, string comment, string prefix)
    {
        var letter = original.Letter;
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"From: {letter.From?.Name} <{letter.From?.Address}>\nSent: {letter.SentAt:dd.MM.yyyy HH:mm}\nSubject: {letter.Subject}");
        return new Letter(
            messageId, letter.Thread, new Correspondent(owner.Name, owner.Address), [], [],
            letter.Subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? letter.Subject : prefix + letter.Subject,
            letter.SentAt, $"{comment}\n\n-----\n{head}\n\n{letter.Text}",
            $"<html><body><p>{Markup(comment)}</p><hr><p>{Markup(head)}</p><blockquote>{letter.Html ?? Markup(letter.Text)}</blockquote></body></html>",
            [], letter.Attachments)
        {
            References = [.. letter.References, .. letter.InternetMessageId.Length > 0 ? [letter.InternetMessageId] : Array.Empty<string>()],
            Sensitivity = letter.Sensitivity,
        };
    }

    private static string Markup(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
}
