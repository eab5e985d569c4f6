namespace OutlookCrm.Pane;

/// <summary>How one mailbox is logged, for who may set it: its user, or of a shared one an owner of the firm.</summary>
/// <param name="Id">Goes into paths: the user's object id, or <c>mine</c>.</param>
/// <param name="IsOn">As its user wants it; nothing is taken while <paramref name="IsOffForFirm"/>.</param>
/// <param name="IsOffForFirm">An owner of the firm switched it off.</param>
/// <param name="Since">The first calendar date (UTC) whose mail and meetings are taken.</param>
/// <param name="Folders">Besides Inbox and Sent Items.</param>
/// <param name="FoldersWithMail">Folders that nobody chose, in which mail with customers was found.</param>
/// <param name="PrivateCategories">Besides "Private" and its like in every language.</param>
/// <param name="Blocked">Its user's own list; shown to nobody else.</param>
public sealed record MailboxSettings(
    string Id,
    string ETag,
    string Name,
    string Address,
    bool IsShared,
    bool IsOn,
    bool IsOffForFirm,
    ColleaguesSee ColleaguesSee,
    DateOnly Since,
    IReadOnlyList<MailFolder> Folders,
    IReadOnlyList<MailFolder> FoldersWithMail,
    IReadOnlyList<string> PrivateCategories,
    IReadOnlyList<BlockedSender> Blocked,
    IReadOnlyList<BlockedSender> BlockedByFirm);

/// <summary>What colleagues see of what came out of a mailbox; who has it in their own mailbox sees it anyway.</summary>
public enum ColleaguesSee
{
    Everything,

    /// <summary>That there was a mail or meeting, when and with whom.</summary>
    TimesAndPeople,
    Nothing,
}

/// <param name="Path">"Inbox / Customers / Weberhof".</param>
public sealed record MailFolder(string Id, string Path);

/// <summary>Every folder of a mailbox, for choosing.</summary>
public sealed record MailFolderList(IReadOnlyList<MailFolder> Folders);

/// <param name="What">An address, or a domain with all its sub-domains.</param>
/// <param name="By">Our colleague's name.</param>
public sealed record BlockedSender(string What, bool IsDomain, DateTimeOffset AddedAt, string? By);

/// <summary>Settings changed after the form was opened. Nothing was saved.</summary>
/// <param name="ETag">Of the settings as they are now: the version to save over.</param>
public sealed record SettingsConflict(string ETag, IReadOnlyList<FieldConflict> Fields);

/// <summary>How the logging of each mailbox is going: all of the firm's for an owner, else the reader's own and the shared ones.</summary>
/// <param name="AsOf">When it was asked for: ages are counted to here.</param>
/// <param name="Firm">What an owner sets for all; null for who is none.</param>
public sealed record MailboxList(DateTimeOffset AsOf, IReadOnlyList<MailboxHealth> Mailboxes, FirmLogging? Firm);

/// <param name="Id">Goes into paths.</param>
/// <param name="MayOpen">What was taken and skipped may be shown to this reader.</param>
/// <param name="MaySet">Its settings are this reader's.</param>
/// <param name="LastSuccessAt">When all of it was last seen; null when never.</param>
/// <param name="LagSeconds">From the newest mail's arrival until it was logged, when there last was new mail.</param>
/// <param name="IsNotified">Outlook tells of new mail at once; else it is looked for every <paramref name="PollSeconds"/>.</param>
/// <param name="SubscriptionExpiresAt">Until then Outlook tells; it is renewed before.</param>
/// <param name="TroubleCode">Microsoft Graph's word for it, for who looks into it.</param>
/// <param name="TroubleSince">Since when it has not been well.</param>
/// <param name="RetryAt">When it is tried again by itself.</param>
/// <param name="RecountFound">What the last comparison of mailbox and records set right.</param>
public sealed record MailboxHealth(
    string Id,
    string Name,
    string Address,
    bool IsShared,
    bool MayOpen,
    bool MaySet,
    MailboxCondition Condition,
    DateTimeOffset? LastSuccessAt,
    int? LagSeconds,
    int PollSeconds,
    bool IsNotified,
    DateTimeOffset? SubscriptionExpiresAt,
    string? TroubleCode,
    DateTimeOffset? TroubleSince,
    DateTimeOffset? RetryAt,
    HistoryProgress History,
    DateTimeOffset? RecountedAt,
    int RecountFound);

/// <param name="DoneCount">Mails and meetings looked at; 0 before it began.</param>
/// <param name="ReachedAt">It has come down to this time; null before it began and when it is complete.</param>
/// <param name="Since">The day down to which it goes.</param>
public sealed record HistoryProgress(int DoneCount, DateTimeOffset? ReachedAt, DateOnly Since, bool IsComplete);

/// <summary>How a mailbox is doing, by what somebody has to do about it.</summary>
public enum MailboxCondition
{
    /// <summary>Looked at lately.</summary>
    Good,

    /// <summary>New: not looked at yet.</summary>
    Waiting,

    /// <summary>Outlook is busy or cannot be reached for longer than it should; tried again by itself.</summary>
    Busy,

    /// <summary>Outlook does not let us in.</summary>
    Refused,

    /// <summary>Outlook knows no such mailbox.</summary>
    Missing,

    /// <summary>Outlook does not know us any more.</summary>
    SignInRefused,

    /// <summary>Nobody has looked for longer than it should take.</summary>
    Behind,

    /// <summary>Nothing tells Outlook CRM how to reach Microsoft 365, or it was switched off there: no mailbox is looked at.</summary>
    NotConnected,

    /// <summary>Its user switched it off.</summary>
    Off,

    /// <summary>An owner of the firm switched it off.</summary>
    OffForFirm,
}

/// <summary>What an owner sets for the whole firm.</summary>
/// <param name="MonthsBack">How far back a new mailbox is logged: the shortest choice that covers what is set.</param>
/// <param name="Blocked">Left out of every mailbox.</param>
public sealed record FirmLogging(string ETag, MonthsBack MonthsBack, IReadOnlyList<BlockedSender> Blocked);

public enum MonthsBack
{
    None,
    Three,
    Six,
    Twelve,
    TwentyFour,
    Sixty,
    OneHundredTwenty,
}
