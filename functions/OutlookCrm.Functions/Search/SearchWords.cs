using System.Globalization;
using System.Text;

namespace OutlookCrm.Search;

/// <summary>How names, companies and addresses become the words that a search finds, and a query the words that it looks for.</summary>
public static class SearchWords
{
    /// <summary>Rows of one customer in the index; a name, a company and twenty addresses need fewer in all but made-up cases.</summary>
    public const int MaxTokens = 60;

    /// <summary>Characters (UTF-16) of one token; longer words are found by their first 64.</summary>
    public const int MaxTokenLength = 64;

    /// <summary>From here on, scripts put a word or a syllable in one character: one is then enough to look for.</summary>
    private const int FirstOneCharacterScript = 0x2E80;

    /// <summary>
    /// Lower case without accents: <c>Ørsted</c>, <c>ØRSTED</c> and <c>orsted</c> are one. Folding twice changes nothing.
    /// </summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var rune in WellFormed(text).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
            {
                continue;
            }

            var lower = Rune.ToLowerInvariant(rune);
            if (WithoutDecomposition(lower.Value) is { } letters)
            {
                folded.Append(letters);
            }
            else
            {
                folded.Append(lower.ToString());
            }
        }

        // Back together, or a Korean syllable would be three letters of which the first two are not its beginning.
        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>
    /// The tokens of one customer, each once: words of the name, of the company, then each address whole, then the words
    /// of the local parts and the domains. At most <see cref="MaxTokens"/>; a name of a hundred words leaves room for the rest.
    /// </summary>
    /// <param name="addresses">The primary first.</param>
    public static IReadOnlyList<string> Tokens(string name, string? company, IEnumerable<string> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var folded = addresses.Select(address => AddressWord(Fold(address))).ToList();
        var tokens = new List<string>(16);
        var seen = new HashSet<string>(StringComparer.Ordinal);

        AddAtMost(20, WordsOf(name));
        AddAtMost(10, WordsOf(company ?? ""));
        AddAtMost(20, folded);
        AddAtMost(MaxTokens, folded.SelectMany(WordsOfAddress));
        return tokens;

        void AddAtMost(int count, IEnumerable<string> words)
        {
            var end = Math.Min(tokens.Count + count, MaxTokens);
            foreach (var word in words)
            {
                if (tokens.Count == end)
                {
                    return;
                }

                var token = Cut(word);
                if (token.Length > 0 && seen.Add(token))
                {
                    tokens.Add(token);
                }
            }
        }
    }

    private static IEnumerable<string> WordsOf(string text) => Spellings(text).SelectMany(Terms).SelectMany(WordsOfTerm);

    private static IEnumerable<string> WordsOfAddress(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 0)
        {
            return WordsOfTerm(address);
        }

        var domain = address[(at + 1)..];
        var labels = domain.Split('.', StringSplitOptions.RemoveEmptyEntries);
        return WordsOfTerm(address[..at])
            .Append(domain)
            .Concat(labels.SkipLast(1).SelectMany(WordsOfTerm)); // the last label tells nobody from anybody
    }

    /// <summary>O'Brien is found by brien and by obrien, 山田太郎 by 太郎 too.</summary>
    private static IEnumerable<string> WordsOfTerm(string term)
    {
        var parts = Parts(term);
        foreach (var part in parts)
        {
            yield return part;
            var from = 0;
            for (var i = 0; i < 8 && Rune.GetRuneAt(part, from) is { Value: >= FirstOneCharacterScript } rune; i++)
            {
                from += rune.Utf16SequenceLength;
                if (from == part.Length)
                {
                    break;
                }

                yield return part[from..];
            }
        }

        if (parts.Count > 1)
        {
            yield return string.Concat(parts);
        }
    }

    /// <summary>Where a token's row is: the first two characters, or one where one is a word. The same for every longer beginning of it.</summary>
    internal static string PartitionOf(string token)
    {
        var first = Rune.GetRuneAt(token, 0);
        var length = first.Utf16SequenceLength;
        return first.Value >= FirstOneCharacterScript || token.Length == length
            ? token[..length]
            : token[..(length + Rune.GetRuneAt(token, length).Utf16SequenceLength)];
    }

    /// <summary>What a query asks for, in the order typed; empty when it holds no letter and no digit.</summary>
    internal static IReadOnlyList<QueryTerm> Query(string query)
    {
        var result = new List<QueryTerm>();
        foreach (var typed in query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var trimmed = typed.Trim(',', ';', '<', '>', '(', ')', '"').TrimStart('@');
            if (trimmed.Contains('@', StringComparison.Ordinal))
            {
                var address = Cut(AddressWord(Fold(trimmed)));
                result.Add(new QueryTerm([new QuerySpelling(address, [address])]));
                continue;
            }

            // Writing out umlauts changes no boundary, so the spellings have the same terms in the same order.
            var spellings = Spellings(trimmed).Select(spelling => Terms(spelling).Select(Spelling).ToList()).ToList();
            for (var i = 0; i < spellings[0].Count; i++)
            {
                var term = new QueryTerm([.. spellings.Select(terms => terms[i]).Where(s => s.Parts.Count > 0).Distinct()]);
                if (term.Spellings.Count > 0)
                {
                    result.Add(term);
                }
            }
        }

        return result;

        static QuerySpelling Spelling(string term) => new(Cut(term), [.. Parts(term).Select(Cut)]);
    }

    /// <summary>The folded text, and the one where umlauts are written out: Müller is also typed Mueller.</summary>
    private static IEnumerable<string> Spellings(string text)
    {
        var folded = Fold(text);
        yield return folded;
        var writtenOut = Fold(WrittenOut(text));
        if (writtenOut != folded)
        {
            yield return writtenOut;
        }
    }

    private static string WrittenOut(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in WellFormed(text).Normalize(NormalizationForm.FormC))
        {
            result.Append(c switch
            {
                'ä' or 'Ä' => "ae",
                'ö' or 'Ö' or 'ø' or 'Ø' => "oe",
                'ü' or 'Ü' => "ue",
                'å' or 'Å' => "aa",
                _ => c.ToString(),
            });
        }

        return result.ToString();
    }

    /// <summary>What spaces and punctuation leave, with the signs that join one word: <c>o'brien</c>, <c>a&amp;b</c>, <c>firm.de</c>.</summary>
    private static IEnumerable<string> Terms(string folded)
    {
        var start = -1;
        for (var i = 0; i <= folded.Length; i++)
        {
            if (i < folded.Length && (IsWordAt(folded, i) || IsJoiner(folded[i])))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                yield return folded[start..i];
                start = -1;
            }
        }
    }

    private static List<string> Parts(string term)
    {
        var parts = new List<string>();
        var start = -1;
        for (var i = 0; i <= term.Length; i++)
        {
            if (i < term.Length && IsWordAt(term, i))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                parts.Add(term[start..i]);
                start = -1;
            }
        }

        return parts;
    }

    /// <summary>An address as one token: what no key may hold becomes an underscore, on both sides alike.</summary>
    private static string AddressWord(string folded)
    {
        var word = new StringBuilder(folded.Length);
        for (var i = 0; i < folded.Length; i++)
        {
            word.Append(IsWordAt(folded, i) || folded[i] is '@' or '.' or '-' or '+' or '\'' or '&' ? folded[i] : '_');
        }

        return word.ToString();
    }

    private static bool IsJoiner(char c) => c is '\'' or '\u2019' or '.' or '-' or '\u2010' or '&' or '_' or '+';

    private static bool IsWordAt(string text, int index) =>
        CharUnicodeInfo.GetUnicodeCategory(text, char.IsLowSurrogate(text[index]) ? index - 1 : index) is
            UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static string Cut(string token)
    {
        if (token.Length <= MaxTokenLength)
        {
            return token;
        }

        return token[..(char.IsHighSurrogate(token[MaxTokenLength - 1]) ? MaxTokenLength - 1 : MaxTokenLength)];
    }

    /// <summary>Text from outside may hold half a character, or U+FFFE, which is none; normalization refuses both. They become U+FFFD, which no word has.</summary>
    private static string WellFormed(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.Value == 0xFFFE ? "\ufffd" : rune.ToString());
        }

        return result.ToString();
    }

    /// <summary>Letters that Unicode does not take apart into a letter and a mark, in lower case; null for all others.</summary>
    private static string? WithoutDecomposition(int letter) => letter switch
    {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' or 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ς' => "σ",
        _ => null,
    };
}

