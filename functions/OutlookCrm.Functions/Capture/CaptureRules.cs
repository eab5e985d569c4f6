using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;

namespace OutlookCrm.Capture;

/// <summary>
/// Whether a mail or meeting of one mailbox goes on the timelines of the customers who are on it. The first reason of
/// <see cref="IgnoreReason"/> that holds refuses it. Looks at nothing but its arguments.
/// </summary>
/// <remarks>
/// Whoever is blocked counts as if they were not there: a thing still goes to the timelines of the other customers, and is dropped when
/// none is left whom it could be about. So does who was erased; but what they wrote themselves goes nowhere.
/// </remarks>
public static class CaptureRules
{
    /// <summary>How the transaction id of every event begins that we put into a calendar ourselves.</summary>
    public const string OwnTransactionPrefix = "outlook-crm";

    /// <summary>Mail to more strangers than this is no correspondence with any of them: nobody is counted.</summary>
    public const int MaxCounted = 20;

    // What lies outside is a fault of a clock or of a program. Exchange itself writes 1601 for "never".
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // How far a sender's clock may be ahead before ours, the time of receipt, is believed instead.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    public static CaptureOutcome Judge(MailItem mail, CaptureContext context)
    {
        if (mail.IsDraft || IsIn(mail, context.Folders.Drafts) || IsIn(mail, context.Folders.Outbox))
        {
            return Ignored(IgnoreReason.Draft, mail, context);
        }

        if (IsIn(mail, context.Folders.JunkEmail))
        {
            return Ignored(IgnoreReason.Junk, mail, context);
        }

        if (AuthorOf(mail) is not { } author || WhenOf(mail) is not { } at)
        {
            return Ignored(IgnoreReason.Unreadable, mail, context);
        }

        if (IsBeforeStart(at, context) && !context.IsByHand)
        {
            return Ignored(IgnoreReason.BeforeStart, mail, context);
        }

        if (IsPrivate(mail.Sensitivity, mail.Categories, context))
        {
            return new CaptureOutcome.Ignored(IgnoreReason.Private, About: null, []);
        }

        if (context.Excluded.HasItem(MailIdentity.Of(mail, context.Mailbox.UserId)) && !context.IsByHand)
        {
            return Ignored(IgnoreReason.NotThisItem, mail, context);
        }

        if (context.Excluded.HasThread(MailIdentity.ThreadOf(mail, context.Mailbox.UserId)) && !context.IsByHand)
        {
            return Ignored(IgnoreReason.NotThisThread, mail, context);
        }

        var isOurs = IsOurs(mail, author, context);
        var outside = Outside(mail, isOurs, context.Firm);
        if (outside.Count == 0)
        {
            return Ignored(IgnoreReason.ColleaguesOnly, mail, context);
        }

        if (WhyNobody(author.Address, outside, context) is { } reason)
        {
            return Ignored(reason, mail, context);
        }

        var isFromCustomer = !isOurs && context.Customers.ContainsKey(author.Address);
        if (!context.IsByHand
            && (MailSigns.SaysAutomatic(mail)
                || (!isOurs && MailSigns.IsAbsenceNote(mail))
                || (!isOurs && !isFromCustomer && (MailSigns.IsMailServer(author.Address) || MailSigns.IsReturned(mail)))))
        {
            return Ignored(IgnoreReason.Automatic, mail, context);
        }

        if (!context.IsByHand
            && MailSigns.SaysList(mail)
            && !((isFromCustomer || isOurs) && MailSigns.CameThroughOwnList(mail, context.Firm))
            && !(isFromCustomer && MailSigns.IsAnswer(mail) && IsAddressedToUs(mail, context.Firm)))
        {
            return Ignored(IgnoreReason.MailingList, mail, context);
        }

        var left = outside.Where(who => !context.IsLeftOut(who)).ToHashSet();
        var matches = Matches(left, context, [mail.From], [mail.Sender], mail.To, mail.Cc, mail.Bcc);
        var strangers = CorrespondentsOf(mail, author, isOurs, left, context);
        return matches.Count > 0
            ? new CaptureOutcome.Captured(matches, strangers)
            : new CaptureOutcome.Ignored(IgnoreReason.UnknownPeople, AboutOf(mail, context), strangers);
    }

