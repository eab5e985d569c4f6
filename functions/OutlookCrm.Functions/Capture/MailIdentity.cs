using OutlookCrm.Graph;
using OutlookCrm.Interactions;

namespace OutlookCrm.Capture;

/// <summary>Which interaction and which thread a mail or meeting is: the same answer wherever it is asked.</summary>
public static class MailIdentity
{
    // RFC 5322, 3.6.4 has no limit; a reference longer than this is rubbish.
    private const int MaxReferenceLength = 1_000;

    /// <param name="userId">Whose mailbox it lies in.</param>
    public static string Of(MailItem mail, Guid userId) =>
        string.IsNullOrWhiteSpace(mail.InternetMessageId)
            ? InteractionId.OfMailWithoutId(userId, mail.ItemId)
            : InteractionId.OfMail(mail.InternetMessageId);

    public static string Of(MeetingItem meeting) =>
        InteractionId.OfMeeting(meeting.ICalUId, meeting.SeriesMasterId is null ? null : meeting.OriginalStartAt);

    /// <summary>
    /// The thread: what References or In-Reply-To name first. Without either, a mail that looks like an answer and has no headers
    /// (what was sent from the mailbox) belongs to the mailbox's conversation; any other begins a thread.
    /// </summary>
    public static string ThreadOf(MailItem mail, Guid userId)
    {
        var root = FirstReference(MailSigns.Header(mail, "References")) ?? FirstReference(MailSigns.Header(mail, "In-Reply-To"));
        if (root is null && !(mail.Headers is not { Count: > 0 } && mail.ConversationId is not null && MailSigns.LooksLikeAnswer(mail.Subject)))
        {
            root = mail.InternetMessageId;
        }

        return InteractionId.OfThread(
            !string.IsNullOrWhiteSpace(root) ? root : $"{userId:N} {mail.ConversationId ?? mail.ItemId}");
    }

    private static string? FirstReference(string? value)
    {
        var start = value?.IndexOf('<', StringComparison.Ordinal) ?? -1;
        var end = start < 0 ? -1 : value!.IndexOf('>', start);
        return end > start + 1 && end - start <= MaxReferenceLength ? value![start..(end + 1)] : null;
    }
}
