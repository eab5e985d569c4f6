namespace OutlookCrm.Sandbox.Mail;

/// <param name="Name">As written in the mail; empty when there was none.</param>
public sealed record Correspondent(string Name, string Address);

/// <summary>A mail as it was sent, whoever got it.</summary>
/// <param name="InternetMessageId">With angle brackets; the same in every mailbox.</param>
/// <param name="From">Null when a mail names no sender.</param>
/// <param name="Html">Null when the mail is plain text.</param>
/// <param name="Headers">Those a reader may ask for beside the fields above.</param>
public sealed record Letter(
    string InternetMessageId,
    string ConversationId,
    Correspondent? From,
    IReadOnlyList<Correspondent> To,
    IReadOnlyList<Correspondent> Cc,
    string Subject,
    DateTimeOffset SentAt,
    string Text,
    string? Html,
    IReadOnlyList<MailHeader> Headers,
    IReadOnlyList<LetterAttachment> Attachments);

public sealed record MailHeader(string Name, string Value);

/// <param name="SizeBytes">Of the content, which is not kept.</param>
public sealed record LetterAttachment(string Name, string ContentType, int SizeBytes);

/// <summary>A letter in one mailbox.</summary>
/// <param name="Id">Changes when the message moves to another folder; unique in the mailbox.</param>
/// <param name="ImmutableId">Stays.</param>
public sealed record MailboxMessage(string Id, string ImmutableId, string FolderId, Letter Letter, DateTimeOffset ReceivedAt, bool IsRead);

/// <summary>A meeting as everybody invited sees it.</summary>
/// <param name="ICalUid">The same in every mailbox and for all occurrences of a series.</param>
/// <param name="StartAt">For a whole day: midnight UTC of the first day.</param>
/// <param name="EndAt">For a whole day: midnight UTC after the last day.</param>
/// <param name="Zone">IANA name of the zone in which it was planned.</param>
public sealed record Meeting(
    string ICalUid,
    Correspondent? Organizer,
    IReadOnlyList<Attendee> Attendees,
    string Subject,
    string Location,
    string Text,
    DateTimeOffset StartAt,
    DateTimeOffset EndAt,
    string Zone,
    bool IsAllDay = false,
    bool IsPrivate = false,
    bool IsCancelled = false,
    MeetingSeries? Series = null);

/// <param name="Answer">Graph's word: none, accepted, declined, tentativelyAccepted.</param>
public sealed record Attendee(Correspondent Who, string Answer, bool IsOptional = false);

/// <summary>Makes a meeting one of many, or the rule behind them.</summary>
/// <param name="IsMaster">True for the rule itself, which is not a time in a calendar.</param>
/// <param name="Pattern">Graph's word: daily, weekly, absoluteMonthly, absoluteYearly. What else a rule says shows only in its occurrences.</param>
public sealed record MeetingSeries(bool IsMaster, string Pattern);

/// <summary>A meeting in one calendar.</summary>
/// <param name="SeriesMasterId">Set on an occurrence.</param>
public sealed record CalendarEvent(string Id, string ImmutableId, string? SeriesMasterId, Meeting Meeting);
