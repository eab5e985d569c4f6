using System.Text;
using System.Text.RegularExpressions;

namespace OutlookCrm.Customers;

/// <summary>
/// What the sender of a mail wrote there: its plain text without the older mails that it answers or forwards, and the
/// signature below. Made for mails of Outlook, Gmail, Apple Mail and Thunderbird in English, German, French, Spanish and Dutch.
/// </summary>
internal static class OwnWords
{
    // A line this long is prose or a disclaimer; looking closer costs time and finds nothing.
    internal const int MaxLineLength = 300;

    private const int MaxLines = 500;

    // With a long disclaimer, a signature begins so far from the end.
    private const int MaxLinesBelowClosing = 80;

    private const int MaxSignatureLines = 25;
    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    /// <summary>"Original message" and "forwarded message" of the mail programs, with whatever dashes around it.</summary>
    private static readonly Regex Divider = new(
        @"^[-_=* ]*(original message|original appointment|forwarded message|forwarded by .*|begin forwarded message|reply message"
        + "|urspr(ü|ue)ngliche nachricht|originalnachricht|weitergeleitete nachricht|anfang der weitergeleiteten (nachricht|e-mail)|original-nachricht"
        + "|message d'origine|message d’origine|message transféré|début du message (transféré|réexpédié)"
        + "|mensaje original|mensaje reenviado|inicio del mensaje reenviado"
        + @"|oorspronkelijk bericht|doorgestuurd bericht|begin doorgestuurd bericht)[-_=* :]*$",
        Safe);

    private static readonly HashSet<string> FromHeaders = ["from", "von", "de", "van", "expéditeur", "remitente"];

    private static readonly HashSet<string> LaterHeaders =
    [
        "sent", "date", "gesendet", "datum", "envoyé", "enviado", "enviado el", "fecha", "verzonden", "subject", "betreff", "objet", "asunto", "onderwerp",
    ];

    /// <summary>The line above a quotation: "On Monday, 3 March 2025 at 10:02, Anna wrote:".</summary>
    private static readonly Regex Attribution = new(
        @"(^|[\s>])(wrote|schrieb|geschrieben|écrit|écrivait|escribió|escribio|schreef|ha scritto)([\s:,].*)?:$", Safe);

    private static readonly Regex AttributionStart = new(@"^(on|am|le|el|op|il|vom|den|\d|.*<[^>]*@[^>]*>)", Safe);

    private static readonly Regex Rule = new(@"^[_*=~—–-]{5,}$", Safe);

    /// <summary>What programs add below a mail, or what is no signature though it stands there.</summary>
    private static readonly Regex Added = new(
        @"^\W*(sent from (my|outlook|mail|yahoo|proton|samsung|a mobile)|get outlook for|von meinem .*(gesendet|iphone|ipad|handy)"
        + "|gesendet (von|mit|aus) |diese nachricht wurde von meinem|envoyé (de|depuis|à partir) |télécharger outlook|enviado desde |obtener outlook"
        + "|verzonden (vanaf|met|vanuit) |download outlook|outlook für (ios|android) herunterladen|holen sie sich outlook)",
        Safe);

    private static readonly Regex Disclaimer = new(
        @"^\W*(this (e-?mail|message|communication|transmission|information)|the (information|content|contents) (contained |transmitted )?(in|of) this"
        + "|the information (contained|transmitted)|confidential|disclaimer|important notice|privileged|notice:|legal notice|privacy notice|if you (are not|have received)"
        + "|please (consider|think)|think before|save (a tree|paper)"
        + "|diese (e-?mail|nachricht|mail)|dieses (e-?mail|schreiben)|der inhalt dieser|die (information|in dieser)|bitte (denken|prüfen|beachten)|vertraulich"
        + "|haftungsausschluss|datenschutz|informationen zum datenschutz|hinweis:|wichtiger hinweis|denken sie an|umwelt"
        + "|ce (message|courriel|mail)|cet e-?mail|avis de confidentialité|pensez|les informations contenues"
        + "|este (mensaje|correo)|aviso (legal|de)|la información contenida|antes de imprimir|piense"
        + @"|dit (bericht|e-?mail)|deze (e-?mail|mail)|de informatie|denk aan|vertrouwelijk)",
        Safe);

