using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

/// <summary>The rules by example, in the order in which they are asked. <c>docs/capture-rules.md</c> says the same to users.</summary>
public sealed class CaptureRulesTests
{
    private const IgnoreReason Captured = (IgnoreReason)(-1);

    private static readonly Dictionary<string, (IgnoreReason Expected, MailItem Mail, CaptureContext Context)> Mails = new()
    {
        ["a customer writes to one of us"] = (Captured, Mail, Context),
        ["one of us writes to a customer"] = (Captured, Sent, Context),
        ["a customer is in copy of what one of us wrote to a stranger"] = (Captured, Sent with { To = [Named(Toni)], Cc = [Named(Kim)] }, Context),
        ["a customer is in blind copy"] = (Captured, Sent with { To = [Named(Ben)], Bcc = [Named(Kim)] }, Context),
        ["a customer writes and we are in blind copy"] = (Captured, Mail with { To = [Named(Toni)] }, Context),
        ["a customer writes through somebody's hand"] = (Captured, Mail with { Sender = Named(Toni) }, Context),
        ["a customer writes to nobody that can be seen"] = (Captured, Mail with { To = [] }, Context),
        ["a mail that names only a sender, no author"] = (Captured, Mail with { From = null }, Context),
        ["a customer's mail in the archive"] = (Captured, Mail with { FolderId = "archive" }, Context),
        ["a customer's mail that was thrown away: what was said was said"] = (Captured, Mail with { FolderId = "deleted" }, Context),
        ["a mail from info@ when info@ is a customer"] = (Captured, Mail with { From = Named(Address("info@zimmer.example")) }, Knowing("info@zimmer.example")),
        ["a mail from no-reply@ when it is a customer's"] = (Captured, Mail with { From = Named(Address("no-reply@zimmer.example")) }, Knowing("no-reply@zimmer.example")),
        ["a mail from postmaster@ when it is a customer's"] = (Captured, Mail with { From = Named(Address("postmaster@zimmer.example")) }, Knowing("postmaster@zimmer.example")),
        ["a mailbox that has no Junk folder, and a mail that says no folder"] = (Captured, Mail with { FolderId = null! }, Context with { Folders = new(null, null, null, null, null, null) }),

        ["a draft"] = (IgnoreReason.Draft, Mail with { IsDraft = true }, Context),
        ["a mail among the drafts"] = (IgnoreReason.Draft, Mail with { FolderId = "drafts" }, Context),
        ["a mail that waits to be sent"] = (IgnoreReason.Draft, Mail with { FolderId = "outbox" }, Context),
        ["a draft to which nobody has put a sender yet"] = (IgnoreReason.Draft, Mail with { IsDraft = true, From = null, Sender = null }, Context),
        ["a customer's mail in Junk"] = (IgnoreReason.Junk, Mail with { FolderId = "junk" }, Context),

        ["a mail without a sender"] = (IgnoreReason.Unreadable, Mail with { From = null, Sender = null }, Context),
        ["a mail with neither time"] = (IgnoreReason.Unreadable, Mail with { SentAt = default, ReceivedAt = default }, Context),
        ["a mail of 1601, sent and received"] = (IgnoreReason.Unreadable, Mail with { SentAt = Year(1601), ReceivedAt = Year(1601) }, Context),
        ["a mail of 9999, sent and received"] = (IgnoreReason.Unreadable, Mail with { SentAt = DateTimeOffset.MaxValue, ReceivedAt = DateTimeOffset.MaxValue }, Context),
        ["a mail sent in 9999 that came today"] = (Captured, Mail with { SentAt = DateTimeOffset.MaxValue }, Context),
        ["a mail sent in 1601 that came today"] = (Captured, Mail with { SentAt = Year(1601) }, Context),
        ["a mail sent today that came in 1601"] = (Captured, Mail with { ReceivedAt = Year(1601) }, Context),

        ["the last mail of the day before the start"] = (IgnoreReason.BeforeStart, Mail with { SentAt = new(2025, 2, 28, 23, 59, 59, TimeSpan.Zero) }, Context),
        ["the first mail of the day of the start"] = (Captured, Mail with { SentAt = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero) }, Context),
        ["a mail of the day of the start by the sender's clock, the day before in UTC"] = (IgnoreReason.BeforeStart, Mail with { SentAt = new(2025, 3, 1, 1, 0, 0, TimeSpan.FromHours(2)) }, Context),

