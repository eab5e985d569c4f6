using System.Globalization;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox;

/// <summary>
/// The world outside the firm: what customers, strangers and their programs send in. For the small Outlook's page, for tools and for trying
/// things by hand. Only what runs on this machine can ask.
/// </summary>
/// <remarks>
/// <code>
/// POST /sandbox/incoming                      somebody writes; 200 { internetMessageId, receivedBy: [addresses] }
///   { "from": { "name": "Sabine Weber", "address": "s.weber@hotel-weberhof.example" },
///     "to": ["mira@birnbaum.example"], "cc": [], "subject": "Lamps", "text": "When do they come?",
///     "inReplyTo": "&lt;message-id&gt;",           puts it into that mail's thread
///     "kind": "person"                          or outOfOffice, bounce, newsletter: with the signs that such mail carries
///     "html", "headers": [{ name, value }], "attachments": [{ name, contentType, sizeBytes, isInline }],
///     "sensitivity": "private", "importance": "high", "messageClass": "IPM.Note", "sentAt": "2026-…Z", "junk": true }
///
/// POST /sandbox/incoming/meetings             somebody invites, or changes what they invited to; 200 { uid, receivedBy }
///   { "organizer": { name, address }, "attendees": ["mira@birnbaum.example"], "subject", "location", "text",
///     "startAt": "2026-12-01T09:00:00Z", "endAt": "…", "isAllDay": false, "sensitivity": "normal",
///     "uid": of the meeting that is changed,  "repeats": "daily" | "weekly" | "absoluteMonthly", "times": 4 }
/// POST /sandbox/incoming/meetings/cancel      { "uid" }: whoever invited calls it off
/// POST /sandbox/incoming/meetings/answer      { "uid", "from": { name, address }, "response": "accepted" | "tentativelyAccepted" | "declined", "comment" }
/// </code>
/// What colleagues do themselves goes through Graph, with a token in their name (POST /sandbox/tokens).
/// </remarks>
internal static class IncomingEndpoints
{
    public static void MapIncoming(this IEndpointRouteBuilder routes)
    {
        var incoming = routes.MapGroup("/sandbox/incoming");
        incoming.MapPost("", Receive);
        incoming.MapPost("/meetings", Invite);
        incoming.MapPost("/meetings/cancel", (MeetingCancellation request, Scheduling scheduling) =>
            scheduling.CancelFromOutside(request.Uid) is { Count: > 0 } told
                ? Results.Ok(new { receivedBy = Addresses(told) })
                : Results.Problem("Nobody outside has invited us to such a meeting.", statusCode: StatusCodes.Status404NotFound));
        incoming.MapPost("/meetings/answer", (MeetingAnswer request, Scheduling scheduling) =>
            request.Response is not ("accepted" or "tentativelyAccepted" or "declined")
                ? Wrong("response is accepted, tentativelyAccepted or declined.")
                : scheduling.AnswerFromOutside(request.Uid, request.From.ToCorrespondent(), request.Response, request.Comment ?? "")
                    ? Results.NoContent()
                    : Results.Problem("None of us has invited this person to such a meeting.", statusCode: StatusCodes.Status404NotFound));
    }

    private static IResult Receive(IncomingMail mail, Post post)
    {
        if (mail.To.Concat(mail.Cc ?? []).FirstOrDefault(address => !IsAddress(address)) is { } wrong)
        {
            return Wrong($"'{wrong}' is no address.");
        }

        if (!IsAddress(mail.From.Address))
        {
            return Wrong($"'{mail.From.Address}' is no address.");
        }

        var answered = mail.InReplyTo is null ? null : post.FindLetter(mail.InReplyTo);
        var letter = Write(mail, answered, post);
        var received = post.Deliver(letter, mail.Junk ? "junkemail" : "inbox");
        return received.Count == 0
            ? Wrong("None of the addresses is one of ours.")
            : Results.Ok(new { internetMessageId = letter.InternetMessageId, receivedBy = Addresses(received) });
    }

