using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OutlookCrm.Customers;

/// <summary>
/// One mailbox on the internet, as RFC 5321 and RFC 6531 have it. Two spellings of the same mailbox are equal: letter case,
/// Unicode normalisation, punycode or Unicode domain, needless quotes. Plus-addresses and dots stay distinct: only the
/// receiving server knows what they mean.
/// </summary>
/// <remarks>
/// Refused besides broken syntax: domain literals (<c>a@[192.0.2.1]</c>), domains of one label, and Exchange's inner names
/// (<c>/o=ExchangeLabs/…</c>, <c>IMCEAEX-…@…</c>), which look like addresses and lead nowhere.
/// </remarks>
public sealed class MailAddress : IEquatable<MailAddress>
{
    /// <summary>In characters, of the form that is shown and of the key.</summary>
    public const int MaxLength = 254;

    public const int MaxLocalPartLength = 64;

    // Longer than any spelling of an acceptable address: escapes, brackets and a Unicode domain included.
    private const int MaxInputLength = 1_000;

    private const int MaxDomainLength = 253;

    private static readonly SearchValues<char> AtomCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~");

    private static readonly SearchValues<char> DomainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly IdnMapping Idn = new();

    private readonly string shown;

    private MailAddress(string key, string shown, string localPart, string domain, string shownDomain)
    {
        Key = key;
        this.shown = shown;
        LocalPart = localPart;
        Domain = domain;
        ShownDomain = shownDomain;
    }

    /// <summary>The normal form: equal for equal mailboxes, itself an address. Lower case, NFC, ASCII domain.</summary>
    public string Key { get; }

    /// <summary>Before the @, as written, without quotes or escapes.</summary>
    public string LocalPart { get; }

    /// <summary>Lower-case ASCII (punycode), without a trailing dot: what keys and lists of domains use.</summary>
    public string Domain { get; }

    /// <summary>The domain as people write it, in Unicode.</summary>
    public string ShownDomain { get; }

    public static bool operator ==(MailAddress? left, MailAddress? right) => Equals(left, right);

    public static bool operator !=(MailAddress? left, MailAddress? right) => !Equals(left, right);

    /// <summary>
    /// Reads what Outlook and people give: white space, angle brackets, single quotes or <c>mailto:</c> around the address are
    /// taken off first.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out MailAddress? address)
    {
        address = null;
        if (text is null || text.Length > MaxInputLength || !IsWellFormed(text))
        {
            return false;
        }

        var bare = Unwrap(text.Trim()).Normalize(NormalizationForm.FormC);
        if (IsExchangeInnerName(bare) || !TrySplit(bare, out var writtenLocal, out var writtenDomain)
            || !TryReadLocalPart(writtenLocal, out var localPart)
            || !TryReadDomain(writtenDomain, out var domain, out var shownDomain))
        {
            return false;
        }

        var shownLocal = Quote(localPart);
        var keyLocal = Quote(Fold(localPart));
        var shown = $"{shownLocal}@{shownDomain}";
        var key = $"{keyLocal}@{domain}";
        if (shownLocal.Length > MaxLocalPartLength || keyLocal.Length > MaxLocalPartLength
            || shown.Length > MaxLength || key.Length > MaxLength)
        {
            return false;
        }

        address = new MailAddress(key, shown, localPart, domain, shownDomain);
        return true;
    }

    /// <summary>A domain on its own (a setting, a list), in the form of <see cref="Domain"/>.</summary>
    public static bool TryParseDomain([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? domain)
    {
        domain = null;
        return text is not null && text.Length <= MaxInputLength && IsWellFormed(text)
            && TryReadDomain(text.Trim().Normalize(NormalizationForm.FormC), out domain, out _);
    }

    public bool Equals(MailAddress? other) => other is not null && string.Equals(Key, other.Key, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as MailAddress);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Key);

    /// <summary>As people write it: the sender's own upper and lower case, Unicode domain.</summary>
    public override string ToString() => shown;

    private static string Unwrap(string text)
    {
        if (text is ['<', .., '>'] or ['\'', .., '\''])
        {
            text = text[1..^1].Trim();
        }

        return text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? text["mailto:".Length..] : text;
    }

