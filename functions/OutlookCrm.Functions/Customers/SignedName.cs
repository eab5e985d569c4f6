using System.Globalization;
using OutlookCrm.Search;

namespace OutlookCrm.Customers;

/// <summary>Judges whether a name in a mail is its sender's, going by address and display name.</summary>
internal sealed class SignedName
{
    /// <summary>What stands before, behind or between names, folded and without dots.</summary>
    private static readonly HashSet<string> Titles = new(
        ("dr prof dipl ing mag msc bsc mba phd ma ba mr mrs ms miss herr frau hr fr sir med jur rer nat phil llm cpa kfm inf me mme mlle sr sra drs ir jr "
        + "fh univ h c").Split(' '), StringComparer.Ordinal);

    /// <summary>Who signs for many is nobody by name.</summary>
    private static readonly HashSet<string> NotInNames = new(
        "team ihr ihre euer eure dein deine your the our unser und and et equipe equipo".Split(' '), StringComparer.Ordinal);

    private readonly SenderName sender;
    private readonly string local;
    private readonly string[] localWords;
    private readonly HashSet<string> senderWords;

    public SignedName(MailAddress address, string? displayName)
    {
        sender = SenderName.Of(displayName, address);
        local = Key(address.LocalPart);
        localWords = local.Split(['.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries);
        senderWords = [.. WordsOf(sender.Name)];
        HasPerson = !sender.IsRole && (!string.IsNullOrWhiteSpace(displayName) || sender.Name.Contains(' ', StringComparison.Ordinal));
    }

    /// <summary>info@ and the like: several people may sign.</summary>
    public bool IsRole => sender.IsRole;

    /// <summary>Whether display name or address says who it is, so that another name is somebody else's.</summary>
    public bool HasPerson { get; }

    /// <summary>Whether a line can be this sender's name: a name in form, and it agrees.</summary>
    public bool IsIn(string line) => In(line) is { } name && Agrees(name);

    /// <summary>True when the name shares a word with the display name or the address, or the address is its initials.</summary>
    public bool Agrees(string name)
    {
        var words = WordsOf(name).ToList();
        if (words.Count >= 2 && (local == string.Concat(words.Select(word => word[0])) || local == words[0][..1] + words[^1]))
        {
            return true;
        }

        return words.Any(word => word.Length >= 2 && (senderWords.Contains(word) || localWords.Contains(word, StringComparer.Ordinal)))
            || words.Any(word => word.Length >= 4 && local.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>
    /// True when a signed name says more than the header: "Anna" there and "Anna Weber" here, or there only the address or
    /// "Weber, Anna".
    /// </summary>
    public bool SaysLessThan(string signed)
    {
        var words = WordsOf(signed).ToHashSet(StringComparer.Ordinal);
        return (!senderWords.SetEquals(words) && senderWords.All(word =>
                words.Contains(word) || (word.Length == 1 && words.Any(other => other.StartsWith(word, StringComparison.Ordinal)))))
            || (sender.IsGuess && (senderWords.SetEquals(words) ? !signed.Split(' ').Any(IsShouted) : !HasPerson));
    }

    /// <summary>The name that a line is, titles included: at most six words of letters; null when it is none.</summary>
    public static string? In(string line)
    {
        var name = line.Trim(' ', ',', ';', '*', '_', '-', '–', '—', '/', '.', '~', '\t');
        if (name.Length is < 2 or > 60 || name.Any(c => char.IsDigit(c) || c is '@' or ':' or '/' or '|' or '<' or '&' or '!' or '?' or '"'))
        {
            return null;
        }

        // "Anna Weber, M.Sc." is a name; "Weber, Leiterin Einkauf" is more than one.
        var parts = name.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2
            || (parts.Length == 2 && !parts[1].Split([' ', '.'], StringSplitOptions.RemoveEmptyEntries).All(word => Titles.Contains(SearchWords.Fold(word)))))
        {
            return null;
        }

        var words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isName = words.Length is >= 1 and <= 6
            && words.All(word => word.All(IsOfNames))
            && words.Any(word => word.Length > 1)
            && !words.Any(word => NotInNames.Contains(SearchWords.Fold(word)))
            && words.Count(word => !char.IsLower(word.TrimStart('(') is [var first, ..] ? first : 'a')) * 2 >= words.Length
            && !(words.Length > 1 && words[1..].All(word => word.Length > 3 && char.IsLower(word[0])))
            && SignatureFields.CompanyIn(parts[0]) is null;
        return !isName ? null : IsShouted(name) ? string.Join(' ', name.Split(' ').Select(Capitalised)) : name;
    }

    /// <summary>One form of a name however its umlauts are spelled: Müller, Mueller and muller.</summary>
    public static string Key(string text) => SearchWords.Fold(text)
        .Replace("ae", "a", StringComparison.Ordinal).Replace("oe", "o", StringComparison.Ordinal).Replace("ue", "u", StringComparison.Ordinal);

    private static IEnumerable<string> WordsOf(string name) =>
        Key(name).Split([' ', '.', ',', '-', '\'', '’', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Where(word => !Titles.Contains(word));

    private static bool IsOfNames(char c) =>
        char.IsLetter(c) || c is '.' or '-' or '\'' or '’' or '(' or ')' || char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    private static bool IsShouted(string name) => name.Count(char.IsLetter) > 3 && !name.Any(char.IsLower) && name.Any(char.IsUpper);

    private static string Capitalised(string word) =>
        string.Join('-', word.Split('-').Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant()));
}