        ["a mail marked private"] = (IgnoreReason.Private, Mail with { Sensitivity = Sensitivity.Private }, Context),
        ["a mail marked personal"] = (IgnoreReason.Private, Mail with { Sensitivity = Sensitivity.Personal }, Context),
        ["a mail marked confidential"] = (IgnoreReason.Private, Mail with { Sensitivity = Sensitivity.Confidential }, Context),
        ["a mail in the category Private"] = (IgnoreReason.Private, Mail with { Categories = ["Blue", " PRIVATE "] }, Context),
        ["a mail in the category that a Japanese Outlook has for it"] = (IgnoreReason.Private, Mail with { Categories = ["プライベート"] }, Context),
        ["a mail in the firm's own category for it"] = (IgnoreReason.Private, Mail with { Categories = ["Familie"] }, Context with { PrivateCategories = ["familie"] }),
        ["a mail in the category Privatkunden"] = (Captured, Mail with { Categories = ["Privatkunden"] }, Context),

        ["a mail that its owner took off the timeline"] = (IgnoreReason.NotThisItem, Mail, Context with { Excluded = new([MailIdentity.Of(Mail, Mailbox.UserId)], []) }),
        ["a mail of a thread that its owner took off the timeline"] = (IgnoreReason.NotThisThread, Mail with { InternetMessageId = "<m7@x>", Headers = [new("References", "<m1@hotel-sonne.example> <m3@x>")] }, Context with { Excluded = new([], [MailIdentity.ThreadOf(Mail, Mailbox.UserId)]) }),

        ["one of us writes to another"] = (IgnoreReason.ColleaguesOnly, Sent with { To = [Named(Ben)] }, Context),
        ["one of us forwards a customer's mail to another"] = (IgnoreReason.ColleaguesOnly, Sent with { To = [Named(Ben)], Subject = "FW: Lights", Headers = [new("References", "<m1@hotel-sonne.example>")] }, Context),
        ["a colleague who never signed in, at our domain"] = (IgnoreReason.ColleaguesOnly, Mail with { From = Named(Address("new.man@KERN-LICHT.example")), Sender = null }, Context),
        ["one of us writes through a service"] = (IgnoreReason.ColleaguesOnly, Mail with { From = Named(Ben), Sender = Named(Address("bounces@mail-service.example")) }, Context),
        ["one of us writes to another under an alias that we do not know"] = (IgnoreReason.ColleaguesOnly, Sent with { From = Named(Stranger), Sender = Named(Stranger), To = [Named(Ben)] }, Context),
        ["one of us writes to a customer under an alias that we do not know"] = (Captured, Sent with { From = Named(Stranger), Sender = Named(Stranger) }, Context),
        ["a firm with free mail: one of us to another"] = (IgnoreReason.ColleaguesOnly, Mail with { From = Named(Stranger), Sender = null, To = [Named(Pat)] }, Context with { Firm = FreeMailFirm(Stranger, Pat) }),
        ["a firm with free mail: a customer at the same provider"] = (Captured, Mail with { From = Named(Pat), Sender = null, To = [Named(Stranger)] }, Context with { Firm = FreeMailFirm(Stranger) }),

        ["who wrote was erased"] = (IgnoreReason.Erased, Mail, Context.Erase(Kim)),
        ["who wrote was erased, another customer is in copy"] = (IgnoreReason.Erased, Mail with { Cc = [Named(Lee)] }, Context.Erase(Kim)),
        ["one of two customers to whom we wrote was erased"] = (Captured, Sent with { To = [Named(Kim), Named(Lee)] }, Context.Erase(Kim)),
        ["all customers to whom we wrote were erased"] = (IgnoreReason.Erased, Sent with { To = [Named(Kim), Named(Lee), Named(Toni)] }, Context.Erase(Kim, Lee)),
        ["a stranger who was erased"] = (IgnoreReason.Erased, Mail with { From = Named(Toni), Sender = null }, Context.Erase(Toni)),