    private static readonly string[] StrongClosings =
    [
        "best regards", "kind regards", "warm regards", "with best regards", "with kind regards", "regards", "best wishes", "warmest regards",
        "many thanks and best regards", "kindest regards", "yours sincerely", "yours faithfully", "sincerely", "sincerely yours", "yours truly",
        "respectfully", "all the best", "cordially", "with regards", "many regards", "rgds", "kr", "br", "cheers",
        "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichen gruessen", "mit freundlichem gruß", "mit freundlichem gruss",
        "freundliche grüße", "freundliche grüsse", "mit besten grüßen", "mit besten grüssen", "beste grüße", "beste grüsse", "beste gruesse",
        "viele grüße", "viele grüsse", "viele gruesse", "liebe grüße", "liebe grüsse", "liebe gruesse", "herzliche grüße", "herzliche grüsse",
        "schöne grüße", "schöne grüsse", "mit herzlichen grüßen", "mit herzlichen grüssen", "mit vielen grüßen", "sonnige grüße", "grüße", "grüsse",
        "gruß", "gruss", "viele liebe grüße", "hochachtungsvoll", "mit lieben grüßen", "freundlicher gruß", "einen schönen gruß", "mfg", "lg", "vg", "bg",
        "cordialement", "bien cordialement", "très cordialement", "bien à vous", "sincères salutations", "meilleures salutations", "salutations",
        "salutations distinguées", "avec mes meilleures salutations", "amicalement", "bonne journée", "cdlt", "respectueusement",
        "un saludo", "saludos", "saludos cordiales", "un cordial saludo", "cordialmente", "atentamente", "reciba un cordial saludo", "muchos saludos",
        "abrazos", "un abrazo", "muy atentamente",
        "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "hartelijke groet", "hartelijke groeten",
        "met hartelijke groet", "groeten", "groet", "mvg", "hoogachtend",
    ];

    /// <summary>Closings that also begin sentences: only where nothing but a name follows.</summary>
    private static readonly string[] WeakClosings =
    [
        "best", "thanks", "thank you", "many thanks", "thanks again", "thanks in advance", "thanks and regards", "thanks & regards", "thx", "cheers",
        "danke", "vielen dank", "herzlichen dank", "besten dank", "danke und gruß", "danke und viele grüße", "vielen dank und viele grüße",
        "merci", "merci beaucoup", "merci d'avance", "gracias", "muchas gracias", "bedankt", "alvast bedankt", "dank je wel", "ciao", "servus",
    ];

    /// <summary>
    /// Trimmed lines of the sender's own text, blank ones included, without quotations, what follows a divider, and what
    /// mail programs add.
    /// </summary>
    public static List<string> Lines(string text)
    {
        var all = Split(text);
        var own = new List<string>(all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            var line = all[i];
            if (line.StartsWith('>'))
            {
                continue;
            }

            if (Divider.IsMatch(Short(line)) || IsHeaderBlock(all, i))
            {
                break;
            }

            var attribution = AttributionLines(all, i);
            if (attribution > 0)
            {
                var next = i + attribution;
                while (next < all.Count && all[next].Length == 0)
                {
                    next++;
                }

                if (next < all.Count && all[next].StartsWith('>'))
                {
                    i += attribution - 1;
                    continue; // the answer may stand below the quotation
                }

                break;
            }

            if (!Added.IsMatch(Short(line)))
            {
                own.Add(line);
            }
        }

        return own;
    }

    /// <summary>
    /// The lines of the signature, none blank; empty when there is none. It begins below "-- ", below closing words, or at a
    /// line that is the sender's name.
    /// </summary>
    /// <param name="isSender">Whether a line can be the sender's name.</param>
    public static List<string> Signature(IReadOnlyList<string> own, Predicate<string> isSender)
    {
        var start = StartOfSignature(own, isSender, out var nameBesideClosing);
        var signature = new List<string>();
        if (nameBesideClosing is not null)
        {
            signature.Add(nameBesideClosing);
        }

        for (var i = start; i < own.Count && signature.Count < MaxSignatureLines; i++)
        {
            var line = own[i];
            if (IsDisclaimer(line))
            {
                break;
            }

            if (line.Length is > 0 and <= MaxLineLength && !Rule.IsMatch(line) && line != "--" && ClosingRest(line, isSender) is null)
            {
                signature.Add(line);
            }
        }

        return signature;
    }

    /// <summary>Whether here begins what lawyers put below a mail.</summary>
    public static bool IsDisclaimer(string line) => line.Length > 20 && Disclaimer.IsMatch(Short(line));

    private static int StartOfSignature(IReadOnlyList<string> own, Predicate<string> isSender, out string? nameBesideClosing)
    {
        nameBesideClosing = null;
        var dashes = -1;
        var first = Math.Max(0, own.Count - MaxLinesBelowClosing);
        for (var i = own.Count - 1; i >= first && dashes < 0; i--)
        {
            dashes = own[i] is "--" or "—" ? i : -1;
        }

        // The last closing counts, unless it stands within a signature: "Best regards" may be somebody's slogan, but rarely.
        for (var i = own.Count - 1; i >= first; i--)
        {
            if (ClosingRest(own[i], isSender) is { } rest)
            {
                nameBesideClosing = rest.Length > 0 ? rest : null;
                return i + 1;
            }

            if (dashes >= 0 && i < dashes - 6)
            {
                break;
            }
        }

        if (dashes >= 0)
        {
            return dashes + 1;
        }

        for (var i = Math.Max(0, own.Count - MaxSignatureLines); i < own.Count; i++)
        {
            // Not the very first line: that is whom the mail is to.
            if (i > 0 && own[i].Length is > 0 and <= 80 && !own[i].EndsWith(',') && isSender(own[i]))
            {
                return i;
            }
        }

        return own.Count;
    }