    public static CaptureOutcome Judge(MeetingItem meeting, CaptureContext context)
    {
        if (meeting.IsDraft)
        {
            return Ignored(IgnoreReason.Draft, meeting, context);
        }

        if (string.IsNullOrWhiteSpace(meeting.ICalUId) || !IsSane(meeting.StartAt) || !IsSane(meeting.EndAt) || meeting.EndAt < meeting.StartAt)
        {
            return Ignored(IgnoreReason.Unreadable, meeting, context);
        }

        if (IsBeforeStart(meeting.StartAt, context))
        {
            return Ignored(IgnoreReason.BeforeStart, meeting, context);
        }

        if (IsPrivate(meeting.Sensitivity, meeting.Categories, context))
        {
            return new CaptureOutcome.Ignored(IgnoreReason.Private, About: null, []);
        }

        if (context.Excluded.HasItem(MailIdentity.Of(meeting)))
        {
            return Ignored(IgnoreReason.NotThisItem, meeting, context);
        }

        // A whole day with somebody's name on it and no guests is a fair or a holiday.
        var outside = Outside(PeopleOn(meeting), context.Firm);
        if (meeting.TransactionId?.StartsWith(OwnTransactionPrefix, StringComparison.Ordinal) is true
            || (!GuestsOf(meeting).Any() && (meeting.IsAllDay || outside.Count == 0)))
        {
            return Ignored(IgnoreReason.OwnAppointment, meeting, context);
        }

        if (meeting.IsCancelled)
        {
            return Ignored(IgnoreReason.Cancelled, meeting, context);
        }

        var staysAway = GuestsOf(meeting)
            .Where(who => who.Response == MeetingResponse.Declined && who.Who.Address != meeting.Organizer?.Address)
            .Select(who => who.Who.Address)
            .ToHashSet();
        if (meeting.Response == MeetingResponse.Declined || (outside.Count > 0 && outside.All(staysAway.Contains)))
        {
            return Ignored(IgnoreReason.Declined, meeting, context);
        }

        outside = [.. outside.Where(who => !staysAway.Contains(who))];
        if (outside.Count == 0)
        {
            return Ignored(IgnoreReason.ColleaguesOnly, meeting, context);
        }

        if (WhyNobody(meeting.Organizer?.Address, outside, context) is { } reason)
        {
            return Ignored(reason, meeting, context);
        }

        var left = outside.Where(who => !context.IsLeftOut(who)).ToHashSet();
        var invited = GuestsOf(meeting).ToLookup(who => who.IsOptional, who => who.Who);
        var matches = Matches(left, context, [meeting.Organizer], invited[false], invited[true]);
        return matches.Count > 0
            ? new CaptureOutcome.Captured(matches, [])
            : Ignored(IgnoreReason.UnknownPeople, meeting, context);
    }

    /// <summary>Everybody on it, each once, whose address can be read.</summary>
    public static IReadOnlyCollection<MailAddress> PeopleOn(MailItem mail) =>
    [
        .. new[] { mail.From, mail.Sender }
            .Concat(mail.To ?? [])
            .Concat(mail.Cc ?? [])
            .Concat(mail.Bcc ?? [])
            .Select(who => who?.Address)
            .OfType<MailAddress>()
            .Distinct(),
    ];

    /// <summary>The organizer and everybody invited, without rooms and other things.</summary>
    public static IReadOnlyCollection<MailAddress> PeopleOn(MeetingItem meeting) =>
    [
        .. GuestsOf(meeting)
            .Select(who => who.Who)
            .Append(meeting.Organizer)
            .Select(who => who?.Address)
            .OfType<MailAddress>()
            .Distinct(),
    ];

    /// <summary>When it was sent, by the sender's clock where that can be believed; null when there is no time that can be.</summary>
    public static DateTimeOffset? WhenOf(MailItem mail) =>
        IsSane(mail.SentAt) && (!IsSane(mail.ReceivedAt) || mail.SentAt - mail.ReceivedAt <= MaxAhead) ? mail.SentAt
        : IsSane(mail.ReceivedAt) ? mail.ReceivedAt
        : null;

    /// <summary>Ours when one of us wrote it, under whatever name: what lies in Sent Items was sent from this mailbox.</summary>
    public static Direction DirectionOf(MailItem mail, CaptureContext context) =>
        AuthorOf(mail) is { } author && IsOurs(mail, author, context) ? Direction.Outgoing : Direction.Incoming;

    private static Correspondent? AuthorOf(MailItem mail) =>
        mail.From?.Address is not null ? mail.From : mail.Sender?.Address is not null ? mail.Sender : null;

    private static bool IsOurs(MailItem mail, Correspondent author, CaptureContext context) =>
        IsIn(mail, context.Folders.SentItems) || context.Firm.IsColleague(author.Address);

    private static IEnumerable<Attendee> GuestsOf(MeetingItem meeting) =>
        (meeting.Attendees ?? []).Where(who => who is { IsResource: false, Who.Address: not null });

    private static bool IsSane(DateTimeOffset at) => at >= Earliest && at < Latest;

    private static bool IsIn(MailItem mail, string? folder) => folder is not null && mail.FolderId == folder;

    private static bool IsBeforeStart(DateTimeOffset at, CaptureContext context) =>
        at.DayInUtc() < context.Mailbox.Since;

    private static bool IsPrivate(Sensitivity sensitivity, IEnumerable<string?>? categories, CaptureContext context) =>
        sensitivity != Sensitivity.Normal || PrivateCategory.IsIn(categories, context.PrivateCategories);

    // Of our own mail, author and sender are we: under an alias that we do not know for ours, or a service that sends for us.
    private static IReadOnlyList<MailAddress> Outside(MailItem mail, bool isOurs, OwnFirm firm) =>
        Outside(isOurs ? PeopleOn(mail).Where(who => who != mail.From?.Address && who != mail.Sender?.Address) : PeopleOn(mail), firm);

