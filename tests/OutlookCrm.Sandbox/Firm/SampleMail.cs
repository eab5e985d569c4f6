using System.Globalization;
using System.Net;
using System.Text;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Firm;

/// <summary>
/// Two years of the sample firm's mail and meetings. The same <c>now</c> gives the same mail, to the letter.
/// </summary>
/// <param name="now">Nothing is later than this; meetings may be, by up to four weeks.</param>
internal sealed class SampleMail(Mailboxes mailboxes, DateTimeOffset now)
{
    private const int Seed = 20_261_123;
    private const string Zone = "Europe/Berlin";
    private static readonly TimeZoneInfo Home = TimeZoneInfo.FindSystemTimeZoneById(Zone);
    private static readonly TimeSpan Span = TimeSpan.FromDays(730);

    private static readonly (string De, string En)[] Items =
    [
        ("einen Einbauschrank für den Flur", "a fitted wardrobe for the hallway"), ("eine Küche mit Tresen", "a kitchen with a breakfast bar"),
        ("eine Treppe mit geschlossenen Stufen", "a closed staircase"), ("eine Bücherwand", "a wall of bookshelves"),
        ("eine Empfangstheke", "a reception desk"), ("zwei Schiebetüren", "two sliding doors"), ("eine Sitzbank unter dem Fenster", "a window seat"),
        ("einen Esstisch für zwölf Personen", "a dining table for twelve"), ("eine Garderobe mit Spiegel", "a cloakroom with a mirror"),
        ("ein Waschtischmöbel für das Bad", "a vanity unit for the bathroom"), ("ein Hochbett mit Schreibtisch", "a loft bed with a desk"),
        ("ein Regal für das Lager", "some shelving for the store room"), ("eine Akustikdecke", "an acoustic ceiling"), ("vier Fensterläden", "four window shutters"),
    ];

    private static readonly (string De, string En)[] Woods =
        [("Eiche", "oak"), ("Nussbaum", "walnut"), ("Esche", "ash"), ("Ahorn", "maple"), ("Lärche", "larch"), ("Kirsche", "cherry"), ("Weißtanne", "silver fir")];

    private static readonly (string De, string En)[] Colours =
        [("Salbeigrün", "sage green"), ("Lichtgrau", "light grey"), ("Nachtblau", "midnight blue"), ("Cremeweiß", "off-white"), ("Ziegelrot", "brick red")];

    private static readonly (string De, string En)[] Places =
        [("Büro", "office"), ("Wohnzimmer", "living room"), ("Küche", "kitchen"), ("Dachgeschoss", "attic"), ("Empfang", "reception"), ("Flur", "hallway"), ("Keller", "cellar")];

    private static readonly string[] Newsletters =
    [
        "Holz & Handwerk|newsletter@holz-handwerk.example|Diese Woche: {0}|Preise für Schnittholz ziehen an|Neue Normen für Innentüren|Messevorschau Frühjahr|Lacke ohne Lösemittel|Fünf Werkstätten im Porträt",
        "Beschlag24|angebote@beschlag24.example|{0}|Nur bis Sonntag: Auszüge mit Dämpfung|Scharniere im Zehnerpack|Versandfrei ab 80 Euro|Ihr Warenkorb wartet",
    ];

    private static readonly (string Subject, string Text, string Reply)[] InternalTopics =
    [
        ("Timber delivery on Thursday", "The oak from Kern comes on Thursday before eight. Can one of you be at the gate? The forklift key is in the drawer.", "I will be there. Please leave the yard light on."),
        ("Holiday planning", "Please put your weeks into the calendar by Friday. Somebody has to be here between the years.", "Done. I can be here on the 28th and 29th."),
        ("Open invoices", "Seven invoices are over thirty days. I will send friendly reminders tomorrow unless you know of a reason not to.", "Please leave out the winery, we still owe them a shelf."),
        ("Saw blade", "The big blade goes to the sharpener today and is back on Wednesday. Until then please use the small one and be gentle.", "Noted. The staircase can wait until Wednesday."),
        ("Van has a new dent", "The van has a new dent, rear left. Nobody is in trouble, I only need to know for the insurance.", "That was me, at the hospital car park. The pillar did not give way. Sorry."),
        ("Apprentice interviews", "Two applicants come on Tuesday. Could each of you take half an hour with them? One has built her own canoe.", "Gladly. I want to see the canoe."),
        ("Coffee machine", "The coffee machine asks to be descaled and refuses to make coffee until somebody obeys.", "Done. It works again, and we should all be grateful."),
    ];