        ["a customer on the block list"] = (IgnoreReason.Blocked, Mail, Context.Block("kim.sommer@hotel-sonne.example")),
        ["a customer whose domain is on the block list"] = (IgnoreReason.Blocked, Mail, Context.Block("hotel-sonne.example")),
        ["a customer whose domain is below one on the block list"] = (IgnoreReason.Blocked, Mail, Context.Block("*.example.net", "sonne.example", "example.com", "hotel-sonne.example")),
        ["a customer whose domain only ends like one on the block list"] = (Captured, Mail, Context.Block("sonne.example")),
        ["one of two customers is blocked"] = (Captured, Mail with { Cc = [Named(Pat)] }, Context.Block("kim.sommer@hotel-sonne.example")),
        ["one customer is blocked, the other was erased"] = (IgnoreReason.Blocked, Sent with { To = [Named(Kim), Named(Lee)] }, Context.Block("lee@hotel-sonne.example").Erase(Kim)),
        ["a blocked customer and a stranger"] = (IgnoreReason.Blocked, Mail with { Cc = [Named(Toni)] }, Context.Block("hotel-sonne.example")),
        ["a blocked stranger and a customer"] = (Captured, Mail with { Cc = [Named(Toni)] }, Context.Block("architekten.example")),
        ["one of us is blocked"] = (Captured, Mail, Context.Block("anna@kern-licht.example")),

        ["an out-of-office note by RFC 3834"] = (IgnoreReason.Automatic, Mail.WithHeader("Auto-Submitted", "auto-replied"), Context),
        ["a mail that says it is not automatic"] = (Captured, Mail.WithHeader("Auto-Submitted", "no"), Context),
        ["an out-of-office note by its subject alone"] = (IgnoreReason.Automatic, Mail with { Subject = "Automatische Antwort: Angebot" }, Context),
        ["a person answers an out-of-office note"] = (Captured, Mail with { Subject = "Re: Automatic reply: Your offer" }, Context),
        ["one of us forwards an out-of-office note to a customer"] = (Captured, Sent with { Subject = "Out of office: who helps while I am away" }, Context),
        ["a read receipt"] = (IgnoreReason.Automatic, Mail with { MessageClass = "REPORT.IPM.Note.IPNRN", Subject = "Read: Your offer" }, Context),
        ["a bounce of the customer's own mail server"] = (IgnoreReason.Automatic, Mail with { From = Named(Address("postmaster@hotel-sonne.example")), Sender = null, Cc = [Named(Kim)] }, Context),
        ["a bounce without any header"] = (IgnoreReason.Automatic, Mail with { From = Named(Address("mail@relay.example")), Sender = null, Subject = "Undeliverable: Your offer" }, Context),
        ["a customer writes about what could not be delivered"] = (Captured, Mail with { Subject = "Undeliverable: our parcel from Monday" }, Context),
        ["an invitation: the calendar tells of it"] = (IgnoreReason.Automatic, Mail with { MessageClass = "IPM.Schedule.Meeting.Request" }, Context),
        ["an acceptance without a word"] = (IgnoreReason.Automatic, Mail with { MessageClass = "IPM.Schedule.Meeting.Resp.Pos", Preview = " \r\n" }, Context),
        ["a refusal with a word of its own"] = (Captured, Mail with { MessageClass = "IPM.Schedule.Meeting.Resp.Neg", Preview = "Could we do Tuesday?" }, Context),

