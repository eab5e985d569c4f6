using System.Globalization;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Firm;

/// <param name="Addresses">The first is the one they mostly write from.</param>
public sealed record GeneratedPerson(string Name, IReadOnlyList<string> Addresses);

/// <summary>
/// Mail and meetings of a busy firm in any number, for tests and measurements. The same seed gives the same, to the letter. Everything that a
/// mailbox can hold is in it, believable or hostile; what of it belongs on a timeline is not said here, and nothing in it shows.
/// </summary>
/// <param name="newest">No mail is later, but for its own false dates.</param>
/// <param name="span">How far back it goes.</param>
public sealed class GeneratedFirm(int seed, DateTimeOffset newest, TimeSpan span)
{
    // Of the letters; each lies in two or three mailboxes, which makes 40 of 100 messages.
    private const double SharedLetters = 0.225;
    private const double InThree = 0.3;
    private const double LettersWithMeeting = 0.05; // of those that are put one by one
    private const int CrowdSize = 5_000;
    private const string Zone = "Europe/Berlin";

    private static readonly string[] Subjects =
    [
        "Offer for the oak table", "Termin am Montag", "Measurements", "Lieferung in der 34. Woche", "Votre devis", "Invoice 2026-117", "Thank you", "Fitting in May",
        "A question about the hinges", "Farbmuster", "Photos", "Key", "見積もり", "Ваш заказ", "Muster für die Küche", "Second thoughts", "The door again",
    ];

    private static readonly string[] Texts =
    [
        "Could you come by on Thursday? The wall is not quite straight, as you will see, and the window sill has moved since.",
        "Anbei die Zeichnung. Bitte prüfen Sie die Höhe der Arbeitsplatte, wir sind beide recht groß.",
        "Merci beaucoup. Nous sommes d'accord avec le prix et attendons votre date.",
        "All arrived in good order. One handle is missing, but it is not urgent.",
        "We have talked about it at home and would like it in walnut after all. What does that change?",
        "Please send the invoice to accounts, with our order number, or they send it back.",
    ];

    private readonly Random random = new(seed);
    private readonly Dictionary<string, List<Letter>> said = []; // of whoever there is a thread with
    private int letters;
    private int meetings;

    /// <summary>Whom a test may make customers: 300 people, every seventh with two addresses, some of them in one firm, some at free-mail hosts.</summary>
    public static IReadOnlyList<GeneratedPerson> Regulars { get; } =
    [
        .. Enumerable.Range(0, 300).Select(i => new GeneratedPerson(
            Text($"Regular {i}"), i % 7 == 0 ? [Text($"regular{i}@firm{i / 3}.example"), Text($"regular{i}@gmx.de")]
                : i % 5 == 0 ? [Text($"regular{i}@web.de")] : [Text($"regular{i}@firm{i / 3}.example")])),
    ];

    /// <summary>Whom a test may block: two people among the regulars' firms, and everybody at a domain and below it.</summary>
    public static IReadOnlyList<GeneratedPerson> Nuisances { get; } =
    [
        new("Persistent Seller", ["seller@firm4.example"]), new("Former Friend", ["friend@gmail.com"]),
        .. Enumerable.Range(0, 6).Select(i => new GeneratedPerson(Text($"Caller {i}"), [Text($"caller{i}@{(i % 2 == 0 ? "" : "eu.")}calls.example")])),
    ];

    /// <summary>Who may have been customers once: a test may erase them.</summary>
    public static IReadOnlyList<GeneratedPerson> Bygones { get; } = [.. Enumerable.Range(0, 10).Select(i => new GeneratedPerson(Text($"Bygone {i}"), [Text($"bygone{i}@past.example")]))];

