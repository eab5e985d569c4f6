using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OutlookCrm.Customers;
using OutlookCrm.Pane;

namespace OutlookCrm.Tests.Customers;

/// <summary>What is read from signatures as people really write them.</summary>
public sealed class SignatureGuessTests
{
    public sealed record Case(string Title, string From, string? Shown, string Text, Expected Expected)
    {
        public override string ToString() => Title;
    }

    public sealed record Expected(
        string Name,
        string? Company = null,
        string? JobTitle = null,
        string? Phone = null,
        string? Website = null,
        string? Language = null,
        PostalAddress? Postal = null,
        CustomerKind Kind = CustomerKind.Person);

    public static TheoryData<Case> Cases()
    {
        var cases = new TheoryData<Case>();
        foreach (var one in All)
        {
            cases.Add(one);
        }

        return cases;
    }

    private static PostalAddress At(string? street, string code, string? city, string? country, string? region = null) =>
        new(street, code, city, region, country);

    private static readonly Case[] All =
    [
        new("A German firm in full", "a.weber@nordlicht-design.de", "Weber, Anna", """
            Hallo Frau Kern,

            vielen Dank für das Angebot. Wir nehmen die Leuchten wie besprochen und freuen uns auf die Lieferung am Freitag.

            Mit freundlichen Grüßen

            Anna Weber
            Leiterin Einkauf

            Nordlicht Design GmbH
            Hafenstraße 12
            D-20457 Hamburg

            Tel.: +49 40 3344550
            Fax: +49 40 3344559
            Mobil: +49 171 5566778
            a.weber@nordlicht-design.de
            www.nordlicht-design.de

            Amtsgericht Hamburg HRB 123456 | Geschäftsführer: Jens Petersen | USt-IdNr. DE123456789
            """,
            new("Anna Weber", "Nordlicht Design GmbH", "Leiterin Einkauf", "+49 40 3344550", "www.nordlicht-design.de", "de",
                At("Hafenstraße 12", "20457", "Hamburg", "DE"))),

        new("American, phone without a label", "jordan@brightwell.com", "jordan", """
            Thanks for the quick turnaround on this, it looks great. We will sign the order this week if you can send the final version.

            Best,
            Jordan Avery
            VP of Operations
            Brightwell Supply, Inc.
            100 Congress Ave, Suite 200
            Austin, TX 78701
            (512) 555-0148
            https://www.brightwell.com/?utm_source=signature
            """,
            new("Jordan Avery", "Brightwell Supply, Inc.", "VP of Operations", "(512) 555-0148", "https://www.brightwell.com", "en",
                At("100 Congress Ave, Suite 200", "78701", "Austin", "US", "TX"))),

        new("British with extension and bars", "s.okafor@harbourlaw.co.uk", "Samuel Okafor", """
            Dear Anna,

            Please find the draft agreement attached. I would be grateful for your comments by the end of the week.

            Kind regards,

            Samuel Okafor | Solicitor
            Harbour Law LLP | 14 Quay Street | Bristol BS1 4DJ
            T: 0117 496 0123 ext. 204 | M: 07700 900456 | F: 0117 496 0199
            This email and any attachments are confidential and may be privileged.
            """,
            new("Samuel Okafor", "Harbour Law LLP", "Solicitor", "0117 496 0123 x204", null, "en",
                At("14 Quay Street", "BS1 4DJ", "Bristol", "GB"))),

        new("French", "claire.dubois@atelierdubois.fr", "Claire DUBOIS", """
            Bonjour,

            Merci pour votre message. Nous vous confirmons la livraison pour le mardi 4 mars, avec les deux tables.

            Cordialement,

            Claire DUBOIS
            Gérante
            Atelier Dubois SARL
            8 rue des Tanneurs
            69002 Lyon
            Tél. : 04 72 00 11 22
            Portable : 06 12 34 56 78
            www.atelierdubois.fr
            """,
            new("Claire Dubois", "Atelier Dubois SARL", "Gérante", "04 72 00 11 22", "www.atelierdubois.fr", "fr",
                At("8 rue des Tanneurs", "69002", "Lyon", "FR"))),

        new("Spanish", "mgarcia@olivarverde.es", "María García", """
            Hola Anna:

            Le adjunto el presupuesto para las cajas. Como no tenemos más existencias, el pedido sale el lunes.

            Un saludo,

            María García López
            Directora Comercial
            Olivar Verde, S.L.
            Calle Mayor 15
            28013 Madrid
            Tfno.: 91 123 45 67
            Móvil: 600 123 456
            """,
            new("María García López", "Olivar Verde, S.L.", "Directora Comercial", "91 123 45 67", null, "es",
                At("Calle Mayor 15", "28013", "Madrid", "ES"))),

        new("Dutch", "j.devries@molenhof.nl", "Jan de Vries", """
            Beste Anna,

            Bedankt voor het voorstel. Wij zijn akkoord met de prijs en zien de levering graag in week 12.

            Met vriendelijke groet,

            Jan de Vries
            Inkoper

            Molenhof B.V.
            Keizersgracht 123
            1015 CJ Amsterdam
            Tel: 020 123 4567
            Mobiel: 06 12345678
            KvK 12345678 | BTW NL001234567B01
            """,
            new("Jan de Vries", "Molenhof B.V.", "Inkoper", "020 123 4567", null, "nl",
                At("Keizersgracht 123", "1015 CJ", "Amsterdam", "NL"))),

        new("Austrian, title before the name", "huber@huber-bau.at", "Dr. Josef Huber", """
            Grüß Gott,

            die Pläne sind da, wir können nächste Woche beginnen. Bitte geben Sie mir noch Bescheid, ob der Kran bis Dienstag bleibt.

            Beste Grüße
            Dr. Josef Huber
            Geschäftsführer
            Huber Bau GmbH & Co. KG
            Mariahilfer Straße 88, 1070 Wien, Österreich
            M +43 664 1234567
            """,
            new("Dr. Josef Huber", "Huber Bau GmbH & Co. KG", "Geschäftsführer", "+43 664 1234567", null, "de",
                At("Mariahilfer Straße 88", "1070", "Wien", "AT"))),

        new("Swiss", "sandra.keller@kellerag.ch", "Keller Sandra", """
            Guten Tag Frau Kern

            Besten Dank für die Unterlagen. Wir melden uns, sobald die Abklärungen mit dem Lieferanten abgeschlossen sind.

            Freundliche Grüsse

            Sandra Keller
            Projektleiterin
            Keller AG
            Bahnhofstrasse 5
            CH-8001 Zürich
            Direkt +41 44 123 45 67
            """,
            new("Keller Sandra", "Keller AG", "Projektleiterin", "+41 44 123 45 67", null, "de",
                At("Bahnhofstrasse 5", "8001", "Zürich", "CH"))),

        new("The colleague's signature in the quotation is not theirs", "tom@riverside-kitchens.co.uk", "Tom", """
            Works for me, see you on Thursday at nine then.

            Cheers
            Tom

            On Mon, 3 Mar 2025 at 10:02, Anna Kern <anna.kern@kern-licht.example> wrote:

            Hi Tom,
            shall we meet on Thursday?

            Best regards
            Anna Kern
            Managing Director
            Kern Licht GmbH
            Tel. +49 40 99887766
            www.kern-licht.example
            """,
            new("Tom", "Riverside Kitchens", Language: null)),

        new("Outlook's quotation with headers", "petra.sommer@gmx.de", "Petra Sommer", """
            Hallo Anna,
            das passt, wir sehen uns am Montag. Ich bringe die Muster mit und auch die Liste, die du haben willst.
            LG Petra

            ________________________________
            Von: Anna Kern <anna.kern@kern-licht.example>
            Gesendet: Freitag, 7. März 2025 09:15
            An: Petra Sommer
            Betreff: Montag

            Mit freundlichen Grüßen
            Anna Kern
            Kern Licht GmbH
            Tel. +49 40 99887766
            """,
            new("Petra Sommer", Language: "de")),

        new("German attribution over two lines", "bernd@krause-holz.de", "Bernd Krause", """
            Ja, gern.

            Viele Grüße
            Bernd Krause
            Tischlermeister
            Krause Holz e.K.
            0451/778899

            Am 12.03.2025 um 08:30 schrieb Anna Kern
            <anna.kern@kern-licht.example>:
            > Passt Donnerstag?
            > Mit freundlichen Grüßen
            > Anna Kern, Kern Licht GmbH, Tel. 040 99887766
            """,
            new("Bernd Krause", "Krause Holz e.K.", "Tischlermeister", "0451/778899")),

        new("Answer below the quotation", "lee@parkandlee.com.au", "Lee, Min-jun", """
            On 12 Mar 2025, Anna Kern wrote:
            > Could you send the invoice again?
            > Anna Kern
            > Kern Licht GmbH
            > Tel. +49 40 99887766

            Attached. Let me know if it is fine for your accounts team and we will close the job.

            Regards,
            Min-jun Lee
            Park & Lee Pty Ltd
            Ph: +61 2 9876 5432
            """,
            new("Min-jun Lee", "Park & Lee Pty Ltd", null, "+61 2 9876 5432", Language: "en")),

        new("Original message of old Outlook", "f.lang@stadtwerke-lang.de", "Fritz Lang", """
            Erledigt.
            MfG
            Fritz Lang
            -----Ursprüngliche Nachricht-----
            Von: Anna Kern
            Gesendet: Montag
            Betreff: Zähler
            Kern Licht GmbH, Tel. 040 99887766
            """,
            new("Fritz Lang", "Stadtwerke Lang")),

        new("From a telephone", "maria.rossi@gmail.com", "Maria Rossi", """
            Yes please, the blue one. Thank you!

            Sent from my iPhone
            """,
            new("Maria Rossi", Language: "en")),

        new("From a telephone, German", "kunde77@web.de", null, """
            Passt!

            Von meinem iPhone gesendet
            """,
            new("Kunde")),

        new("One line", "k.berg@berg-partner.de", "Katrin Berg", """
            Anbei die Zeichnung.
            -- 
            Katrin Berg | Berg & Partner Architekten PartGmbB | T 0221 445566 | www.berg-partner.de
            """,
            new("Katrin Berg", "Berg & Partner Architekten PartGmbB", null, "0221 445566", "www.berg-partner.de")),

        new("Pictures and links in angle brackets", "lena.vogt@vogt-media.de", "Lena Vogt", """
            Hallo zusammen, der Entwurf ist fertig und liegt im Ordner. Bitte schaut ihn euch bis morgen an, wenn ihr könnt.

            Viele Grüße

            [cid:image001.png@01DB1234.56789ABC]

            Lena Vogt
            Art Director
            [Logo Vogt Media]
            Vogt Media UG (haftungsbeschränkt)
            Tel: +49 (0)89 123 45-67<tel:+49891234567>
            lena.vogt@vogt-media.de<mailto:lena.vogt@vogt-media.de>
            www.vogt-media.de<https://www.vogt-media.de/>
            [Facebook]<https://www.facebook.com/vogtmedia> [LinkedIn]<https://www.linkedin.com/company/vogt>
            """,
            new("Lena Vogt", "Vogt Media UG (haftungsbeschränkt)", "Art Director", "+49 (0)89 123 45-67", "www.vogt-media.de", "de")),

        new("All in capitals", "MARTIN.STEIN@STEIN-LOGISTIK.DE", null, """
            LADUNG IST UNTERWEGS.

            MIT FREUNDLICHEN GRÜSSEN
            MARTIN STEIN
            DISPONENT
            STEIN LOGISTIK GMBH
            TEL. 0511-123456
            FAX 0511-123457
            """,
            new("Martin Stein", "STEIN LOGISTIK GMBH", "DISPONENT", "0511-123456")),

        new("No signature at all", "olga@example.org", "Olga Petrova", "When does the next delivery leave? We have not heard from you and the shop is waiting for it.",
            new("Olga Petrova", "Example", Language: "en")),

        new("A name and nothing else", "p.nguyen@lotusfoods.ca", null, """
            The samples are here, thank you for sending them so fast. We will be in touch with you soon.

            Thanks,
            Phuong Nguyen
            """,
            new("Phuong Nguyen", "Lotusfoods", Language: "en")),

        new("Canadian", "ella.roy@northpine.ca", "Ella Roy", """
            See attached.

            Sincerely,
            Ella Roy
            Account Manager, North Pine Ltd.
            200 King Street West
            Toronto, ON M5V 2T6
            Direct: 416-555-0199
            Web: northpine.ca
            """,
            new("Ella Roy", "North Pine Ltd.", "Account Manager", "416-555-0199", "northpine.ca", null,
                At("200 King Street West", "M5V 2T6", "Toronto", "CA", "ON"))),

        new("A shared mailbox", "info@blumen-fink.de", "Blumen Fink", """
            Guten Tag, der Kranz ist am Freitag fertig und kann bei uns im Laden abgeholt werden, bitte mit der Nummer.

            Freundliche Grüße
            Ihr Team von Blumen Fink
            Marktplatz 3
            23552 Lübeck
            Telefon 0451 112233
            """,
            new("Blumen Fink", "Blumen Fink", null, "0451 112233", null, "de", At("Marktplatz 3", "23552", "Lübeck", "DE"))),

        new("Company in the display name", "sales@acme-tools.com", "Acme Tools Ltd", "Your order has shipped.",
            new("Acme Tools Ltd", Kind: CustomerKind.Organisation)),

        new("Display name with company in brackets", "c.brandt@brandt.example", "Carla Brandt (Brandt Consulting GmbH)", "Danke, bis dann!",
            new("Carla Brandt", "Brandt")),

        new("Fax first, then the switchboard, then the desk", "h.yilmaz@yilmaz-textil.de", "Hakan Yılmaz", """
            Hallo Frau Kern, die Stoffe sind eingetroffen und werden noch diese Woche an Sie verschickt, wie vereinbart mit der Post.

            Beste Grüße
            Hakan Yılmaz
            Vertrieb
            Yılmaz Textil OHG
            Telefax: 030 111222-99
            Zentrale: 030 111222-0
            Durchwahl: 030 111222-17
            """,
            new("Hakan Yılmaz", "Yılmaz Textil OHG", "Vertrieb", "030 111222-17", null, "de")),

        new("Disclaimer that is longer than the signature", "eva.stern@sternpatent.de", "Eva Stern", """
            Anbei wie besprochen.

            Mit besten Grüßen
            Eva Stern
            Rechtsanwältin
            Tel. 0711 998877

            Diese E-Mail enthält vertrauliche Informationen der Kanzlei Fremd GmbH, Tel. 0800 1234567, und ist nur für den Adressaten bestimmt.
            Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte Falsch AG, 10115 Berlin, www.falsch.example.
            """,
            new("Eva Stern", "Sternpatent", "Rechtsanwältin", "0711 998877")),

        new("Numbers that are no telephones", "rolf@kranz-bau.de", "Rolf Kranz", """
            Rechnung 2025-004711 vom 03.03.2025 ist bezahlt.

            Gruß
            Rolf Kranz
            Kranz Bau GmbH
            IBAN DE02 1203 0000 0000 2020 51
            HRB 778899 Amtsgericht Kiel
            Steuer-Nr. 20/123/45678
            """,
            new("Rolf Kranz", "Kranz Bau GmbH")),

        new("Japanese name", "yamada@kaze-trading.jp", "山田 太郎", """
            Thank you for your order. We will ship it on Monday and send you the tracking number.

            Best regards,
            山田 太郎 (Taro Yamada)
            Sales Manager
            Kaze Trading Co., Ltd.
            Tel: +81-3-1234-5678
            """,
            new("山田 太郎 (Taro Yamada)", "Kaze Trading Co., Ltd.", "Sales Manager", "+81-3-1234-5678", Language: "en")),

        new("A forwarded mail", "nina.holm@fjordline.no", "Nina Holm", """
            FYI

            Nina

            ---------- Forwarded message ---------
            From: Erik Berg <erik@othercompany.no>
            Date: Mon, 3 Mar 2025
            Subject: Offer

            Best regards
            Erik Berg
            CEO, Other Company AS
            +47 22 33 44 55
            """,
            new("Nina Holm", "Fjordline")),

        new("An assistant writes from somebody's mailbox", "markus.thiel@thiel-immobilien.de", "Markus Thiel", """
            Der Termin steht.

            Mit freundlichen Grüßen
            Sabine Otto
            Assistentin der Geschäftsführung
            Thiel Immobilien GmbH
            Tel. 0341 556677
            www.thiel-immobilien.de
            """,
            new("Markus Thiel", "Thiel Immobilien GmbH", null, null, "www.thiel-immobilien.de", "de")),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_signature_says_who_writes(Case one)
    {
        ArgumentNullException.ThrowIfNull(one);
        var draft = Draft(one.From, one.Shown, one.Text);

        Assert.Equal(
            one.Expected,
            new Expected(draft.Name, draft.Company, draft.JobTitle, draft.Phone, draft.Website, draft.Language, draft.PostalAddress, draft.Kind));
    }

    [Fact]
    public void A_company_that_is_a_customer_already_stays()
    {
        var known = Header(Address(All[0].From), All[0].Shown) with { Company = "Nordlicht", CompanyId = Guid.NewGuid().ToString("N") };

        var draft = SignatureGuess.Improve(known, Address(All[0].From), All[0].Shown, All[0].Text);

        Assert.Equal((known.CompanyId, "Nordlicht"), (draft.CompanyId, draft.Company));
    }

    [Fact]
    public void Every_guess_is_marked() =>
        Assert.Equal(
            ["company", "jobTitle", "language", "name", "phone", "postalAddress", "website"],
            Draft(All[0].From, All[0].Shown, All[0].Text).Guessed.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Line_ends_of_other_systems_change_nothing(Case one)
    {
        ArgumentNullException.ThrowIfNull(one);
        var unix = Draft(one.From, one.Shown, one.Text);
        var windows = Draft(one.From, one.Shown, one.Text.ReplaceLineEndings("\r\n"));

        Assert.Equal(unix with { Guessed = [] }, windows with { Guessed = [] });
    }

    private static readonly Arbitrary<string> Mails = ArbMap.Default.ArbFor<char>().Generator.Select(c => c.ToString())
        .Or(Gen.Elements(All.SelectMany(one => one.Text.Split('\n')).Append("> ").Append("-- ").Append(" | ").Append("\n").Append("\r\n").ToArray()))
        .ArrayOf().Select(parts => string.Join(parts.Length % 2 == 0 ? "\n" : "", parts)).ToArbitrary();

    [Fact]
    public void Whatever_the_text_every_guess_stands_in_it_and_fits_the_form() =>
        Prop.ForAll(Mails, ArbMap.Default.ArbFor<string>(), (text, shown) =>
        {
            var draft = Draft("anna.weber@nordlicht-design.de", shown, text);
            var source = Bare(text + shown + "anna.weber@nordlicht-design.de Nordlicht Design");
            return draft.Name.Length is > 0 and <= 200
                && Fits(draft.Name, 200) && Fits(draft.Company, 200) && Fits(draft.JobTitle, 200) && Fits(draft.Phone, 40) && Fits(draft.Website, 500)
                && Fits(draft.PostalAddress?.Street, 200) && Fits(draft.PostalAddress?.PostalCode, 20) && Fits(draft.PostalAddress?.City, 100)
                && (draft.Phone?.All(c => char.IsAsciiDigit(c) || " +-()./x".Contains(c, StringComparison.Ordinal)) ?? true)
                && new[] { draft.Name, draft.Company, draft.JobTitle, draft.Website, draft.PostalAddress?.City }
                    .Where(guess => guess is not null).All(guess => Words(guess!).All(word => source.Contains(word, StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();

    private static bool Fits(string? value, int max) => value is null || (value.Length <= max && value == value.Trim() && !value.Any(char.IsControl));

    private static IEnumerable<string> Words(string text) =>
        text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(Bare).Where(word => word.Length > 0);

    private static string Bare(string text) =>
        new([.. text.EnumerateRunes().Where(Rune.IsLetterOrDigit).SelectMany(rune => rune.ToString()).Select(char.ToUpperInvariant)]);

    /// <summary>Texts made to cost: long lines, many near misses, deep nesting.</summary>
    public static TheoryData<string> Hostile() => new(
        string.Concat(Enumerable.Repeat("+49 40 ", 2_000)),
        string.Concat(Enumerable.Repeat("0 (0) 0-0/0.", 1_000)),
        string.Concat(Enumerable.Repeat("a.a@", 4_000)),
        string.Concat(Enumerable.Repeat("On 1 Mar, x <a@b> wrote\n", 600)),
        string.Concat(Enumerable.Repeat("From: x\n", 2_000)),
        string.Concat(Enumerable.Repeat("GmbH & Co. KG ", 1_000)),
        string.Concat(Enumerable.Repeat("Best regards\n+49 40 12345 x\n", 800)),
        string.Concat(Enumerable.Repeat("[cid:", 3_000)),
        "-- \n" + string.Concat(Enumerable.Repeat("<https://", 3_000)),
        "-- \n" + string.Concat(Enumerable.Repeat("A A1 1AA, ", 1_000)),
        new string('\n', 20_000),
        new string('_', 100_000),
        new string('\u0301', 20_000),
        string.Concat(Enumerable.Repeat("\ud83d", 5_000)));

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_text_is_done_with_at_once(string text)
    {
        var address = Address("anna.weber@nordlicht-design.de");
        var header = Header(address, "Anna Weber");
        var start = Stopwatch.GetTimestamp();

        SignatureGuess.Improve(header, address, "Anna Weber", text);

        // It takes milliseconds; a pattern that tries every way would take minutes.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    private static CustomerDraft Draft(string from, string? shown, string text) =>
        SignatureGuess.Improve(Header(Address(from), shown), Address(from), shown, text);

    private static CustomerDraft Header(MailAddress address, string? shown) => SenderGuess.Draft(address, SenderName.Of(shown, address), []);

    private static MailAddress Address(string text) =>
        MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException("no address", nameof(text));
}
