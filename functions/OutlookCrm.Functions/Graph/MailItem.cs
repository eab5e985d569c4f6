using OutlookCrm.Customers;

namespace OutlookCrm.Graph;

/// <summary>
/// One message of a mailbox, as far as capture looks at it. Texts are as Graph has them, made well-formed Unicode without NUL: trust nothing
/// else in them. Addresses that are none are left out.
/// </summary>
/// <param name="ItemId">The immutable id: stays when the message moves to another folder.</param>
/// <param name="FolderId">The folder it is in; see <see cref="MailFolders"/>.</param>
/// <param name="InternetMessageId">With its angle brackets; null on a draft and on broken mail.</param>
/// <param name="ConversationId">The thread in this mailbox; another mailbox has another id for it.</param>
/// <param name="SentAt">The default (year 1) when there is none that can be read.</param>
/// <param name="ReceivedAt">The default (year 1) when there is none that can be read.</param>
/// <param name="Preview">At most 255 characters of the body.</param>
/// <param name="From">Null when there is none, or none that is an address.</param>
/// <param name="Sender">Who sent it on behalf of <paramref name="From"/>; mostly the same.</param>
/// <param name="Headers">
/// What was sent from this mailbox has none but In-Reply-To and References, out of PidTagInReplyToId (0x1042) and
/// PidTagInternetReferences (0x1039): by them our answer is known to be one.
/// </param>
/// <param name="MessageClass">PidTagMessageClass, such as <c>IPM.Note</c> or <c>REPORT.IPM.Note.NDR</c>; null when not known.</param>
/// <param name="AttachmentNames">Without those shown within the text.</param>
/// <param name="ChangedAt">lastModifiedDateTime: when anything about it last changed in this mailbox, to the second.</param>
public sealed record MailItem(
    string ItemId,
    string FolderId,
    string? InternetMessageId,
    string? ConversationId,
    DateTimeOffset SentAt,
    DateTimeOffset ReceivedAt,
    string? Subject,
    string? Preview,
    Correspondent? From,
    Correspondent? Sender,
    IReadOnlyList<Correspondent> To,
    IReadOnlyList<Correspondent> Cc,
    IReadOnlyList<Correspondent> Bcc,
    bool IsDraft,
    Sensitivity Sensitivity,
    IReadOnlyList<string> Categories,
    IReadOnlyList<MailHeader> Headers,
    string? MessageClass,
    IReadOnlyList<string> AttachmentNames,
    DateTimeOffset ChangedAt = default);

/// <summary>One meeting or occurrence of a calendar.</summary>
/// <param name="ItemId">The immutable id of the event or occurrence.</param>
/// <param name="ICalUId">The same in every attendee's calendar, and of a series for all its occurrences.</param>
/// <param name="SeriesMasterId">Of an occurrence or exception; null for a single meeting.</param>
/// <param name="OriginalStartAt">When the series had planned this occurrence; null for a single meeting.</param>
/// <param name="StartAt">Of a whole day midnight in UTC: it is a date, not an instant.</param>
/// <param name="Response">The mailbox owner's own answer.</param>
/// <param name="ChangedAt">lastModifiedDateTime: when anything about it last changed in this mailbox, to the second.</param>
public sealed record MeetingItem(
    string ItemId,
    string ICalUId,
    string? SeriesMasterId,
    DateTimeOffset? OriginalStartAt,
    DateTimeOffset StartAt,
    DateTimeOffset EndAt,
    bool IsAllDay,
    bool IsCancelled,
    bool IsDraft,
    MeetingResponse Response,
    Sensitivity Sensitivity,
    IReadOnlyList<string> Categories,
    string? Subject,
    string? Preview,
    Correspondent? Organizer,
    IReadOnlyList<Attendee> Attendees,
    string? TransactionId,
    DateTimeOffset ChangedAt = default);

/// <param name="Name">As the mail says; empty when it says none.</param>
public sealed record Correspondent(MailAddress Address, string Name);

/// <param name="IsResource">A room or a projector.</param>
public sealed record Attendee(Correspondent Who, bool IsOptional, bool IsResource, MeetingResponse Response);

public sealed record MailHeader(string Name, string Value);

/// <summary>PidTagSensitivity of a message, <c>sensitivity</c> of an event.</summary>
public enum Sensitivity
{
    Normal,
    Personal,
    Private,
    Confidential,
}

public enum MeetingResponse
{
    None,
    Organizer,
    Tentative,
    Accepted,
    Declined,
    NotResponded,
}

/// <summary>Ids of a mailbox's special folders; null for one that it does not have.</summary>
public sealed record MailFolders(string? Inbox, string? SentItems, string? Drafts, string? JunkEmail, string? DeletedItems, string? Outbox);