    private static Letter Write(IncomingMail mail, Letter? answered, Post post)
    {
        var id = post.NewMessageId(mail.From.Address.Split('@')[^1]);
        var unreached = answered?.To is [var first, ..] ? first.Address : "nobody@unknown.example";
        var (subject, text, messageClass, headers) = mail.Kind switch
        {
            IncomingKind.OutOfOffice => (
                $"Automatic reply: {answered?.Subject}", "I am out of the office and will read your mail next week. It is not forwarded.",
                "IPM.Note.Rules.OofTemplate.Microsoft", new MailHeader[] { new("Auto-Submitted", "auto-replied"), new("X-Auto-Response-Suppress", "All") }),
            IncomingKind.Bounce => (
                $"Undeliverable: {answered?.Subject}",
                $"Your message could not be delivered to these people:\n\n{unreached}\n\nThe mail server answered: 550 5.1.1 User unknown.",
                "REPORT.IPM.Note.NDR",
                [
                    new("Auto-Submitted", "auto-replied"), new("Return-Path", "<>"), new("X-Failed-Recipients", unreached),
                    new("Content-Type", "multipart/report; report-type=delivery-status; boundary=\"_001_\""),
                ]),
            IncomingKind.Newsletter => (
                "This week in wood", "Five workshops show what they do against dust. Read on on our website.", Letter.Note,
                [
                    new("List-Id", $"<news.{mail.From.Address.Split('@')[^1]}>"), new("List-Unsubscribe", $"<https://{mail.From.Address.Split('@')[^1]}/unsubscribe>"),
                    new("Precedence", "bulk"),
                ]),
            _ => (answered is null ? "" : $"RE: {answered.Subject}", "", Letter.Note, []),
        };
        return new Letter(
            id, answered?.Thread ?? mail.InReplyTo ?? id, mail.From.ToCorrespondent(), People(mail.To), People(mail.Cc ?? []), mail.Subject ?? subject,
            mail.SentAt?.ToUniversalTime() ?? post.Now, mail.Text ?? (mail.Html is null ? text : HtmlText.ToPlain(mail.Html)), mail.Html,
            [.. headers, .. mail.Headers ?? []], mail.Attachments ?? [])
        {
            References = mail.InReplyTo is null ? [] : [.. answered?.References ?? [], mail.InReplyTo],
            Sensitivity = mail.Sensitivity,
            Importance = mail.Importance,
            MessageClass = mail.MessageClass ?? messageClass,
        };
    }

    private static IResult Invite(IncomingMeeting asked, Scheduling scheduling, Post post)
    {
        if (asked.EndAt < asked.StartAt)
        {
            return Wrong("endAt is before startAt.");
        }

        var uid = asked.Uid ?? string.Create(CultureInfo.InvariantCulture, $"{post.NewMessageId(asked.Organizer.Address.Split('@')[^1])}").Trim('<', '>');
        var meeting = new Meeting(
            uid, asked.Organizer.ToCorrespondent(), [.. People(asked.Attendees).Select(who => new Attendee(who, "none"))], asked.Subject, asked.Location ?? "",
            asked.Text ?? "", asked.StartAt.ToUniversalTime(), asked.EndAt.ToUniversalTime(), "Europe/Berlin", asked.IsAllDay, asked.Sensitivity);
        var rule = asked.Repeats is null ? null : Recurrence.Every(asked.Repeats, meeting) with { Count = asked.Times };
        if (rule is { Type: not ("daily" or "weekly" or "absoluteMonthly") })
        {
            return Wrong("repeats is daily, weekly or absoluteMonthly.");
        }

        var received = scheduling.Invite(meeting, rule);
        return received.Count == 0 ? Wrong("None of the attendees is one of us.") : Results.Ok(new { uid, receivedBy = Addresses(received) });
    }

    private static IReadOnlyList<Correspondent> People(IReadOnlyList<string> addresses) =>
        [.. addresses.Select(address => new Correspondent(SampleFirm.FindColleague(address)?.Name ?? "", address))];

    private static IEnumerable<string> Addresses(IReadOnlyList<SampleColleague> colleagues) => colleagues.Select(colleague => colleague.Address);

    private static bool IsAddress(string address) => address.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < address.Length - 1;

    private static IResult Wrong(string why) => Results.Problem(why, statusCode: StatusCodes.Status400BadRequest);

    private enum IncomingKind
    {
        Person,
        OutOfOffice,
        Bounce,
        Newsletter,
    }

    private sealed record Somebody(string Address, string? Name = null)
    {
        public Correspondent ToCorrespondent() => new(Name ?? "", Address);
    }

    /// <param name="Subject">Null for what such a mail says by itself; the text likewise.</param>
    private sealed record IncomingMail(
        Somebody From, IReadOnlyList<string> To, IReadOnlyList<string>? Cc, string? Subject, string? Text, string? Html, string? InReplyTo,
        IReadOnlyList<MailHeader>? Headers, IReadOnlyList<LetterAttachment>? Attachments, string? MessageClass, DateTimeOffset? SentAt,
        IncomingKind Kind = IncomingKind.Person, Sensitivity Sensitivity = Sensitivity.Normal, Importance Importance = Importance.Normal, bool Junk = false);

    /// <param name="Times">How often a series happens; null for no end.</param>
    private sealed record IncomingMeeting(
        Somebody Organizer, IReadOnlyList<string> Attendees, string Subject, DateTimeOffset StartAt, DateTimeOffset EndAt, string? Location, string? Text,
        string? Uid, string? Repeats, int? Times, bool IsAllDay = false, Sensitivity Sensitivity = Sensitivity.Normal);

    private sealed record MeetingCancellation(string Uid);

    private sealed record MeetingAnswer(string Uid, Somebody From, string Response, string? Comment);
}
