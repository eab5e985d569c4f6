using OutlookCrm.Capture;
using OutlookCrm.Firm;
using OutlookCrm.Identity;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// What one reader may see of what came out of mailboxes. Whoever has a thing in their own mailbox, or in one that is nobody's own, sees
/// it whole; everybody else as the strictest of the mailboxes that it came out of allows. Settings are as they are now: they hold for the
/// past at once.
/// </summary>
public sealed class Sight(Guid userId, OwnFirm firm, DateTimeOffset now)
{
    internal Guid UserId { get; } = userId;

    /// <summary>When the reader looks.</summary>
    internal DateTimeOffset Now { get; } = now;

    /// <summary>
    /// How far ahead a timeline shows what is planned: two weeks. A series has a meeting every week for a year, and would fill the
    /// page. From the start of the day, so that all that is shown within it is the same.
    /// </summary>
    internal DateTimeOffset Until { get; } = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(15);

    /// <summary>True for the reader's own mailbox and for those that are nobody's.</summary>
    internal bool IsOwn(Guid mailbox) => mailbox == UserId || firm.IsShared(mailbox);

    /// <summary>What everybody else sees of a mailbox's things.</summary>
    internal MailboxVisibility Of(Guid mailbox, bool isOnlyMine) => isOnlyMine ? MailboxVisibility.OnlyMe : firm.VisibilityOf(mailbox);

    /// <summary>
    /// For answers that are kept: what this reader may see of a customer, in a text that is equal for two readers when they may see the
    /// same. Empty when everybody may see everything.
    /// </summary>
    /// <param name="record">The customer's row.</param>
    internal string KeyFor(TableRow record)
    {
        if (record.Properties.GetValueOrDefault(TimelineRow.SeenIn) is not byte[] { Length: > 0 } seenIn)
        {
            return "";
        }

        var key = new char[seenIn.Length / Mailboxes.BytesEach];
        var isOpen = true;
        for (var i = 0; i < key.Length; i++)
        {
            var (mailbox, flags) = Mailboxes.Read(seenIn, i);
            var visibility = firm.IsShared(mailbox) ? MailboxVisibility.Shared : Of(mailbox, (flags & Mailboxes.OnlyMine) != 0);
            isOpen &= visibility == MailboxVisibility.Shared;
            key[i] = mailbox == UserId ? 'o' : (char)('0' + (int)firm.VisibilityOf(mailbox) + (firm.IsShared(mailbox) ? 3 : 0));
        }

        return isOpen ? "" : new string(key);
    }

    /// <param name="seenIn">As <see cref="Mailboxes"/> has it; with <see cref="TimelineRow"/>'s flags, on a line.</param>
    internal Seen Of(ReadOnlySpan<byte> seenIn)
    {
        var strictest = MailboxVisibility.Shared;
        var own = -1;
        for (var i = 0; i < seenIn.Length / Mailboxes.BytesEach; i++)
        {
            var (mailbox, flags) = Mailboxes.Read(seenIn, i);
            if (mailbox == UserId || (own < 0 && firm.IsShared(mailbox)))
            {
                own = flags >> 1;
            }

            if (!IsOwn(mailbox) && Of(mailbox, (flags & Mailboxes.OnlyMine) != 0) is var visibility && visibility > strictest)
            {
                strictest = visibility;
            }
        }

        // What all others leave open is the same for all. Else what another's copy says is theirs: who has one of their own sees that.
        return strictest == MailboxVisibility.Shared ? new Seen(MailboxVisibility.Shared, Variant: 0)
            : own >= 0 ? new Seen(MailboxVisibility.Shared, own)
            : new Seen(strictest, Variant: 0);
    }
}

/// <summary>How much of a thing a reader sees, and whose copy of it.</summary>
/// <param name="As"><see cref="MailboxVisibility.OnlyMe"/> is nothing.</param>
/// <param name="Variant">0 is the common one.</param>
internal readonly record struct Seen(MailboxVisibility As, int Variant)
{
    public bool IsHidden => As == MailboxVisibility.OnlyMe;
}

/// <summary>Finds out what a caller may see: from memory.</summary>
public sealed class Sights(FirmDirectory directory, TimeProvider clock)
{
    public async ValueTask<Sight> OfAsync(Caller caller, CancellationToken cancellation) =>
        new(caller.UserId, await directory.OfAsync(caller.TenantId, cancellation), clock.GetUtcNow());
}
