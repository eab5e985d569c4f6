using System.Globalization;

namespace OutlookCrm.Storage;

// Of tables agenda and reminders.
public static partial class TableKeys
{
    /// <summary>Partition of one colleague in <see cref="Tables.Agenda"/>.</summary>
    public static string Agenda(Guid tenant, Guid userId) => Join(tenant, userId.ToString("N"));

    /// <summary>Partition of what holds for the whole firm in <see cref="Tables.Agenda"/>.</summary>
    public static string FirmAgenda(Guid tenant) => Join(tenant, "firm");

    /// <summary>One colleague's open follow-ups, the one due first first.</summary>
    public static RowKeyRange AgendaEntries { get; } = RowKeyRange.StartingWith("d|");

    /// <summary>Row of one open follow-up in its owner's agenda.</summary>
    public static string AgendaEntry(DateOnly dueOn, Guid followUpId) =>
        string.Create(CultureInfo.InvariantCulture, $"d|{dueOn:yyyyMMdd}{Separator}{followUpId:N}");

    /// <summary>The entries due from a day on to another, both included.</summary>
    public static RowKeyRange AgendaDays(DateOnly from, DateOnly until) => new(
        string.Create(CultureInfo.InvariantCulture, $"d|{from:yyyyMMdd}{Separator}"),
        string.Create(CultureInfo.InvariantCulture, $"d|{until:yyyyMMdd}~"));

    /// <summary>Row of the customers who wait, or are waited for, in a colleague's own threads.</summary>
    public const string AgendaWaiting = "b|w";

    /// <summary>Row of the customers who have gone quiet.</summary>
    public const string AgendaQuiet = "b|q";

    /// <summary>Row of the follow-up that was ended last, for as long as that can be undone.</summary>
    public const string AgendaEnded = "b|d";

    /// <summary>These three rows, and after them the entries: the first page of one's day.</summary>
    public static RowKeyRange AgendaFirstPage { get; } = new("b|", AgendaEntries.Before);

    /// <summary>How many rows come before the entries at most.</summary>
    public const int RowsBeforeAgenda = 3;

    /// <summary>Row that says which threads of a colleague's own wait with one customer.</summary>
    public static string ThreadsOf(string customerId) => $"w|{Escape(customerId)}";

    /// <summary>Those of all customers.</summary>
    public static RowKeyRange ThreadsOfAll { get; } = RowKeyRange.StartingWith("w|");

    /// <summary>Row that says of which silence of a customer a colleague wants to hear no more.</summary>
    public static string Dismissed(string customerId) => $"n|{Escape(customerId)}";

    /// <summary>Those of all customers.</summary>
    public static RowKeyRange DismissedOfAll { get; } = RowKeyRange.StartingWith("n|");

    /// <summary>Row that says which version of a follow-up an agenda shows.</summary>
    public static string AgendaVersion(Guid followUpId) => $"v|{followUpId:N}";

    /// <summary>Those of all follow-ups that it shows or showed.</summary>
    public static RowKeyRange AgendaVersions { get; } = RowKeyRange.StartingWith("v|");

    /// <summary>Row of how one colleague wants to be reminded.</summary>
    public const string ReminderSettings = "s";

    /// <summary>Row of the last morning for which a digest was seen to.</summary>
    public const string MorningDigest = "m";

    /// <summary>Row of the days on which the firm is closed.</summary>
    public const string Holidays = "h";

    /// <summary>Partition of one firm in <see cref="Tables.Reminders"/>.</summary>
    public static string Reminders(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of what Outlook shows of one follow-up.</summary>
    public static string Reminder(Guid followUpId) => $"f|{followUpId:N}";

    /// <summary>Row that finds the follow-up by its item in a mailbox.</summary>
    public static string ReminderItem(Guid userId, string itemId) => $"i|{userId:N}|{Escape(itemId)}";

    /// <summary>The rows of all items that one mailbox shows.</summary>
    public static RowKeyRange ReminderItems(Guid userId) => RowKeyRange.StartingWith($"i|{userId:N}|");

    /// <summary>Row of a task of one follow-up that was ticked and stays in its owner's list.</summary>
    public static string TickedTask(Guid followUpId, string itemId) => $"d|{followUpId:N}|{Escape(itemId)}";

    /// <summary>The rows of all tasks of one follow-up that were ticked.</summary>
    public static RowKeyRange TickedTasks(Guid followUpId) => RowKeyRange.StartingWith($"d|{followUpId:N}|");

    /// <summary>Row of a mailbox that is not there any more.</summary>
    public static string MissingMailbox(Guid userId) => $"g|{userId:N}";

    /// <summary>The rows of all mailboxes of a firm that are not there any more.</summary>
    public static RowKeyRange MissingMailboxes { get; } = RowKeyRange.StartingWith("g|");

    /// <summary>Row of how far one list of tasks was read back.</summary>
    public static string TaskCursor(Guid userId, string listId) => $"t|{userId:N}|{Escape(listId)}";

    /// <summary>The rows of how far each list of tasks of a mailbox was read back.</summary>
    public static RowKeyRange TaskCursors(Guid userId) => RowKeyRange.StartingWith($"t|{userId:N}|");
}
