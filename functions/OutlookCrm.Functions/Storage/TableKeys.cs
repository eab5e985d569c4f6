using System.Buffers;
using System.Globalization;
using System.Text;

namespace OutlookCrm.Storage;

/// <summary>The product's tables by name.</summary>
public static class Tables
{
    public const string Customers = "customers";
    public const string Addresses = "addresses";
    public const string Search = "search";
    public const string Colleagues = "colleagues";

    /// <summary>Mailboxes that are logged: their settings, cursors and receipts.</summary>
    public const string Mailboxes = "mailboxes";

    /// <summary>Whose mail is left out.</summary>
    public const string Blocks = "blocks";

    /// <summary>Who writes with us and is no customer.</summary>
    public const string People = "people";

    /// <summary>Who was erased, by hash.</summary>
    public const string Tombstones = "tombstones";

    /// <summary>Each colleague's open follow-ups by due date, and how they want to be reminded.</summary>
    public const string Agenda = "agenda";

    /// <summary>Chances to sell something.</summary>
    public const string Deals = "deals";

    /// <summary>What the firm says of its products.</summary>
    public const string Products = "products";

    /// <summary>Which customers may have bought something.</summary>
    public const string Buyers = "buyers";

    /// <summary>Files of invoices that were taken in.</summary>
    public const string Imports = "imports";

    /// <summary>What was worked out of all purchases.</summary>
    public const string Insights = "insights";

    /// <summary>Which customers answered when they were asked, by day.</summary>
    public const string Answers = "answers";

    /// <summary>What Outlook shows of follow-ups, and how far tasks were read back.</summary>
    public const string Reminders = "reminders";

    /// <summary>That the restore of a firm has begun and not ended.</summary>
    public const string Restores = "restores";

    /// <summary>When the local host's timers are due. In Azure the host keeps this itself.</summary>
    public const string Schedules = "schedules";

    /// <summary>Every table: for what must look at all that is kept.</summary>
    public static IReadOnlyList<string> All { get; } = [Customers, Addresses, Search, Colleagues, Mailboxes, Blocks, People, Tombstones, Deals, Products, Buyers, Imports, Insights, Answers, Agenda, Reminders, Restores, Schedules];
}

/// <summary>
/// Every key of the product, so that no two slices can mean different rows by one key. Parts are joined with <c>|</c> and escaped,
/// so keys made from different parts differ. Escaping leaves letters, digits and the signs of mail addresses (except <c>/ ? # | ! % +</c>)
/// as they are, so keys sort as their parts do wherever the parts are ids, times or words.
/// </summary>
/// <remarks>A key may be 512 UTF-16 code units long (1 KiB); the stores refuse a longer one.</remarks>
public static class TableKeys
{
    private const char Separator = '|';
    private const char EscapeSign = '!';
    private const string InteractionPrefix = "e|";
    private const string PurchasePrefix = "p|";

    // What the service refuses (/ \ # ? and controls), what is known to go wrong in its URLs (% and +), noncharacters,
    // our own two signs, and surrogates, which need a look at their neighbours.
    private static readonly SearchValues<char> NeedsLook = SearchValues.Create(
    [
        .. @"/\#?%+|!", .. Between('\u0000', '\u001f'), .. Between('\u007f', '\u009f'),
        .. Between('\ud800', '\udfff'), '\ufffe', '\uffff',
    ]);

    /// <summary>The customer's own row.</summary>
    public const string Record = "a";

    /// <summary>Record, addresses, people and timeline of a customer: the card in one range read.</summary>
    public static RowKeyRange Card { get; } = new(Record, "f");

    public static RowKeyRange ContactAddresses { get; } = RowKeyRange.StartingWith("b|a|");

    public static RowKeyRange People { get; } = RowKeyRange.StartingWith("b|p|");

    /// <summary>A customer's open follow-ups by due date, then the one that ended last.</summary>
    public static RowKeyRange FollowUpsOnCard { get; } = RowKeyRange.StartingWith("c|");

    /// <summary>A customer's open follow-ups by due date.</summary>
    public static RowKeyRange OpenFollowUps { get; } = new(FollowUpsOnCard.From, EndedFollowUp);

    /// <summary>All interactions, newest first.</summary>
    public static RowKeyRange Timeline { get; } = RowKeyRange.StartingWith(InteractionPrefix);