        ["a customer's newsletter"] = (IgnoreReason.MailingList, Mail.WithHeader("List-Unsubscribe", "<https://hotel-sonne.example/u/1>"), Context),
        ["a customer on a list of others"] = (IgnoreReason.MailingList, (Mail with { To = [Named(Address("members@guild.example"))] }).WithHeader("List-Id", "<members.guild.example>").WithHeader("In-Reply-To", "<a@b>"), Context),
        ["a customer answers one of us on a list of others"] = (Captured, (Mail with { Cc = [Named(Address("members@guild.example"))] }).WithHeader("List-Id", "<members.guild.example>").WithHeader("In-Reply-To", "<a@b>"), Context),
        ["a customer writes to our own group"] = (Captured, (Mail with { To = [Named(Office)] }).WithHeader("List-Id", "Office <office.kern-licht.example>").WithHeader("Precedence", "list"), Context),
        ["one of us writes to a customer and our own group"] = (Captured, (Mail with { From = Named(Ben), Sender = null, To = [Named(Kim), Named(Office)] }).WithHeader("List-Post", "<mailto:office@kern-licht.example>"), Context),
        ["a stranger's bulk mail with a customer in copy"] = (IgnoreReason.MailingList, (Mail with { From = Named(Toni), Sender = null, Cc = [Named(Kim)] }).WithHeader("Precedence", "bulk"), Context),

