namespace OutlookCrm.Deploy;

/// <summary>What the app's own identity gets in Microsoft 365. docs/permissions.md says why each; a test holds the two together.</summary>
internal static class Permissions
{
    /// <summary>Hold for every mailbox when granted in Entra; with a group of mailboxes they are granted in Exchange instead, and nowhere else.</summary>
    public static readonly IReadOnlyList<string> OfMailboxes = ["Calendars.ReadWrite", "Mail.Read"];

    /// <summary>For the morning digest, and only when it is asked for: lets its holder change and delete mail. Granted where <see cref="OfMailboxes"/> are.</summary>
    public const string OfDrafts = "Mail.ReadWrite";

    /// <summary>Shows no mailbox.</summary>
    public const string OfDomains = "Domain.Read.All";

    /// <summary>Cannot be held to some mailboxes; only asked for when reminders are to be tasks of To Do.</summary>
    public const string OfTasks = "Tasks.ReadWrite.All";

    public static readonly IReadOnlyList<string> All = [.. OfMailboxes, OfDrafts, OfDomains, OfTasks];

    public static IReadOnlyList<string> ForMailboxes(bool digest) => digest ? [.. OfMailboxes, OfDrafts] : OfMailboxes;

    public static IReadOnlyList<string> InEntra(bool allMailboxes, bool tasks, bool digest) =>
        [OfDomains, .. allMailboxes ? ForMailboxes(digest) : [], .. tasks ? (string[])[OfTasks] : []];
}