    /// <summary>What still has to be projected into other tables.</summary>
    public static RowKeyRange Outboxes { get; } = RowKeyRange.StartingWith("o|");

    /// <summary>Partition of one customer in <see cref="Tables.Customers"/>.</summary>
    public static string Customer(Guid tenant, string customerId) => Join(tenant, customerId);

    /// <summary>Row of one contact address of a customer.</summary>
    /// <param name="address">In the form in which addresses are compared.</param>
    public static string Address(string address) => "b|a|" + Escape(address);

    /// <summary>True for a key of what is written of a customer when it is made and worked out by itself from then on.</summary>
    public static bool IsOfUntouched(string rowKey) => rowKey is Record or Standing
        || rowKey.StartsWith(ContactAddresses.From, StringComparison.Ordinal) || rowKey.StartsWith(Outboxes.From, StringComparison.Ordinal);

    /// <summary>True for a key that <see cref="Interaction"/> or <see cref="Details"/> makes.</summary>
    public static bool IsOnTimeline(string rowKey) =>
        rowKey.StartsWith(InteractionPrefix, StringComparison.Ordinal) || rowKey.StartsWith("k|", StringComparison.Ordinal);

    /// <summary>Row of one person of an organisation.</summary>
    public static string Person(string personId) => "b|p|" + Escape(personId);

    /// <summary>Row of all that is known of one follow-up.</summary>
    public static string FollowUp(Guid id) => $"f|{id:N}";

    /// <summary>True for a key that <see cref="FollowUp"/> makes.</summary>
    public static bool IsFollowUp(string rowKey) => rowKey.Length == 34 && rowKey.StartsWith("f|", StringComparison.Ordinal);

    /// <summary>True for a key that <see cref="OpenFollowUp"/> makes.</summary>
    public static bool IsOpenFollowUp(string rowKey) => rowKey.StartsWith("c|", StringComparison.Ordinal) && rowKey != EndedFollowUp;

    /// <summary>Row of what the card shows of an open follow-up.</summary>
    public static string OpenFollowUp(DateOnly dueOn, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"c|{dueOn:yyyyMMdd}{Separator}{id:N}");

    /// <summary>Row of what the card shows of the follow-up that ended last; after every open one.</summary>
    public const string EndedFollowUp = "c|z";

    /// <summary>The rows of follow-ups that were closed by this mail.</summary>
    public static RowKeyRange ClosedBy(string interactionId) => RowKeyRange.StartingWith($"r|{Escape(interactionId)}|");

    /// <summary>Row that finds a follow-up by the mail that closed it.</summary>
    public static string ClosedBy(string interactionId, Guid followUpId) => $"r|{Escape(interactionId)}|{followUpId:N}";

    /// <summary>Row of one interaction; a later one sorts first. Two at one tick sort by id.</summary>
    public static string Interaction(DateTimeOffset at, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks:D19}{Separator}{Escape(id)}");

    /// <summary>Row that says where the customer stands among all; read with the card.</summary>
    public const string Standing = "b|i";

    /// <summary>Record, addresses and standing.</summary>
    public static RowKeyRange RecordToStanding { get; } = new(Record, "b|j");

