using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Search;

namespace OutlookCrm.Customers;

/// <summary>
/// What a customer's fields may hold, and in which form they are kept. Each rule gives the kept form, or adds an error to its field
/// and gives what it can. Lengths are UTF-16 characters after trimming, the ends counted as allowed.
/// </summary>
public static partial class CustomerRules
{
    public const int MaxNameLength = 200;
    public const int MaxJobTitleLength = 120;
    public const int MaxPhones = 10;
    public const int MaxLabelLength = 40;
    public const int MaxPhoneLength = 40;
    public const int MaxWebsiteLength = 500;
    public const int MaxCountryLength = 60;
    public const int MaxTags = 20;
    public const int MaxTagLength = 40;
    public const int MaxExpectations = 20;
    public const int MaxTextLength = 500;

    private static readonly SearchValues<char> PhoneCharacters = SearchValues.Create("0123456789 +-()./x");
    private static readonly DateOnly EarliestExpectation = new(1990, 1, 1);

    private static readonly FrozenSet<string> Languages = CultureInfo.GetCultures(CultureTypes.NeutralCultures)
        .Select(c => c.Name.Split('-')[0]).Where(name => name.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Countries = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(c => c.Name.Split('-')[^1]).Where(name => name.Length == 2).ToFrozenSet(StringComparer.Ordinal);

    // As people write them: in English and in their own words.
    private static readonly FrozenDictionary<string, string> LanguagesByName = ByName(
        CultureInfo.GetCultures(CultureTypes.NeutralCultures).Where(c => c.Name.Length > 0 && !c.Name.Contains('-', StringComparison.Ordinal))
            .SelectMany(c => new[] { (c.EnglishName, c.Name), (c.NativeName, c.Name) }));

    private static readonly FrozenDictionary<string, string> CountriesByName = ByName(
        CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => Countries.Contains(c.Name.Split('-')[^1])).Select(c => new RegionInfo(c.Name))
            .SelectMany(region => new[] { (region.EnglishName, region.TwoLetterISORegionName), (region.NativeName, region.TwoLetterISORegionName) }));

    /// <summary>A name that must be there.</summary>
    public static string Name(string? name, FieldErrors errors)
    {
        var kept = Text("name", name, MaxNameLength, errors);
        if (kept is null)
        {
            errors.Add("name", "must not be empty");
        }
        else if (!kept.EnumerateRunes().Any(CanBeSeen))
        {
            errors.Add("name", "must have a character that can be seen");
        }

        return kept ?? "";
    }

    public static string? Company(string? name, FieldErrors errors) => Text("company", name, MaxNameLength, errors);

    public static string? JobTitle(string? title, FieldErrors errors) => Text("jobTitle", title, MaxJobTitleLength, errors);

    public static IReadOnlyList<Phone> Phones(IReadOnlyList<Phone>? phones, FieldErrors errors)
    {
        var kept = new List<Phone>();
        for (var i = 0; i < (phones?.Count ?? 0); i++)
        {
            var field = $"phones[{i}]";
            var number = Text($"{field}.number", phones![i].Number, MaxPhoneLength, errors) ?? "";
            if (number.AsSpan().ContainsAnyExcept(PhoneCharacters) || !number.Any(char.IsAsciiDigit))
            {
                errors.Add($"{field}.number", "must have digits, and otherwise only spaces and + - ( ) . / x");
            }

            kept.Add(new Phone(Text($"{field}.label", phones[i].Label, MaxLabelLength, errors), number));
        }

        return AtMost("phones", MaxPhones, kept, errors);
    }

    public static PostalAddress? PostalAddress(PostalAddress? address, FieldErrors errors)
    {
        if (address is null)
        {
            return null;
        }

        var kept = new PostalAddress(
            Text("postalAddress.street", address.Street?.ReplaceLineEndings(", "), 200, errors),
            Text("postalAddress.postalCode", address.PostalCode, 20, errors),
            Text("postalAddress.city", address.City, 100, errors),
            Text("postalAddress.region", address.Region, 100, errors),
            Country(address.Country, errors));

        return kept == new PostalAddress(null, null, null, null, null) ? null : kept;
    }

    /// <summary>ISO 3166-1 alpha-2 of a country that is given so or by its name.</summary>
    private static string? Country(string? name, FieldErrors errors)
    {
        if (Text("postalAddress.country", name, MaxCountryLength, errors) is not { } text)
        {
            return null;
        }

        var code = Countries.Contains(text.ToUpperInvariant()) ? text.ToUpperInvariant()
            : CountriesByName.GetValueOrDefault(SearchWords.Fold(text)) ?? PostalLines.CountryOf(text);
        if (code is null)
        {
            errors.Add("postalAddress.country", "must be a country, such as Germany or DE");
        }

        return code;
    }

    /// <summary>
    /// A language tag (BCP 47) in its usual letter case (<c>de</c>, <c>pt-BR</c>, <c>zh-Hant-TW</c>) of a language that is given so or by its name.
    /// </summary>
    public static string? Language(string? tag, FieldErrors errors)
    {
        if (Text("language", tag, 35, errors) is not { } text)
        {
            return null;
        }

        var subtags = text.Split('-');
        if (!LanguageTag().IsMatch(text) || !Languages.Contains(subtags[0]))
        {
            if (LanguagesByName.TryGetValue(SearchWords.Fold(text), out var named))
            {
                return named;
            }

            errors.Add("language", "must be a language, such as German, de or pt-BR");
            return null;
        }

        return string.Join('-', subtags.Select((s, i) => i == 0 ? s.ToLowerInvariant() : s.Length switch
        {
            2 => s.ToUpperInvariant(),
            4 when char.IsAsciiLetter(s[0]) => char.ToUpperInvariant(s[0]) + s[1..].ToLowerInvariant(),
            _ => s.ToLowerInvariant(),
        }));
    }

