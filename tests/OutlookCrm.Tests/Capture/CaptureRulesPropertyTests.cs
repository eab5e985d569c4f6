using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Capture.Sample;

namespace OutlookCrm.Tests.Capture;

/// <summary>What holds for every mail and meeting, however odd.</summary>
public sealed class CaptureRulesPropertyTests
{
    private static readonly MailAddress[] Colleagues = [Anna, Ben, Office];

    private static readonly MailAddress[] Others =
    [
        Kim, Lee, Pat, Toni, Stranger, Address("info@hotel-sonne.example"), Address("noreply@shop.example"), Address("postmaster@hotel-sonne.example"),
        Address("büro@müller.example"), Address("ΝΊΚΟΣ@παράδειγμα.example"), Address("a@deep.sub.hotel-sonne.example"),
    ];

    private static readonly string[] Rubbish =
    [
        "", " ", "\0", "\ud800", "\udc00\ud800", "\ufffe", "\uffff", "\u202egnirts\u202c", "\u200b", ":", "<", "<>", ">", "<<<>>>", "a:b:c", "\r\n", "İ", "ﬁ",
        "Auto-Submitted", "%00", new string('x', 998), new string('<', 70_000), "<a@b>", "=?utf-8?B?////?=", "Private\ufffe", "🔒",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Received", "from x by y; Mon, 2 Mar 2026 09:30:02 +0000"), ("Auto-Submitted", "no"), ("Auto-Submitted", "auto-replied"), ("Precedence", "bulk"),
        ("Precedence", "junk"), ("List-Id", "<news.hotel-sonne.example>"), ("List-Id", "<office.kern-licht.example>"), ("List-Unsubscribe", "<https://x>"),
        ("In-Reply-To", "<m2@kern-licht.example>"), ("X-Auto-Response-Suppress", "All"), ("Return-Path", "<>"), ("Content-Type", "multipart/report"),
    ];

    /// <summary>Each refuses, or leaves out, somebody or something more; none may ever bring a thing in.</summary>
    private static readonly (string What, Func<MailItem, CaptureContext, (MailItem, CaptureContext)> Do)[] Refusals =
    [
        ("block an address", (m, c) => (m, With(c, blocked: [Kim.ToString()]))),
        ("block a domain", (m, c) => (m, With(c, blocked: ["hotel-sonne.example"]))),
        ("block strangers", (m, c) => (m, With(c, blocked: ["architekten.example", "gmail.com"]))),
        ("block everybody", (m, c) => (m, With(c, blocked: [.. Others.Select(who => who.ToString())]))),
        ("erase a person", (m, c) => (m, With(c, erased: [Kim]))),
        ("erase a stranger", (m, c) => (m, With(c, erased: [Toni]))),
        ("erase everybody", (m, c) => (m, With(c, erased: Others))),
        ("mark it private", (m, c) => (m with { Sensitivity = Sensitivity.Private }, c)),
        ("put it into the private category", (m, c) => (m with { Categories = [.. m.Categories, "privat"] }, c)),
        ("make the category a private one", (m, c) => (m, c with { PrivateCategories = ["Blue"] })),
        ("a foreign list's header", (m, c) => (m.WithHeader("List-Id", "<x.list.example>"), c)),
        ("a bulk header", (m, c) => (m.WithHeader("Precedence", "bulk"), c)),
        ("a program's header", (m, c) => (m.WithHeader("Auto-Submitted", "auto-generated"), c)),
        ("a bounce's header", (m, c) => (m.WithHeader("Return-Path", "<>"), c)),
        ("exclude it", (m, c) => (m, c with { Excluded = new([MailIdentity.Of(m, c.Mailbox.UserId)], []) })),
        ("exclude its thread", (m, c) => (m, c with { Excluded = new([], [MailIdentity.ThreadOf(m, c.Mailbox.UserId)]) })),
        ("start later", (m, c) => (m, c with { Mailbox = c.Mailbox with { Since = c.Mailbox.Since.AddMonths(18) } })),
        ("move it to Junk", (m, c) => (m with { FolderId = "junk" }, c)),
        ("make it a draft", (m, c) => (m with { IsDraft = true }, c)),
        ("forget a customer", (m, c) => (m, c with { Customers = c.Customers.Where(one => one.Key != Kim).ToDictionary() })),
    ];