    private readonly Random random = new(Seed);
    private int letters;

    public void Fill()
    {
        foreach (var customer in SampleCustomers.All)
        {
            for (var i = 0; i < customer.Weight * 5 / 2; i++)
            {
                Tell(customer);
            }
        }

        foreach (var stranger in SampleCustomers.Strangers)
        {
            Write(stranger);
        }

        WriteAmongOurselves();
        WriteNewsletters();
        WriteMachineMail();
        PlanOurOwnMeetings();
    }

    private void Tell(SampleCustomer customer)
    {
        var told = Story.All.Where(story => story.Language == customer.Language).ToList();
        var story = told[random.Next(told.Count)];
        var ours = OwnerOf(customer);
        var them = new Correspondent(customer.Name, random.Next(6) == 0 ? customer.SecondAddress ?? customer.Address : customer.Address);
        var blanks = Blanks(customer, ours);
        var subject = Fill(story.Subject, blanks);
        var conversation = $"AAQkAGbirnbaum{customer.Key}-{letters}=";
        var others = Others(customer, ours);
        var at = now - (Span * Math.Pow(random.NextDouble(), 1.7)); // the firm grows: more of it lately
        Letter? before = null;
        foreach (var mail in story.Mails)
        {
            at = WorkingTime(at, mail.DaysLater);
            if (at >= now)
            {
                return; // still open: the other side has not answered yet
            }

            var greeting = Greeting(customer, ours, mail.FromCustomer);
            var body = Fill(mail.Text, blanks).Trim();
            if (customer.Language == "en" && body.Length > 0)
            {
                body = char.ToUpperInvariant(body[0]) + body[1..];
            }

            var from = mail.FromCustomer ? them : Us(ours);
            Correspondent[] to = [mail.FromCustomer ? Us(ours) : them];
            var written = Compose(
                from, to, others, Reply(subject, before, customer.Language), at, conversation,
                $"{greeting}\n\n{body}", mail.FromCustomer ? SignatureOf(customer) : SignatureOf(ours, customer.Language), before,
                [.. mail.Attachments.Select(name => File(Fill(name, blanks)))]);
            Deliver(written);
            before = written;
            if (mail.PlansMeeting)
            {
                Meet(customer, ours, subject, at);
            }

            // Now and then somebody is away and a machine answers.
            if (!mail.FromCustomer && random.Next(60) == 0)
            {
                Deliver(OutOfOffice(them, ours, written, customer.Language));
            }
        }
    }

    private void Write(SampleStranger stranger)
    {
        var at = WorkingTime(now - TimeSpan.FromDays(4 + random.Next(25)), 0);
        Deliver(Compose(
            new Correspondent(stranger.Name, stranger.Address), [Us(SampleFirm.Mira)], [], stranger.Subject, at,
            $"AAQkAGbirnbaum{stranger.Address}=", stranger.Text.ReplaceLineEndings("\n"), "", null, []));
    }

    private void WriteAmongOurselves()
    {
        for (var at = now - Span; at < now.AddDays(-1); at = at.AddDays(4 + random.Next(4)))
        {
            var (subject, text, reply) = InternalTopics[random.Next(InternalTopics.Length)];
            var first = SampleFirm.Colleagues[random.Next(3)];
            var second = SampleFirm.Colleagues[(SampleFirm.Colleagues.ToList().IndexOf(first) + 1 + random.Next(2)) % 3];
            var conversation = $"AAQkAGbirnbaum-internal-{letters}=";
            var opening = Compose(
                Us(first), [.. SampleFirm.Colleagues.Where(colleague => colleague != first).Select(Us)], [], subject, WorkingTime(at, 0), conversation,
                text, first.Name.Split(' ')[0], null, []);
            Deliver(opening);
            Deliver(Compose(
                Us(second), [Us(first)], [], $"RE: {subject}", opening.SentAt.AddMinutes(20 + random.Next(200)), conversation,
                reply, second.Name.Split(' ')[0], opening, []));
        }
    }