    private static bool IsExchangeInnerName(string text) =>
        text.StartsWith("/o=", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("/cn=", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("EX:/", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("IMCEA", StringComparison.OrdinalIgnoreCase) && text.Contains("-_o=", StringComparison.OrdinalIgnoreCase);

    // The @ that counts is the last one: quoted local parts may hold others, domains none.
    private static bool TrySplit(string text, out string localPart, out string domain)
    {
        var at = text.LastIndexOf('@');
        localPart = at > 0 ? text[..at] : "";
        domain = at > 0 ? text[(at + 1)..] : "";
        return at > 0;
    }

    private static bool TryReadLocalPart(string written, out string localPart)
    {
        localPart = written;
        if (written is not ['"', .., '"'] || written.Length < 3)
        {
            return IsDotAtom(written);
        }

        var content = new StringBuilder(written.Length);
        for (var i = 1; i < written.Length - 1; i++)
        {
            var c = written[i];
            if (c == '"' || c == '\\' && ++i == written.Length - 1)
            {
                return false;
            }

            content.Append(written[i]);
        }

        localPart = content.ToString().Normalize(NormalizationForm.FormC); // an escape may have stood between a letter and its mark
        return localPart.All(c => c == ' ' || c is > ' ' and <= '~' || IsText(c));
    }

    private static bool IsDotAtom(string text)
    {
        var afterDot = true;
        foreach (var c in text)
        {
            if (c == '.' ? afterDot : !AtomCharacters.Contains(c) && !(c > '~' && IsText(c)))
            {
                return false;
            }

            afterDot = c == '.';
        }

        return !afterDot;
    }

    // Letters, marks, digits, punctuation and symbols. No spaces, controls, invisible or direction marks, private use.
    private static bool IsText(char c) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };

    private static bool TryReadDomain(string written, [NotNullWhen(true)] out string? domain, [NotNullWhen(true)] out string? shownDomain)
    {
        domain = shownDomain = null;
        foreach (var c in written)
        {
            if (!IsText(c) && c is not ('\u200c' or '\u200d'))
            {
                return false;
            }
        }

        var lower = Fold(written.TrimEnd() is [.. var rest, '.' or '\u3002' or '\uff0e' or '\uff61'] ? rest : written, keepFinalSigma: true);
        try
        {
            var ascii = Ascii.IsValid(lower) ? lower : Idn.GetAscii(lower);
            var unicode = ascii.Contains("xn--", StringComparison.Ordinal) ? Idn.GetUnicode(ascii) : ascii;
            if (!IsDomain(ascii) || unicode != ascii && Idn.GetAscii(unicode) != ascii)
            {
                return false;
            }

            domain = ascii;
            shownDomain = unicode;
            return true;
        }
        catch (ArgumentException)
        {
            return false; // the mapping's only way to say that this is not a domain
        }
    }

    private static bool IsDomain(ReadOnlySpan<char> ascii)
    {
        var labels = 0;
        foreach (var part in ascii.Split('.'))
        {
            var label = ascii[part];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(DomainCharacters))
            {
                return false;
            }

            labels++;
        }

        var last = ascii[(ascii.LastIndexOf('.') + 1)..];
        return ascii.Length <= MaxDomainLength && labels > 1 && last.ContainsAnyExceptInRange('0', '9');
    }

    // Upper before lower case, so that letters with two lower-case forms (σ and ς, s and ſ) meet; a domain knows ς and ß as
    // letters of their own. The dotted capital I is the one letter whose lower case is two characters; the dotless ı stays.
    private static string Fold(string text, bool keepFinalSigma = false)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var folded = keepFinalSigma ? text : text.ToUpperInvariant();
        return folded.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal).Normalize(NormalizationForm.FormC);
    }

    private static string Quote(string localPart) =>
        IsDotAtom(localPart)
            ? localPart
            : $"\"{localPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // Half a surrogate pair and noncharacters are no text: normalising them throws, and no table keeps them.
    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            return true;
        }

        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done
                || Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNotAssigned)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