    private static readonly Config Thoroughly = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    [Fact]
    public void One_more_refusal_never_captures_more() =>
        Prop.ForAll((from situation in Situations() from refusal in Gen.Elements(Refusals) select (situation, refusal)).ToArbitrary(), x =>
        {
            var (mail, context) = x.situation;
            var (refused, stricter) = x.refusal.Do(mail, context);
            var before = CaptureRules.Judge(mail, context);
            var after = CaptureRules.Judge(refused, stricter);

            Assert.Subset(CustomersOf(before), CustomersOf(after));
            if (x.refusal.What != "forget a customer")
            {
                Assert.Subset(before.Correspondents.ToHashSet(), after.Correspondents.ToHashSet());
            }
        }).Check(Thoroughly);

    [Fact]
    public void One_more_refusal_of_a_meeting_never_captures_more() =>
        Prop.ForAll((from meeting in Meetings() from context in Contexts() from who in Gen.Elements(Others) from what in Gen.Choose(0, 7) select (meeting, context, who, what)).ToArbitrary(), x =>
        {
            var before = CaptureRules.Judge(x.meeting, x.context);
            var after = x.what switch
            {
                0 => CaptureRules.Judge(x.meeting, With(x.context, blocked: [x.who.ToString()])),
                1 => CaptureRules.Judge(x.meeting, With(x.context, erased: [x.who])),
                2 => CaptureRules.Judge(x.meeting with { IsCancelled = true }, x.context),
                3 => CaptureRules.Judge(x.meeting with { Response = MeetingResponse.Declined }, x.context),
                4 => CaptureRules.Judge(x.meeting with { Sensitivity = Sensitivity.Confidential }, x.context),
                5 => CaptureRules.Judge(x.meeting, x.context with { Excluded = new([MailIdentity.Of(x.meeting)], []) }),
                6 => CaptureRules.Judge(x.meeting with { TransactionId = CaptureRules.OwnTransactionPrefix }, x.context),
                _ => CaptureRules.Judge(
                    x.meeting with { Attendees = [.. x.meeting.Attendees.Select(a => a.Who.Address == x.who ? a with { Response = MeetingResponse.Declined } : a)] },
                    x.context),
            };

            Assert.Subset(CustomersOf(before), CustomersOf(after));
        }).Check(Thoroughly);

    [Fact]
    public void Who_was_erased_or_is_blocked_is_never_a_match_nor_counted_nor_if_erased_named() =>
        Prop.ForAll((from situation in Situations() from meeting in Meetings() select (situation, meeting)).ToArbitrary(), x =>
        {
            var (mail, context) = x.situation;
            if (CaptureRules.Judge(x.meeting, context) is CaptureOutcome.Captured meeting)
            {
                Assert.DoesNotContain(meeting.Matches, match => context.IsLeftOut(match.Address));
            }

            var outcome = CaptureRules.Judge(mail, context);

            Assert.DoesNotContain(outcome.Correspondents, who => context.IsLeftOut(who.Address));
            switch (outcome)
            {
                case CaptureOutcome.Captured captured:
                    Assert.DoesNotContain(captured.Matches, match => context.IsLeftOut(match.Address));
                    Assert.False(mail.From is { } author && !context.Firm.IsColleague(author.Address) && mail.FolderId != "sent" && context.Erased.Has(author.Address));
                    break;
                case CaptureOutcome.Ignored { About: { } about }:
                    Assert.False(context.Erased.Has(about));
                    break;
            }
        }).Check(Thoroughly);

