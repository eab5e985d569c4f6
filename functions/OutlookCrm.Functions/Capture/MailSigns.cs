using System.Collections.Frozen;
using System.Text.RegularExpressions;
using OutlookCrm.Customers;
using OutlookCrm.Firm;
using OutlookCrm.Graph;

namespace OutlookCrm.Capture;

/// <summary>
/// What a mail says of who wrote it: a person, a program or a list. Signs only; <see cref="CaptureRules"/> judges.
/// </summary>
/// <remarks>
/// X-Auto-Response-Suppress is no proof: people's programs ask with it not to be answered by a machine, on mail that a person wrote. It
/// only keeps its sender from being counted as somebody we write with.
/// </remarks>
internal static partial class MailSigns
{
    // As far as a value matters; headers of others may be megabytes.
    private const int MaxValueLength = 2_000;

    private static readonly string[] ListHeaders =
        ["List-Id", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Subscribe", "List-Owner", "List-Archive", "Mailing-List"];

    // Programs that carry no header of RFC 3834 announce themselves so, at the start of the subject and before a colon.
    private static readonly FrozenSet<string> AbsenceNotes = Words(
        "Automatic reply", "Auto reply", "Auto-reply", "Autoreply", "Auto response", "Auto-response", "Autoresponse", "Out of office",
        "Out of the office", "Out of office autoreply", "Out of office reply", "Automatische Antwort", "Abwesenheitsnotiz", "Abwesenheitsnachricht",
        "Abwesenheitsmeldung", "Autoantwort", "Réponse automatique", "Absence du bureau", "Message d'absence", "Respuesta automática",
        "Fuera de la oficina", "Fuera de oficina", "Resposta automàtica", "Resposta automática", "Fora do escritório", "Risposta automatica",
        "Fuori ufficio", "Automatisch antwoord", "Automatisch antwoordbericht", "Autosvar", "Automatiskt svar", "Automatisk svar", "Fraværsbesked",
        "Fraværsassistent", "Automaattinen vastaus", "Poissaoloilmoitus", "Odpowiedź automatyczna", "Automatyczna odpowiedź", "Autoodpowiedź",
        "Automatická odpověď", "Automatická odpoveď", "Mimo kancelář", "Automatikus válasz", "Răspuns automat", "Αυτόματη απάντηση",
        "Otomatik yanıt", "Автоматический ответ", "Автоответ", "Автоматичен отговор", "Автоматична відповідь", "Автовідповідь",
        "Samodejni odgovor", "Automatski odgovor", "Аутоматски одговор", "Automatinis atsakymas", "Automātiska atbilde", "Automātiskā atbilde",
        "Automaatne vastus", "Automaatvastus", "Sjálfvirkt svar", "Tweġiba awtomatika", "Freagra uathoibríoch", "Erantzun automatikoa",
        "自動回覆", "自动答复", "自動応答", "자동 회신", "رد تلقائي", "תשובה אוטומטית");

    // Words with which people begin subjects too ("Abwesenheit: wer vertritt Sie?"): signs only when the mail answers another.
    private static readonly FrozenSet<string> AbsenceWords = Words(
        "Abwesenheit", "Afwezig", "Ausência temporária", "Frånvaro", "Fravær", "Fuori sede", "Házon kívül", "Ikke til stede", "Nieobecność", "Poissa");

    private static readonly FrozenSet<string> ReturnWords = Words(
        "Undeliverable", "Undelivered", "Unzustellbar", "Nicht zustellbar", "Non remis", "Non distribuable", "No se puede entregar", "No entregado",
        "Non recapitabile", "Não é possível entregar", "Onbestelbaar", "Kan inte levereras", "Kan ikke leveres", "Ei voi toimittaa",
        "Nie można dostarczyć", "Niedostarczone", "Nedoručitelné", "Nedoručiteľné", "Kézbesíthetetlen", "Nelivrabil", "Teslim edilemiyor",
        "Не удается доставить", "Not read", "Ungelesen gelöscht", "Nicht gelesen", "Returned mail");

    // Without a colon: what mail servers have always written.
    private static readonly string[] ReturnSubjects =
    [
        "Undelivered Mail Returned to Sender", "Mail delivery failed", "Delivery Status Notification", "Mail System Error", "failure notice",
        "Warning: could not send message", "Message Delivery Failure", "Undeliverable Mail",
    ];

    /// <summary>The first value of a header; null when it is not there.</summary>
    public static string? Header(MailItem mail, string name)
    {
        foreach (var header in mail.Headers ?? [])
        {
            if (header?.Name is { } given && given.AsSpan().Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Cut(header.Value);
            }
        }

        return null;
    }

    /// <summary>A program wrote it, as it says itself; no matter who sends.</summary>
    public static bool SaysAutomatic(MailItem mail)
    {
        foreach (var header in mail.Headers ?? [])
        {
            if (header?.Name is { } name && SaysAutomatic(name.Trim(), Cut(header.Value)))
            {
                return true;
            }
        }

        return IsAutomaticClass(mail);
    }

    /// <summary>An out-of-office note by its subject alone. Never asked about our own mail: what we sent, one of us wrote.</summary>
    public static bool IsAbsenceNote(MailItem mail) =>
        TrySplit(mail.Subject, out var announced, out var rest)
        && (AbsenceNotes.Contains(announced)
            || (AbsenceWords.Contains(announced) && (IsAnswer(mail) || AsksForNoAnswer(mail) || LooksLikeAnswer(rest))));

    /// <summary>A mail that came back, by its subject alone. Never asked about a customer, who may write about a delivery that failed.</summary>
    public static bool IsReturned(MailItem mail) =>
        (TrySplit(mail.Subject, out var announced, out _) && ReturnWords.Contains(announced))
        || (mail.Subject is { } subject && ReturnSubjects.Any(start => StartsWith(subject.TrimStart(), start)));

    /// <summary>Went to a list: by RFC 2369, RFC 2919 or in bulk.</summary>
    public static bool SaysList(MailItem mail)
    {
        foreach (var header in mail.Headers ?? [])
        {
            if (header?.Name is { } given && given.Trim() is var name
                && (ListHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
                    || (name.Equals("Precedence", StringComparison.OrdinalIgnoreCase) && FirstWord(Cut(header.Value)) is "list" or "bulk")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>It came through a group of our own (office@ as a list), which puts its own sign on everybody's mail.</summary>
    public static bool CameThroughOwnList(MailItem mail, OwnFirm firm)
    {
        foreach (var header in mail.Headers ?? [])
        {
            if (header?.Name?.Trim() is { } name
                && (name.Equals("List-Id", StringComparison.OrdinalIgnoreCase) ? ListDomains(Cut(header.Value))
                    : name.Equals("List-Post", StringComparison.OrdinalIgnoreCase) ? PostDomains(Cut(header.Value))
                    : []).Any(firm.IsOwnDomain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Answers an earlier mail, as newsletters never do.</summary>
    public static bool IsAnswer(MailItem mail) => (mail.Headers ?? []).Any(header =>
        header?.Name?.Trim().Equals("In-Reply-To", StringComparison.OrdinalIgnoreCase) is true
        && header.Value?.Contains('<', StringComparison.Ordinal) is true);

    /// <summary>The subject begins with at most four letters and a colon, as answers and forwarded mails do in every language.</summary>
    public static bool LooksLikeAnswer(string? subject) => subject is not null && AnswerPrefix().IsMatch(subject);

    /// <summary>Its sender does not want to be answered by a machine: a hint, and no more.</summary>
    public static bool AsksForNoAnswer(MailItem mail) => Header(mail, "X-Auto-Response-Suppress") is not null;

    /// <summary>Mail servers speak by these names. Never asked about a customer: a name proves nothing.</summary>
    public static bool IsMailServer(MailAddress address) => MailServerName().IsMatch(address.LocalPart);

    /// <summary>Nobody reads what is sent there.</summary>
    public static bool IsNobody(MailAddress address) => IsMailServer(address) || NobodyName().IsMatch(address.LocalPart);

    /// <summary>A desk, not a person: whoever sits there. Counts as somebody we write with only when we write to it.</summary>
    public static bool IsDesk(MailAddress address) => DeskName().IsMatch(address.LocalPart);

    private static bool SaysAutomatic(string name, string value) => name.ToUpperInvariant() switch
    {
        "AUTO-SUBMITTED" => FirstWord(value) is not ("" or "no"), // RFC 3834, 5: anything but "no" is a program's
        "PRECEDENCE" or "X-PRECEDENCE" => FirstWord(value) is "junk" or "auto_reply",
        "RETURN-PATH" or "X-ENVELOPE-FROM" => value.Trim() is "<>", // RFC 5321, 4.5.5: the null sender
        "X-FAILED-RECIPIENTS" or "X-AUTORESPOND" or "X-AUTORESPONDER" or "X-MAIL-AUTOREPLY" or "X-AUTOREPLY-FROM" => true,
        "X-AUTOREPLY" => FirstWord(value) is not ("no" or "false" or "0"),
        "X-AUTOGENERATED" => FirstWord(value) is "reply", // CommuniGate; its other values are people's mail, passed on
        "X-FC-MACHINEGENERATED" => FirstWord(value) is "true", // FirstClass
        "X-POST-MESSAGECLASS" => value.Contains("autoresponder", StringComparison.OrdinalIgnoreCase), // Mailtraq
        "DELIVERED-TO" => FirstWord(value) is "autoresponder", // qmail
        "CONTENT-TYPE" => ReportType().IsMatch(value), // RFC 3462: delivery status (3464), read receipt (8098)
        _ => false,
    };

    private static bool IsAutomaticClass(MailItem mail)
    {
        var kind = mail.MessageClass?.Trim() ?? "";
        return StartsWith(kind, "REPORT.")
            || StartsWith(kind, "IPM.Note.Rules.OofTemplate")
            || StartsWith(kind, "IPM.Note.Rules.ReplyTemplate")
            || StartsWith(kind, "IPM.Note.Rules.ExternalOofTemplate")
            || StartsWith(kind, "IPM.Outlook.Recall")
            || StartsWith(kind, "IPM.Recall.Report")
            || StartsWith(kind, "IPM.Conflict")
            // The calendar tells of meetings. An answer to an invitation with a word of its own is a person's mail.
            || (StartsWith(kind, "IPM.Schedule.Meeting")
                && !(StartsWith(kind, "IPM.Schedule.Meeting.Resp") && !string.IsNullOrWhiteSpace(mail.Preview)));
    }

    // "Automatic reply: Your offer"; French puts a space before the colon.
    private static bool TrySplit(string? subject, out string announced, out string rest)
    {
        var colon = subject?.AsSpan().IndexOfAny(':', '\uff1a') ?? -1;
        announced = colon > 0 ? subject![..colon].Trim() : "";
        rest = colon > 0 ? subject![(colon + 1)..] : "";
        return announced.Length > 0;
    }

    private static FrozenSet<string> Words(params string[] words) => words.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // List-Id: Office <office.example.com>. The last labels may be the firm's domain.
    private static IEnumerable<string> ListDomains(string value)
    {
        var start = value.LastIndexOf('<');
        var end = start < 0 ? -1 : value.IndexOf('>', start);
        var id = end > start ? value[(start + 1)..end] : value;
        for (var dot = id.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = id.IndexOf('.', dot + 1))
        {
            if (MailAddress.TryParseDomain(id[(dot + 1)..], out var domain))
            {
                yield return domain;
            }
        }
    }

    private static IEnumerable<string> PostDomains(string value)
    {
        foreach (var part in value.Split('<', '>', ','))
        {
            var address = part.Trim();
            var query = address.IndexOf('?', StringComparison.Ordinal);
            if (MailAddress.TryParse(query < 0 ? address : address[..query], out var post))
            {
                yield return post.Domain;
            }
        }
    }

    private static string FirstWord(string value)
    {
        var word = value.AsSpan().Trim();
        var end = word.IndexOfAny(" \t;(,");
        return (end < 0 ? word : word[..end]).ToString().ToLowerInvariant();
    }

    private static string Cut(string? value) => value is null ? "" : value.Length <= MaxValueLength ? value : value[..MaxValueLength];

    private static bool StartsWith(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^\s*\p{L}{1,4}(\[\d{1,3}\])?\s?[:：]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AnswerPrefix();

    [GeneratedRegex(@"^\s*(multipart\s*/\s*report|message\s*/\s*(delivery-status|disposition-notification))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ReportType();

    [GeneratedRegex(@"^(mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|microsoftexchange[0-9a-f]{32}|bounces?([-+=_.].*)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex MailServerName();

    [GeneratedRegex(
        @"(^|[-_.+])(no|not|non|nicht|keine|ne|do[-_.]?not)[-_.]?(reply|answer|response|antwort(en)?|antworten|repl(y|ies)|responder?|pas[-_.]?repondre|repondre)([-_.+0-9]|$)"
        + @"|^(notifications?|notify|newsletters?|news|alerts?|updates?|automated?|mailings?|marketing|unsubscribe|system|robot|bot|daemon|root|abuse|mailman|listserv|majordomo|auto[-_.]?(reply|confirm|mail)?)([-_.+].*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NobodyName();

    [GeneratedRegex(
        @"^(info|contact|kontakt|office|buero|büro|mail|post|hello|hallo|team|support|help|service|sales|vertrieb|verkauf|orders?|bestellung(en)?|billing|invoices?|rechnung(en)?|accounts?|accounting|buchhaltung|admin|reception|empfang|shop|zentrale|secretariat|sekretariat|contatti|contacto|contato|commercial|ventes|ventas|vendite|comptabilite)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DeskName();
}
