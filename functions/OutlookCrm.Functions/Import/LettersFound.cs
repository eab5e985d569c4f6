using System.Buffers;
using System.Text;
using OutlookCrm.Pane;

namespace OutlookCrm.Import;

/// <summary>
/// Judges by the words beyond ASCII of a file in which letters it is written. It is UTF-8 when they are; else that code page in which one
/// language has most of them: "Dvoř" is Czech, "Dvoø" nobody's. Words decide, not frequencies of prose: a file holds names.
/// </summary>
internal sealed class LettersFound
{
    private const int MaxWords = 4_000;
    private const int MaxWordBytes = 40;

    // A word of more letters beyond ASCII in a row than this is none in Latin letters.
    private const int MaxInRow = 3;

    private static readonly string[] WesternAlphabets =
    [
        "äöüß", "àâæçèéêëîïôœùûüÿ", "áéíñóúüªº", "àèéìîòóù", "áâãàçéêíóôõúüªº", "áéëïíóöü", "æøåéäö", "åäöé", "áéíóúýþæöð", "àçèéíïòóúü",
    ];

    private static readonly string[] CentralAlphabets =
        ["ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß"];

    private static readonly Dictionary<ImportEncoding, string[]> Alphabets = new()
    {
        [ImportEncoding.Western] = WesternAlphabets,
        [ImportEncoding.Central] = CentralAlphabets,
        [ImportEncoding.Turkish] = ["çğıİöşüâîû"],
        [ImportEncoding.Baltic] = ["ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"],
        [ImportEncoding.Cyrillic] = ["абвгдежзийклмнопрстуфхцчшщъыьэюяёєіїґўђѓјљњћќџѕ"],
        [ImportEncoding.Greek] = ["αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"],
        [ImportEncoding.CentralIso] = CentralAlphabets,
        [ImportEncoding.WesternDos] = WesternAlphabets,
        [ImportEncoding.WesternMac] = WesternAlphabets,
    };

    // Each byte as the character of that number.
    private readonly HashSet<string> words = new(StringComparer.Ordinal);
    private int wide;
    private int stray;

    /// <returns>How many bytes at the end are to come again, with what follows them.</returns>
    public int Look(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var at = 0;
        while (bytes[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var next)
        {
            at += next;
            var status = Rune.DecodeFromUtf8(bytes[at..], out _, out var used);
            if (status == OperationStatus.NeedMoreData && !isLast)
            {
                return bytes.Length - at;
            }

            if (status == OperationStatus.Done)
            {
                wide++;
            }
            else
            {
                stray++;
                Keep(bytes, at);
            }

            at += used;
        }

        return 0;
    }

    /// <param name="codePage">Goes first where others do equally well.</param>
    public ImportEncoding Likeliest(int codePage) => wide >= stray
        ? ImportEncoding.Utf8
        : TextEncoding.CodePages.Keys.OrderByDescending(name => TextEncoding.CodePages[name] == codePage).MaxBy(Fitting);

    private void Keep(ReadOnlySpan<byte> bytes, int at)
    {
        if (words.Count == MaxWords)
        {
            return;
        }

        var (start, end) = (at, at + 1);
        while (start > 0 && at - start < MaxWordBytes && IsOfWord(bytes[start - 1]))
        {
            start--;
        }

        while (end < bytes.Length && end - at < MaxWordBytes && IsOfWord(bytes[end]))
        {
            end++;
        }

        words.Add(Encoding.Latin1.GetString(bytes[start..end]));
    }

    private static bool IsOfWord(byte one) => one >= 0x80 || char.IsAsciiLetter((char)one);

    /// <summary>How many characters beyond ASCII can stand where they do, in the language that can have most.</summary>
    private int Fitting(ImportEncoding name)
    {
        var page = TextEncoding.Page(name);
        var read = words.Select(word => page.GetString(Encoding.Latin1.GetBytes(word))).ToList();
        return Alphabets[name].Max(alphabet => read.Sum(word => Enumerable.Range(0, word.Length).Count(i => word[i] > '\u007f' && Fits(word, i, alphabet))));
    }

    private static bool Fits(string word, int i, string alphabet)
    {
        var c = word[i];
        if (!char.IsLetter(c))
        {
            return IsSign(word, i);
        }

        var isLatin = c < '\u0370';
        return alphabet.Contains(char.ToLowerInvariant(c), StringComparison.Ordinal)
            && !(char.IsUpper(c) && i > 0 && char.IsLower(word[i - 1]))
            && (isLatin ? i < MaxInRow || word.AsSpan(i - MaxInRow, MaxInRow).ContainsAnyInRange('\0', '\u007f') : !word.Any(char.IsAsciiLetter));
    }

    /// <summary>True for what is no letter and yet stands beside letters, as in "m²", "°C", "Preis–Liste" or "l’Oréal", or stands alone.</summary>
    private static bool IsSign(string word, int i) => word[i] switch
    {
        >= '\u2010' and <= '\u2030' or '\u00a0' or '€' or '«' or '»' => true,
        '²' or '³' => word is [.., 'm', '²' or '³'] && word.Length <= 3,
        '°' => word.Length <= 2,
        '®' or '™' or '©' => i == word.Length - 1,
        var c => !char.IsControl(c) && !word.Any(char.IsLetter),
    };
}