    [Fact]
    public void Among_colleagues_nothing_is_captured_whatever_else() =>
        Prop.ForAll((from situation in Situations() from meeting in Meetings() from us in Gen.ArrayOf(Gen.Elements(Colleagues), 8) select (situation, meeting, us)).ToArbitrary(), x =>
        {
            var (mail, context) = x.situation;
            var internalMail = mail with
            {
                From = mail.From is null ? null : Named(x.us[0]),
                Sender = mail.Sender is null ? null : Named(x.us[1]),
                To = [.. mail.To.Select((_, i) => Named(x.us[(i + 2) % 8]))],
                Cc = [.. mail.Cc.Select((_, i) => Named(x.us[(i + 4) % 8]))],
                Bcc = [.. mail.Bcc.Select((_, i) => Named(x.us[(i + 6) % 8]))],
            };
            var internalMeeting = x.meeting with
            {
                Organizer = x.meeting.Organizer is null ? null : Named(x.us[0]),
                Attendees = [.. x.meeting.Attendees.Select((who, i) => who with { Who = Named(x.us[(i + 1) % 8]) })],
            };
            // Even when somebody made customers of us all.
            var confused = context with { Customers = Colleagues.ToDictionary(who => who, _ => new KnownAddress(PatId, null)) };

            Assert.Empty(CustomersOf(CaptureRules.Judge(internalMail, confused)));
            Assert.Empty(CaptureRules.Judge(internalMail, confused).Correspondents);
            Assert.Empty(CustomersOf(CaptureRules.Judge(internalMeeting, confused)));
        }).Check(Thoroughly);

    [Fact]
    public void The_order_of_people_and_headers_and_who_is_named_twice_never_matters() =>
        Prop.ForAll((from situation in Situations() from seed in Gen.Choose(0, int.MaxValue) select (situation, seed)).ToArbitrary(), x =>
        {
            var (mail, context) = x.situation;
            var random = new Random(x.seed);
            IReadOnlyList<T> Mixed<T>(IReadOnlyList<T> list) => [.. list.Concat(list.Take(random.Next(3))).OrderBy(_ => random.Next())];
            var mixed = mail with { To = Mixed(mail.To), Cc = Mixed(mail.Cc), Bcc = Mixed(mail.Bcc), Headers = Mixed(mail.Headers), Categories = Mixed(mail.Categories) };

            AssertAlike(CaptureRules.Judge(mail, context), CaptureRules.Judge(mixed, context));
        }).Check(Thoroughly);

    [Fact]
    public void How_an_address_is_written_never_matters() =>
        Prop.ForAll((from situation in Situations() from meeting in Meetings() select (situation, meeting)).ToArbitrary(), x =>
        {
            static Correspondent? Respell(Correspondent? who) => who is null ? null : who with { Address = Respelled(who.Address) };
            static IReadOnlyList<Correspondent> All(IReadOnlyList<Correspondent> people) => [.. people.Select(who => Respell(who)!)];
            var (mail, context) = x.situation;
            var respelled = mail with { From = Respell(mail.From), Sender = Respell(mail.Sender), To = All(mail.To), Cc = All(mail.Cc), Bcc = All(mail.Bcc) };
            var again = x.meeting with
            {
                Organizer = Respell(x.meeting.Organizer),
                Attendees = [.. x.meeting.Attendees.Select(who => who with { Who = Respell(who.Who)! })],
            };

            AssertAlike(CaptureRules.Judge(mail, context), CaptureRules.Judge(respelled, context));
            AssertAlike(CaptureRules.Judge(x.meeting, context), CaptureRules.Judge(again, context));
        }).Check(Thoroughly);