    private void WriteNewsletters()
    {
        for (var at = now - Span; at < now.AddHours(-6); at = at.AddDays(7))
        {
            foreach (var newsletter in Newsletters)
            {
                var parts = newsletter.Split('|');
                var subject = string.Format(CultureInfo.InvariantCulture, parts[2], parts[3 + random.Next(parts.Length - 3)]);
                Deliver(Compose(
                    new Correspondent(parts[0], parts[1]), [Us(SampleFirm.Colleagues[random.Next(3)])], [], subject, at.AddMinutes(random.Next(240)),
                    $"AAQkAGbirnbaum-news-{letters}=",
                    $"{subject}\n\nIn dieser Ausgabe lesen Sie, was Betriebe wie Ihren bewegt. Den ganzen Beitrag finden Sie auf unserer Website.",
                    $"{parts[0]}\nSie erhalten diese Mail, weil Sie sich angemeldet haben. Abmelden: https://{parts[1].Split('@')[1]}/abmelden", null, [],
                    [new("List-Unsubscribe", $"<https://{parts[1].Split('@')[1]}/abmelden>"), new("List-Id", $"<{parts[1].Replace('@', '.')}>"), new("Precedence", "bulk")]));
            }
        }
    }

    private void WriteMachineMail()
    {
        for (var i = 0; i < 8; i++)
        {
            var at = WorkingTime(now - (Span * ((i + 0.3) / 8)), 0);
            Deliver(Compose(
                new Correspondent("Mail Delivery System", $"mailer-daemon@{SampleFirm.Domain}"), [Us(SampleFirm.Tomasz)], [],
                "Undeliverable: Offer attached", at, $"AAQkAGbirnbaum-bounce-{i}=",
                "Your message could not be delivered to these people:\n\nsales@old-sawmill.example\nThe mail server answered: 550 5.1.1 User unknown.\n\nPlease check the address and send it again.",
                "", null, [], [new("Auto-Submitted", "auto-replied"), new("X-Failed-Recipients", "sales@old-sawmill.example")]));
        }
    }

    private void PlanOurOwnMeetings()
    {
        Correspondent mira = Us(SampleFirm.Mira);
        Attendee[] everybody = [new(Us(SampleFirm.Tomasz), "accepted"), new(Us(SampleFirm.Amara), "accepted")];
        var monday = Local(now - Span).Date;
        monday = monday.AddDays(((int)DayOfWeek.Monday - (int)monday.DayOfWeek + 7) % 7);
        var weekly = new Meeting(
            "birnbaum-weekly@birnbaum.example", mira, everybody, "Week planning", "Workshop kitchen",
            "Who fits where, what is late, what is missing.", At(monday, 7.5), At(monday, 8), Zone);
        foreach (var mailbox in mailboxes.All)
        {
            var series = mailbox.Calendar.AddSeries(weekly, Recurrence.Every("weekly", weekly))!;
            for (var day = monday; day < now.AddDays(28).Date; day = day.AddDays(7))
            {
                mailbox.Calendar.AddOccurrence(series, At(day, 7.5), weekly with { StartAt = At(day, 7.5), EndAt = At(day, 8) }, isException: false);
            }
        }

        // Private things stand in a working calendar, and whole days do.
        for (var i = 0; i < 12; i++)
        {
            var day = WorkingTime(now.AddDays(14) - (Span * (i / 12.0)), 0).Date;
            mailboxes.Of(SampleFirm.Colleagues[i % 3]).Calendar.Add(new Meeting(
                $"birnbaum-private-{i}@birnbaum.example", Us(SampleFirm.Colleagues[i % 3]), [], i % 2 == 0 ? "Dentist" : "School concert", "", "",
                At(day, 16), At(day, 17), Zone, Sensitivity: Sensitivity.Private));
            var holiday = new DateTimeOffset(day.AddDays(9), TimeSpan.Zero);
            mailboxes.Of(SampleFirm.Colleagues[(i + 1) % 3]).Calendar.Add(new Meeting(
                $"birnbaum-holiday-{i}@birnbaum.example", Us(SampleFirm.Colleagues[(i + 1) % 3]), [], i % 3 == 0 ? "Trade fair, Nuremberg" : "Holiday", "", "",
                holiday, holiday.AddDays(i % 3 == 0 ? 2 : 5), Zone, IsAllDay: true));
        }
    }