        ["a stranger writes"] = (IgnoreReason.UnknownPeople, Mail with { From = Named(Toni), Sender = null }, Context),
        ["somebody at a customer's domain who is no customer"] = (IgnoreReason.UnknownPeople, Mail with { From = Named(Address("new@hotel-sonne.example")), Sender = null }, Context),
    };

    private static readonly Dictionary<string, (IgnoreReason Expected, MeetingItem Meeting, CaptureContext Context)> Meetings = new()
    {
        ["one of us invites a customer"] = (Captured, Meeting, Context),
        ["a customer invites one of us"] = (Captured, Meeting with { Organizer = Named(Kim), Attendees = [Guest(Anna)], Response = MeetingResponse.Accepted }, Context),
        ["an invitation that is not answered yet"] = (Captured, Meeting with { Organizer = Named(Kim), Attendees = [Guest(Anna)], Response = MeetingResponse.NotResponded }, Context),
        ["a customer who may come"] = (Captured, Meeting with { Attendees = [Guest(Kim) with { IsOptional = true }] }, Context),
        ["a whole day with a customer"] = (Captured, Meeting with { IsAllDay = true, EndAt = At.AddDays(1) }, Context),
        ["an occurrence of a series"] = (Captured, Meeting with { SeriesMasterId = "series", OriginalStartAt = At }, Context),
        ["a meeting without length"] = (Captured, Meeting with { EndAt = At }, Context),
        ["a meeting in a room"] = (Captured, Meeting with { Attendees = [Guest(Kim), Guest(Toni) with { IsResource = true }] }, Context),
        ["an organizer with us from whose guests nothing can be seen"] = (Captured, Meeting with { Organizer = Named(Kim), Attendees = [] }, Context),

        ["a meeting that was not sent yet"] = (IgnoreReason.Draft, Meeting with { IsDraft = true, ICalUId = "" }, Context),
        ["a meeting without identity"] = (IgnoreReason.Unreadable, Meeting with { ICalUId = " " }, Context),
        ["a meeting in 1601"] = (IgnoreReason.Unreadable, Meeting with { StartAt = Year(1601) }, Context),
        ["a meeting until 9999"] = (IgnoreReason.Unreadable, Meeting with { EndAt = DateTimeOffset.MaxValue }, Context),
        ["a meeting that ends before it begins"] = (IgnoreReason.Unreadable, Meeting with { EndAt = At.AddMinutes(-1) }, Context),
        ["a meeting before the start"] = (IgnoreReason.BeforeStart, Meeting with { StartAt = At.AddYears(-2), EndAt = At.AddYears(-2) }, Context),
        ["a private meeting"] = (IgnoreReason.Private, Meeting with { Sensitivity = Sensitivity.Private }, Context),
        ["a private whole day"] = (IgnoreReason.Private, Meeting with { Sensitivity = Sensitivity.Private, IsAllDay = true, Attendees = [] }, Context),
        ["a meeting in a private category"] = (IgnoreReason.Private, Meeting with { Categories = ["Persönlich"] }, Context),
        ["a meeting that its owner took off the timeline"] = (IgnoreReason.NotThisItem, Meeting, Context with { Excluded = new([MailIdentity.Of(Meeting)], []) }),
        ["a whole day on which somebody's name stands"] = (IgnoreReason.OwnAppointment, Meeting with { IsAllDay = true, Organizer = Named(Kim), Attendees = [] }, Context),
        ["an appointment of one's own"] = (IgnoreReason.OwnAppointment, Meeting with { Attendees = [] }, Context),
        ["an appointment of one's own in a room"] = (IgnoreReason.OwnAppointment, Meeting with { Attendees = [Guest(Toni) with { IsResource = true }] }, Context),
        ["a reminder of our own"] = (IgnoreReason.OwnAppointment, Meeting with { TransactionId = CaptureRules.OwnTransactionPrefix + " 17" }, Context),
        ["a meeting that another program made"] = (Captured, Meeting with { TransactionId = "localevent:17" }, Context),
        ["a cancelled meeting"] = (IgnoreReason.Cancelled, Meeting with { IsCancelled = true }, Context),
        ["a meeting that the mailbox's owner declined"] = (IgnoreReason.Declined, Meeting with { Response = MeetingResponse.Declined }, Context),
        ["a meeting that its only customer declined"] = (IgnoreReason.Declined, Meeting with { Attendees = [Guest(Kim, MeetingResponse.Declined), Guest(Ben)] }, Context),
        ["a meeting that one of two customers declined"] = (Captured, Meeting with { Attendees = [Guest(Kim, MeetingResponse.Declined), Guest(Pat)] }, Context),
        ["a meeting that a customer called, whatever his answer says"] = (Captured, Meeting with { Organizer = Named(Kim), Attendees = [Guest(Kim, MeetingResponse.Declined), Guest(Anna)] }, Context),
        ["a meeting among ourselves"] = (IgnoreReason.ColleaguesOnly, Meeting with { Attendees = [Guest(Ben)] }, Context),
        ["a meeting among ourselves that a colleague declined"] = (IgnoreReason.ColleaguesOnly, Meeting with { Attendees = [Guest(Ben, MeetingResponse.Declined)] }, Context),
        ["a meeting that an erased person called"] = (IgnoreReason.Erased, Meeting with { Organizer = Named(Kim), Attendees = [Guest(Anna), Guest(Lee)] }, Context.Erase(Kim)),
        ["a meeting with an erased person and a customer"] = (Captured, Meeting with { Attendees = [Guest(Kim), Guest(Lee)] }, Context.Erase(Kim)),
        ["a meeting with an erased person alone"] = (IgnoreReason.Erased, Meeting, Context.Erase(Kim)),
        ["a meeting with a blocked customer"] = (IgnoreReason.Blocked, Meeting, Context.Block("@hotel-sonne.example")),
        ["a meeting with strangers"] = (IgnoreReason.UnknownPeople, Meeting with { Attendees = [Guest(Toni)] }, Context),
    };

    public static TheoryData<string> MailNames => [.. Mails.Keys];

    public static TheoryData<string> MeetingNames => [.. Meetings.Keys];

    [Theory, MemberData(nameof(MailNames))]
    public void A_mail(string what)
    {
        var (expected, mail, context) = Mails[what];
        Assert.Equal(expected, ReasonOf(CaptureRules.Judge(mail, context)));
    }

    [Theory, MemberData(nameof(MeetingNames))]
    public void A_meeting(string what)
    {
        var (expected, meeting, context) = Meetings[what];
        Assert.Equal(expected, ReasonOf(CaptureRules.Judge(meeting, context)));
    }

    [Fact]
    public void Of_two_reasons_for_a_mail_the_one_that_is_asked_first_is_given()
    {
        var refusals = new Dictionary<IgnoreReason, Func<(MailItem Mail, CaptureContext Context), (MailItem, CaptureContext)>>
        {
            [IgnoreReason.Draft] = x => (x.Mail with { IsDraft = true }, x.Context),
            [IgnoreReason.Junk] = x => (x.Mail with { FolderId = "junk" }, x.Context),
            [IgnoreReason.Unreadable] = x => (x.Mail with { From = null, Sender = null }, x.Context),
            [IgnoreReason.BeforeStart] = x => (x.Mail, x.Context with { Mailbox = Mailbox with { Since = new DateOnly(2026, 12, 1) } }),
            [IgnoreReason.Private] = x => (x.Mail with { Sensitivity = Sensitivity.Private }, x.Context),
            [IgnoreReason.NotThisItem] = x => (x.Mail, x.Context with { Excluded = new([MailIdentity.Of(Mail, Mailbox.UserId)], x.Context.Excluded.HasThread(MailIdentity.ThreadOf(Mail, Mailbox.UserId)) ? [MailIdentity.ThreadOf(Mail, Mailbox.UserId)] : []) }),
            [IgnoreReason.NotThisThread] = x => (x.Mail, x.Context with { Excluded = new(x.Context.Excluded.HasItem(MailIdentity.Of(Mail, Mailbox.UserId)) ? [MailIdentity.Of(Mail, Mailbox.UserId)] : [], [MailIdentity.ThreadOf(Mail, Mailbox.UserId)]) }),
            [IgnoreReason.ColleaguesOnly] = x => (x.Mail, x.Context with { Firm = FirmAt("kern-licht.example", "hotel-sonne.example") }),
            [IgnoreReason.Erased] = x => (x.Mail, x.Context.Erase(Kim)),
            [IgnoreReason.Blocked] = x => (x.Mail, x.Context.Block("hotel-sonne.example")),
            [IgnoreReason.Automatic] = x => (x.Mail.WithHeader("Auto-Submitted", "auto-generated"), x.Context),
            [IgnoreReason.MailingList] = x => (x.Mail.WithHeader("List-Id", "<news.hotel-sonne.example>"), x.Context),
            [IgnoreReason.UnknownPeople] = x => (x.Mail, x.Context with { Customers = new Dictionary<MailAddress, KnownAddress>() }),
        };
        AssertOrder(refusals, (Mail, Context), x => CaptureRules.Judge(x.Item1, x.Item2));
        Assert.Empty(Enum.GetValues<IgnoreReason>().Except(refusals.Keys).Except([IgnoreReason.OwnAppointment, IgnoreReason.Cancelled, IgnoreReason.Declined]));
    }

    [Fact]
    public void Of_two_reasons_for_a_meeting_the_one_that_is_asked_first_is_given()
    {
        var refusals = new Dictionary<IgnoreReason, Func<(MeetingItem Meeting, CaptureContext Context), (MeetingItem, CaptureContext)>>
        {
            [IgnoreReason.Draft] = x => (x.Meeting with { IsDraft = true }, x.Context),
            [IgnoreReason.Unreadable] = x => (x.Meeting with { EndAt = At.AddHours(-1) }, x.Context),
            [IgnoreReason.BeforeStart] = x => (x.Meeting, x.Context with { Mailbox = Mailbox with { Since = new DateOnly(2026, 12, 1) } }),
            [IgnoreReason.Private] = x => (x.Meeting with { Categories = ["Privat"] }, x.Context),
            [IgnoreReason.NotThisItem] = x => (x.Meeting, x.Context with { Excluded = new([MailIdentity.Of(Meeting)], []) }),
            [IgnoreReason.OwnAppointment] = x => (x.Meeting with { TransactionId = CaptureRules.OwnTransactionPrefix }, x.Context),
            [IgnoreReason.Cancelled] = x => (x.Meeting with { IsCancelled = true }, x.Context),
            [IgnoreReason.Declined] = x => (x.Meeting with { Response = MeetingResponse.Declined }, x.Context),
            [IgnoreReason.ColleaguesOnly] = x => (x.Meeting, x.Context with { Firm = FirmAt("kern-licht.example", "hotel-sonne.example") }),
            [IgnoreReason.Erased] = x => (x.Meeting, x.Context.Erase(Kim)),
            [IgnoreReason.Blocked] = x => (x.Meeting, x.Context.Block("hotel-sonne.example")),
            [IgnoreReason.UnknownPeople] = x => (x.Meeting, x.Context with { Customers = new Dictionary<MailAddress, KnownAddress>() }),
        };
        AssertOrder(refusals, (Meeting, Context), x => CaptureRules.Judge(x.Item1, x.Item2));
        Assert.Empty(Enum.GetValues<IgnoreReason>().Except(refusals.Keys)
            .Except([IgnoreReason.Junk, IgnoreReason.NotThisThread, IgnoreReason.Automatic, IgnoreReason.MailingList]));
    }

    [Fact]
    public void Each_customer_is_named_once_by_the_most_telling_of_their_addresses_and_the_organisation_too()
    {
        var home = Address("kim@home.example");
        var context = Context with { Customers = new Dictionary<MailAddress, KnownAddress>(Context.Customers) { [home] = new(KimId, HotelId) } };
        var mail = Mail with { From = Named(Lee), Sender = Named(Lee), To = [Named(Anna), Named(home)], Cc = [Named(Kim), Named(Pat)] };

        var captured = Assert.IsType<CaptureOutcome.Captured>(CaptureRules.Judge(mail, context));

        Assert.Equal([new(KimId, home), new(LeeId, Lee), new(PatId, Pat), new CustomerMatch(HotelId, Lee)], captured.Matches);
    }

    [Fact]
    public void A_guest_who_declined_gets_no_line()
    {
        var captured = Assert.IsType<CaptureOutcome.Captured>(
            CaptureRules.Judge(Meeting with { Attendees = [Guest(Kim, MeetingResponse.Declined), Guest(Pat)] }, Context));

        Assert.Equal([new CustomerMatch(PatId, Pat)], captured.Matches);
    }

    [Fact]
    public void An_automatic_sender_is_never_somebody_we_write_with_and_a_stranger_on_a_customer_s_mail_is()
    {
        MailItem From(string address) => Mail with { From = Named(Address(address)), Sender = null };
        IEnumerable<MailAddress> Counted(MailItem mail) => CaptureRules.Judge(mail, Context).Correspondents.Select(who => who.Address);

        Assert.Equal([Toni], Counted(From("toni@architekten.example")));
        Assert.Equal([Toni], Counted(Sent with { To = [Named(Kim), Named(Toni)], Cc = [Named(Ben)] }));
        Assert.Equal([Toni], Counted(From("toni@architekten.example") with { Cc = [Named(Kim), Named(Stranger)] }));
        Assert.Equal([Address("info@architekten.example")], Counted(Sent with { To = [Named(Address("info@architekten.example"))] }));
        Assert.Empty(Counted(From("info@architekten.example")));
        Assert.Empty(Counted(From("do-not-reply@shop.example")));
        Assert.Empty(Counted(From("bestellung+noreply@shop.example")));
        Assert.Empty(Counted(From("newsletter@shop.example")));
        Assert.Empty(Counted(From("toni@architekten.example").WithHeader("X-Auto-Response-Suppress", "All")));
        Assert.Empty(Counted(From("toni@architekten.example").WithHeader("List-Id", "<x.shop.example>")));
        Assert.Empty(Counted(From("toni@architekten.example") with { Sensitivity = Sensitivity.Private }));
        Assert.Empty(Counted(Sent with { To = [.. Enumerable.Range(0, CaptureRules.MaxCounted + 1).Select(i => Named(Address($"p{i}@fair.example")))] }));
        Assert.Equal("Toni Arch", Assert.Single(CaptureRules.Judge(Sent with { To = [Named(Toni), Named(Toni, "Toni Arch"), Named(Toni, "T.")] }, Context).Correspondents).Name);
    }

    [Fact]
    public void A_receipt_names_who_wrote_or_to_whom_we_did_and_nobody_who_must_not_be_named()
    {
        MailAddress? About(MailItem mail, CaptureContext context) => Assert.IsType<CaptureOutcome.Ignored>(CaptureRules.Judge(mail, context)).About;

        Assert.Equal(Toni, About(Mail with { From = Named(Toni), Sender = null, Cc = [Named(Stranger)] }, Context));
        Assert.Equal(Toni, About(Sent with { To = [Named(Ben), Named(Toni)] }, Context));
        Assert.Equal(Kim, About(Mail, Context.Block("hotel-sonne.example")));
        Assert.Equal(Kim, About(Mail with { FolderId = "junk" }, Context));
        Assert.Null(About(Mail with { FolderId = "junk" }, Context.Erase(Kim)));
        Assert.Null(About(Mail with { Sensitivity = Sensitivity.Private }, Context));
        Assert.Null(About(Mail, Context.Erase(Kim)));
        Assert.Null(About(Sent with { To = [Named(Ben)] }, Context));
        Assert.Equal(Toni, Assert.IsType<CaptureOutcome.Ignored>(CaptureRules.Judge(Meeting with { Attendees = [Guest(Toni)] }, Context)).About);
    }

    [Fact]
    public void Our_own_mail_goes_out_and_others_come_in()
    {
        Assert.Equal(Direction.Incoming, CaptureRules.DirectionOf(Mail, Context));
        Assert.Equal(Direction.Outgoing, CaptureRules.DirectionOf(Sent, Context));
        Assert.Equal(Direction.Outgoing, CaptureRules.DirectionOf(Mail with { From = Named(Ben) }, Context));
        Assert.Equal(Direction.Outgoing, CaptureRules.DirectionOf(Sent with { From = Named(Stranger) }, Context));
    }

    [Fact]
    public void A_sender_s_clock_is_believed_until_it_is_a_day_ahead_of_ours()
    {
        Assert.Equal(At, CaptureRules.WhenOf(Mail));
        Assert.Equal(At.AddDays(1), CaptureRules.WhenOf(Mail with { SentAt = At.AddDays(1), ReceivedAt = At }));
        Assert.Equal(At, CaptureRules.WhenOf(Mail with { SentAt = At.AddDays(1).AddTicks(1), ReceivedAt = At }));
        Assert.Equal(At.AddYears(-1), CaptureRules.WhenOf(Mail with { SentAt = At.AddYears(-1) }));
    }

    [Fact]
    public async Task A_mail_to_five_thousand_is_judged_at_once()
    {
        var crowd = Enumerable.Range(0, 5_000).Select(i => Named(Address($"guest{i}@fair{i % 700}.example"), "Guest")).ToList();
        var context = Context.Block([.. Enumerable.Range(0, 350).Select(i => $"fair{i}.example")]).Erase([.. crowd.Take(1_000).Select(who => who.Address)]);
        var mail = Mail with { To = [.. crowd, Named(Anna)] };

        var outcome = await Task.Run(() => CaptureRules.Judge(mail, context)).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal([KimId, HotelId], Assert.IsType<CaptureOutcome.Captured>(outcome).Matches.Select(match => match.Customer));
    }

    private static void AssertOrder<T>(
        Dictionary<IgnoreReason, Func<(T, CaptureContext), (T, CaptureContext)>> refusals, (T, CaptureContext) good, Func<(T, CaptureContext), CaptureOutcome> judge)
    {
        Assert.IsType<CaptureOutcome.Captured>(judge(good));
        foreach (var (first, refuse) in refusals)
        {
            Assert.Equal(first, ReasonOf(judge(refuse(good))));
            foreach (var (second, alsoRefuse) in refusals)
            {
                var expected = first < second ? first : second;
                Assert.True(expected == ReasonOf(judge(alsoRefuse(refuse(good)))), $"{first} and then {second}: {ReasonOf(judge(alsoRefuse(refuse(good))))}");
            }
        }
    }

    private static IgnoreReason ReasonOf(CaptureOutcome outcome) => outcome is CaptureOutcome.Ignored ignored ? ignored.Reason : Captured;

    private static DateTimeOffset Year(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CaptureContext Knowing(string address) => Context with
    {
        Customers = new Dictionary<MailAddress, KnownAddress> { [Address(address)] = new(PatId, null) },
    };

    private static OwnFirm FreeMailFirm(params MailAddress[] us) =>
        new([], us.Select(who => new ColleagueRow(Guid.NewGuid(), who.LocalPart, who.ToString(), new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 1))), []);
}