    [Fact]
    public void Everything_is_judged_and_nothing_throws() =>
        Prop.ForAll((from situation in Situations() from meeting in Meetings() from text in Gen.ArrayOf(Gen.OneOf(Gen.Elements(Rubbish), AnyText()), 12) select (situation, meeting, text)).ToArbitrary(), x =>
        {
            var (mail, context) = x.situation;
            var t = x.text;
            var odd = mail with
            {
                ItemId = t[0],
                InternetMessageId = t[1],
                ConversationId = t[2],
                Subject = t[3],
                Preview = t[4],
                Categories = [t[5], null!, "Blue"],
                Headers = [new(t[6], t[7]), null!, new(null!, null!), new("References", t[8]), new("List-Id", t[9]), new("List-Post", t[10]), new("Auto-Submitted", t[11])],
                MessageClass = t[6],
                To = [null!, .. mail.To, new(Kim, null!)],
            };
            _ = CaptureRules.Judge(odd, context with { PrivateCategories = [t[0], t[5]] });
            _ = CaptureRules.Judge(odd with { To = null!, Cc = null!, Bcc = null!, Headers = null!, Categories = null!, AttachmentNames = null!, ItemId = null!, FolderId = null! }, context);
            _ = CaptureRules.DirectionOf(odd, context);
            _ = CaptureRules.Judge(x.meeting with { ICalUId = t[0], Categories = [t[5], null!], TransactionId = t[1], Attendees = [null!, new(null!, true, false, MeetingResponse.None), .. x.meeting.Attendees] }, context);
            _ = CaptureRules.Judge(x.meeting with { Attendees = null!, Categories = null!, ICalUId = null! }, context);
        }).Check(Thoroughly);

    private static void AssertAlike(CaptureOutcome one, CaptureOutcome other)
    {
        Assert.Equal(one.Correspondents, other.Correspondents);
        switch (one, other)
        {
            case (CaptureOutcome.Captured a, CaptureOutcome.Captured b):
                Assert.Equal(a.Matches, b.Matches);
                break;
            case (CaptureOutcome.Ignored a, CaptureOutcome.Ignored b):
                Assert.Equal((a.Reason, a.About), (b.Reason, b.About));
                break;
            default:
                Assert.Fail($"{one} but {other}");
                break;
        }
    }

    private static HashSet<CustomerId> CustomersOf(CaptureOutcome outcome) =>
        outcome is CaptureOutcome.Captured captured ? [.. captured.Matches.Select(match => match.Customer)] : [];

    private static MailAddress Respelled(MailAddress address) =>
        Address($"<{address.LocalPart.ToUpperInvariant()}@{(address.Domain == address.ShownDomain ? address.Domain.ToUpperInvariant() : address.Domain)}.>");

    private static CaptureContext With(CaptureContext context, string[]? blocked = null, MailAddress[]? erased = null)
    {
        var wasBlocked = Others.Where(context.Blocked.Covers).Select(who => who.ToString());
        var wasErased = Others.Where(context.Erased.Has);
        return context.Block([.. wasBlocked, .. blocked ?? []]).Erase([.. wasErased, .. erased ?? []]);
    }

    private static Gen<(MailItem Mail, CaptureContext Context)> Situations() =>
        from mail in Mails()
        from context in Contexts()
        select (mail, context);

    private static Gen<Correspondent?> Somebody() =>
        Gen.Frequency(
            (1, Gen.Constant<Correspondent?>(null)),
            (4, Gen.Elements(Colleagues).Select(who => (Correspondent?)Named(who, "One of us"))),
            (12, from who in Gen.Elements(Others) from name in Gen.Elements("", "Kim", "K. S.", "\u202e") select (Correspondent?)Named(who, name)));

    private static Gen<IReadOnlyList<Correspondent>> People() =>
        from count in Gen.Choose(0, 4)
        from people in Gen.ArrayOf(Somebody(), count)
        select (IReadOnlyList<Correspondent>)[.. people.OfType<Correspondent>()];

