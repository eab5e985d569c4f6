namespace OutlookCrm.Sandbox.Firm;

/// <summary>Somebody the sample firm works for.</summary>
/// <param name="Key">Names the customer in this file and makes its ids; never shown.</param>
/// <param name="Address">The primary mail address.</param>
/// <param name="Company">The key of the organisation a person works for; null for a private person and an organisation.</param>
/// <param name="Language">de or en: in which the mails are written.</param>
/// <param name="Weight">How many threads we had in two years.</param>
public sealed record SampleCustomer(
    string Key, string Name, string Address, string? Company, string? JobTitle, string Language, string? Phone, SamplePlace? Place, int Weight)
{
    public bool IsOrganisation { get; init; }

    /// <summary>Private, or someone else's: a second address of the same customer.</summary>
    public string? SecondAddress { get; init; }

    public string? Website { get; init; }

    public string Stage { get; init; } = "customer";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Expectation { get; init; }

    /// <summary>mail, phone or meeting; null when nobody asked.</summary>
    public string? ContactBy { get; init; }

    public string? PreferenceNote { get; init; }

    /// <summary>How they greet and sign where a first name would be wrong.</summary>
    public string FirstName => IsOrganisation ? Name : Name.Split(' ')[0];
}

public sealed record SamplePlace(string Street, string PostalCode, string City, string Country);

