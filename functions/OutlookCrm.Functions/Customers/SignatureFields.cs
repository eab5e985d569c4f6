using System.Text.RegularExpressions;
using OutlookCrm.Pane;
using OutlookCrm.Search;

namespace OutlookCrm.Customers;

/// <summary>What the lines of a signature say; null is not found, or not sure.</summary>
internal sealed record SignatureFields(
    string? Name, string? Company, string? JobTitle, string? Phone, string? Website, PostalAddress? PostalAddress)
{
    private const int MaxCompanyLength = 100;
    private const int MaxJobTitleLength = 80; // longer ones are sentences
    private const int MaxPhoneLength = 40;
    private const int MaxWebsiteLength = 200;

    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly SignatureFields None = new(null, null, null, null, null, null);

    /// <summary>What mail programs put for a picture: <c>[cid:…]</c>, <c>[image: logo]</c>, <c>[Logo]</c>; and links behind words.</summary>
    private static readonly Regex Picture = new(
        @"\[[^\]]*(cid:|image|logo|bild|grafik|picture|icon|http)[^\]]*\]|<(mailto|tel|callto|https?):[^>]*>|!\[[^\]]*\]\([^)]*\)",
        Safe | RegexOptions.IgnoreCase);

    private static readonly Regex Address = new(@"[^\s<>()\[\]|,;:""]+@[^\s<>()\[\]|,;:""]+\.[\p{L}]{2,}", Safe);

    private static readonly Regex Link = new(
        @"(https?://|www\.)[^\s<>()\[\]""|,;]+|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(/[^\s<>()\[\]""|,;]*)?", Safe | RegexOptions.IgnoreCase);

    /// <summary>The legal form that makes words a company's name, with what may stand between two of them.</summary>
    private static readonly Regex LegalForm = new(
        @"[\s,](((gemeinnützige|g)?GmbH|GMBH|gGmbH|AG|KGaA|KG|OHG|oHG|UG|GbR|GBR|SE|eG|e\.\s?G\.|e\.\s?K\.|e\.\s?Kfm\.|e\.\s?V\.|mbH|MBH|PartG|PartGmbB|mbB"
        + @"|Ltd\.?|LTD\.?|Limited|LIMITED|LLC|L\.L\.C\.|LLP|Inc\.?|INC\.?|Incorporated|Corp\.?|CORP\.?|Corporation|PLC|plc|Pty\.?"
        + @"|S\.A\.S\.|SAS|SASU|S\.A\.R\.L\.|SARL|Sàrl|S\.à\sr\.l\.|EURL|S\.A\.U\.|S\.A\.|SA|S\.L\.U\.|S\.L\.|SL|SLU|S\.R\.L\.|S\.r\.l\.|Srl|SRL|S\.p\.A\.|SpA"
        + @"|B\.V\.|BV|N\.V\.|NV|VOF|V\.O\.F\.|ApS|A/S|AB|Oy|AS|Kft\.?|s\.r\.o\.|Sp\.\sz\so\.o\.)"
        + @"(\s?\(haftungsbeschränkt\)|\s?&\s?Co\.?(\s?(KGaA|KG|OHG|oHG))?|\s(Ltd\.?|GmbH|mbH|mbB|i\.\s?G\.))?)([\s,;.:)|–-]|$)",
        Safe);

    /// <summary>Lines that the law or the bank asks for: registers, taxes, accounts, who directs the firm.</summary>
    private static readonly Regex Register = new(
        @"(HRB|HRA|Amtsgericht|Registergericht|Handelsregister|Sitz der|USt|UID|Steuer-?(nr|nummer)|St\.?-?Nr|IBAN|BIC|SWIFT|Bankverbindung|Konto|BLZ|FN\s?\d"
        + @"|Registered (in|office|number|company)|Company (no|number|reg)|VAT|TVA|SIRET|SIREN|RCS|R\.C\.S|CIF|NIF|KvK|BTW|EORI|ABN"
        + @"|Geschäftsführ(er|ung|erin)?\s*:|Geschäftsführer\s*:|Vorstand\s*:|Aufsichtsrat|Vorsitzend|Managing Directors?\s*:|Directors\s*:|Inhaber(in)?\s*:)",
        Safe | RegexOptions.IgnoreCase);

    private static readonly Regex Number = new(
        @"(\+|\(\+|00)?\s?[0-9(][0-9 ()./\-–‑]{4,}[0-9](\s?(x|ext\.?|ext:|extension|dw\.?|durchwahl|poste)\s?[0-9]{1,6})?", Safe | RegexOptions.IgnoreCase);

    private static readonly Regex Extension = new(@"\s?(x|ext\.?|ext:|extension|dw\.?|durchwahl|poste)\s?([0-9]{1,6})$", Safe | RegexOptions.IgnoreCase);

    private static readonly Regex Date = new(@"^\s*[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}\s*$", Safe);

    /// <summary>Unlabelled, only a number that can be nothing else: +49 …, 0049 …, (0)…, 040/…, (555) 123-4567, 555-123-4567.</summary>
    private static readonly Regex Unmistakable = new(
        @"^\s?(\+|\(\+|00[1-9]|\(0|0[1-9][0-9]{1,5}[ /-]|\([0-9]{3}\)\s?[0-9]{3}[-. ][0-9]{4}|[0-9]{3}[-.][0-9]{3}[-.][0-9]{4})", Safe);

    private static readonly HashSet<string> PhoneLabels = Set(
        "tel telefon telephone telefono telefoon telefonnummer phone ph fon fone p t m mob mobil mobile mobiel movil handy cell cellphone cellular c d direct "
        + "direkt direct line durchwahl dw buro buero office o w work zentrale switchboard main hotline portable port standard fixe ligne directe tfno tlf tf gsm "
        + "rufnummer whatsapp call desk landline ddi dial festnetz privat geschaftlich ruf telnr");

    private static readonly HashSet<string> FaxLabels = Set("fax telefax f telecopie fx faxnr telekopie");

    private static readonly HashSet<string> CentralLabels = Set("zentrale switchboard main standard hotline");

    private static readonly HashSet<string> WebLabels = Set("web website webseite internet homepage url site www w online net");

    /// <summary>Word beginnings that name what a person does, folded.</summary>
    private static readonly string[] JobStarts =
    [
        "chief", "ceo", "cto", "cfo", "coo", "cmo", "cio", "vp", "head", "lead", "owner", "founder", "cofounder", "president", "vice", "secretary",
        "accountant", "buyer", "officer", "specialist", "analyst", "attorney", "lawyer", "solicitor", "executive", "editor", "trainee", "intern",
        "sales", "marketing", "vertrieb", "einkauf", "prokurist", "inhaber", "vorstand", "notar", "gerant", "charge", "responsable", "avocat",
        "comptable", "commercial", "associe", "gerente", "jefe", "jefa", "abogad", "ventas", "socio", "socia", "eigenaar", "hoofd", "inkoper", "verkoop",
        "kaufmann", "kauffrau", "disponent", "praktikant", "werkstudent", "auszubildende", "stellv", "assisten", "buchhalt", "empfang", "sekretariat",
        "freelance", "freiberuf", "professor", "principal", "partner", "senior", "junior", "teamlead", "account", "project", "product", "procurement",
        "administra", "directeur", "directrice", "directora", "ingenier", "kundenb", "kundens", "customer", "personal", "dozent", "arzt", "arztin", "zahnarzt",
        "steuer", "rechtsanw", "photograph", "fotograf", "illustrator", "tischler", "schreiner",
    ];

    /// <summary>Endings and middles of words, as German joins them: Projektleiterin, Bauingenieur.</summary>
    private static readonly string[] JobParts =
    [
        "manager", "director", "direktor", "leiter", "leitung", "berater", "consultant", "engineer", "ingenieur", "developer", "entwickler", "architect",
        "architekt", "designer", "assistant", "coordinator", "koordinator", "geschaftsfuhr", "gesellschafter", "sachbearbeit", "referent", "meister",
        "techniker", "technician", "representative", "advisor", "adviser", "adviseur", "asesor", "medewerker", "zaakvoerder", "bedrijfsleider", "betreuer",
        "beauftragte", "administrator", "strategist", "planner", "planer", "verantwortlich", "leader", "leider", "mitarbeiter", "verwalter", "anwalt", "anwaltin",
    ];

    /// <summary>Hosts that are nobody's own: networks, meetings, shortened and rewritten links, maps, shops for apps.</summary>
    private static readonly string[] OthersHosts =
    [
        "facebook.com", "fb.com", "fb.me", "linkedin.com", "lnkd.in", "twitter.com", "x.com", "instagram.com", "xing.com", "youtube.com", "youtu.be",
        "tiktok.com", "pinterest.com", "pinterest.de", "vimeo.com", "threads.net", "bsky.app", "t.me", "wa.me", "whatsapp.com", "goo.gl", "bit.ly",
        "tinyurl.com", "google.com", "google.de", "g.page", "goo.gle", "zoom.us", "microsoft.com", "office.com", "aka.ms", "calendly.com", "outlook.com",
        "urldefense.com", "proofpoint.com", "mimecast.com", "list-manage.com", "mailchi.mp", "mailchimp.com", "hubspot.com", "hubspotlinks.com", "sendgrid.net",
        "mailjet.com", "apple.com", "trustpilot.com", "kununu.com", "provenexpert.com", "doodle.com", "docusign.net", "dropbox.com", "wetransfer.com",
        "onelink.me", "page.link", "linktr.ee", "hubs.ly", "t.co", "ow.ly", "cutt.ly", "whatsapp.net", "skype.com", "webex.com", "gotomeeting.com",
        "anpdm.com", "exclaimer.net", "codetwo.com", "wisestamp.com", "avast.com", "eset.com", "gravatar.com", "yelp.com", "tripadvisor.com", "etsy.com",
    ];

    private static readonly string[] TrackingStarts = ["click.", "clicks.", "track.", "tracking.", "trk.", "links.", "link.", "email.", "url.", "go.", "r.", "e."];

    /// <summary>Reads the lines of the signature; nothing from one that is plainly somebody else's.</summary>
    public static SignatureFields Read(MailAddress address, SignedName sender, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return None;
        }

        var domainWords = Compact(CompanyName.FromDomain(address) ?? "");
        var links = new List<string>();
        var clean = new List<string>(lines.Count);
        foreach (var line in lines)
        {
            links.AddRange(Link.Matches(Address.Replace(line, " ")).Select(match => match.Value));
            clean.Add(Picture.Replace(line, " ").Trim());
        }

        var addresses = lines.SelectMany(line => Address.Matches(line))
            .Select(match => MailAddress.TryParse(match.Value, out var known) ? known : null).OfType<MailAddress>().ToList();
        var segments = clean.SelectMany(Segments).ToList();
        var name = segments.Take(8).Select(SignedName.In).FirstOrDefault(found => found is not null && sender.Agrees(found));
        var postal = PostalLines.Read(clean, address);
        var website = WebsiteIn(links, address) ?? segments.Select(segment => LabelledSite(segment, address)).FirstOrDefault(site => site is not null);
        var company = segments.Select(CompanyIn).FirstOrDefault(found => found is not null)
            ?? segments.FirstOrDefault(segment => domainWords.Length >= 4 && segment != name && IsLike(segment, domainWords));

        if (IsSomebodyElses(address, sender, name, segments, addresses, domainWords))
        {
            var isSameFirm = addresses.Any(a => a.Domain == address.Domain && !FreeMail.IsFree(a.Domain))
                || (website is not null && HostOf(website) is { } host && IsUnder(host, address.Domain));
            return isSameFirm ? new SignatureFields(null, company, null, null, website, postal) : None;
        }

        return new SignatureFields(sender.IsRole ? null : name, company, JobTitleIn(segments, name, company), PhoneIn(clean), website, postal);
    }

    /// <summary>The company that a text names by its legal form: "CEO, Nordlicht GmbH | Hamburg" is Nordlicht GmbH. Null for none.</summary>
    public static string? CompanyIn(string text)
    {
        if (text.Length is < 4 or > 160 || Register.IsMatch(text))
        {
            return null;
        }

        var form = LegalForm.Match(text);
        if (!form.Success || form.Index == 0)
        {
            return null;
        }

        var end = form.Groups[1].Index + form.Groups[1].Length;
        var company = text[..end];
        foreach (var separator in (string[])[" at ", " bei ", " bei der ", " chez ", " en ", " bij ", " @ ", " – ", " — ", " - ", ", ", ": ", "|"])
        {
            // "Einkauf, Nordlicht GmbH" is two things; "Weber, Kern & Partner GmbH" is one.
            if (company.IndexOf(separator, StringComparison.OrdinalIgnoreCase) is > 0 and var at && at + separator.Length < form.Groups[1].Index
                && (separator is not ", " and not " - " and not " en " || IsJobTitle(company[..at])))
            {
                company = company[(at + separator.Length)..];
            }
        }

        company = company.Trim(' ', ',', '-', '–', '*', '_', '|', '•', '·', '"', '\t');
        return company.Length is >= 4 and <= MaxCompanyLength && company.Any(char.IsLetter) && !LegalForm.IsMatch(" " + company.Split(' ')[0])
            ? company
            : null;
    }

    /// <summary>Whether a text says what a person does.</summary>
    public static bool IsJobTitle(string text)
    {
        if (text.Length is < 2 or > MaxJobTitleLength || text.Any(char.IsDigit) || text.Contains('@', StringComparison.Ordinal)
            || text.Contains(':', StringComparison.Ordinal) || text.EndsWith('.'))
        {
            return false;
        }

        var words = SearchWords.Fold(text).Split([' ', '/', '-', ',', '&', '(', ')', '.', '*', '·', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length is > 0 and <= 9
            && words.Any(word => JobStarts.Any(start => word.StartsWith(start, StringComparison.Ordinal))
                || JobParts.Any(part => word.Contains(part, StringComparison.Ordinal)));
    }

    internal static string HostOf(string website)
    {
        var start = website.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = website.IndexOfAny(['/', ':', '?', '#'], start);
        return website[start..(end < 0 ? website.Length : end)].ToLowerInvariant();
    }

    /// <summary>A signature under another name and another address is a colleague's, a forwarder's or a quotation's.</summary>
    private static bool IsSomebodyElses(
        MailAddress address, SignedName sender, string? name, List<string> segments, List<MailAddress> addresses, string domainWords)
    {
        if (name is not null || addresses.Contains(address))
        {
            return false;
        }

        if (addresses.Count > 0 && addresses.All(a => a.Domain != address.Domain))
        {
            return true;
        }

        return !sender.IsRole && sender.HasPerson
            && segments.Take(2).Any(segment => SignedName.In(segment) is { } other
                && other.Contains(' ', StringComparison.Ordinal) && !IsJobTitle(segment) && !(domainWords.Length >= 4 && IsLike(segment, domainWords)));
    }

    private static string? JobTitleIn(List<string> segments, string? name, string? company)
    {
        foreach (var segment in segments.Take(12))
        {
            var title = segment;
            if (name is not null && segment == name)
            {
                continue;
            }

            if (name is not null && segment.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                title = segment[name.Length..];
            }

            if (company is not null && title.IndexOf(company, StringComparison.Ordinal) is >= 0 and var at)
            {
                title = title[..at];
            }

            title = title.Trim(' ', ',', '-', '–', '—', '*', '_', '|', '•', '·', '/', '(', ')', '\t', '"', '@');
            foreach (var preposition in (string[])[" at", " bei", " bei der", " der", " chez", " en", " bij", " of"])
            {
                title = title.EndsWith(preposition, StringComparison.Ordinal) && title.Length < segment.Length ? title[..^preposition.Length] : title;
            }

            if (IsJobTitle(title) && !Register.IsMatch(title) && title != company && !Link.IsMatch(title))
            {
                return title;
            }
        }

        return null;
    }

    private static string? PhoneIn(List<string> lines)
    {
        string? central = null;
        foreach (var line in lines)
        {
            if (Register.IsMatch(line))
            {
                continue;
            }

            var labelFrom = 0;
            foreach (Match match in Number.Matches(line))
            {
                // "040 123456 / 0171 234567" is two numbers, "040 / 123456" is one.
                var text = match.Value;
                if (text.IndexOf(" / ", StringComparison.Ordinal) is > 0 and var slash && text[..slash].Count(char.IsAsciiDigit) > 5)
                {
                    text = text[..slash];
                }

                var label = line[labelFrom..match.Index];
                labelFrom = match.Index + match.Length;
                if (line.Length > labelFrom && char.IsLetterOrDigit(line[labelFrom]) || ReadNumber(text) is not { } number)
                {
                    continue;
                }

                var words = SearchWords.Fold(label).Split(
                    [' ', '.', ':', '/', '-', '|', ',', '(', ')', '&', '+', '•', '·', '\t', '*', '_', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
                    .Where(word => word.Any(char.IsLetter)).TakeLast(3).ToList();
                var isPhone = words.Any(PhoneLabels.Contains);
                if (words.Count > 0 ? !isPhone || FaxLabels.Contains(words[^1]) && !words.SkipLast(1).Any(w => PhoneLabels.Contains(w) && w.Length > 1)
                    : !Unmistakable.IsMatch(text))
                {
                    continue;
                }

                if (!words.Any(CentralLabels.Contains))
                {
                    return number;
                }

                central ??= number;
            }
        }

        return central;
    }

    /// <summary>The number with the signs that the contract allows; null when it is a date, or too short or long for a number.</summary>
    private static string? ReadNumber(string text)
    {
        if (Date.IsMatch(text))
        {
            return null;
        }

        var plain = Extension.Replace(text, " x$2");
        var digits = plain.Split('x')[0].Count(char.IsAsciiDigit);
        var number = string.Join(' ', new string([.. plain.Select(c => c is '–' or '‑' ? '-' : c)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd('-', '.', '/', '(', ' ');
        if (number.StartsWith('(') && !number.Contains(')', StringComparison.Ordinal))
        {
            number = number[1..];
        }

        return digits is >= 6 and <= 15 && number.Length <= MaxPhoneLength ? number : null;
    }

    private static string? WebsiteIn(List<string> links, MailAddress address)
    {
        string? other = null;
        foreach (var link in links)
        {
            var isFull = link.StartsWith("http", StringComparison.OrdinalIgnoreCase) || link.StartsWith("www.", StringComparison.OrdinalIgnoreCase);
            var site = link.IndexOfAny(['?', '#']) is >= 0 and var cut ? link[..cut] : link;
            var hasQuery = site.Length < link.Length;
            site = site.TrimEnd('/', '.', ':', '\'', '*', '_', '!');
            var host = HostOf(site);
            if (site.Length > MaxWebsiteLength || !host.Contains('.', StringComparison.Ordinal) || IsOthers(host))
            {
                continue;
            }

            if (IsUnder(host, address.Domain) || IsUnder(address.Domain, host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host))
            {
                return site;
            }

            // Elsewhere, only a front page is the firm's own; a deep link leads to something.
            var hasPath = site.IndexOf('/', site.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0) >= 0;
            if (isFull && !hasQuery && !hasPath)
            {
                other ??= site;
            }
        }

        return other;
    }

    /// <summary>"Web: nordlicht.example": without http or www, only the label tells.</summary>
    private static string? LabelledSite(string segment, MailAddress address) =>
        segment.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
        && WebLabels.Contains(SearchWords.Fold(segment[..space]).TrimEnd(':', '.'))
        && Link.Match(segment[space..]) is { Success: true, Value: var site }
        && !segment.Contains('@', StringComparison.Ordinal)
        && site.Length <= MaxWebsiteLength && !IsOthers(HostOf(site))
        && Link.Replace(segment[space..], "").Trim().Length == 0
            ? site.TrimEnd('/', '.')
            : null;

    private static bool IsOthers(string host) =>
        FreeMail.IsFree(host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host)
        || OthersHosts.Any(other => IsUnder(host, other))
        || TrackingStarts.Any(start => host.StartsWith(start, StringComparison.Ordinal));

    private static bool IsUnder(string host, string domain) =>
        host == domain || (host.Length > domain.Length && host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.');

    /// <summary>"Nordlicht Design" and nordlicht-design.example mean one firm.</summary>
    private static bool IsLike(string segment, string domainWords)
    {
        if (segment.Length > 60 || segment.Contains('@', StringComparison.Ordinal) || segment.Contains('.', StringComparison.Ordinal)
            || segment.Contains(':', StringComparison.Ordinal) || segment.Any(char.IsDigit))
        {
            return false;
        }

        var compact = Compact(segment);
        return compact.Length >= 4
            && (compact.StartsWith(domainWords, StringComparison.Ordinal) || domainWords.StartsWith(compact, StringComparison.Ordinal));
    }

    private static string Compact(string text) => new([.. SignedName.Key(text).Where(char.IsLetterOrDigit)]);

    /// <summary>A line's parts between bars, bullets and wide gaps.</summary>
    internal static IEnumerable<string> Segments(string line) =>
        line.Split(['|', '•', '·', '‖', '¦', '\t', '●', '∙', '▪'], StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(part => part.Split(["   ", " // ", " :: "], StringSplitOptions.RemoveEmptyEntries))
            .Select(part => part.Trim(' ', '*', '_', '-', '–', ','))
            .Where(part => part.Length > 0);

    private static HashSet<string> Set(string words) => new(words.Split(' '), StringComparer.Ordinal);
}