    private void Meet(SampleCustomer customer, SampleColleague ours, string subject, DateTimeOffset agreedAt)
    {
        var start = WorkingTime(agreedAt, 2 + random.Next(3));
        start = At(Local(start).Date, 9 + random.Next(8));
        if (start > now.AddDays(28))
        {
            return;
        }

        var place = customer.Place ?? SampleCustomers.All.First(c => c.Key == customer.Company).Place!;
        var meeting = new Meeting(
            $"birnbaum-{customer.Key}-{letters}@birnbaum.example", Us(ours),
            [
                new(new Correspondent(customer.Name, customer.Address), start < now || random.Next(3) > 0 ? "accepted" : "none"),
                .. random.Next(3) == 0 && ours != SampleFirm.Tomasz ? [new Attendee(Us(SampleFirm.Tomasz), "accepted", true)] : Array.Empty<Attendee>(),
            ],
            customer.Language == "de" ? $"Aufmaß: {subject}" : $"Measuring: {subject}",
            $"{place.Street}, {place.PostalCode} {place.City}".Replace(",  ", ", ", StringComparison.Ordinal),
            "Laser, gauge, samples of wood and handles.", start, start.AddHours(1), Zone, IsCancelled: random.Next(25) == 0);
        mailboxes.Of(ours).Calendar.Add(meeting);
        foreach (var colleague in SampleFirm.Colleagues.Where(c => c != ours && meeting.Attendees.Any(a => a.Who.Address == c.Address)))
        {
            mailboxes.Of(colleague).Calendar.Add(meeting);
        }
    }

    private Letter OutOfOffice(Correspondent them, SampleColleague ours, Letter to, string language) => Compose(
        them, [Us(ours)], [], language == "de" ? $"Abwesenheitsnotiz: {to.Subject}" : $"Automatic reply: {to.Subject}",
        to.SentAt.AddSeconds(40), to.Thread,
        language == "de"
            ? "Ich bin zurzeit nicht im Büro und lese meine Mails erst nächste Woche wieder. Ihre Nachricht wird nicht weitergeleitet."
            : "I am out of the office and will read your mail next week. It is not forwarded.",
        them.Name, null, [], [new("Auto-Submitted", "auto-replied"), new("X-Auto-Response-Suppress", "All")]);

    private Letter Compose(
        Correspondent from, IReadOnlyList<Correspondent> to, IReadOnlyList<Correspondent> cc, string subject, DateTimeOffset at, string conversation,
        string body, string signature, Letter? answers, IReadOnlyList<LetterAttachment> attachments, IReadOnlyList<MailHeader>? headers = null)
    {
        var id = $"<{++letters:D6}.{from.Address.Split('@')[0].Replace(' ', '.')}@{from.Address.Split('@')[1]}>";
        var text = new StringBuilder(body);
        var html = new StringBuilder("""<html><body style="font-family:Calibri,Arial,sans-serif;font-size:11pt">""");
        foreach (var paragraph in body.Split("\n\n"))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{Markup(paragraph)}</p>");
        }

        if (signature.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{signature}");
            html.Append(CultureInfo.InvariantCulture, $"""<p style="color:#555;font-size:10pt">{Markup(signature)}</p>""");
        }

