using System.Globalization;

namespace OutlookCrm.Storage;

// Of tables mailboxes, blocks, people and tombstones: what is logged, and what is left out.
public static partial class TableKeys
{
    /// <summary>Partition of one firm in <see cref="Tables.Mailboxes"/>.</summary>
    public static string Mailboxes(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all mailboxes' settings.</summary>
    public static RowKeyRange MailboxSettings { get; } = RowKeyRange.StartingWith("m|");

    /// <summary>Row of how a firm wants mailboxes logged that are new.</summary>
    public const string NewMailboxes = "m";

    /// <summary>Row of one mailbox's settings.</summary>
    public static string Mailbox(Guid userId) => $"m|{userId:N}";

    /// <summary>Row that remembers what was counted of one mailbox.</summary>
    public static string Receipt(Guid userId) => $"r|{userId:N}";

    /// <summary>Row of one mailbox's receipt of a day in UTC.</summary>
    public static string ReceiptDay(Guid userId, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"r|{userId:N}{Separator}{day:yyyyMMdd}");

    /// <summary>The receipts of one mailbox from a day on to another, both included.</summary>
    public static RowKeyRange ReceiptDays(Guid userId, DateOnly from, DateOnly until) =>
        new(ReceiptDay(userId, from), RowKeyRange.After(ReceiptDay(userId, until), before: null).From);

    /// <summary>The day of a receipt with this row key.</summary>
    public static DateOnly DayOf(string receiptKey) =>
        DateOnly.ParseExact(receiptKey.AsSpan(receiptKey.LastIndexOf(Separator) + 1), "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Row of one mailbox's lease: who works on it.</summary>
    public static string MailboxLease(Guid userId) => $"l|{userId:N}";

    /// <summary>The rows of all mailboxes' status.</summary>
    public static RowKeyRange MailboxStatuses { get; } = RowKeyRange.StartingWith("s|");

    /// <summary>Row that says how the logging of one mailbox is going.</summary>
    public static string MailboxStatus(Guid userId) => $"s|{userId:N}";

    /// <summary>The rows that say how far each folder of a mailbox was read.</summary>
    public static RowKeyRange MailboxCursors(Guid userId) => RowKeyRange.StartingWith($"f|{userId:N}|");

    /// <summary>Row of one folder's cursor.</summary>
    public static string MailboxCursor(Guid userId, string folder) => $"f|{userId:N}|{Escape(folder)}";

    /// <summary>The rows of all meetings that were logged out of a mailbox.</summary>
    public static RowKeyRange LoggedMeetings(Guid userId) => RowKeyRange.StartingWith($"g|{userId:N}|");

    /// <summary>Row of one logged meeting, by its id in the mailbox.</summary>
    public static string LoggedMeeting(Guid userId, string itemId) => $"g|{userId:N}|{Escape(itemId)}";

    /// <summary>The rows of a mailbox's subscriptions.</summary>
    public static RowKeyRange Subscriptions(Guid userId) => RowKeyRange.StartingWith($"n|{userId:N}|");

    /// <summary>Row of the subscription to one folder or calendar.</summary>
    public static string Subscription(Guid userId, string folder) => $"n|{userId:N}|{Escape(folder)}";

    /// <summary>Row of the secret that notifications carry.</summary>
    public const string NotificationSecret = "n";

    /// <summary>Row of the mail domains that the firm's directory knows for its own.</summary>
    public const string FirmDomains = "d";

    /// <summary>Partition in <see cref="Tables.Blocks"/> of one mailbox's list, or of the firm's.</summary>
    /// <param name="userId">Null for the firm's.</param>
    public static string Blocks(Guid tenant, Guid? userId) => Join(tenant, userId?.ToString("N") ?? "firm");

    /// <summary>Row of a blocked address, in the form in which addresses are compared.</summary>
    public static string BlockedAddress(string address) => "a|" + Escape(address);

    /// <summary>Row of a blocked domain.</summary>
    public static string BlockedDomain(string domain) => "d|" + Escape(domain);

    /// <summary>Row of one mail or meeting that shall not be logged.</summary>
    public static string ExcludedItem(string interactionId) => "i|" + Escape(interactionId);

    /// <summary>Row of one thread that shall not be logged.</summary>
    public static string ExcludedThread(string threadId) => "t|" + Escape(threadId);

    /// <summary>Row of one mail or meeting that nobody but the mailbox's user shall see.</summary>
    public static string OnlyMine(string interactionId) => "o|" + Escape(interactionId);

    /// <summary>Partition in <see cref="Tables.People"/> of those who write with one mailbox.</summary>
    public static string Correspondents(Guid tenant, Guid userId) => Join(tenant, userId.ToString("N"));

    /// <summary>Row of one of them.</summary>
    /// <param name="address">In the form in which addresses are compared.</param>
    public static string Correspondent(string address) => Escape(address);

    /// <summary>Partition of one firm in <see cref="Tables.Tombstones"/>.</summary>
    public static string Tombstones(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of the firm's salt.</summary>
    public const string TombstoneSalt = "s";

    /// <summary>Row of what tells browsers to forget the cards they keep.</summary>
    public const string CardsMark = "c";

    /// <summary>The rows of all erased addresses.</summary>
    public static RowKeyRange ErasedAddresses { get; } = RowKeyRange.StartingWith("h|");

    /// <summary>Row of one erased address.</summary>
    public static string ErasedAddress(string hash) => "h|" + Escape(hash);

    /// <summary>The rows of all erasures.</summary>
    public static RowKeyRange Erasures { get; } = RowKeyRange.StartingWith("e|");

    /// <summary>Row of one erasure.</summary>
    /// <param name="hash">Of the customer's id, or of the address.</param>
    public static string Erasure(string hash) => "e|" + Escape(hash);
}