    private static Gen<DateTimeOffset> Instants() => Gen.Frequency(
        (8, Gen.Choose(-600, 200).Select(days => At.AddDays(days))),
        (1, Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), default)));

    private static Gen<MailItem> Mails() =>
        from @from in Somebody()
        from isSame in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from sender in Somebody()
        from to in People()
        from cc in People()
        from bcc in People()
        from at in Instants()
        from received in Gen.Frequency((5, Gen.Constant(At)), (1, Instants()))
        from folder in Gen.Frequency((6, Gen.Elements("inbox", "sent", "archive")), (1, Gen.Elements("junk", "drafts", "outbox", "deleted")))
        from headerCount in Gen.Frequency((3, Gen.Constant(0)), (3, Gen.Choose(1, 3)))
        from headers in Gen.ArrayOf(Gen.Elements(Headers), headerCount)
        from subject in Gen.Elements<string?>("Lights", "Re: Lights", "Automatic reply: Lights", "Abwesenheit: x", "Undeliverable: x", null)
        from category in Gen.Frequency((8, Gen.Elements("Blue", "")), (1, Gen.Elements("Privat", "Personal")))
        from sensitivity in Gen.Frequency((12, Gen.Constant(Sensitivity.Normal)), (1, Gen.Elements(Enum.GetValues<Sensitivity>())))
        from kind in Gen.Frequency((8, Gen.Elements<string?>("IPM.Note", null)), (1, Gen.Elements<string?>("REPORT.IPM.Note.NDR", "IPM.Schedule.Meeting.Resp.Neg")))
        from id in Gen.Elements<string?>("<m1@hotel-sonne.example>", "<m9@x>", "", null)
        select Mail with
        {
            From = @from,
            Sender = isSame ? @from : sender,
            To = to,
            Cc = cc,
            Bcc = bcc,
            SentAt = at,
            ReceivedAt = received,
            FolderId = folder,
            Headers = [.. headers.Select(header => new MailHeader(header.Name, header.Value))],
            Subject = subject,
            Categories = [category],
            Sensitivity = sensitivity,
            MessageClass = kind,
            InternetMessageId = id,
        };

    private static Gen<MeetingItem> Meetings() =>
        from organizer in Somebody()
        from count in Gen.Choose(0, 4)
        from guests in Gen.ArrayOf(
            from who in Somebody()
            from response in Gen.Elements(Enum.GetValues<MeetingResponse>())
            from isOptional in Gen.Elements(true, false)
            from isResource in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
            select who is null ? null : new Attendee(who, isOptional, isResource, response), count)
        from start in Instants()
        from minutes in Gen.Elements(0, 60, 60, 60, -5)
        from allDay in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
        from response in Gen.Frequency((8, Gen.Constant(MeetingResponse.Accepted)), (1, Gen.Elements(Enum.GetValues<MeetingResponse>())))
        select Meeting with
        {
            Organizer = organizer,
            Attendees = [.. guests.OfType<Attendee>()],
            StartAt = start,
            EndAt = start > DateTimeOffset.MinValue.AddDays(1) && start < DateTimeOffset.MaxValue.AddDays(-1) ? start.AddMinutes(minutes) : start,
            IsAllDay = allDay,
            Response = response,
        };

    private static Gen<CaptureContext> Contexts() =>
        from blocked in Some(Others)
        from erased in Some(Others)
        from unknown in Some(Others)
        from domains in Gen.Frequency((5, Gen.Constant(new[] { "kern-licht.example" })), (1, Gen.Constant(new[] { "kern-licht.example", "architekten.example" })))
        select (Context with
        {
            Firm = FirmAt(domains),
            Customers = Others.Except(unknown).Except([Toni, Stranger])
                .ToDictionary(who => who, who => new KnownAddress(new CustomerId(new Guid(who.Key.Length, 0, 0, new byte[8])), who.Domain.EndsWith("sonne.example", StringComparison.Ordinal) ? HotelId : null)),
        }).Block([.. blocked.Select(who => who.ToString())]).Erase(erased);

    private static Gen<MailAddress[]> Some(MailAddress[] people) =>
        from count in Gen.Frequency((4, Gen.Constant(0)), (3, Gen.Choose(1, 3)))
        from some in Gen.ArrayOf(Gen.Elements(people), count)
        select some;

    private static Gen<string> AnyText() =>
        from count in Gen.Choose(0, 12)
        from letters in Gen.ArrayOf(Gen.Choose(0, 0xffff), count)
        select new string([.. letters.Select(letter => (char)letter)]);
}
