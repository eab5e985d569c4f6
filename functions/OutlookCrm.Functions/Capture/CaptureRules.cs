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
/// Of a mail to several people the blocked and the erased ones count as if they were not there. It is dropped when with them nobody is
/// left whom it could be about: it still goes to the timelines of the others.
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
        var author = AuthorOf(mail);
        if (author is null || WhenOf(mail) is not { } at)
        {
            return Ignored(IgnoreReason.Unreadable);
        }

        if (mail.IsDraft || IsIn(mail, context.Folders.Drafts) || IsIn(mail, context.Folders.Outbox))
        {
            return Ignored(IgnoreReason.Draft);
        }

        if (IsIn(mail, context.Folders.JunkEmail))
        {
            return Ignored(IgnoreReason.Junk);
        }

        if (IsBeforeStart(at, context))
        {
            return Ignored(IgnoreReason.BeforeStart);
        }

        if (IsPrivate(mail.Sensitivity, mail.Categories, context))
        {
            return Ignored(IgnoreReason.Private);
        }

        if (context.Excluded.HasItem(MailIdentity.Of(mail, context.Mailbox.UserId)))
        {
            return Ignored(IgnoreReason.NotThisItem);
        }

        if (context.Excluded.HasThread(MailIdentity.ThreadOf(mail, context.Mailbox.UserId)))
        {
            return Ignored(IgnoreReason.NotThisThread);
        }

        // What lies in Sent Items was sent from this mailbox, under an alias perhaps that we do not know for ours.
        var isSent = IsIn(mail, context.Folders.SentItems);
        var outside = Outside(isSent ? PeopleOn(mail).Where(who => who != author.Address && who != mail.Sender?.Address) : PeopleOn(mail), context.Firm);
        if (outside.Count == 0)
        {
            return Ignored(IgnoreReason.ColleaguesOnly);
        }

        var (left, whyNobody) = WithoutUnwanted(outside, context);
        if (whyNobody is { } reason)
        {
            return Ignored(reason);
        }

        var isOurs = isSent || context.Firm.IsColleague(author.Address);
        if (MailSigns.SaysAutomatic(mail) || (!isOurs && !context.Customers.ContainsKey(author.Address) && MailSigns.IsMailServer(author.Address)))
        {
            return Ignored(IgnoreReason.Automatic);
        }

        if (MailSigns.SaysList(mail) && !IsCustomersOwnWord(mail, author, context))
        {
            return Ignored(IgnoreReason.MailingList);
        }

        var matches = Matches(left, context, [mail.From], [mail.Sender], mail.To, mail.Cc, mail.Bcc);
        return matches.Count > 0
            ? new CaptureOutcome.Captured(matches)
            : new CaptureOutcome.Ignored(IgnoreReason.UnknownPeople, CorrespondentsOf(mail, author, isOurs, left));
    }

    public static CaptureOutcome Judge(MeetingItem meeting, CaptureContext context)
    {
        if (string.IsNullOrWhiteSpace(meeting.ICalUId) || !IsSane(meeting.StartAt) || !IsSane(meeting.EndAt) || meeting.EndAt < meeting.StartAt)
        {
            return Ignored(IgnoreReason.Unreadable);
        }

        if (meeting.IsDraft)
        {
            return Ignored(IgnoreReason.Draft);
        }

        if (IsBeforeStart(meeting.StartAt, context))
        {
            return Ignored(IgnoreReason.BeforeStart);
        }

        if (IsPrivate(meeting.Sensitivity, meeting.Categories, context))
        {
            return Ignored(IgnoreReason.Private);
        }

        if (context.Excluded.HasItem(MailIdentity.Of(meeting)))
        {
            return Ignored(IgnoreReason.NotThisItem);
        }

        var people = PeopleOn(meeting);
        if (meeting.TransactionId?.StartsWith(OwnTransactionPrefix, StringComparison.Ordinal) is true
            || (meeting.IsAllDay && !(meeting.Attendees ?? []).Any(who => who is { Who: not null, IsResource: false })))
        {
            return Ignored(IgnoreReason.OwnAppointment);
        }

        if (meeting.IsCancelled)
        {
            return Ignored(IgnoreReason.Cancelled);
        }

        var outside = Outside(people, context.Firm);
        var staysAway = (meeting.Attendees ?? [])
            .Where(who => who is { Who: not null, Response: MeetingResponse.Declined } && who.Who.Address != meeting.Organizer?.Address)
            .Select(who => who.Who.Address)
            .ToHashSet();
        if (meeting.Response == MeetingResponse.Declined || (outside.Count > 0 && outside.All(staysAway.Contains)))
        {
            return Ignored(IgnoreReason.Declined);
        }

        outside = [.. outside.Where(who => !staysAway.Contains(who))];
        if (outside.Count == 0)
        {
            return Ignored(IgnoreReason.ColleaguesOnly);
        }

        var (left, whyNobody) = WithoutUnwanted(outside, context);
        if (whyNobody is { } reason)
        {
            return Ignored(reason);
        }

        var invited = (meeting.Attendees ?? []).Where(who => who is { IsResource: false }).ToLookup(who => who.IsOptional, who => who.Who);
        var matches = Matches(left, context, [meeting.Organizer], invited[false], invited[true]);
        return matches.Count > 0 ? new CaptureOutcome.Captured(matches) : Ignored(IgnoreReason.UnknownPeople);
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
        .. (meeting.Attendees ?? [])
            .Where(who => who is { IsResource: false })
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
        IsIn(mail, context.Folders.SentItems) || (AuthorOf(mail) is { } author && context.Firm.IsColleague(author.Address))
            ? Direction.Outgoing
            : Direction.Incoming;

    private static Correspondent? AuthorOf(MailItem mail) => mail.From?.Address is not null ? mail.From : mail.Sender?.Address is not null ? mail.Sender : null;

    private static bool IsSane(DateTimeOffset at) => at >= Earliest && at < Latest;

    private static bool IsIn(MailItem mail, string? folder) => folder is not null && mail.FolderId == folder;

    private static bool IsBeforeStart(DateTimeOffset at, CaptureContext context) =>
        DateOnly.FromDateTime(at.UtcDateTime) < context.Mailbox.Since;

    private static bool IsPrivate(Sensitivity sensitivity, IEnumerable<string?>? categories, CaptureContext context) =>
        sensitivity != Sensitivity.Normal || PrivateCategory.IsIn(categories, context.PrivateCategories);

    private static IReadOnlyList<MailAddress> Outside(IEnumerable<MailAddress> people, OwnFirm firm) => [.. people.Where(who => !firm.IsColleague(who))];

    /// <summary>
    /// Those whom it may be about. Nobody, with the reason, when everybody who could be a match is erased or blocked: the customers
    /// on it, or all strangers when it has no customer.
    /// </summary>
    private static (IReadOnlyList<MailAddress> Left, IgnoreReason? WhyNobody) WithoutUnwanted(
        IReadOnlyList<MailAddress> outside, CaptureContext context)
    {
        var customers = outside.Where(context.Customers.ContainsKey).ToList();
        var candidates = customers.Count > 0 ? customers : outside;
        var welcome = candidates.Where(who => !context.Erased.Has(who) && !context.Blocked.Covers(who)).ToList();
        return welcome.Count > 0 ? (welcome, null)
            : candidates.All(context.Erased.Has) ? ([], IgnoreReason.Erased)
            : ([], IgnoreReason.Blocked);
    }

    /// <summary>
    /// A list's signs on a customer's mail that is none of a list: it came through a group of our own, or answers a mail and
    /// is addressed to one of us by name. A customer's own newsletter is neither.
    /// </summary>
    private static bool IsCustomersOwnWord(MailItem mail, Correspondent author, CaptureContext context) =>
        context.Customers.ContainsKey(author.Address)
        && (MailSigns.CameThroughOwnList(mail, context.Firm)
            || (MailSigns.IsAnswer(mail)
                && (mail.To ?? []).Concat(mail.Cc ?? []).Any(who => who?.Address is { } address && context.Firm.IsColleague(address))));

    /// <summary>
    /// Each customer once, the organisations of people on it too, with the address that says so: of several the one with the most
    /// telling role, whatever their order within it.
    /// </summary>
    /// <param name="byRole">Everybody on it, a set for each role, the most telling role first.</param>
    private static IReadOnlyList<CustomerMatch> Matches(
        IReadOnlyList<MailAddress> left, CaptureContext context, params IEnumerable<Correspondent?>?[] byRole)
    {
        var wanted = left.ToHashSet();
        var matches = new Dictionary<CustomerId, CustomerMatch>();
        foreach (var role in byRole)
        {
            foreach (var address in (role ?? []).Select(who => who?.Address).OfType<MailAddress>().Where(wanted.Contains).OrderBy(who => who.Key, StringComparer.Ordinal))
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

    /// <summary>Whom we write with: whom one of us wrote to, or who wrote, if that is a person.</summary>
    private static IReadOnlyList<Correspondent> CorrespondentsOf(
        MailItem mail, Correspondent author, bool isOurs, IReadOnlyList<MailAddress> left)
    {
        var wanted = left.ToHashSet();
        if (!isOurs)
        {
            return wanted.Contains(author.Address)
                && !MailSigns.AsksForNoAnswer(mail) && !MailSigns.IsNobody(author.Address) && !MailSigns.IsDesk(author.Address)
                ? [author]
                : [];
        }

        var addressed = (mail.To ?? []).Concat(mail.Cc ?? []).Concat(mail.Bcc ?? [])
            .Where(who => who?.Address is not null && wanted.Contains(who.Address))
            .GroupBy(who => who.Address)
            .Select(same => same.OrderByDescending(who => who.Name?.Length ?? 0).ThenBy(who => who.Name, StringComparer.Ordinal).First())
            .ToList();
        return addressed.Count > MaxCounted
            ? []
            : [.. addressed.Where(who => !MailSigns.IsNobody(who.Address)).OrderBy(who => who.Address.Key, StringComparer.Ordinal)];
    }

    private static CaptureOutcome.Ignored Ignored(IgnoreReason reason) => new(reason, []);
}