/// <summary>One thing typed, in each of its spellings: one of them must match.</summary>
internal sealed record QueryTerm(IReadOnlyList<QuerySpelling> Spellings)
{
    public bool IsIn(IReadOnlyList<string> tokens) => Spellings.Any(spelling => spelling.IsIn(tokens));

    public bool IsExactlyIn(IReadOnlyList<string> tokens) => Spellings.Any(spelling => spelling.IsExactlyIn(tokens));
}

/// <param name="Whole">What may begin a token as it stands: <c>firm.de</c>, <c>anna@fi</c>.</param>
/// <param name="Parts">Or each of these must begin one: <c>o</c> and <c>brien</c>.</param>
internal sealed record QuerySpelling(string Whole, IReadOnlyList<string> Parts)
{
    /// <summary>What to look up: a customer that has the term has a token that starts with one of these.</summary>
    public IReadOnlyList<string> Lookups { get; } = LookupsOf(Whole, Parts);

    public bool IsIn(IReadOnlyList<string> tokens) => StartsAny(Whole, tokens) || Parts.All(part => StartsAny(part, tokens));

    public bool IsExactlyIn(IReadOnlyList<string> tokens) =>
        tokens.Contains(Whole, StringComparer.Ordinal) || Parts.All(part => tokens.Contains(part, StringComparer.Ordinal));

    // After the last dot of "firm.design" stands what is no token of its own; after that of "a.weber", the best one.
    private static IReadOnlyList<string> LookupsOf(string whole, IReadOnlyList<string> parts) =>
        parts.Count <= 1 ? parts
        : !whole.Contains('.', StringComparison.Ordinal) ? [parts.MaxBy(part => part.Length)!]
        : parts.SkipLast(1).MaxBy(part => part.Length) is { Length: > 1 } before ? [before]
        : [parts[^1], parts[0]];

    private static bool StartsAny(string beginning, IReadOnlyList<string> tokens) =>
        tokens.Any(token => token.StartsWith(beginning, StringComparison.Ordinal));
}
