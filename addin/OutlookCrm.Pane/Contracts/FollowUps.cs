using System.ComponentModel.DataAnnotations;

namespace OutlookCrm.Pane;

/// <summary>A customer's follow-ups, of all colleagues.</summary>
/// <param name="OpenCount">How many are open; a card shows the first five.</param>
/// <param name="Open">The one due first first, at most 100.</param>
/// <param name="Ended">The one that was done last; null when none was.</param>
public sealed record FollowUpList(string CustomerId, int OpenCount, IReadOnlyList<FollowUpLine> Open, FollowUpLine? Ended);

/// <summary>A follow-up as it is shown in a list.</summary>
/// <param name="Id">32 lower-case hexadecimal digits.</param>
/// <param name="ETag">Goes back in If-Match with a change.</param>
/// <param name="CustomerName">On a page of several customers; null on the customer's own.</param>
/// <param name="DueOn">A calendar date where the owner lives.</param>
/// <param name="DueTime">HH:mm on the clock there; null for the whole day.</param>
/// <param name="Link">Opens the mail it came from; null when there is none, or for others than its mailbox's user.</param>
/// <param name="End">How it ended; null while it is open.</param>
/// <param name="CanUndo">True when the last change can be taken back.</param>
/// <param name="NotInOutlook">Outlook cannot show it now, so nothing will ring; it is tried again until it can.</param>
public sealed record FollowUpLine(
    string Id,
    string CustomerId,
    string ETag,
    string? CustomerName,
    FollowUpKind Kind,
    string Note,
    DateOnly DueOn,
    string? DueTime,
    string TimeZone,
    Colleague Owner,
    FollowUpState State,
    FollowUpEnding? Ending,
    DateTimeOffset? EndedAt,
    string? EndedBy,
    string? Link = null,
    bool CanUndo = false,
    bool NotInOutlook = false);

/// <summary>The signed-in person's open follow-ups, the one due first first.</summary>
/// <param name="Today">Where the person is.</param>
/// <param name="Next">Opaque; goes into <c>after</c> for the next page. Null on the last.</param>
/// <param name="Before">When the last one of the page before is due; null on the first page.</param>
public sealed record MyDay(DateOnly Today, IReadOnlyList<FollowUpLine> FollowUps, string? Next, DateOnly? Before)
{
    /// <summary>On the first page only: the one that was ended last; null when there is none, or it was changed again.</summary>
    public FollowUpLine? Ended { get; init; }

    /// <summary>On the first page only; null when nobody waits.</summary>
    public WaitingCustomers? Waiting { get; init; }

    /// <summary>On the first page only.</summary>
    public QuietCustomers Quiet { get; init; } = new([]);
}

/// <summary>Customers who wait in threads of one's own mailbox, or are waited for, the longest first; see <see cref="Waits"/>.</summary>
/// <param name="ForUs">At most 30 of <paramref name="ForUsCount"/>.</param>
/// <param name="ForThem">At most 30 of <paramref name="ForThemCount"/>.</param>
public sealed record WaitingCustomers(int ForUsCount, IReadOnlyList<WaitingCustomer> ForUs, int ForThemCount, IReadOnlyList<WaitingCustomer> ForThem);

/// <param name="Threads">1 or more.</param>
/// <param name="SinceAt">When the last mail of the thread that waits longest was sent.</param>
public sealed record WaitingCustomer(string CustomerId, string Name, int Threads, DateTimeOffset SinceAt);

/// <summary>Customers of one's own of whom nothing was heard for longer than usual or wished. Worked out every night.</summary>
/// <param name="Customers">At most 10, those with a wish first.</param>
public sealed record QuietCustomers(IReadOnlyList<QuietCustomer> Customers);

/// <param name="LastContactOn">Of the last mail, call or meeting; null when there was none since the customer was added.</param>
/// <param name="EveryDays">How often contact was wished for; null when it was not.</param>
/// <param name="UsualDays">How often there mostly is contact; null when too little is known, or a wish goes before.</param>
public sealed record QuietCustomer(string CustomerId, string Name, DateOnly? LastContactOn, int? EveryDays, int? UsualDays);

/// <summary>What can be done with a follow-up, or with none yet: the days that the buttons mean where the person is.</summary>
/// <param name="FollowUp">Null for a new one.</param>
/// <param name="Colleagues">Whom it can be handed to, by name; empty for a new one.</param>
public sealed record FollowUpForm(
    string CustomerId,
    FollowUpLine? FollowUp,
    DateOnly Today,
    DateOnly Tomorrow,
    DateOnly InThreeDays,
    DateOnly NextWeek,
    IReadOnlyList<Colleague> Colleagues)
{
    /// <summary>With a new one: how often somebody wishes for contact with the customer; null when nobody does.</summary>
    public int? EveryDays { get; init; }
}

/// <summary>The follow-up changed since it was read. Nothing was saved.</summary>
/// <param name="Theirs">As it is now; its ETag is the one to save over.</param>
/// <param name="Fields">What differs between the two.</param>
public sealed record FollowUpConflict(FollowUpLine Theirs, IReadOnlyList<FieldConflict> Fields);