    /// <summary>An http or https address; https when none is said.</summary>
    public static string? Website(string? website, FieldErrors errors)
    {
        const string Rule = "must be a web address, such as https://example.com";
        if (Text("website", website, MaxWebsiteLength, errors) is not { } text)
        {
            return null;
        }

        var full = text.Contains("://", StringComparison.Ordinal) ? text : "https://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.UserInfo.Length > 0
            || text.Contains('\\', StringComparison.Ordinal)
            || !MailAddress.TryParseDomain(uri.Host, out _))
        {
            errors.Add("website", Rule);
            return null;
        }

        var kept = uri.PathAndQuery == "/" && uri.Fragment.Length == 0 ? uri.AbsoluteUri.TrimEnd('/') : uri.AbsoluteUri;
        if (kept.Length > MaxWebsiteLength)
        {
            errors.Add("website", $"must be at most {MaxWebsiteLength} characters");
        }

        return kept;
    }

    /// <summary>Each tag once, whatever its letter case; as the first spelled it.</summary>
    public static IReadOnlyList<string> Tags(IReadOnlyList<string>? tags, FieldErrors errors)
    {
        var kept = new List<string>();
        for (var i = 0; i < (tags?.Count ?? 0); i++)
        {
            if (Text($"tags[{i}]", tags![i], MaxTagLength, errors) is not { } tag)
            {
                errors.Add($"tags[{i}]", "must not be empty");
            }
            else if (!kept.Contains(tag, StringComparer.OrdinalIgnoreCase))
            {
                kept.Add(tag);
            }
        }

        return AtMost("tags", MaxTags, kept, errors);
    }

    /// <param name="today">In UTC; the day may have begun elsewhere already.</param>
    public static IReadOnlyList<Expectation> Expectations(IReadOnlyList<Expectation>? expectations, DateOnly today, FieldErrors errors)
    {
        var kept = new List<Expectation>();
        for (var i = 0; i < (expectations?.Count ?? 0); i++)
        {
            var expectation = expectations![i];
            var text = Text($"expectations[{i}].text", expectation.Text, MaxTextLength, errors);
            if (text is null)
            {
                errors.Add($"expectations[{i}].text", "must not be empty");
            }

            if (expectation.On < EarliestExpectation || expectation.On > today.AddDays(1))
            {
                errors.Add($"expectations[{i}].on", "must be from 1990 on and not in the future");
            }

            kept.Add(new Expectation(text ?? "", expectation.On));
        }

        return AtMost("expectations", MaxExpectations, kept, errors);
    }

    public static Preferences Preferences(Preferences? preferences, FieldErrors errors) => preferences is null
        ? new Preferences(null, false, null)
        : preferences with { Note = MultiLine("preferences.note", preferences.Note, MaxTextLength, errors) };

    /// <param name="wishedBy">Who asks for it.</param>
    public static ContactRhythm? Rhythm(int? everyDays, Guid wishedBy, FieldErrors errors)
    {
        if (everyDays is < ContactRhythm.MinDays or > ContactRhythm.MaxDays)
        {
            errors.Add("everyDays", $"must be from {ContactRhythm.MinDays} to {ContactRhythm.MaxDays}");
        }

        return everyDays is { } days ? new ContactRhythm(days, wishedBy) : null;
    }

    public static string? Label(string? label, FieldErrors errors) => Text("label", label, MaxLabelLength, errors);

    public static MailAddress? Address(string? text, FieldErrors errors)
    {
        if (!MailAddress.TryParse(text, out var address))
        {
            errors.Add("address", "must be a mail address, such as anna@example.com");
        }

        return address;
    }

    /// <summary>One line of text: trimmed, composed (NFC), without control characters. Null when nothing is left.</summary>
    private static string? Text(string field, string? text, int maxLength, FieldErrors errors) =>
        Kept(field, text, maxLength, isMultiLine: false, errors);

    private static string? MultiLine(string field, string? text, int maxLength, FieldErrors errors) =>
        Kept(field, text?.ReplaceLineEndings("\n"), maxLength, isMultiLine: true, errors);

    private static string? Kept(string field, string? text, int maxLength, bool isMultiLine, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var trimmed = text.Trim();

        // U+FFFE is no character: normalization refuses it.
        var hasControls = trimmed.Any(c => c == '\ufffe' || (char.IsControl(c) && !(isMultiLine && c is '\n' or '\t')));
        if (!hasControls && !trimmed.IsNormalized(NormalizationForm.FormC))
        {
            trimmed = trimmed.Normalize(NormalizationForm.FormC);
        }

        if (trimmed.Length > maxLength)
        {
            errors.Add(field, $"must be at most {maxLength} characters");
        }

        if (hasControls)
        {
            errors.Add(field, "must not hold control characters");
        }

        return trimmed;
    }

    private static FrozenDictionary<string, string> ByName(IEnumerable<(string Name, string Code)> names) =>
        names.GroupBy(one => SearchWords.Fold(one.Name), one => one.Code).ToFrozenDictionary(same => same.Key, same => same.First());

    // A name is what people click on.
    private static bool CanBeSeen(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static List<T> AtMost<T>(string field, int max, List<T> items, FieldErrors errors)
    {
        if (items.Count > max)
        {
            errors.Add(field, $"must have at most {max} items");
        }

        return items;
    }

    // Language, script, region, variants; what the firm's customers write in, not all that RFC 5646 can say.
    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
