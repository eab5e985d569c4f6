using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OutlookCrm.Customers;

/// <summary>
/// What a sender is called, going by the display name of a mail, or else by the address. For a form that a person reads
/// before saving.
/// </summary>
/// <param name="Company">What the display name says besides the person: "Anna Berg | Berg GmbH".</param>
/// <param name="IsGuess">True unless the name stands there just so.</param>
/// <param name="IsRole">Not one person but a desk: info@, sales@.</param>
public sealed partial record SenderName(string Name, string? Company, bool IsGuess, bool IsRole)
{
    private static readonly FrozenSet<string> Roles = new[]
    {
        "info", "information", "contact", "contacts", "contactus", "kontakt", "contacto", "contatto", "contatti", "office", "buero", "büro", "sales",
        "verkauf", "vertrieb", "ventas", "vendite", "service", "kundenservice", "support", "help", "helpdesk", "hilfe", "mail", "email", "post", "hello",
        "hallo", "hi", "hola", "bonjour", "ciao", "team", "admin", "administration", "verwaltung", "sekretariat", "zentrale", "empfang", "reception",
        "rezeption", "accueil", "praxis", "kanzlei", "werkstatt", "booking", "bookings", "reservation", "reservations", "reservierung", "buchung", "order",
        "orders", "bestellung", "bestellungen", "shop", "store", "einkauf", "purchasing", "billing", "invoice", "invoices", "rechnung", "rechnungen",
        "buchhaltung", "accounting", "accounts", "finance", "hr", "jobs", "karriere", "bewerbung", "career", "careers", "marketing", "press", "presse",
        "media", "news", "newsletter", "noreply", "no-reply", "donotreply", "do-not-reply", "postmaster", "webmaster", "hostmaster", "abuse", "security",
        "datenschutz", "privacy", "legal", "customerservice", "customercare", "enquiries", "inquiries", "enquiry", "feedback", "welcome", "events",
        "notifications", "notification", "notify", "alerts", "mailer-daemon", "service-client", "commercial", "direction", "secretariat", "compta",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> LegalForms = new[]
    {
        "gmbh", "ag", "kg", "ohg", "ug", "gbr", "mbh", "se", "e.v.", "ev", "eg", "inc", "inc.", "llc", "ltd", "ltd.", "limited", "plc", "corp", "corp.",
        "co", "co.", "sa", "s.a.", "sas", "sarl", "s.r.l.", "srl", "spa", "s.p.a.", "bv", "b.v.", "nv", "n.v.", "ab", "as", "a/s", "aps", "oy", "oyj",
        "kft", "sp.", "s.r.o.", "pty", "lda", "sl", "s.l.", "group", "gruppe", "holding", "team", "shop", "verlag", "hotel", "studio",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> AfterComma = new[]
    {
        "jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d.", "md", "m.d.", "mba", "esq", "esq.", "cpa", "msc", "bsc", "m.a.", "b.a.", "ll.m.",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Particles = new[]
    {
        "van", "von", "vom", "zu", "zur", "der", "den", "de", "di", "da", "do", "dos", "del", "della", "la", "le", "el", "al", "bin", "ter", "ten", "y", "e",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="displayName">As the mail has it; null or blank when it has none.</param>
    public static SenderName Of(string? displayName, MailAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var localPart = address.LocalPart.Split('+')[0];
        var isDesk = Roles.Contains(localPart.ToLowerInvariant());
        var written = Clean(displayName);
        var company = default(string);
        var name = WithoutAround(written);
        if (name.IndexOfAny(['|', '@']) < 0 && Dash().Match(name) is { Success: true } dash)
        {
            (name, company) = (name[..dash.Index], name[(dash.Index + dash.Length)..]);
        }
        else if (name.Split([" | ", " @ "], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var before, var after])
        {
            (name, company) = (before, after);
        }

        if (name.Length == 0 || !name.Any(char.IsLetter) || name.Contains('@', StringComparison.Ordinal))
        {
            return new SenderName(isDesk ? "" : FromLocalPart(localPart), company, IsGuess: true, isDesk);
        }

        var isFirm = IsFirm(name);
        var shaped = isFirm ? name : Recased(Swapped(name));
        return new SenderName(
            Cut(shaped), company is null ? null : Cut(company), IsGuess: shaped != written, isDesk && (isFirm || !shaped.Contains(' ', StringComparison.Ordinal)));
    }

    /// <summary>True for a name with a legal form, or a word that people do not have in theirs.</summary>
    internal static bool IsFirm(string name) => name.Split(' ').Any(word => LegalForms.Contains(word.ToLowerInvariant()));

    // "Berg, Anna (Sales)" is Anna Berg; "Berg, Inc." and "Anna Berg, PhD" stay.
    private static string Swapped(string name) =>
        name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var last, var first]
        && last.Count(c => c == ' ') <= 2 && first.Count(c => c == ' ') <= 2
        && !AfterComma.Contains(first.ToLowerInvariant())
            ? $"{first} {last}"
            : name;

    // ANNA BERG and anna berg are Anna Berg; so is Anna BERG. Who writes Anna deBerg knows why.
    private static string Recased(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = name.Where(char.IsLetter).ToArray();
        var isFlat = letters.All(c => !char.IsLower(c)) || letters.All(c => !char.IsUpper(c));
        return string.Join(' ', words.Select((word, i) => (isFlat && letters.Length > 3)
            || (words.Length is 2 or 3 && word.Count(char.IsLetter) > 3 && word.All(c => !char.IsLower(c)))
                ? Capitalised(word, i == 0)
                : word));
    }

    private static string Capitalised(string word, bool isFirst)
    {
        var lower = word.ToLowerInvariant();
        if (!isFirst && Particles.Contains(lower))
        {
            return lower;
        }

        var result = new StringBuilder(lower);
        for (var i = 0; i < lower.Length; i++)
        {
            if (i == 0 || (lower[i - 1] is '-' or '.' or '(') || (i == 2 && lower[1] is '\'' or '’' && lower[0] is 'o' or 'd' or 'l'))
            {
                result[i] = char.ToUpperInvariant(lower[i]);
            }
        }

        return result.ToString();
    }

    private static string FromLocalPart(string localPart)
    {
        char[] separators = localPart.AsSpan().IndexOfAny('.', '_') >= 0 ? ['.', '_', ' '] : ['-', ' '];
        var words = localPart.Split(separators, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').Trim('-'))
            .Where(word => word.Any(char.IsLetter))
            .Select((word, i) => word.Length == 1 ? $"{char.ToUpperInvariant(word[0])}." : Capitalised(word, i == 0))
            .ToArray();
        return words.Length > 0 ? string.Join(' ', words) : localPart;
    }

    /// <summary>Without what mail programs and services put around a name.</summary>
    private static string WithoutAround(string name)
    {
        name = Angles().Replace(name, "");
        name = Via().Replace(name, "");
        name = Brackets().Replace(name, " ");
        name = Salutation().Replace(name.Trim(' ', '"', '\'', '“', '”', '„', '‘', '’', '«', '»', ',', ';'), "");
        return Spaces().Replace(name, " ").Trim(' ', '"', '\'', '“', '”', '„', '‘', '’', '«', '»', ',', ';');
    }

    /// <summary>No controls, no invisible marks, single spaces.</summary>
    private static string Clean(string? text)
    {
        var kept = (text ?? "").EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate));
        var plain = string.Concat(kept.Select(rune => Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString()));
        return Spaces().Replace(plain.Normalize(NormalizationForm.FormC), " ").Trim();
    }

    private static string Cut(string name)
    {
        if (name.Length <= CustomerRules.MaxNameLength)
        {
            return name;
        }

        var end = CustomerRules.MaxNameLength;
        return name[..(char.IsHighSurrogate(name[end - 1]) ? end - 1 : end)].TrimEnd();
    }

    [GeneratedRegex(@"\s*<[^<>]*>\s*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Angles();

    [GeneratedRegex(@"\s+\(?(via|über|durch|por medio de|through) .*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Via();

    [GeneratedRegex(@"\([^()]*\)|\[[^\[\]]*\]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Brackets();

    [GeneratedRegex(@"^(mr|mrs|ms|miss|herr|frau|herrn|mme|mlle|monsieur|madame|sig|sig\.ra|sr|sra|dhr|mevr)\.? ", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Salutation();

    [GeneratedRegex(@" +", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s+[-–—/•·]\s+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Dash();
}