    private static IReadOnlyList<MailAddress> Outside(IEnumerable<MailAddress> people, OwnFirm firm) => [.. people.Where(who => !firm.IsColleague(who))];

    /// <summary>
    /// Why nobody is left: who wrote it was erased, or everybody whom it could be about is erased or blocked. It could be about the
    /// customers on it, or about all strangers when it has no customer. Null when somebody is left.
    /// </summary>
    private static IgnoreReason? WhyNobody(MailAddress? author, IReadOnlyList<MailAddress> outside, CaptureContext context)
    {
        var customers = outside.Where(context.Customers.ContainsKey).ToList();
        var candidates = customers.Count > 0 ? customers : outside;
        return (author is not null && outside.Contains(author) && context.Erased.Has(author)) || candidates.All(context.Erased.Has) ? IgnoreReason.Erased
            : candidates.All(context.IsLeftOut) ? IgnoreReason.Blocked
            : null;
    }

    private static bool IsAddressedToUs(MailItem mail, OwnFirm firm) =>
        (mail.To ?? []).Concat(mail.Cc ?? []).Any(who => who?.Address is { } address && firm.IsColleague(address));

    /// <summary>
    /// Each customer once, the organisations of people on it too, with the address that says so: of several the one with the most
    /// telling role, whatever their order within it.
    /// </summary>
    /// <param name="byRole">Everybody on it, a set for each role, the most telling role first.</param>
    private static IReadOnlyList<CustomerMatch> Matches(
        HashSet<MailAddress> left, CaptureContext context, params IEnumerable<Correspondent?>?[] byRole)
    {
        var matches = new Dictionary<CustomerId, CustomerMatch>();
        foreach (var role in byRole)
        {
            foreach (var address in (role ?? []).Select(who => who?.Address).OfType<MailAddress>().Where(left.Contains).OrderBy(who => who.Key, StringComparer.Ordinal))
            {
                if (context.Customers.TryGetValue(address, out var known))
                {
                    matches.TryAdd(known.Id, new CustomerMatch(known.Id, address));
                    if (known.Organisation is { } organisation)
                    {
                        matches.TryAdd(organisation, new CustomerMatch(organisation, address));
                    }
                }
            }
        }

        return [.. matches.Values.OrderBy(match => match.Customer.Value)];
    }

    /// <summary>Strangers with whom we write: whom one of us wrote to, or who wrote, if that is a person.</summary>
    private static IReadOnlyList<Correspondent> CorrespondentsOf(
        MailItem mail, Correspondent author, bool isOurs, HashSet<MailAddress> left, CaptureContext context)
    {
        bool IsStranger(MailAddress who) => left.Contains(who) && !context.Customers.ContainsKey(who) && !MailSigns.IsNobody(who);
        if (!isOurs)
        {
            return IsStranger(author.Address) && !MailSigns.AsksForNoAnswer(mail) && !MailSigns.IsDesk(author.Address) ? [author] : [];
        }

        var addressed = (mail.To ?? []).Concat(mail.Cc ?? []).Concat(mail.Bcc ?? [])
            .Where(who => who?.Address is { } address && IsStranger(address))
            .GroupBy(who => who.Address)
            .Select(same => same.OrderByDescending(who => who.Name?.Length ?? 0).ThenBy(who => who.Name, StringComparer.Ordinal).First())
            .ToList();
        return addressed.Count > MaxCounted ? [] : [.. addressed.OrderBy(who => who.Address.Key, StringComparer.Ordinal)];
    }

    private static CaptureOutcome.Ignored Ignored(IgnoreReason reason, MailItem mail, CaptureContext context) =>
        new CaptureOutcome.Ignored(reason, reason == IgnoreReason.Erased ? null : AboutOf(mail, context), []);

    private static CaptureOutcome.Ignored Ignored(IgnoreReason reason, MeetingItem meeting, CaptureContext context) =>
        new CaptureOutcome.Ignored(reason, reason == IgnoreReason.Erased ? null : AboutOf(meeting, context), []);

    private static MailAddress? AboutOf(MailItem mail, CaptureContext context) =>
        AuthorOf(mail) is { } author && !IsOurs(mail, author, context)
            ? Nameable([author], context)
            : Nameable(mail.To, context) ?? Nameable(mail.Cc, context) ?? Nameable(mail.Bcc, context);

    private static MailAddress? AboutOf(MeetingItem meeting, CaptureContext context) =>
        Nameable([meeting.Organizer], context) ?? Nameable(GuestsOf(meeting).Select(who => who.Who), context);

    private static MailAddress? Nameable(IEnumerable<Correspondent?>? people, CaptureContext context) =>
        (people ?? [])
            .Select(who => who?.Address)
            .OfType<MailAddress>()
            .Where(who => !context.Firm.IsColleague(who) && !context.Erased.Has(who))
            .MinBy(who => who.Key, StringComparer.Ordinal);
}
