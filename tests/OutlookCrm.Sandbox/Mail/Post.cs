using System.Globalization;

namespace OutlookCrm.Sandbox.Mail;

/// <summary>Carries mail between colleagues, and in from outside. What goes outside goes nowhere.</summary>
public sealed class Post(Mailboxes mailboxes, TimeProvider clock)
{
    private int written;

    /// <summary>Now, as a mail's date can say it: whole seconds.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = clock.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        }
    }

    /// <summary>Another at every call.</summary>
    /// <param name="domain">Of whoever writes.</param>
    public string NewMessageId(string domain) => string.Create(
        CultureInfo.InvariantCulture, $"<{Now:yyyyMMddHHmmss}.{Interlocked.Increment(ref written):D4}@{domain}>");

    /// <summary>Sends a letter from a colleague: one with one Message-ID, in their sent items and in every addressed colleague's inbox.</summary>
    /// <param name="keep">Whether the sender keeps a copy.</param>
    /// <returns>The sender's copy.</returns>
    public MailboxMessage? Send(Mailbox sender, Letter letter, bool keep = true)
    {
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(letter);
        var sent = letter with { SentAt = Now };
        var copy = keep ? sender.Add(sent, sender.Folder("sentitems"), sent.SentAt, isRead: true) : null;
        Deliver(sent);
        return copy;
    }

    /// <summary>Sends a draft, which becomes the copy in the sent items: its immutable id stays. Null when there is no such draft.</summary>
    public MailboxMessage? SendDraft(Mailbox sender, string id)
    {
        ArgumentNullException.ThrowIfNull(sender);
        var at = Now;
        var sentItems = sender.Folder("sentitems");
        var wasDraft = false;
        var sent = sender.Change(id, at, draft => (wasDraft = draft.IsDraft) == false ? draft : draft with
        {
            Folder = sentItems,
            Letter = draft.Letter with { SentAt = at },
            ReceivedAt = at,
            IsDraft = false,
            IsRead = true,
        });
        if (!wasDraft)
        {
            return null;
        }

        Deliver(sent!.Letter);
        return sent;
    }

    /// <summary>Brings a letter to every colleague whom it names; to those in the blind copy too, who do not see each other.</summary>
    /// <param name="folder">Where it lands: the inbox, or the junk folder when it looks like junk.</param>
    public IReadOnlyList<SampleColleague> Deliver(Letter letter, string folder = "inbox")
    {
        ArgumentNullException.ThrowIfNull(letter);
        var seen = letter.Bcc.Count == 0 ? letter : letter with { Bcc = [] };
        var receivers = letter.To.Concat(letter.Cc).Concat(letter.Bcc)
            .Select(who => mailboxes.FindByAddress(who.Address)).OfType<Mailbox>().Distinct().ToList();
        foreach (var receiver in receivers)
        {
            receiver.Add(seen, receiver.Folder(folder), Now, isRead: false);
        }

        return [.. receivers.Select(receiver => receiver.Owner)];
    }

    /// <summary>The mail with this Message-ID in anybody's mailbox.</summary>
    public Letter? FindLetter(string internetMessageId) =>
        mailboxes.All.SelectMany(mailbox => mailbox.FindByInternetMessageId(internetMessageId)).FirstOrDefault()?.Letter;
}