public enum FollowUpKind
{
    /// <summary>We promised something.</summary>
    WeOwe,

    /// <summary>They promised something: ask again when they do not answer.</summary>
    WeWait,

    /// <summary>To stay in touch.</summary>
    Rhythm,
}

public enum FollowUpState
{
    Open,
    Done,
    Deleted,
}

public enum FollowUpEnding
{
    /// <summary>A colleague ended it here.</summary>
    Person,

    /// <summary>The answer that it waited for came, or went out.</summary>
    Reply,

    /// <summary>Its owner ended it in Outlook.</summary>
    Outlook,
}

/// <summary>Where Outlook shows a follow-up.</summary>
public enum SinkKind
{
    None,
    CalendarEvent,
    Task,
}

/// <summary>What a button means by a day; nobody is reminded on a weekend or a holiday of the firm.</summary>
public enum DueWhen
{
    Tomorrow,
    InThreeDays,

    /// <summary>The first working day of the week after this one.</summary>
    NextWeek,
}

/// <summary>A new follow-up. Give either a day in words or a date.</summary>
/// <param name="Id">Made by the client, a GUID: sending the same again plans nothing.</param>
/// <param name="Note">1 to 500 characters.</param>
/// <param name="DueOn">Where the owner is; today or later, at most ten years ahead.</param>
/// <param name="TimeZone">By its IANA or Windows name; as the owner set it, or else as the header Time-Zone says, when left out.</param>
/// <param name="InternetMessageId">Of the mail it came from.</param>
/// <param name="ItemId">Of the meeting it came from in the caller's mailbox, as Graph names it, or of that mail.</param>
/// <param name="WebLink">Opens that mail or meeting; https only.</param>
public sealed record PlanFollowUpRequest(
    Guid Id,
    [MinLength(1), MaxLength(500)] string Note,
    FollowUpKind Kind = FollowUpKind.WeOwe,
    DueWhen? When = null,
    DateOnly? DueOn = null,
    string? DueTime = null,
    [MaxLength(64)] string? TimeZone = null,
    [MaxLength(1000)] string? InternetMessageId = null,
    [MaxLength(400)] string? ItemId = null,
    [MaxLength(2000)] string? WebLink = null,
    [MaxLength(1000)] string? Subject = null);

/// <summary>Fields of a follow-up to change, as JSON merge patch: a field that is left out stays, null clears the time.</summary>
public sealed record ChangeFollowUpRequest
{
    [MinLength(1), MaxLength(500)]
    public Optional<string> Note { get; init; }

    public Optional<FollowUpKind> Kind { get; init; }

    public Optional<DateOnly> DueOn { get; init; }

    public Optional<string?> DueTime { get; init; }

    /// <summary>The colleague's object id: handing it over.</summary>
    [MaxLength(36)]
    public Optional<string> OwnerId { get; init; }
}

/// <summary>Later. Give either a day in words or a date.</summary>
public sealed record SnoozeFollowUpRequest(DueWhen? When = null, DateOnly? DueOn = null, string? DueTime = null);

/// <summary>How the signed-in person is reminded, and when their firm is closed.</summary>
/// <param name="Sink">Where Outlook shows their follow-ups.</param>
/// <param name="TimeZone">Where they live; null to go by where they are when they plan.</param>
/// <param name="Holidays">In order: nobody is reminded on them by a button that means a day.</param>
/// <param name="MaySetHolidays">True for an owner of the firm.</param>
public sealed record ReminderChoices(SinkKind Sink, string? TimeZone, IReadOnlyList<DateOnly> Holidays, bool MaySetHolidays)
{
    /// <summary>When their day is put into their Drafts, HH:mm where they live; null when it is not.</summary>
    public string? DigestAt { get; init; }

    /// <summary>Why the last one did not come; null when nothing was wrong.</summary>
    public DigestProblem? DigestProblem { get; init; }
}

/// <summary>Why there is no morning digest.</summary>
public enum DigestProblem
{
    /// <summary>The product is not connected to Microsoft 365.</summary>
    NotConnected,

    /// <summary>Nobody permitted the product to write drafts.</summary>
    NotAllowed,

    /// <summary>Microsoft 365 refused it for another reason.</summary>
    Refused,
}

/// <summary>One's own settings to change, as JSON merge patch: a field that is left out stays.</summary>
public sealed record UpdateReminderChoicesRequest
{
    public Optional<SinkKind> Sink { get; init; }

    /// <summary>By its IANA or Windows name; null to go by where one is when one plans.</summary>
    [MaxLength(64)]
    public Optional<string?> TimeZone { get; init; }

    /// <summary>From 00:00 to 11:00, HH:mm; null for no digest.</summary>
    [MaxLength(5)]
    public Optional<string?> DigestAt { get; init; }
}

/// <param name="Days">Dates such as 2026-12-24; takes the place of those before.</param>
public sealed record UpdateHolidaysRequest([MaxLength(100), EachMaxLength(10)] IReadOnlyList<string>? Days);
