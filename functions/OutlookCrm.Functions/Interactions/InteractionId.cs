using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Interactions;

/// <summary>
/// One identity for one thing, whichever mailbox shows it: of a mail a hash of its Message-ID (RFC 5322, 3.6.4), of a meeting one of
/// its iCalendar UID (RFC 5545, 3.8.4.7) and, in a series, of the start that the series had planned. 32 hexadecimal digits.
/// </summary>
public static class InteractionId
{
    private const int Bytes = 16;

    /// <param name="internetMessageId">With or without angle brackets; letter case counts.</param>
    public static string OfMail(string internetMessageId) => Hash("mail", internetMessageId.Trim().TrimStart('<').TrimEnd('>'));

    /// <summary>For broken mail without a Message-ID: known again in the same mailbox only.</summary>
    public static string OfMailWithoutId(Guid userId, string itemId) => Hash("item", $"{userId:N} {itemId}");

    /// <param name="originalStartAt">Of an occurrence; null for a single meeting, which keeps its identity when it moves.</param>
    public static string OfMeeting(string iCalUId, DateTimeOffset? originalStartAt) =>
        Hash("meeting", originalStartAt is { } at ? $"{iCalUId} {at.UtcDateTime:yyyyMMddTHHmmss}" : iCalUId);

    /// <summary>A thread, 16 hexadecimal digits.</summary>
    /// <param name="root">The Message-ID that began it, or a mailbox's name for it.</param>
    public static string OfThread(string root) => Hash("thread", root.Trim().TrimStart('<').TrimEnd('>'))[..16];

    private static string Hash(string kind, string what) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {what}")).AsSpan(0, Bytes));
}
