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
