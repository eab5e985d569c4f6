using OutlookCrm.Customers;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Interactions;

/// <summary>Mails and meetings as capture finds them; <c>with</c> makes others of them.</summary>
internal static class Recordings
{
    public static readonly DateTimeOffset Morning = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException("No mail address.", nameof(text));

    public static CapturedInteraction Mail(Guid mailbox, string messageId, string thread = "<t@x>") => new(
        InteractionId.OfMail(messageId),
        InteractionKind.Mail,
        Direction.Incoming,
        Morning,
        EndsAt: null,
        "Oak table",
        "When will it come?",
        By: null,
        [
            new Participant(ParticipantRole.From, Address("kim@fjord.example"), "Kim"),
            new Participant(ParticipantRole.To, Address("ben@bergdesign.example"), "Ben Okoro"),
        ],
        PeopleCount: 2,
        AttachmentNames: [],
        InteractionId.OfThread(thread),
        new MailboxItem(mailbox, $"item-{messageId}"),
        ChangedAt: Morning,
        IsAuthors: false,
        IsByHand: false,
        NeedsNoAnswer: false);

    public static CapturedInteraction Meeting(Guid mailbox, string uid, DateTimeOffset startAt) => Mail(mailbox, uid) with
    {
        Id = InteractionId.OfMeeting(uid, null),
        Kind = InteractionKind.Meeting,
        Direction = Direction.None,
        At = startAt,
        EndsAt = startAt.AddHours(1),
        Title = "Site visit",
        Preview = null,
        By = "Ben Okoro",
        ThreadId = null,
    };

    public static Recording For(this CapturedInteraction interaction, params CustomerId[] customers) =>
        new(interaction, [.. customers.Select(customer => new CustomerMatch(customer, interaction.People[0].Address))]);
}