/// <summary>The sample firm's 60 customers, and people who may become customers. All made up; company domains end in .example.</summary>
public static class SampleCustomers
{
    public static readonly IReadOnlyList<SampleCustomer> All =
    [
        // Organisations, each with a shared address, followed by the people in them.
        Organisation("weberhof", "Hotel Weberhof GmbH", "info@hotel-weberhof.example", "de", "+49 7661 5550 10", new("Dorfstraße 12", "79199", "Kirchzarten", "DE")) with
        {
            Tags = ["hotel", "maintenance contract"], Expectation = "All 24 rooms refitted before the season opens in May",
        },
        Member("sabine-weber", "Sabine Weber", "s.weber@hotel-weberhof.example", "weberhof", "Geschäftsführerin", "de", "+49 171 5550 112", 9) with
        {
            ContactBy = "phone", PreferenceNote = "Not between 11 and 14: lunch service",
            SecondAddress = "sabine.weberhof.privat@gmx.de", Tags = ["decides"], Expectation = "One fixed contact who calls back the same day",
        },
        Member("luca-moretti", "Luca Moretti", "technik@hotel-weberhof.example", "weberhof", "Haustechnik", "de", "+49 171 5550 118", 5),
        Organisation("yilmaz", "Zahnarztpraxis Dr. Yılmaz", "praxis@zahnarzt-yilmaz.example", "de", "+49 761 5550 21", new("Habsburgerstraße 88", "79104", "Freiburg", "DE")) with
        {
            Tags = ["practice"], Expectation = "Work only on Wednesdays and weekends, when the practice is closed",
        },
        Member("elif-yilmaz", "Dr. Elif Yılmaz", "elif@zahnarzt-yilmaz.example", "yilmaz", "Zahnärztin", "de", "+49 171 5550 127", 6) with { ContactBy = "mail" },
        Organisation("gruen", "Möbelhaus Grün", "kontakt@möbelhaus-grün.example", "de", "+49 7641 5550 33", new("Industriestraße 4", "79312", "Emmendingen", "DE")) with
        {
            Tags = ["dealer"], Stage = "prospect",
        },
        Member("juergen-gruenwald", "Jürgen Grünwald", "jürgen.grünwald@möbelhaus-grün.example", "gruen", "Einkauf", "de", "+49 171 5550 134", 4) with { Stage = "prospect" },
        Organisation("lakeside", "Lakeside Architects Ltd", "hello@lakeside-architects.example", "en", "+44 20 5550 0140", new("7 Mill Yard", "E1 8QF", "London", "GB")) with
        {
            Tags = ["architect", "repeat"], Website = "https://lakeside-architects.example",
        },
        Member("fiona-macleod", "Fiona MacLeod", "fiona.macleod@lakeside-architects.example", "lakeside", "Partner", "en", "+44 7700 900141", 8) with
        {
            ContactBy = "mail", PreferenceNote = "Copies Priya on everything about drawings",
            Tags = ["decides", "architect"], Expectation = "Drawings as DWG, never as a scan",
        },
        Member("samuel-adeyemi", "Samuel Adeyemi", "samuel.adeyemi@lakeside-architects.example", "lakeside", "Architect", "en", "+44 7700 900142", 8),
        Member("priya-raghunathan", "Priya Raghunathan", "priya.raghunathan@lakeside-architects.example", "lakeside", "Project architect", "en", "+44 7700 900143", 7),
        Organisation("mokka", "Café Mokka", "cafe.mokka.am.muehlbach@gmx.de", "de", "+49 761 5550 52", new("Mühlbachgasse 3", "79098", "Freiburg", "DE")) with
        {
            Tags = ["café"], Weight = 5, Expectation = "Counter must be cleanable without taking anything apart",
        },
        Organisation("sato", "佐藤商事株式会社", "office@sato-trading.example", "en", "+81 3 5550 0161", new("2-4-1 Marunouchi", "100-0005", "Tokyo", "JP")) with { Tags = ["export"] },
        Member("kenichi-sato", "佐藤 健一", "kenichi.sato@sato-trading.example", "sato", "Director", "en", "+81 90 5550 0162", 4) with { ContactBy = "mail", PreferenceNote = "Eight hours ahead of us" },
        Organisation("kirchzarten", "Gemeinde Kirchzarten-Süd, Bauamt", "bauamt@kirchzarten-sued.example", "de", "+49 7661 5550 70", new("Talvogteistraße 1", "79199", "Kirchzarten", "DE")) with
        {
            Tags = ["public", "tender"], Expectation = "Written offers in three copies, in time for the council on the first Tuesday",
        },
        Member("annegret-hoffmann", "Annegret Hoffmann-Dieffenbach", "annegret.hoffmann-dieffenbach@kirchzarten-sued.example", "kirchzarten", "Sachbearbeiterin Hochbau", "de", "+49 7661 5550 71", 5),
        Organisation("alnour", "Al-Nour Medical Center", "admin@alnour-medical.example", "en", "+971 4 555 0181", new("Al Wasl Road 48", "", "Dubai", "AE")) with { Stage = "lead", Tags = ["export"] },
        Member("layla-haddad", "ليلى حداد", "layla.haddad@alnour-medical.example", "alnour", "Facilities director", "en", "+971 50 555 0182", 3) with { Stage = "lead" },
        Organisation("schaefer", "Bauunternehmung Schäfer & Söhne GmbH & Co. KG", "zentrale@schaefer-bau.example", "de", "+49 7665 5550 90", new("Hauptstraße 141", "79232", "March", "DE")) with
        {
            Tags = ["builder", "repeat"], Expectation = "Payment target 30 days, 2 % within ten",
        },
        Member("uwe-schaefer", "Uwe Schäfer", "u.schaefer@schaefer-bau.example", "schaefer", "Geschäftsführer", "de", "+49 171 5550 191", 6),
        Member("dilara-kaya", "Dilara Kaya", "d.kaya@schaefer-bau.example", "schaefer", "Bauleiterin", "de", "+49 171 5550 192", 9) with { Tags = ["on site"], ContactBy = "phone", PreferenceNote = "Best before 7, on her way to the site" },
        Organisation("halvorsen", "Halvorsen Boat Interiors AS", "post@halvorsen-boats.example", "en", "+47 555 50 201", new("Strandgaten 19", "5013", "Bergen", "NO")) with { Tags = ["boats"] },
        Member("ingrid-halvorsen", "Ingrid Halvorsen", "ingrid@halvorsen-boats.example", "halvorsen", "Owner", "en", "+47 555 50 202", 6) with { Expectation = "Everything under 18 kg per square metre" },
        Organisation("sonnenblume", "Kita Sonnenblume e. V.", "leitung@kita-sonnenblume.example", "de", "+49 761 5550 210", new("Sundgauallee 25", "79114", "Freiburg", "DE")) with
        {
            Tags = ["kindergarten"], Weight = 4, Expectation = "Rounded edges everywhere, oil suitable for toys",
        },
        Organisation("loewenstein", "Weingut Löwenstein-Bär", "weingut@loewenstein-baer.example", "de", "+49 7662 5550 220", new("Winzerweg 8", "79235", "Vogtsburg", "DE")) with { Tags = ["winery"] },
        Member("friederike-baer", "Friederike Bär", "f.baer@loewenstein-baer.example", "loewenstein", "Vinothek", "de", "+49 171 5550 221", 4),
        Organisation("quill", "Quill & Page Bookshop", "hello@quillandpage.example", "en", "+353 1 555 0230", new("14 Harbour Row", "D02 XY45", "Dublin", "IE")) with { Tags = ["shop"] },
        Member("oliver-quill", "Oliver Quill", "oliver@quillandpage.example", "quill", "Bookseller", "en", "+353 86 555 0231", 5),
        Organisation("krueger", "Krüger Immobilienverwaltung", "verwaltung@krueger-immo.example", "de", "+49 761 5550 240", new("Kaiser-Joseph-Straße 200", "79098", "Freiburg", "DE")) with
        {
            Tags = ["property", "maintenance contract"],
        },
        Member("thomas-krueger", "Thomas Krüger", "t.krueger@krueger-immo.example", "krueger", "Inhaber", "de", "+49 171 5550 241", 4),
        Member("nadja-petrova", "Nadja Petrova", "n.petrova@krueger-immo.example", "krueger", "Objektbetreuung", "de", "+49 171 5550 242", 9) with { ContactBy = "mail" },
        Organisation("zellforschung", "Zentrum für Translationale Zellforschung und Experimentelle Allergologie am Universitätsklinikum", "beschaffung@zentrum-zellforschung.example", "de", "+49 761 5550 2500", new("Breisacher Straße 115", "79106", "Freiburg", "DE")) with
        {
            Tags = ["public", "laboratory"], Weight = 3, Stage = "prospect",
        },
        Organisation("dubois", "Atelier Dubois", "contact@atelier-dubois.example", "en", "+33 3 55 55 02 60", new("11 rue des Tanneurs", "68000", "Colmar", "FR")) with { Tags = ["architect"] },
        Member("chloe-dubois", "Chloé Dubois", "chloe@atelier-dubois.example", "dubois", "Architecte d'intérieur", "en", "+33 6 55 55 02 61", 7),
        Organisation("namsong", "Restaurant Nam Sông", "reservierung@namsong.example", "de", "+49 761 5550 270", new("Gerberau 15", "79098", "Freiburg", "DE")) with { Tags = ["restaurant"] },
        Member("minh-anh", "Nguyễn Thị Minh Anh", "minhanh@namsong.example", "namsong", "Inhaberin", "de", "+49 171 5550 271", 5) with { Expectation = "No work during lunch, ever", ContactBy = "phone", PreferenceNote = "Mondays only, the restaurant is closed" },

        // Private people, most of them with free-mail addresses.
        Private("brandner", "Petra Brandner", "petra.u.klaus.brandner.dreisam@web.de", "de", "+49 171 5550 301", new("Dreisamstraße 41", "79117", "Freiburg", "DE"), 6) with
        {
            ContactBy = "mail",
            Tags = ["kitchen"], Expectation = "Quiet dishwasher door: the bedroom is next to it",
        },
        Private("lippe", "Dr. Hans-Joachim Freiherr von der Lippe-Westerholt zu Neuenkirchen", "hj.lippe.westerholt.neuenkirchen@t-online.de", "de", "+49 7633 5550 302", new("Schlossgasse 1", "79219", "Staufen", "DE"), 5) with
        {
            ContactBy = "meeting", PreferenceNote = "Sends letters; answer by letter",
            Tags = ["library", "VIP"], Expectation = "Letters, not calls",
        },
        Private("ferrari", "Giulia Ferrari", "giulia.ferrari.legno77@gmail.com", "en", "+49 171 5550 303", new("Zähringerstraße 9", "79108", "Freiburg", "DE"), 5),
        Private("obriain", "Seán Ó Briain", "sean.obriain.carpentry.fan@outlook.com", "en", "+353 87 555 0304", new("3 Chapel Lane", "P17 T280", "Kinsale", "IE"), 4),
        Private("wisniewska", "Zofia Wiśniewska", "zofia.wisniewska.fryburg@wp.pl", "en", "+49 171 5550 305", new("Lehener Straße 60", "79106", "Freiburg", "DE"), 5) with { Tags = ["wardrobe"] },
        Private("ozturk", "Mehmet Öztürk", "mehmet.oeztuerk.merzhausen@gmail.com", "de", "+49 171 5550 306", new("Hexentalstraße 22", "79249", "Merzhausen", "DE"), 5),
        Private("buehler", "Anneliese Bühler", "anneliese.buehler1938@t-online.de", "de", "+49 761 5550 307", new("Wonnhaldestraße 5", "79100", "Freiburg", "DE"), 6) with
        {
            ContactBy = "phone", PreferenceNote = "Speak slowly, let it ring long",
            Tags = ["phone first"], Expectation = "Somebody explains the bill on the phone before it comes",
        },
        Private("baerenklau", "Jonas Bärenklau", "jonas.baerenklau.altbau@posteo.de", "de", "+49 171 5550 308", new("Guntramstraße 17", "79106", "Freiburg", "DE"), 4),
        Private("kovalenko", "Olena Kovalenko", "olena.kovalenko.sandkasten@ukr.net", "en", "+49 171 5550 309", new("Opfinger Straße 80", "79115", "Freiburg", "DE"), 4),
        Private("cohen", "David Cohen", "david.cohen.bookshelves@gmail.com", "en", "+41 79 555 03 10", new("Spalenberg 30", "4051", "Basel", "CH"), 5) with { Tags = ["library"] },
        Private("rahman", "Aisha Rahman", "aisha.rahman.homeoffice@outlook.com", "en", "+49 171 5550 311", new("Rempartstraße 4", "79098", "Freiburg", "DE"), 5),
        Private("charpentier", "Marie-Louise Charpentier", "ml.charpentier.colmar@orange.fr", "en", "+33 6 55 55 03 12", new("4 quai de la Lauch", "68000", "Colmar", "FR"), 3) with { Stage = "former" },
        Private("tanaka", "田中 美咲", "misaki.tanaka.furaiburuku@yahoo.co.jp", "en", "+49 171 5550 313", new("Schwarzwaldstraße 150", "79102", "Freiburg", "DE"), 4),
        Private("alhassan", "محمد الحسن", "mohammed.alhassan.kueche@gmail.com", "de", "+49 171 5550 314", new("Sulzburger Straße 7", "79114", "Freiburg", "DE"), 4) with { Tags = ["kitchen"] },
        Private("angstrom", "Björn Ångström", "bjorn.angstrom.stuga@telia.com", "en", "+46 70 555 03 15", new("Storgatan 2", "903 26", "Umeå", "SE"), 3) with { Stage = "prospect" },
        Private("eze", "Ifeoma Eze", "ifeoma.eze.staircase@gmail.com", "en", "+49 171 5550 316", new("Urbanstraße 11", "79104", "Freiburg", "DE"), 5) with { Tags = ["staircase"] },
        Private("delgado", "Rosa Delgado Fernández", "rosa.delgado.fernandez.casa@hotmail.com", "en", "+34 655 55 03 17", new("Calle Mayor 21", "28013", "Madrid", "ES"), 3) with { Stage = "lead" },
        Private("peter-mueller-1", "Peter Müller", "peter.mueller.guenterstal@web.de", "de", "+49 171 5550 318", new("Schauinslandstraße 90", "79100", "Freiburg", "DE"), 4),
        Private("peter-mueller-2", "Peter Müller", "p.mueller.zimmermann.glottertal@gmx.net", "de", "+49 171 5550 319", new("Talstraße 14", "79286", "Glottertal", "DE"), 3),
        Private("karl-heinz", "Karl-Heinz Müller-Lüdenscheid", "khml.wohnmobil.ausbau@freenet.de", "de", "+49 171 5550 320", new("Breisgauallee 2", "79189", "Bad Krozingen", "DE"), 4) with { Tags = ["camper van"] },
        Private("lindqvist", "Saga Lindqvist", "saga@lindqvist-family.example", "en", "+49 171 5550 321", new("Erwinstraße 28", "79102", "Freiburg", "DE"), 4),
        Private("novak", "Ivana Nováková", "ivana.novakova.pradlo@seznam.cz", "en", "+49 171 5550 322", new("Haslacher Straße 33", "79115", "Freiburg", "DE"), 4),
        Private("sorensen", "Mette Sørensen", "mette.soerensen.hyggekrog@mail.dk", "en", "+45 55 55 03 24", new("Nørregade 7", "8000", "Aarhus", "DK"), 3) with { Stage = "prospect" },
        Private("okonkwo", "Chinedu Okonkwo", "chinedu.okonkwo.workbench@gmail.com", "en", "+49 171 5550 323", new("Basler Straße 55", "79100", "Freiburg", "DE"), 4),
    ];

