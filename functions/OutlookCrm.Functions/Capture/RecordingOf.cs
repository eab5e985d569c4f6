using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture;

/// <summary>A mail or meeting that the rules let through, as timelines keep it. Looks at nothing but its arguments.</summary>
internal static class RecordingOf
{
    public static Recording Mail(MailItem mail, IReadOnlyList<CustomerMatch> matches, CaptureContext context)
    {
        var direction = CaptureRules.DirectionOf(mail, context);
        var author = mail.From?.Address is not null ? mail.From : mail.Sender;
        var people = People(
            context, (ParticipantRole.From, [author]), (ParticipantRole.To, mail.To), (ParticipantRole.Cc, mail.Cc), (ParticipantRole.Bcc, mail.Bcc));
        return new Recording(
            new CapturedInteraction(
                MailIdentity.Of(mail, context.Mailbox.UserId),
                InteractionKind.Mail,
                direction,
                CaptureRules.WhenOf(mail) ?? mail.ReceivedAt,
                EndsAt: null,
                mail.Subject,
                mail.Preview,
                direction == Direction.Outgoing ? NameOf(author, context) : null,
                people,
                people.Count,
                mail.AttachmentNames ?? [],
                MailIdentity.ThreadOf(mail, context.Mailbox.UserId),
                new MailboxItem(context.Mailbox.UserId, mail.ItemId),
                mail.ChangedAt,
                IsAuthors: mail.FolderId == context.Folders.SentItems || IsMailboxs(author, context),
                context.IsByHand,
                NeedsNoAnswer: author is not null && MailSigns.IsNobody(author.Address))
            {
                IsOnlyMine = context.OnlyMine.Contains(MailIdentity.Of(mail, context.Mailbox.UserId)),
                Folder = FolderOf(mail, context),
            },
            matches);
    }

    public static Recording Meeting(MeetingItem meeting, IReadOnlyList<CustomerMatch> matches, CaptureContext context)
    {
        var isOurs = meeting.Organizer?.Address is { } organizer && context.Firm.IsColleague(organizer);
        var guests = (meeting.Attendees ?? []).Where(who => who is { IsResource: false }).ToLookup(who => who.IsOptional, who => (Correspondent?)who.Who);
        var people = People(
            context, (ParticipantRole.Organizer, [meeting.Organizer]), (ParticipantRole.Required, guests[false]), (ParticipantRole.Optional, guests[true]));
        return new Recording(
            new CapturedInteraction(
                MailIdentity.Of(meeting),
                InteractionKind.Meeting,
                Direction.None,
                meeting.StartAt,
                meeting.EndAt,
                meeting.Subject,
                meeting.Preview,
                isOurs ? NameOf(meeting.Organizer, context) : null,
                people,
                people.Count,
                AttachmentNames: [],
                ThreadId: null,
                new MailboxItem(context.Mailbox.UserId, meeting.ItemId),
                meeting.ChangedAt,
                IsAuthors: meeting.Response == MeetingResponse.Organizer || IsMailboxs(meeting.Organizer, context),
                context.IsByHand,
                NeedsNoAnswer: true)
            {
                IsOnlyMine = context.OnlyMine.Contains(MailIdentity.Of(meeting)),
            },
            matches);
    }

    /// <summary>Each once in their first role, customers first. Whoever is left out is not named.</summary>
    private static IReadOnlyList<Participant> People(
        CaptureContext context, params (ParticipantRole Role, IEnumerable<Correspondent?>? People)[] byRole)
    {
        var named = new HashSet<MailAddress>();
        return
        [
            .. byRole
                .SelectMany(role => (role.People ?? []).Select(who => (role.Role, Who: who)))
                .Where(one => one.Who?.Address is { } address && !context.IsLeftOut(address) && named.Add(address))
                .Select(one => new Participant(one.Role, one.Who!.Address, one.Who.Name ?? ""))
                .OrderBy(participant => !context.Customers.ContainsKey(participant.Address)),
        ];
    }

    /// <summary>Null for one that is not logged, where a mail was found by asking for it.</summary>
    private static string? FolderOf(MailItem mail, CaptureContext context) =>
        mail.FolderId == context.Folders.Inbox ? "Inbox"
        : mail.FolderId == context.Folders.SentItems ? "Sent Items"
        : context.Mailbox.Folders.Zip(context.Mailbox.FolderNames).FirstOrDefault(folder => folder.First == mail.FolderId).Second;

    private static string NameOf(Correspondent? colleague, CaptureContext context) =>
        colleague?.Address is { } address && context.Firm.FindByAddress(address) is { } known ? known.Name
        : colleague?.Name is { Length: > 0 } name ? name
        : context.Mailbox.Name;

    private static bool IsMailboxs(Correspondent? who, CaptureContext context) =>
        who?.Address is { } address && MailAddress.TryParse(context.Mailbox.Address, out var own) && own == address;
}