        if (answers is not null)
        {
            var when = Local(answers.SentAt).ToString("dd.MM.yyyy HH:mm", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"\n\n-----\nFrom: {answers.From!.Name} <{answers.From.Address}>\nSent: {when}\nSubject: {answers.Subject}\n\n");
            text.Append(answers.Text);
            html.Append(CultureInfo.InvariantCulture, $"<hr><p><b>From:</b> {Markup(answers.From.Name)} &lt;{Markup(answers.From.Address)}&gt;<br>");
            html.Append(CultureInfo.InvariantCulture, $"<b>Sent:</b> {when}<br><b>Subject:</b> {Markup(answers.Subject)}</p>");
            html.Append(CultureInfo.InvariantCulture, $"<blockquote>{Markup(answers.Text)}</blockquote>");
        }

        html.Append("</body></html>");
        return new Letter(
            id, conversation, from, to, cc, subject, at, text.ToString(), html.ToString(),
            headers ?? [], attachments)
        {
            References = answers is null ? [] : [.. answers.References, answers.InternetMessageId],
        };
    }

    private void Deliver(Letter letter)
    {
        var age = now - letter.SentAt;
        var isArchived = age > TimeSpan.FromDays(150);
        foreach (var mailbox in mailboxes.All)
        {
            if (letter.From?.Address == mailbox.Owner.Address)
            {
                mailbox.Add(letter, "sentitems", isRead: true);
            }
            else if (letter.To.Concat(letter.Cc).Any(who => who.Address == mailbox.Owner.Address))
            {
                mailbox.Add(letter, isArchived ? "archive" : "inbox", isRead: age > TimeSpan.FromDays(6) || random.Next(3) == 0);
            }
        }
    }

    private Dictionary<string, string> Blanks(SampleCustomer customer, SampleColleague ours)
    {
        var german = customer.Language == "de";
        string Word((string De, string En)[] words)
        {
            var (de, en) = words[random.Next(words.Length)];
            return german ? de : en;
        }

        var due = now.AddDays(20 + random.Next(60)) - (Span * random.NextDouble());
        var number = 100 + random.Next(880);
        var item = Word(Items);
        return new Dictionary<string, string>
        {
            ["item"] = item,
            ["thing"] = item[(item.IndexOf(' ', StringComparison.Ordinal) + 1)..],
            ["wood"] = Word(Woods),
            ["colour"] = Word(Colours),
            ["place"] = Word(Places),
            ["measure"] = string.Create(CultureInfo.InvariantCulture, $"{1 + random.Next(4)}{(german ? ',' : '.')}{random.Next(10)}{random.Next(10)} m"),
            ["amount"] = german
                ? string.Create(CultureInfo.GetCultureInfo("de-DE"), $"{900 + (random.Next(180) * 50):N0} Euro")
                : string.Create(CultureInfo.GetCultureInfo("en-GB"), $"€{900 + (random.Next(180) * 50):N0}"),
            ["offer"] = string.Create(CultureInfo.InvariantCulture, $"{due.Year}-{number}"),
            ["order"] = string.Create(CultureInfo.InvariantCulture, $"B{due.Year % 100}{number}"),
            ["date"] = due.ToString(german ? "d. MMMM" : "d MMMM", CultureInfo.GetCultureInfo(german ? "de-DE" : "en-GB")),
            ["time"] = string.Create(CultureInfo.InvariantCulture, $"{13 + random.Next(5)}:{(random.Next(2) == 0 ? "00" : "30")}"),
            ["first"] = customer.FirstName,
            ["us"] = ours.Name.Split(' ')[0],
        };
    }

    private static string Fill(string text, Dictionary<string, string> blanks) =>
        blanks.Aggregate(text, (filled, blank) => filled.Replace($"{{{blank.Key}}}", blank.Value, StringComparison.Ordinal));

    private static string Greeting(SampleCustomer customer, SampleColleague ours, bool fromCustomer) => (customer.Language, fromCustomer) switch
    {
        ("de", true) => $"Guten Tag {(ours == SampleFirm.Tomasz ? "Herr" : "Frau")} {ours.Name.Split(' ')[1]},",
        ("de", false) => $"Guten Tag {customer.Name},",
        (_, true) => $"Hello {ours.Name.Split(' ')[0]},",
        _ => $"Hello {customer.FirstName},",
    };

    private static string Reply(string subject, Letter? before, string language) =>
        before is null ? subject : $"{(language == "de" ? "AW" : "RE")}: {subject}";

    private List<Correspondent> Others(SampleCustomer customer, SampleColleague ours)
    {
        var others = new List<Correspondent>();
        if (customer.Company is not null && random.Next(3) == 0)
        {
            others.AddRange(SampleCustomers.All
                .Where(other => other != customer && (other.Company == customer.Company || other.Key == customer.Company))
                .Where(_ => random.Next(2) == 0)
                .Select(other => new Correspondent(other.Name, other.Address)));
        }

        if (random.Next(4) == 0)
        {
            others.Add(Us(SampleFirm.Colleagues.First(colleague => colleague != ours)));
        }

        return others;
    }

    private static string SignatureOf(SampleCustomer customer)
    {
        if (customer.Company is null && !customer.IsOrganisation)
        {
            return customer.Language == "de" ? $"Viele Grüße\n{customer.Name}" : $"Best wishes\n{customer.Name}";
        }

        var organisation = customer.IsOrganisation ? customer : SampleCustomers.All.First(other => other.Key == customer.Company);
        var place = organisation.Place!;
        string?[] lines =
        [
            customer.Language == "de" ? "Mit freundlichen Grüßen" : "Kind regards",
            customer.IsOrganisation ? null : customer.Name,
            customer.JobTitle,
            "",
            organisation.Name,
            $"{place.Street}, {$"{place.PostalCode} {place.City}".Trim()}",
            customer.Phone is null ? null : $"{(customer.Language == "de" ? "Tel." : "T")} {customer.Phone}",
            organisation.Website,
        ];
        return string.Join('\n', lines.Where(line => line is not null));
    }

    private static string SignatureOf(SampleColleague colleague, string language) =>
        $"""
        {(language == "de" ? "Herzliche Grüße aus der Werkstatt" : "Kind regards from the workshop")}
        {colleague.Name}

        {SampleFirm.Name} | Werderring 4 | 79098 Freiburg
        +49 761 5550 140 | {colleague.Address}
        """.ReplaceLineEndings("\n");

    /// <summary>Who of us looks after a customer; the sample firm's customers are entered with the same owner.</summary>
    public static SampleColleague OwnerOf(SampleCustomer customer) =>
        customer.Tags.Contains("decides") || customer.Tags.Contains("VIP") || customer.Key.Length % 3 == 0 ? SampleFirm.Mira : SampleFirm.Tomasz;

    private static Correspondent Us(SampleColleague colleague) => new(colleague.Name, colleague.Address);

    private LetterAttachment File(string name) => new(
        name, name.EndsWith(".pdf", StringComparison.Ordinal) ? "application/pdf" : "image/jpeg", 40_000 + random.Next(2_000_000));

    /// <summary>So many working days later, at an hour when people write.</summary>
    private DateTimeOffset WorkingTime(DateTimeOffset from, int days)
    {
        if (days == 0 && Local(from) is { DayOfWeek: not DayOfWeek.Saturday and not DayOfWeek.Sunday, Hour: >= 7 and < 18 })
        {
            return from.AddMinutes(25 + random.Next(90));
        }

        var day = Local(from).Date.AddDays(days == 0 ? 1 : 0);
        while (days > 0 || day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            day = day.AddDays(1);
            days -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }

        return At(day, 7 + (random.NextDouble() * 11));
    }

    private static DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Home);

    // Whole seconds: what a mail's date can say.
    private static DateTimeOffset At(DateTime day, double hour)
    {
        var wall = day.AddSeconds(Math.Floor(hour * 3600));
        return new DateTimeOffset(wall, Home.GetUtcOffset(wall)).ToUniversalTime();
    }

    private static string Markup(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
}
