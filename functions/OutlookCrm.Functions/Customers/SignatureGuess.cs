using OutlookCrm.Pane;

namespace OutlookCrm.Customers;

/// <summary>
/// Fills the form for a new customer from the signature below their mail. Each guess is text that stands there; one that is not
/// sure is not made. No I/O, no memory.
/// </summary>
public static class SignatureGuess
{
    /// <summary>Characters of a mail that are looked at, its last ones.</summary>
    public const int MaxTextLength = 8_000;

    /// <param name="draft">What address and display name have already told.</param>
    /// <param name="displayName">As the mail has it; null or blank when it has none.</param>
    /// <param name="text">The mail's plain text.</param>
    public static CustomerDraft Improve(CustomerDraft draft, MailAddress address, string? displayName, string text)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(text);
        var sender = new SignedName(address, displayName);
        var own = OwnWords.Lines(text.Length <= MaxTextLength ? text : text[^MaxTextLength..]);
        var signature = SignatureFields.Read(address, sender, OwnWords.Signature(own, sender.IsIn));
        var guesses = new List<string>(draft.Guessed);

        var improved = draft with
        {
            Phone = Guess("phone", signature.Phone, draft.Phone),
            Website = Guess("website", signature.Website, draft.Website),
            Language = Guess("language", LanguageOf(own), draft.Language),
            PostalAddress = Guess("postalAddress", signature.PostalAddress, draft.PostalAddress),
        };
        return draft.Kind == CustomerKind.Organisation
            ? improved with { Guessed = guesses }
            : improved with
            {
                Name = Guess("name", signature.Name is { } signed && sender.SaysLessThan(signed) ? signed : null, draft.Name)!,

                // A company that is a customer already is more than its name.
                Company = draft.CompanyId is null ? Guess("company", signature.Company, draft.Company) : draft.Company,
                JobTitle = Guess("jobTitle", sender.IsRole ? null : signature.JobTitle, draft.JobTitle),
                Guessed = guesses,
            };

        T? Guess<T>(string field, T? guess, T? current)
            where T : class
        {
            if (guess is not null && !guesses.Contains(field))
            {
                guesses.Add(field);
            }

            return guess ?? current;
        }
    }

    private static readonly (string Language, HashSet<string> Words)[] CommonWords =
    [
        ("de", Set("und der die das ist nicht ich wir sie mit für auf ein eine einen wie auch uns ihnen ihre ihr bitte haben wird können noch zum zur bei oder aber wenn dass vielen dank grüße freundlichen")),
        ("en", Set("the and is not you we with for of to a are have this that it your our will would can please thank thanks regards from be at if any")),
        ("fr", Set("le la les et est pas vous nous avec pour une des dans que qui sur votre notre merci bonjour cordialement ce être avez du au je")),
        ("es", Set("el los las y es no usted nosotros con para una del que por su nuestro gracias hola saludos en lo se como está muy le adjunto")),
        ("nl", Set("het een en is niet wij jij u met voor van de dat op ook ons uw graag bedankt groet groeten vriendelijke zijn hebben kunnen nog deze bij maar")),
        ("it", Set("il gli e non voi noi con per una che di grazie sono della questo come vostro nostro cordiali saluti buongiorno è nel")),
    ];

    /// <summary>The language in which the sender writes, by its commonest words; null when the text is too short or too mixed.</summary>
    private static string? LanguageOf(IReadOnlyList<string> own)
    {
        var counts = new int[CommonWords.Length];
        foreach (var line in own.TakeWhile(line => !OwnWords.IsDisclaimer(line)))
        {
            foreach (var word in line.ToLowerInvariant().Split(
                [' ', ',', '.', '!', '?', ';', ':', '(', ')', '"', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                for (var i = 0; i < counts.Length; i++)
                {
                    counts[i] += CommonWords[i].Words.Contains(word) ? 1 : 0;
                }
            }
        }

        var best = Enumerable.Range(0, counts.Length).MaxBy(i => counts[i]);
        var second = counts.Where((_, i) => i != best).Max();
        return counts[best] >= 4 && counts[best] >= 2 * second ? CommonWords[best].Language : null;
    }

    private static HashSet<string> Set(string words) => new(words.Split(' '), StringComparer.Ordinal);
}