    /// <summary>Partition of one firm in <see cref="Tables.Deals"/>.</summary>
    public static string Deals(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all deals.</summary>
    public static RowKeyRange AllDeals { get; } = new("", null);

    /// <summary>Row of one deal.</summary>
    public static string Deal(Guid id) => id.ToString("N");

    /// <summary>Partition of one firm in <see cref="Tables.Products"/>.</summary>
    public static string Products(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all products.</summary>
    public static RowKeyRange AllProducts { get; } = new("", null);

    /// <summary>Row of one product; upper and lower case are the same.</summary>
    public static string Product(string name) => Escape(name.ToUpperInvariant());

    /// <summary>Partition of one firm in <see cref="Tables.Buyers"/>.</summary>
    public static string Buyers(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all buyers.</summary>
    public static RowKeyRange AllBuyers { get; } = new("", null);

    /// <summary>Row of one customer in <see cref="Tables.Buyers"/>.</summary>
    public static string Buyer(string customerId) => Escape(customerId);

    /// <summary>Partition in <see cref="Tables.Imports"/> of a firm's files.</summary>
    public static string Imports(Guid tenant) => tenant.ToString("N");

    /// <summary>The rows of all files, the oldest first.</summary>
    public static RowKeyRange AllImports { get; } = new("", null);

    /// <summary>Row of one file.</summary>
    public static string Import(Guid id) => id.ToString("N");

    /// <summary>Partition in <see cref="Tables.Imports"/> of what is in one file.</summary>
    public static string ImportContent(Guid tenant, Guid id) => Join(tenant, id.ToString("N"));

    /// <summary>Row of one piece of the file.</summary>
    public static string ImportPiece(int number) => string.Create(CultureInfo.InvariantCulture, $"c|{number:D4}");

    /// <summary>The rows of all pieces.</summary>
    public static RowKeyRange ImportPieces { get; } = RowKeyRange.StartingWith("c|");

    /// <summary>Row of some of what could not be taken in.</summary>
    public static string ImportProblems(int number) => string.Create(CultureInfo.InvariantCulture, $"e|{number:D4}");

    /// <summary>All of what could not be taken in.</summary>
    public static RowKeyRange AllImportProblems { get; } = RowKeyRange.StartingWith("e|");

    /// <summary>Row of how far it is.</summary>
    public const string ImportProgress = "p";

    /// <summary>Row that says that a customer has purchases out of the file.</summary>
    public static string ImportBuyer(string customerId) => "t|" + Escape(customerId);

    /// <summary>Every customer that has.</summary>
    public static RowKeyRange ImportBuyers { get; } = RowKeyRange.StartingWith("t|");

    /// <summary>Partition of one firm in <see cref="Tables.Insights"/>.</summary>
    public static string Insights(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of the firm's page.</summary>
    public const string InsightsPage = "p";

    /// <summary>That row as a range, whose stamp names its version.</summary>
    public static RowKeyRange OnlyInsightsPage { get; } = RowKeyRange.StartingWith(InsightsPage);

    /// <summary>Row of what the firm says of itself for the figures.</summary>
    public const string InsightsSettings = "s";

    /// <summary>The pages of all lists that figures rest on.</summary>
    public static RowKeyRange AllFigureLists { get; } = RowKeyRange.StartingWith("l|");

    /// <summary>Row of one page of such a list.</summary>
    /// <param name="list">Lower-case letters, digits and hyphens.</param>
    /// <param name="page">From 1.</param>
    public static string FigureList(string list, int page) => string.Create(CultureInfo.InvariantCulture, $"l|{Escape(list)}|{page:D5}");

    /// <summary>All answers of a customer; no part of the card.</summary>
    public static RowKeyRange AllFeedback { get; } = RowKeyRange.StartingWith("s|");

    /// <summary>Row of one answer of a customer.</summary>
    public static string Feedback(Guid id) => $"s|{id:N}";

    /// <summary>True for a key that <see cref="Feedback"/> makes.</summary>
    public static bool IsFeedback(string rowKey) => rowKey.Length == 34 && rowKey.StartsWith("s|", StringComparison.Ordinal);

    /// <summary>Partition of one firm in <see cref="Tables.Answers"/>.</summary>
    public static string Answers(Guid tenant) => tenant.ToString("N");

    /// <summary>Row that leads to one answer; a later day sorts first.</summary>
    public static string Answer(DateOnly on, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateOnly.MaxValue.DayNumber - on.DayNumber:D7}{Separator}{id:N}");

    /// <summary>The rows that lead to answers of this day and later, newest first.</summary>
    public static RowKeyRange AnswersSince(DateOnly day) =>
        new("", string.Create(CultureInfo.InvariantCulture, $"{DateOnly.MaxValue.DayNumber - day.DayNumber + 1:D7}"));

    /// <summary>All purchases of a customer, newest first; no part of the card.</summary>
    public static RowKeyRange Purchases { get; } = RowKeyRange.StartingWith(PurchasePrefix);

    /// <summary>Row of one purchase; a later day sorts first.</summary>
    public static string Purchase(DateOnly on, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{PurchasePrefix}{DateOnly.MaxValue.DayNumber - on.DayNumber:D7}{Separator}{id:N}");

    /// <summary>Row that remembers that a purchase was added, so that adding it again adds nothing.</summary>
    public static string PurchaseMarker(Guid id) => $"q|{id:N}";

    /// <summary>The markers of all purchases that a customer ever had.</summary>
    public static RowKeyRange PurchaseMarkers { get; } = RowKeyRange.StartingWith("q|");

    /// <summary>True for a key that <see cref="Purchase"/> makes.</summary>
    public static bool IsPurchase(string rowKey) =>
        rowKey.Length == PurchasePrefix.Length + 7 + 1 + 32
        && rowKey.StartsWith(PurchasePrefix, StringComparison.Ordinal)
        && rowKey[PurchasePrefix.Length + 7] == Separator
        && !rowKey.AsSpan(PurchasePrefix.Length, 7).ContainsAnyExceptInRange('0', '9')
        && Guid.TryParseExact(rowKey.AsSpan(PurchasePrefix.Length + 8), "N", out _);

    /// <summary>Row of all that is known of a captured interaction; of what was written down, that it was, so that adding it again adds nothing.</summary>
    public static string Details(string id) => "k|" + Escape(id);

    /// <summary>What is known of all of them.</summary>
    public static RowKeyRange AllDetails { get; } = RowKeyRange.StartingWith("k|");

    /// <summary>The interactions up to this time, for a timeline that does not begin years ahead.</summary>
    public static RowKeyRange TimelineUpTo(DateTimeOffset at) => new(
        string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks:D19}"), Timeline.Before);

    /// <summary>The interactions from this time on.</summary>
    public static RowKeyRange TimelineSince(DateTimeOffset at) => new(
        Timeline.From, string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks + 1:D19}"));

    /// <summary>Row of one change that still has to be projected into other tables.</summary>
    public static string Outbox(string id) => "o|" + Escape(id);

    /// <summary>The interactions after the one with this key, for the next page of a timeline.</summary>
    public static RowKeyRange TimelineAfter(string interactionKey) => RowKeyRange.After(interactionKey, Timeline.Before);

    /// <summary>When the interaction with this row key was; null when the key is of another kind.</summary>
    public static DateTimeOffset? InteractionAt(string rowKey) =>
        rowKey.Length > InteractionPrefix.Length + 19
        && rowKey.StartsWith(InteractionPrefix, StringComparison.Ordinal)
        && rowKey[InteractionPrefix.Length + 19] == Separator
        && long.TryParse(rowKey.AsSpan(InteractionPrefix.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var inverted)
        && inverted <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(DateTime.MaxValue.Ticks - inverted, TimeSpan.Zero)
            : null;

    /// <summary>Partition of one mail domain in <see cref="Tables.Addresses"/>.</summary>
    public static string AddressPartition(Guid tenant, string domain) => Join(tenant, domain);

    /// <summary>Row of one address in <see cref="Tables.Addresses"/>.</summary>
    /// <param name="address">In the form in which addresses are compared.</param>
    public static string AddressRow(string address) => Escape(address);

    /// <summary>Partition in <see cref="Tables.Search"/> of all words that share the first two characters of <paramref name="word"/>.</summary>
    public static string SearchPartition(Guid tenant, string word)
    {
        var chars = 0;
        var letters = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            chars += rune.Utf16SequenceLength;
            if (++letters == 2)
            {
                break;
            }
        }

        return Join(tenant, word[..chars]);
    }

    /// <summary>Row in <see cref="Tables.Search"/>: this customer has this word. The space sorts a whole word before longer ones.</summary>
    /// <param name="word">Holds no space.</param>
    public static string SearchRow(string word, string customerId) => string.Concat(Escape(word), " |", Escape(customerId));

    /// <summary>The rows in <see cref="Tables.Search"/> whose word starts with this.</summary>
    public static RowKeyRange SearchRows(string startOfWord) => RowKeyRange.StartingWith(Escape(startOfWord));

    /// <summary>The rows in <see cref="Tables.Search"/> whose word is this.</summary>
    public static RowKeyRange SearchRowsOf(string word) => RowKeyRange.StartingWith(Escape(word) + " |");

    /// <summary>Partition of one firm in <see cref="Tables.Colleagues"/>.</summary>
    public static string Colleagues(Guid tenant) => tenant.ToString("N");

    /// <summary>Row of one colleague in <see cref="Tables.Colleagues"/>.</summary>
    public static string Colleague(Guid userId) => userId.ToString("N");

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

    /// <summary>Both of these rows, and after them the entries: the first page of one's day.</summary>
    public static RowKeyRange AgendaFirstPage { get; } = new("b|", AgendaEntries.Before);

    /// <summary>How many rows come before the entries at most.</summary>
    public const int RowsBeforeAgenda = 2;

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

    /// <summary>How the partition keys of everything that is one firm's begin; no other firm's do.</summary>
    public static string Firm(Guid tenant) => tenant.ToString("N");

    /// <summary>True for a partition key of this firm.</summary>
    public static bool IsOf(Guid tenant, string partitionKey)
    {
        var firm = Firm(tenant);
        return partitionKey.StartsWith(firm, StringComparison.Ordinal) && (partitionKey.Length == firm.Length || partitionKey[firm.Length] == Separator);
    }

    /// <summary>Partition of one firm in <see cref="Tables.Restores"/>.</summary>
    public static string Restores(Guid tenant) => tenant.ToString("N");

    /// <summary>Its only row.</summary>
    public const string Restore = "r";

    /// <summary>The one partition of <see cref="Tables.Schedules"/>.</summary>
    public const string SchedulesPartition = "timers";

    /// <summary>Partition of <see cref="Tables.Schedules"/> for rows that are written to see whether they can be, and deleted at once.</summary>
    public const string HealthPartition = "health";

    /// <summary>Partition of <see cref="Tables.Schedules"/> for what the deployment costs.</summary>
    public const string CostPartition = "cost";

    /// <summary>Row of what Azure said last of this month.</summary>
    public const string MonthCost = "month";

    /// <summary>Row of one timer function in <see cref="Tables.Schedules"/>.</summary>
    public static string Schedule(string function) => Escape(function);

    /// <summary>The last part of a key, as it was given: the address, id, or customer.</summary>
    public static string Last(string key) => Unescape(key.AsSpan(key.LastIndexOf(Separator) + 1));

    /// <summary>A part as it stands in a key; two different parts never look the same there.</summary>
    internal static string Escape(string part)
    {
        var first = part.AsSpan().IndexOfAny(NeedsLook);
        if (first < 0)
        {
            return part;
        }

        var escaped = new StringBuilder(part.Length + 8).Append(part, 0, first);
        for (var i = first; i < part.Length; i++)
        {
            var c = part[i];
            if (!NeedsLook.Contains(c))
            {
                escaped.Append(c);
            }
            else if (char.IsHighSurrogate(c) && i + 1 < part.Length && char.IsLowSurrogate(part[i + 1]))
            {
                escaped.Append(c).Append(part[++i]);
            }
            else if (c < 0x100)
            {
                escaped.Append(EscapeSign).Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(EscapeSign).Append('u').Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    /// <summary>The part as it was before <see cref="Escape"/>.</summary>
    /// <exception cref="FormatException">This is no escaped part.</exception>
    internal static string Unescape(ReadOnlySpan<char> escaped)
    {
        if (!escaped.Contains(EscapeSign))
        {
            return escaped.ToString();
        }

        var part = new StringBuilder(escaped.Length);
        while (escaped.IndexOf(EscapeSign) is >= 0 and var sign)
        {
            part.Append(escaped[..sign]);
            escaped = escaped[(sign + 1)..];
            var (skip, digits) = escaped.StartsWith("u") ? (1, 4) : (0, 2);
            if (escaped.Length < skip + digits
                || !ushort.TryParse(escaped.Slice(skip, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var c))
            {
                throw new FormatException("A table key has an escape sign that is not followed by its hexadecimal digits.");
            }

            part.Append((char)c);
            escaped = escaped[(skip + digits)..];
        }

        return part.Append(escaped).ToString();
    }

    private static string Join(Guid tenant, string part)
    {
        var escaped = Escape(part);
        return string.Create(33 + escaped.Length, (tenant, escaped), static (key, parts) =>
        {
            parts.tenant.TryFormat(key, out _, "N");
            key[32] = Separator;
            parts.escaped.CopyTo(key[33..]);
        });
    }

    private static IEnumerable<char> Between(char first, char last) =>
        Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
