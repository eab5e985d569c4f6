using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Sandbox;

public sealed class MailFolderImportTests : IDisposable
{
    private const string Parsers = "tests/OutlookCrm.Sandbox/node_modules/postal-mime";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mail-import-");
    private readonly Mailbox mailbox = new(SampleFirm.Mira);

    public void Dispose() => folder.Delete(recursive: true);

    [FactWith("shared/data/mail")]
    public async Task Every_shared_mail_is_read()
    {
        var files = FactWithAttribute.Find("shared/data/mail")!;

        var report = await ImportAsync(files);

        Assert.Empty(report.Unreadable);
        Assert.Equal(Directory.GetFiles(files, "*.eml").Length, mailbox.Messages.Count);
        Assert.All(mailbox.Messages, message => Assert.NotNull(message.Letter.From));
    }

    [FactWith("shared/data/calendar")]
    public async Task Every_shared_calendar_is_read_and_the_one_without_events_is_named()
    {
        var report = await ImportAsync(FactWithAttribute.Find("shared/data/calendar")!);

        Assert.All(report.Unreadable, line => Assert.True(
            line.Contains("no event", StringComparison.Ordinal) || line.Contains("already", StringComparison.Ordinal), line));
        var swedish = mailbox.Calendar.Events.First(kept => kept.Meeting.Zone == "Europe/Stockholm" && kept.SeriesMasterId is not null);
        var start = TimeZoneInfo.ConvertTime(swedish.Meeting.StartAt, TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm"));
        Assert.Equal((DayOfWeek.Friday, 20), (start.DayOfWeek, start.Hour));
    }

    [FactWith(Parsers)]
    public async Task A_mail_without_sender_subject_date_or_id_is_still_a_mail()
    {
        Write("bare.eml", "Received: from a by b; Tue, 03 Feb 2026 10:20:30 +0100\r\nX-Odd: yes\r\n\r\nJust words.\r\n");

        var report = await ImportAsync();

        var letter = Assert.Single(mailbox.Messages).Letter;
        Assert.Null(letter.From);
        Assert.Equal(("", "Just words."), (letter.Subject, letter.Text.Trim()));
        Assert.Equal(new DateTimeOffset(2026, 2, 3, 9, 20, 30, TimeSpan.Zero), letter.SentAt);
        Assert.EndsWith("@import.invalid>", letter.InternetMessageId, StringComparison.Ordinal);
        Assert.Empty(report.Unreadable);
    }

    [FactWith(Parsers)]
    public async Task What_is_no_mail_is_named_with_the_reason_and_stops_nothing()
    {
        Write("a-picture.eml", [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 0]);
        Write("b-empty.eml", []);
        Write("c-broken.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nthis is no property\r\n");
        Write("d-good.eml", Mail("<d@x.example>", "Good"));

        var report = await ImportAsync();

        Assert.Equal("Good", Assert.Single(mailbox.Messages).Letter.Subject);
        Assert.Equal(["a-picture.eml", "b-empty.eml", "c-broken.ics"], report.Unreadable.Select(line => line.Split(':')[0]));
    }

    [FactWith(Parsers)]
    public async Task Old_and_odd_encodings_of_names_are_read()
    {
        Write("latin1.eml", Encoding.Latin1.GetBytes(Mail("<1@x.example>", "Grüße", from: "Jörg Müller <joerg@x.example>")));
        Write("words.eml", Mail("<2@x.example>", "=?iso-8859-1?Q?K=FCche_f=FCr?= =?utf-8?B?IEZhbWlsaWUgw5Y=?=", from: "=?utf-8?Q?=E4=BD=90=E8=97=A4?= <sato@x.example>"));

        await ImportAsync();

        Assert.Equal("Jörg Müller", Letter("<1@x.example>").From!.Name);
        Assert.Equal("Grüße", Letter("<1@x.example>").Subject);
        Assert.Equal("Küche für Familie Ö", Letter("<2@x.example>").Subject);
        Assert.Equal("佐藤", Letter("<2@x.example>").From!.Name);
    }

    [FactWith(Parsers)]
    public async Task A_thread_is_one_conversation_and_a_group_is_its_members()
    {
        Write("1.eml", Mail("<root@x.example>", "Table"));
        Write("2.eml", "To: Friends: A <a@x.example>, b@x.example;, \"C, D\" <c@x.example>\r\nReferences: <root@x.example> <other@x.example>\r\n" + Mail("<reply@x.example>", "Re: Table"));

        await ImportAsync();

        Assert.Equal(Message("<root@x.example>").ConversationId, Message("<reply@x.example>").ConversationId);
        Assert.Equal(["a@x.example", "b@x.example", "c@x.example"], Letter("<reply@x.example>").To.Select(who => who.Address));
    }

    [FactWith(Parsers)]
    public async Task Folders_become_folders_and_the_same_mail_twice_is_said()
    {
        Write("Gesendet/1.eml", Mail("<1@x.example>", "Sent"));
        Write("Project Oak/deep/2.eml", Mail("<2@x.example>", "Oak"));
        Write("Project Oak/again.eml", Mail("<2@x.example>", "Oak"));

        var report = await ImportAsync();

        Assert.Equal(mailbox.FindFolder("sentitems")!.Id, Message("<1@x.example>").FolderId);
        Assert.Equal("Project Oak", mailbox.Folders.Single(f => f.Id == Message("<2@x.example>").FolderId).Name);
        Assert.Contains("already", Assert.Single(report.Unreadable), StringComparison.Ordinal);
    }

    [FactWith(Parsers)]
    public async Task Html_alone_gives_text_and_attachments_keep_their_names()
    {
        Write("html.eml", """
            From: a@x.example
            Message-ID: <h@x.example>
            Date: Tue, 3 Feb 2026 10:00:00 +0000
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html; charset=utf-8

            <style>p{color:red}</style><p>Hello &amp; <b>welcome</b></p><script>alert(1)</script><p>Second line</p>
            --b
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=utf-8''Angebot%20%C3%9Cber.pdf
            Content-Transfer-Encoding: base64

            JVBERg==
            --b--
            """);

        await ImportAsync();

        var letter = Letter("<h@x.example>");
        Assert.Equal("Hello & welcome\nSecond line", letter.Text);
        Assert.Equal(new LetterAttachment("Angebot Über.pdf", "application/pdf", 4), Assert.Single(letter.Attachments));
    }

    [FactWith(Parsers)]
    public async Task A_series_is_expanded_over_three_years_at_most_with_its_exceptions()
    {
        Write("series.ics", Calendar("""
            BEGIN:VEVENT
            UID:daily@x.example
            DTSTART;TZID=Europe/Berlin:20200101T090000
            DTEND;TZID=Europe/Berlin:20200101T093000
            RRULE:FREQ=DAILY
            EXDATE;TZID=Europe/Berlin:20261124T090000
            SUMMARY:Daily
            END:VEVENT
            BEGIN:VEVENT
            UID:daily@x.example
            RECURRENCE-ID;TZID=Europe/Berlin:20261125T090000
            DTSTART;TZID=Europe/Berlin:20261125T140000
            DTEND;TZID=Europe/Berlin:20261125T150000
            SUMMARY:Daily, moved
            END:VEVENT
            BEGIN:VEVENT
            UID:every-second@x.example
            DTSTART:20261101T000000Z
            RRULE:FREQ=SECONDLY
            SUMMARY:Too often
            END:VEVENT
            """));

        await ImportAsync();

        var daily = mailbox.Calendar.Events.Where(kept => kept.Meeting.ICalUid == "daily@x.example" && kept.SeriesMasterId is not null).ToList();
        Assert.InRange(daily.Count, 1_090, 1_100);
        Assert.DoesNotContain(daily, kept => kept.Meeting.StartAt.UtcDateTime.Date == new DateTime(2026, 11, 24));
        var moved = Assert.Single(daily, kept => kept.IsException);
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero), moved.OriginalStartAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 13, 0, 0, TimeSpan.Zero), moved.Meeting.StartAt);
        Assert.InRange(mailbox.Calendar.Events.Count(kept => kept.Meeting.ICalUid == "every-second@x.example"), 2, 1_201);
        Assert.All(daily, kept => Assert.InRange(kept.Meeting.StartAt, RunningSandbox.Now.AddYears(-2).AddDays(-1), RunningSandbox.Now.AddYears(1)));
    }

    [FactWith(Parsers)]
    public async Task Time_zones_by_any_name_mean_the_same_hour()
    {
        foreach (var zone in new[] { "Europe/Berlin", "/mozilla.org/20050126_1/Europe/Berlin", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin", "Atlantis/Lost" })
        {
            Write($"{Convert.ToHexString(Encoding.UTF8.GetBytes(zone))}.ics", Calendar($"""
                BEGIN:VEVENT
                UID:{zone.Length}-{zone[0]}@x.example
                DTSTART;TZID="{zone}":20260203T100000
                SUMMARY:{zone}
                END:VEVENT
                """));
        }

        var report = await ImportAsync();

        Assert.Equal(5, mailbox.Calendar.Events.Count);
        Assert.All(mailbox.Calendar.Events, kept => Assert.Equal(new DateTimeOffset(2026, 2, 3, 9, 0, 0, TimeSpan.Zero), kept.Meeting.StartAt));
        Assert.Contains("Atlantis/Lost", Assert.Single(report.Doubtful), StringComparison.Ordinal);
    }

    [FactWith(Parsers)]
    public async Task One_bad_event_costs_itself_and_whole_days_last_whole_days()
    {
        Write("mixed.ics", Calendar("""
            BEGIN:VEVENT
            UID:no-start@x.example
            SUMMARY:When?
            END:VEVENT
            BEGIN:VEVENT
            UID:holiday@x.example
            DTSTART;VALUE=DATE:20260701
            SUMMARY:Holiday
            CLASS:PRIVATE
            ORGANIZER;CN=Jörg:MAILTO:joerg@x.example
            ATTENDEE;CN=Mira;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:mailto:mira@birnbaum.example
            ATTENDEE:invalid
            END:VEVENT
            """));

        var report = await ImportAsync();

        var meeting = Assert.Single(mailbox.Calendar.Events).Meeting;
        Assert.Contains("no-start@x.example", Assert.Single(report.Unreadable), StringComparison.Ordinal);
        Assert.True(meeting is { IsAllDay: true, Sensitivity: Sensitivity.Private });
        Assert.Equal(TimeSpan.FromDays(1), meeting.EndAt - meeting.StartAt);
        Assert.Equal(new Correspondent("Jörg", "joerg@x.example"), meeting.Organizer);
        Assert.Equal(new Attendee(new("Mira", "mira@birnbaum.example"), "tentativelyAccepted", true), Assert.Single(meeting.Attendees));
    }

    private Task<ImportReport> ImportAsync(string? files = null) =>
        new MailFolderImport(mailbox, RunningSandbox.Now, NullLogger.Instance).RunAsync(files ?? folder.FullName, CancellationToken.None);

    private MailboxMessage Message(string id) => mailbox.Messages.Single(message => message.Letter.InternetMessageId == id);

    private Letter Letter(string id) => Message(id).Letter;

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] content)
    {
        var file = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    private static string Mail(string id, string subject, string from = "Anna <anna@x.example>") => string.Create(
        CultureInfo.InvariantCulture, $"From: {from}\r\nMessage-ID: {id}\r\nDate: Tue, 3 Feb 2026 10:00:00 +0000\r\nSubject: {subject}\r\n\r\nHello.\r\n");

    private static string Calendar(string events) =>
        $"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y\n{events}\nEND:VCALENDAR\n".ReplaceLineEndings("\r\n");
}
