namespace OutlookCrm.Sandbox.Mail;

/// <param name="Name">As written in the mail; empty when there was none.</param>
public sealed record Correspondent(string Name, string Address);

/// <summary>PidTagSensitivity of a message and <c>sensitivity</c> of an event; the numbers are Outlook's.</summary>
public enum Sensitivity
{
    Normal,
    Personal,
    Private,
    Confidential,
}

public enum Importance
{
    Low,
    Normal,
    High,
}

/// <summary>A mail as it was sent, whoever got it.</summary>
/// <param name="InternetMessageId">With angle brackets; the same in every mailbox.</param>
/// <param name="Thread">Names the conversation; each mailbox makes its own conversation id of it.</param>
/// <param name="From">Null when a mail names no sender.</param>
/// <param name="Html">Null when the mail is plain text.</param>
/// <param name="Headers">As they came, in order; only a mailbox that received the mail shows them.</param>
public sealed record Letter(
    string InternetMessageId,
    string Thread,
    Correspondent? From,
    IReadOnlyList<Correspondent> To,
    IReadOnlyList<Correspondent> Cc,
    string Subject,
    DateTimeOffset SentAt,
    string Text,
    string? Html,
    IReadOnlyList<MailHeader> Headers,
    IReadOnlyList<LetterAttachment> Attachments)
{
    public const string Note = "IPM.Note";

    /// <summary>Only the sender's own copy knows them.</summary>
    public IReadOnlyList<Correspondent> Bcc { get; init; } = [];

    public IReadOnlyList<Correspondent> ReplyTo { get; init; } = [];

    /// <summary>Who sent it for <see cref="From"/>; null when that was the same.</summary>
    public Correspondent? Sender { get; init; }

    /// <summary>Message-IDs of the thread so far; the last is the mail that this one answers.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public Sensitivity Sensitivity { get; init; }

    public Importance Importance { get; init; } = Importance.Normal;

    /// <summary>PidTagMessageClass.</summary>
    public string MessageClass { get; init; } = Note;

    /// <summary>By Graph's id of each, such as <c>String {guid} Name X</c>.</summary>
    public IReadOnlyDictionary<string, string> NamedProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>Set on an invitation, an update, a cancellation and an answer to one.</summary>
    public MeetingNotice? Notice { get; init; }

    /// <summary>Everybody it names, sender included.</summary>
    public IEnumerable<Correspondent> Participants()
    {
        IEnumerable<Correspondent> all = [.. From is null ? Array.Empty<Correspondent>() : [From], .. Sender is null ? Array.Empty<Correspondent>() : [Sender]];
        return all.Concat(To).Concat(Cc).Concat(Bcc);
    }
}

public sealed record MailHeader(string Name, string Value);

/// <param name="SizeBytes">Of the content, which is not kept.</param>
/// <param name="IsInline">Shown within the text, such as a logo.</param>
public sealed record LetterAttachment(string Name, string ContentType, int SizeBytes, bool IsInline = false);

/// <param name="Meeting">As it was when this was sent.</param>
/// <param name="Response">Of an answer: accepted, tentativelyAccepted, declined.</param>
public sealed record MeetingNotice(MeetingNoticeKind Kind, Meeting Meeting, string? Response = null);

public enum MeetingNoticeKind
{
    Request,
    Cancellation,
    Answer,
}
