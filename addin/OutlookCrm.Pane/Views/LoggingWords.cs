namespace OutlookCrm.Pane;

/// <summary>How the logging of mailboxes reads on screen.</summary>
internal static class LoggingWords
{
    /// <summary>How a mailbox is doing, in a few words.</summary>
    public static string Of(MailboxCondition condition) => condition switch
    {
        MailboxCondition.Good => "Going well",
        MailboxCondition.Waiting => "Not looked at yet",
        MailboxCondition.Busy => "Outlook does not answer",
        MailboxCondition.Refused => "Outlook does not let us in",
        MailboxCondition.Missing => "Outlook has no such mailbox",
        MailboxCondition.SignInRefused => "Outlook does not know us any more",
        MailboxCondition.Behind => "Nobody has looked for too long",
        MailboxCondition.NotConnected => "Not connected to Microsoft 365",
        MailboxCondition.Off => "Switched off",
        _ => "Switched off for the firm",
    };

    /// <summary>What somebody has to do about it; null when nothing is wrong.</summary>
    public static string? ToDo(MailboxCondition condition) => condition switch
    {
        MailboxCondition.Busy => "Nothing to do: it is tried again by itself, and nothing is lost.",
        MailboxCondition.Refused =>
            "Ask whoever looks after your Microsoft 365 to let Outlook CRM read this mailbox. Nothing is lost: what came meanwhile is logged then.",
        MailboxCondition.Missing =>
            "It was closed, renamed, or is not in Exchange Online. Ask whoever looks after your Microsoft 365, or switch its logging off.",
        MailboxCondition.SignInRefused =>
            "Ask whoever looks after your Microsoft 365 to renew the certificate or secret of Outlook CRM, and its consent. Nothing is lost.",
        MailboxCondition.Behind =>
            "Outlook CRM may have been stopped. If this stays for some minutes, tell whoever runs it. Nothing is lost.",
        MailboxCondition.NotConnected =>
            "No mailbox is read until whoever runs Outlook CRM connects it. Nothing is lost: what came meanwhile is logged then.",
        _ => null,
    };

    public static bool IsTrouble(MailboxCondition condition) => ToDo(condition) is not null;

    /// <summary>What was left out for this reason.</summary>
    public static string Of(SkipReason reason) => reason switch
    {
        SkipReason.Draft => "Not sent yet",
        SkipReason.Junk => "Junk",
        SkipReason.Unreadable => "Could not be read",
        SkipReason.BeforeStart => "Before the first day",
        SkipReason.Private => "Private",
        SkipReason.NotThisItem => "You said: not this one",
        SkipReason.NotThisThread => "You said: not this thread",
        SkipReason.OwnAppointment => "Your own appointments",
        SkipReason.Cancelled => "Cancelled",
        SkipReason.Declined => "Declined",
        SkipReason.ColleaguesOnly => "Among colleagues",
        SkipReason.Erased => "People who were erased",
        SkipReason.Blocked => "On a block list",
        SkipReason.Automatic => "Written by a program",
        SkipReason.MailingList => "Newsletters and lists",
        _ => "Nobody on it is a customer",
    };

    /// <summary>Why, and what can be done where it was wrong.</summary>
    public static string Why(SkipReason reason) => reason switch
    {
        SkipReason.Draft => "It is looked at again once it is sent.",
        SkipReason.Junk => "Move it to another folder in Outlook, and it is looked at again.",
        SkipReason.Unreadable => "Outlook gives it without sender or time. It is still in your mailbox.",
        SkipReason.BeforeStart => "It is older than the day from which this mailbox is logged; the settings say which.",
        SkipReason.Private => "Marked private, personal or confidential, or with a private category. Nothing of it is kept, not even here.",
        SkipReason.NotThisItem or SkipReason.NotThisThread => "It stays out until you take that back.",
        SkipReason.OwnAppointment => "Nobody else is invited.",
        SkipReason.Cancelled => "It did not take place.",
        SkipReason.Declined => "You declined, or everybody from outside did.",
        SkipReason.ColleaguesOnly => "Nobody from outside is on it.",
        SkipReason.Erased => "They asked for it. Nothing of it is kept, not even here.",
        SkipReason.Blocked => "Everybody whom it could be about is on your block list or the firm's.",
        SkipReason.Automatic => "Bounces, receipts, out-of-office notes, invitations: the calendar tells of those.",
        SkipReason.MailingList => "Sent to many at once.",
        _ => "Make them a customer, and everything you wrote with them appears.",
    };

    /// <summary>What colleagues see of a mailbox, in a sentence.</summary>
    public static string Of(ColleaguesSee seen) => seen switch
    {
        ColleaguesSee.Everything => "Colleagues see subject, first lines and names of attachments of what is logged.",
        ColleaguesSee.TimesAndPeople => "Colleagues see that there was a mail or meeting, when and with whom. Not what it was about.",
        _ => "Colleagues see nothing of it, unless they have it in their own mailbox.",
    };

    /// <summary>The same as the name of a choice.</summary>
    public static string Name(ColleaguesSee seen) => seen switch
    {
        ColleaguesSee.Everything => "Shared",
        ColleaguesSee.TimesAndPeople => "Times and people only",
        _ => "Only me",
    };

    public static string Of(MonthsBack months) => months switch
    {
        MonthsBack.None => "From its first day on",
        MonthsBack.Three => "3 months back",
        MonthsBack.Six => "6 months back",
        MonthsBack.Twelve => "1 year back",
        MonthsBack.TwentyFour => "2 years back",
        MonthsBack.Sixty => "5 years back",
        _ => "10 years back",
    };

    /// <summary>"back to March 2026, 12,300 looked at"; null when there is nothing to tell.</summary>
    public static string? Of(HistoryProgress history, Reader reader) => history switch
    {
        { IsComplete: true } => $"complete, back to {reader.Day(history.Since)}",
        { ReachedAt: { } reached } => $"back to {reader.Month(reached)}, {history.DoneCount.ToString("N0", reader.Culture)} mails and meetings looked at",
        _ => null,
    };

    /// <summary>How much of the way back is done: 0 to 1; null when that is not known.</summary>
    public static double? Share(HistoryProgress history, DateTimeOffset asOf)
    {
        var all = asOf - new DateTimeOffset(history.Since.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return history is { IsComplete: false, ReachedAt: { } reached } && all > TimeSpan.Zero
            ? Math.Clamp((asOf - reached) / all, 0, 1)
            : null;
    }

    public static string FollowUps(int count, Reader reader) => count == 1 ? "1 follow-up" : $"{Count(count, reader)} follow-ups";

    public static string Count(int count, Reader reader) => count.ToString("N0", reader.Culture);
}