    /// <summary>Puts so many messages into the mailboxes, all together, and a meeting for every hundred of them into the calendars.</summary>
    public void Fill(IReadOnlyList<Mailbox> mailboxes, int messages)
    {
        ArgumentNullException.ThrowIfNull(mailboxes);
        for (var put = 0; put < messages;)
        {
            // In the order of time: that is how mail comes, and what a mailbox is quickest at.
            var at = newest - (span * (1 - ((put + 1.0) / messages)));
            put += Deliver(mailboxes, at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond)), messages - put);
            if (put / 100 > meetings)
            {
                Meet(mailboxes, at);
            }
        }
    }

    /// <summary>One more letter, as if it had come at this time; now and then a meeting with it.</summary>
    /// <returns>In how many mailboxes the letter lies.</returns>
    public int Put(IReadOnlyList<Mailbox> mailboxes, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(mailboxes);
        if (Often(LettersWithMeeting))
        {
            Meet(mailboxes, at);
        }

        return Deliver(mailboxes, at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond)), mailboxes.Count);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private bool Often(double share) => random.NextDouble() < share;

    private Correspondent Any(IReadOnlyList<GeneratedPerson> people)
    {
        // A few write most of it, as in life; and programs spell addresses as they like.
        var person = people[(int)(people.Count * Math.Pow(random.NextDouble(), 2))];
        var address = person.Addresses[Often(0.2) ? person.Addresses.Count - 1 : 0];
        return new Correspondent(Often(0.05) ? "" : person.Name, Often(0.05) ? address.ToUpperInvariant() : address);
    }

    private Correspondent Stranger()
    {
        var number = random.Next(4_000);
        return new Correspondent(Text($"Stranger {number}"), Text($"stranger{number}@elsewhere{number % 211}.example"));
    }

    private int Deliver(IReadOnlyList<Mailbox> mailboxes, DateTimeOffset at, int most)
    {
        var count = Math.Min(most, !Often(SharedLetters) ? 1 : Often(InThree) ? 3 : 2);
        var first = random.Next(mailboxes.Count);
        var ours = Enumerable.Range(0, Math.Min(count, mailboxes.Count)).Select(i => mailboxes[(first + i) % mailboxes.Count]).ToList();
        var us = ours.Select(mailbox => Us(mailbox)).ToList();
        var (letter, folder) = Write(us, at);
        for (var i = 0; i < ours.Count; i++)
        {
            // What one of us wrote lies in their sent items, and with the others in the inbox.
            var place = folder == "sentitems" && i > 0 ? "inbox" : folder;
            var received = place is "sentitems" or "drafts" ? at : at.AddSeconds(random.Next(40));
            var isRead = Often(0.8);
            var message = ours[i].Add(letter, ours[i].Folder(place), received, isRead);
            if (Often(0.02))
            {
                ours[i].Change(message.Id, received, kept => kept with { Categories = [Any(["Private", "Privat", "Red category", "Kunde"])] });
            }
        }

        return ours.Count;
    }

    private static Correspondent Us(Mailbox mailbox) => new(mailbox.Owner.Name, mailbox.Owner.Address);

    private (Letter Letter, string Folder) Write(List<Correspondent> us, DateTimeOffset at)
    {
        var them = Any(Regulars);
        var plain = Compose(them, us, at);
        var folder = Any(["inbox", "inbox", "inbox", "inbox", "archive", "Projects"]);
        return random.Next(100) switch
        {
            // People, as they write.
            < 26 => (Answer(plain, them), folder),
            < 44 => (Answer(plain with { From = us[0], To = [them, .. us.Skip(1)], Headers = [] }, them), "sentitems"),
            < 47 => (plain with { From = us[0], To = [Stranger(), .. us.Skip(1)], Cc = [them, Any(Regulars)] }, "sentitems"),
            < 50 => (plain with { Cc = [Any(Regulars), Stranger()], ReplyTo = [new("", "desk@elsewhere.example")] }, folder),
            < 60 => (plain with { From = Stranger() }, folder),
            < 62 => (plain with { From = Any(Nuisances), Cc = Often(0.5) ? [them] : [] }, folder),
            < 64 => (plain with { From = Any(Bygones) }, folder),
            < 65 => (plain with { From = us[0], To = [Any(Bygones)], Cc = [.. us.Skip(1)] }, "sentitems"),
            < 71 => (Among(us, plain), us.Count > 1 ? "sentitems" : "inbox"),
            < 72 => (plain with { Sender = new("Assistant", "assistant@firm1.example") }, folder),

            // Programs, with signs and without.
            < 78 => (plain with { From = Any([them, new("News", "news@letters.example")]), Headers = Lists(), To = Often(0.5) ? us : [new("", "readers@letters.example")] }, "inbox"),
            < 80 => (plain with { Headers = [new("Auto-Submitted", Any(["auto-replied", "auto-generated; type=x"]))], Subject = $"Automatic reply: {plain.Subject}" }, "inbox"),
            < 81 => (plain with { Subject = $"{Any(["Abwesenheitsnotiz", "Out of office", "Réponse automatique", "自動応答"])}: {plain.Subject}" }, "inbox"),
            < 82 => (plain with { MessageClass = "IPM.Note.Rules.OofTemplate.Microsoft" }, "inbox"),
            < 83 => (plain with { From = new("Mail Delivery Subsystem", "mailer-daemon@firm2.example"), MessageClass = "REPORT.IPM.Note.NDR", Headers = [new("Return-Path", "<>")] }, "inbox"),
            < 84 => (plain with { MessageClass = Any(["REPORT.IPM.Note.IPNRN", "IPM.Schedule.Meeting.Request", "IPM.Schedule.Meeting.Resp.Pos", "IPM.Note.SMIME"]), Text = "" }, "inbox"),
            < 85 => (plain with { From = new("Shop", "no-reply@shop.example"), Headers = [new("Precedence", "junk")] }, "inbox"),

            // What somebody wants to keep to themselves, or has put away.
            < 88 => (plain with { Sensitivity = (Sensitivity)random.Next(1, 4) }, folder),
            < 91 => (plain, "junkemail"),
            < 92 => (plain with { From = us[0], To = [them] }, "drafts"),
            < 94 => (plain, "deleteditems"),

            // What breaks programs.
            _ => (Hostile(plain, us), "inbox"),
        };
    }

    private Letter Compose(Correspondent from, List<Correspondent> us, DateTimeOffset at)
    {
        var id = Text($"<{++letters}.{random.Next():x8}@{from.Address.Split('@')[^1].ToLowerInvariant()}>");
        return new Letter(
            id, id, from, us, [], Text($"{Any(Subjects)} {letters}"), at.AddSeconds(-random.Next(30)), Any(Texts), null, [new("X-Mailer", "Postman 4.2")],
            Often(0.15) ? [new("drawing.pdf", "application/pdf", 180_000), new("logo.png", "image/png", 4_000, IsInline: true)] : []);
    }

    // About half of what people write answers what was written before, in the same thread.
    private Letter Answer(Letter letter, Correspondent them)
    {
        var key = them.Address.ToUpperInvariant();
        if (!said.TryGetValue(key, out var before))
        {
            said[key] = before = [];
        }

        if (before.Count > 0 && Often(0.55))
        {
            var earlier = before[^1];
            letter = letter with { Thread = earlier.Thread, Subject = $"Re: {earlier.Subject.Replace("Re: ", "", StringComparison.Ordinal)}", References = [.. earlier.References.TakeLast(8), earlier.InternetMessageId] };
        }

        before.Clear();
        before.Add(letter);
        return letter;
    }

    private Letter Among(List<Correspondent> us, Letter letter)
    {
        var colleague = Any(SampleFirm.Colleagues.Select(one => new Correspondent(one.Name, one.Address)).Where(one => !us.Exists(who => who.Address == one.Address)).DefaultIfEmpty(us[0]).ToList());
        return us.Count > 1 ? letter with { From = us[0], To = [.. us.Skip(1)] } : letter with { From = colleague };
    }

    private List<MailHeader> Lists() => Any<List<MailHeader>>(
    [
        [new("List-Id", "<news.letters.example>"), new("List-Unsubscribe", "<https://letters.example/leave>")],
        [new("Precedence", "bulk")],
        [new("List-Post", "<mailto:readers@letters.example>")],
        [new("Feedback-ID", "77:campaign"), new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), new("List-Unsubscribe", "<mailto:leave@letters.example>")],
    ]);

    private Letter Hostile(Letter letter, List<Correspondent> us) => random.Next(12) switch
    {
        0 => letter with { From = null },
        1 => letter with { From = new("", ""), To = [.. us, new("", "")] },
        2 => letter with { From = new("Broken", "not an address"), Cc = [new("x", "a@b@c"), Any(Regulars)] },
        3 => letter with { To = [.. us, .. Crowd(Often(0.02) ? CrowdSize : 80)] },
        4 => letter with { Subject = new string('w', 998) },
        5 => letter with { Subject = $"Offer \u202Egpj.exe\u202C {letter.Subject}" },
        6 => letter with { Subject = $"{letter.Subject}\0\u0007", Text = $"NUL \0 and half a pair \uD800 {letter.Text}" },
        7 => letter with { SentAt = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero) },
        8 => letter with { SentAt = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) },
        9 => letter with { Subject = "", Text = "", InternetMessageId = Text($"<{letters}>") },
        10 => letter with { Subject = "<script>alert(1)</script><img src=x onerror=alert(1)>", Text = "=HYPERLINK(\"https://x.example\")" },
        _ => letter with { Headers = [.. Enumerable.Range(0, 60).Select(i => new MailHeader(Text($"X-Stamp-{i}"), new string('z', 500)))] },
    };

    private static IEnumerable<Correspondent> Crowd(int people) =>
        Enumerable.Range(0, people).Select(i => new Correspondent("", Text($"guest{i}@crowd.example")));

    private void Meet(IReadOnlyList<Mailbox> mailboxes, DateTimeOffset about)
    {
        meetings++;
        var first = random.Next(mailboxes.Count);
        var owner = mailboxes[first];
        var colleague = mailboxes[(first + 1) % mailboxes.Count];
        var day = about.UtcDateTime.Date.AddDays(random.Next(-3, 30));
        var start = new DateTimeOffset(day.AddHours(random.Next(6, 17)), TimeSpan.Zero);
        var them = new Attendee(Any(Regulars), Any(["accepted", "none", "tentativelyAccepted", "declined"]));
        var plan = new Meeting(Text($"meeting{meetings}.{random.Next():x8}@generated.example"), Us(owner), [them], Text($"{Any(Subjects)} {meetings}"), "Workshop", Any(Texts), start, start.AddHours(1), Zone);
        switch (random.Next(16))
        {
            case < 4:
                owner.Calendar.Add(plan, about);
                break;
            case 4 or 5:
                Both(plan with { Attendees = [them, new Attendee(Us(colleague), "accepted")] });
                break;
            case 6:
                Both(plan with { Attendees = [new Attendee(Us(colleague), "accepted")] });
                break;
            case 7:
                owner.Calendar.Add(plan with { Organizer = them.Who, Attendees = [new Attendee(Us(owner), Any(["accepted", "declined", "notResponded"]))] }, about);
                break;
            case 8:
                owner.Calendar.Add(plan with { Sensitivity = (Sensitivity)random.Next(1, 4) }, about);
                break;
            case 9:
                owner.Calendar.Add(plan with { IsAllDay = true, StartAt = new(day, TimeSpan.Zero), EndAt = new(day.AddDays(2), TimeSpan.Zero), Attendees = Often(0.5) ? [them] : [], Sensitivity = Any([Sensitivity.Normal, Sensitivity.Private]) }, about);
                break;
            case 10:
                Both(plan with { IsCancelled = true, Subject = $"Canceled: {plan.Subject}", Attendees = [them, new Attendee(Us(colleague), "none")] });
                break;
            case 11 or 12:
                Series(plan with { Attendees = [them, new Attendee(Us(colleague), Any(["accepted", "none"]))] });
                break;
            case 13:
                owner.Calendar.Add(plan with { Organizer = null, Attendees = [] }, about);
                break;
            case 14:
                owner.Calendar.Add(plan with { Attendees = [them, new Attendee(Any(Nuisances), "accepted"), new Attendee(new("Room 1", "room1@birnbaum.example"), "accepted") { IsResource = true }] }, about);
                break;
            default:
                owner.Calendar.Add(Any<Meeting>(
                [
                    plan with { StartAt = new(1601, 1, 2, 0, 0, 0, TimeSpan.Zero), EndAt = new(1601, 1, 2, 1, 0, 0, TimeSpan.Zero) },
                    plan with { StartAt = new(9999, 12, 30, 0, 0, 0, TimeSpan.Zero), EndAt = new(9999, 12, 30, 1, 0, 0, TimeSpan.Zero) },
                    plan with { Subject = $"\u202E{new string('m', 255)}\0", EndAt = plan.StartAt },
                    plan with { Attendees = [.. Crowd(500).Select(who => new Attendee(who, "none")), them] },
                ]), about);
                break;
        }

        void Both(Meeting meeting)
        {
            owner.Calendar.Add(meeting, about);
            colleague.Calendar.Add(meeting, about);
        }

        void Series(Meeting meeting)
        {
            var times = random.Next(3, 9);
            var rule = Recurrence.Every("weekly", meeting) with { Count = times };
            var (moved, called) = (random.Next(times), random.Next(times));
            foreach (var mailbox in new[] { owner, colleague })
            {
                var master = mailbox.Calendar.AddSeries(meeting, rule, about)!;
                for (var i = 0; i < times; i++)
                {
                    var planned = meeting.StartAt.AddDays(7 * i);
                    var shift = i == moved ? TimeSpan.FromHours(26) : TimeSpan.Zero;
                    mailbox.Calendar.AddOccurrence(
                        master, planned, meeting with { StartAt = planned + shift, EndAt = planned + shift + TimeSpan.FromHours(1), IsCancelled = i == called && i != moved },
                        isException: i == moved || i == called, about);
                }
            }
        }
    }
}