    /// <summary>People whom the firm does not know yet; their signatures say much about them.</summary>
    public static readonly IReadOnlyList<SampleStranger> Strangers =
    [
        new("Katharina Vogelsang", "k.vogelsang@vogelsang-optik.example", "Ladeneinrichtung für unser zweites Geschäft",
            """
            Guten Tag,

            wir eröffnen im März ein zweites Geschäft in Lörrach und suchen jemanden für Theke, Brillenwände und einen kleinen Refraktionsraum. Ihre Vinothek am Kaiserstuhl hat uns sehr gefallen. Können wir uns das einmal zeigen lassen?

            Mit freundlichen Grüßen
            Katharina Vogelsang
            Augenoptikermeisterin, Inhaberin

            Vogelsang Optik e. K.
            Basler Straße 160 | 79539 Lörrach
            Tel. +49 7621 5550 401 | Mobil +49 171 5550 401
            www.vogelsang-optik.example
            """),
        new("Rajesh Iyer", "rajesh.iyer@brightwater-clinics.example", "Reception desks for three clinics",
            """
            Hello,

            we are refurbishing three clinics next year and need reception desks with a lowered part for wheelchair users. Dr Yılmaz spoke very highly of your work. Who should I send the floor plans to?

            Kind regards,

            Rajesh Iyer
            Head of Estates
            Brightwater Clinics AG
            Aeschenvorstadt 71, 4051 Basel, Switzerland
            T: +41 61 555 04 02 | M: +41 79 555 04 02
            https://www.brightwater-clinics.example
            """),
        new("", "t.okafor-lindgren@nordic-loft.example", "Oak worktops, 14 pcs",
            """
            Hi there

            can you quote 14 oak worktops, 40 mm, oiled, 2.40 x 0.65 m each? Delivery to Stuttgart, no fitting.

            Thanks
            Tobias Okafor-Lindgren
            Purchasing | Nordic Loft GmbH
            Königstraße 28, 70173 Stuttgart
            +49 711 5550 403
            """),
        new("Familie Schwarz", "familie.schwarz.gundelfingen2026@gmail.com", "Treppe vom Wohnzimmer ins Dach",
            """
            Hallo,

            wir bauen das Dach aus und brauchen eine Treppe, die nicht den halben Raum frisst. Machen Sie auch Raumspartreppen? Wir sind abends ab 18 Uhr erreichbar.

            Viele Grüße
            Melanie und Björn Schwarz
            Waldstraße 3, 79194 Gundelfingen
            0171 5550404
            """),
        new("Beatriz Almeida Santos", "beatriz.santos@quinta-do-vale.example", "Tasting room fit-out, Douro",
            """
            Dear Sir or Madam,

            Friederike Bär of Weingut Löwenstein-Bär suggested that I write to you. We are planning a tasting room for forty guests and would love it to be built by people who know wine. Would you travel?

            Best wishes,
            Beatriz Almeida Santos
            Hospitality Director

            Quinta do Vale, Lda.
            Estrada Nacional 222, 5120-210 Tabuaço, Portugal
            Telephone +351 254 555 405
            quinta-do-vale.example
            """),
        new("山本 太郎", "taro.yamamoto@kumiko-works.example", "Kumiko panels: cooperation",
            """
            Dear Birnbaum team,

            Mr Sato introduced your company to us. We make kumiko panels by hand and look for a partner in Germany who can fit them.

            Best regards,
            Taro Yamamoto (山本 太郎)
            President, Kumiko Works K.K.
            1-7-3 Higashi, Takayama, Gifu 506-0000, Japan
            Tel: +81 577 55 0406
            """),
        new("Einkauf", "einkauf@schwarzwald-kliniken.example", "Ausschreibung 2026/114: Innentüren",
            """
            Sehr geehrte Damen und Herren,

            wir laden Sie ein, sich an der beschränkten Ausschreibung 2026/114 zu beteiligen (62 Innentüren, davon 18 EI30). Die Unterlagen erhalten Sie auf Anfrage.

            Mit freundlichen Grüßen
            i. A. Gerlinde Sommerfeld
            Zentraler Einkauf
            Schwarzwald Kliniken gGmbH, Am Kurpark 2, 79837 St. Blasien
            Telefon 07672 5550-407, Telefax 07672 5550-499
            """),
        new("Zoë Papadopoulou", "zoe@papadopoulou-ceramics.example", "Shelves for pots, lots of them",
            """
            Hi!

            I make pots and have run out of places to put them. Could you build something like the bookshop wall you did for Oliver in Dublin, only sturdier?

            Zoë

            --
            Zoë Papadopoulou Ceramics
            Studio 6, Alte Seilerei, 79102 Freiburg
            mobile +49 171 5550 408 · @zoe.pots
            """),
    ];

    private static SampleCustomer Organisation(string key, string name, string address, string language, string phone, SamplePlace place) =>
        new(key, name, address, null, null, language, phone, place, 1) { IsOrganisation = true };

    private static SampleCustomer Member(
        string key, string name, string address, string company, string jobTitle, string language, string phone, int weight) =>
        new(key, name, address, company, jobTitle, language, phone, null, weight);

    private static SampleCustomer Private(string key, string name, string address, string language, string phone, SamplePlace place, int weight) =>
        new(key, name, address, null, null, language, phone, place, weight) { Tags = ["private"] };
}

/// <param name="Name">Empty when the mail program sent none.</param>
public sealed record SampleStranger(string Name, string Address, string Subject, string Text);