    /// <summary>Null when the line closes no letter, else what follows the closing words: empty or a name.</summary>
    private static string? ClosingRest(string line, Predicate<string> isSender)
    {
        if (line.Length is 0 or > 80)
        {
            return null;
        }

        var lower = line.ToLowerInvariant();
        if (LongestStart(lower, StrongClosings) is { } strong)
        {
            var rest = RestAfter(line, strong);
            var words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            if (rest.Length == 0 || LongestStart(rest.ToLowerInvariant(), StrongClosings) is not null)
            {
                return "";
            }

            if (isSender(rest))
            {
                return rest;
            }

            // "Viele Grüße aus Hamburg", "Best regards from all of us"; not "Regards the delivery, we think that …".
            var first = rest[..(rest.IndexOf(' ') is > 0 and var end ? end : rest.Length)].ToLowerInvariant();
            return words <= 5 && first is "aus" or "from" or "vom" or "von" or "und" or "and" or "de" or "depuis" or "desde" or "uit" or "/" or "an" or "nach" or "to"
                ? ""
                : null;
        }

        if (LongestStart(lower, WeakClosings) is { } weak)
        {
            var rest = RestAfter(line, weak);
            return rest.Length == 0 ? "" : isSender(rest) ? rest : null;
        }

        return null;
    }

    private static string RestAfter(string line, string phrase) => line[phrase.Length..].Trim(' ', ',', '.', '!', ';', ':', '-', '–', '/', '*', '_', '\t');

    private static string? LongestStart(string lower, string[] phrases)
    {
        string? longest = null;
        foreach (var phrase in phrases)
        {
            if (lower.StartsWith(phrase, StringComparison.Ordinal)
                && (lower.Length == phrase.Length || !char.IsLetterOrDigit(lower[phrase.Length]))
                && phrase.Length > (longest?.Length ?? 0))
            {
                longest = phrase;
            }
        }

        return longest;
    }

    /// <summary>Outlook's quotation: a rule or nothing, then From, Sent, To, Subject.</summary>
    private static bool IsHeaderBlock(List<string> lines, int at)
    {
        if (Rule.IsMatch(Short(lines[at])))
        {
            at++;
            while (at < lines.Count && lines[at].Length == 0)
            {
                at++;
            }
        }

        if (at >= lines.Count || !IsHeader(lines[at], FromHeaders))
        {
            return false;
        }

        var headers = 0;
        for (var i = at + 1; i < lines.Count && i <= at + 8; i++)
        {
            headers += IsHeader(lines[i], LaterHeaders) ? 1 : 0;
        }

        return headers >= 2;
    }

    private static bool IsHeader(string line, HashSet<string> names) =>
        line.IndexOf(':', StringComparison.Ordinal) is > 0 and < 20 and var colon
        && names.Contains(line[..colon].Trim('*', ' ').ToLowerInvariant());

    /// <summary>How many lines "On …, Anna wrote:" takes here; 0 when it does not stand here.</summary>
    private static int AttributionLines(List<string> lines, int at)
    {
        if (lines[at].Length is 0 or > MaxLineLength || !AttributionStart.IsMatch(lines[at]))
        {
            return 0;
        }

        var joined = new StringBuilder();
        for (var count = 1; count <= 4 && at + count <= lines.Count; count++)
        {
            var line = lines[at + count - 1];
            if (line.Length is 0 or > MaxLineLength)
            {
                return 0;
            }

            joined.Append(joined.Length > 0 ? " " : "").Append(line);
            if (line.EndsWith(':'))
            {
                var text = joined.ToString();
                return text.Any(char.IsAsciiDigit) && Attribution.IsMatch(text) ? count : 0;
            }
        }

        return 0;
    }

    private static string Short(string line) => line.Length <= MaxLineLength ? line : line[..MaxLineLength];

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        for (var i = 0; i <= text.Length && lines.Count < MaxLines; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (c is '\n' or '\r' or '\u2028' or '\u2029' or '\v' or '\f')
            {
                if (c != '\n' || i == 0 || text[i - 1] != '\r')
                {
                    lines.Add(line.ToString().Trim());
                    line.Clear();
                }
            }
            else if (c is '\u00a0' or '\u202f' or '\u2007' or '\u3000')
            {
                line.Append(' ');
            }
            else if (c == '\t')
            {
                line.Append('\t');
            }
            else if (!char.IsControl(c) && c is not ('\u200b' or '\u200c' or '\u200d' or '\u2060' or '\ufeff' or '\u00ad' or '\u200e' or '\u200f'))
            {
                line.Append(c);
            }
        }

        return lines;
    }
}
