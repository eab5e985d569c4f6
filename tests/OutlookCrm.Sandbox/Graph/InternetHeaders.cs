using System.Globalization;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The head of a mail as its receiver's server kept it: what the letter carries, and the fields that every mail has.</summary>
internal static class InternetHeaders
{
    public static IEnumerable<MailHeader> Of(Letter letter)
    {
        if (letter.From is { } from)
        {
            if (Lacks(letter, "Return-Path"))
            {
                yield return new MailHeader("Return-Path", from.Address);
            }

            if (Lacks(letter, "From"))
            {
                yield return new MailHeader("From", from.Name.Length > 0 ? $"{from.Name} <{from.Address}>" : from.Address);
            }
        }

        if (Lacks(letter, "Subject"))
        {
            yield return new MailHeader("Subject", letter.Subject);
        }

        if (Lacks(letter, "Date"))
        {
            yield return new MailHeader("Date", letter.SentAt.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture));
        }

        if (Lacks(letter, "Message-ID") && letter.InternetMessageId.Length > 0)
        {
            yield return new MailHeader("Message-ID", letter.InternetMessageId);
        }

        if (letter.References.Count > 0 && Lacks(letter, "References") && Lacks(letter, "In-Reply-To"))
        {
            yield return new MailHeader("In-Reply-To", letter.References[^1]);
            yield return new MailHeader("References", string.Join(' ', letter.References));
        }

        foreach (var header in letter.Headers)
        {
            yield return header;
        }

        if (Lacks(letter, "MIME-Version"))
        {
            yield return new MailHeader("MIME-Version", "1.0");
        }

        if (Lacks(letter, "Content-Type"))
        {
            yield return new MailHeader("Content-Type", letter.Html is null ? "text/plain; charset=\"utf-8\"" : "multipart/alternative; boundary=\"_000_\"");
        }
    }

    private static bool Lacks(Letter letter, string name)
    {
        foreach (var header in letter.Headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
