using System.Text.RegularExpressions;
using OutlookCrm.Pane;
using OutlookCrm.Search;

namespace OutlookCrm.Customers;

/// <summary>Finds a postal address in a signature, by the postcode and how it stands to the city.</summary>
internal static class PostalLines
{
    private const int MaxLength = 100;
    private const RegexOptions Safe = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>D-20095 Hamburg, 1010 Wien, F-75002 Paris.</summary>
    private static readonly Regex CodeThenCity = new(
        @"^((D|DE|A|AT|CH|F|FR|E|ES|B|BE|L|LU|I|IT|NL|DK|PL)\s?[-–]\s?)?([0-9]{4,5})\s+(\p{Lu}[\p{L}'’ ./()-]{1,60})$", Safe);

    /// <summary>1012 AB Amsterdam.</summary>
    private static readonly Regex Dutch = new(@"^(NL\s?[-–]\s?)?([0-9]{4}\s?[A-Z]{2})\s+(\p{Lu}[\p{L}'’ .-]{1,60})$", Safe);

    /// <summary>London EC1A 1BB, or the postcode alone.</summary>
    private static readonly Regex British = new(@"^(\p{Lu}[\p{L}'’ .-]{1,60}?\s)?([A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2})$", Safe);

    /// <summary>TX 78701, ON M5V 2T6, with the city before the comma.</summary>
    private static readonly Regex American = new(@"^([A-Z]{2})\.?\s+([0-9]{5}(-[0-9]{4})?|[A-Z][0-9][A-Z]\s?[0-9][A-Z][0-9])$", Safe);

    private static readonly Regex Street = new(
        @"(stra(ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|postfach|street|\bst\.?\b|road|\brd\.?\b|avenue|\bave\.?\b|lane|drive|\bdr\.|square|court"
        + @"|house|floor|suite|way|p\.?o\.? box|rue|boulevard|\bbd\b|place|chemin|quai|calle|c/|avda|paseo|plaza|straat|laan|plein|kade|gracht|dreef|via|piazza)",
        Safe | RegexOptions.IgnoreCase);

    private static readonly HashSet<string> States = new(
        ("AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC "
        + "ON QC BC AB MB SK NS NB NL PE YT NT NU").Split(' '), StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Countries = new (string Code, string Names)[]
    {
        ("DE", "deutschland germany allemagne alemania duitsland"),
        ("AT", "osterreich oesterreich austria autriche"),
        ("CH", "schweiz switzerland suisse svizzera"),
        ("FR", "france frankreich francia"),
        ("ES", "espana spain spanien"),
        ("IT", "italia italy italien"),
        ("NL", "nederland netherlands the_netherlands niederlande"),
        ("BE", "belgie belgique belgium belgien"),
        ("LU", "luxembourg luxemburg"),
        ("GB", "united_kingdom uk england great_britain scotland wales"),
        ("US", "usa u.s.a united_states"),
        ("CA", "canada"),
        ("DK", "danmark denmark"),
        ("PL", "polska poland"),
    }.SelectMany(country => country.Names.Split(' '), (country, name) => (Name: name.Replace('_', ' '), country.Code))
        .ToDictionary(country => country.Name, country => country.Code, StringComparer.Ordinal);

    private static readonly string[] FiveDigits = ["DE", "FR", "ES", "IT"];
    private static readonly string[] FourDigits = ["AT", "CH", "BE", "LU", "DK"];

    /// <summary>The old signs of cars that still stand before postcodes.</summary>
    private static string CountryOfPrefix(string prefix) => prefix switch
    {
        "D" => "DE",
        "A" => "AT",
        "F" => "FR",
        "E" => "ES",
        "B" => "BE",
        "L" => "LU",
        "I" => "IT",
        _ => prefix,
    };

    public static PostalAddress? Read(IReadOnlyList<string> lines, MailAddress address)
    {
        var parts = new List<(string Text, int Line)>();
        for (var i = 0; i < lines.Count; i++)
        {
            parts.AddRange(SignatureFields.Segments(lines[i]).SelectMany(segment => segment.Split([",", ";", " - ", " – "], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Select(text => (text, i)));
        }

        for (var i = 0; i < parts.Count; i++)
        {
            if (ReadAt(parts, i, address) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>ISO 3166-1 alpha-2 of a country's name in the languages that we read; null for any other word.</summary>
    public static string? CountryOf(string text) => Countries.GetValueOrDefault(SearchWords.Fold(text).TrimEnd('.', ' '));

    private static PostalAddress? ReadAt(List<(string Text, int Line)> parts, int at, MailAddress address)
    {
        var text = parts[at].Text;
        if (text.Length > MaxLength)
        {
            return null;
        }

        var named = at + 1 < parts.Count ? CountryOf(parts[at + 1].Text) : null;
        if (Dutch.Match(text) is { Success: true } dutch)
        {
            return new PostalAddress(StreetBefore(parts, at), dutch.Groups[2].Value, dutch.Groups[3].Value.Trim(), Region: null, "NL");
        }

        if (American.Match(text) is { Success: true } american && at > 0 && States.Contains(american.Groups[1].Value) && IsCity(parts[at - 1].Text))
        {
            var code = american.Groups[2].Value;
            return new PostalAddress(
                StreetBefore(parts, at - 1), code, parts[at - 1].Text, american.Groups[1].Value, char.IsAsciiDigit(code[0]) ? "US" : "CA");
        }

        if (British.Match(text) is { Success: true } british)
        {
            var inLine = british.Groups[1].Value.Trim();
            var city = inLine.Length > 0 ? inLine : at > 0 && IsCity(parts[at - 1].Text) ? parts[at - 1].Text : null;
            var before = inLine.Length > 0 || city is null ? at : at - 1;
            return city is null && StreetBefore(parts, before) is null
                ? null
                : new PostalAddress(StreetBefore(parts, before), british.Groups[2].Value, city, Region: null, "GB");
        }

        if (CodeThenCity.Match(text) is not { Success: true } match)
        {
            return null;
        }

        var prefix = match.Groups[2].Value;
        var country = prefix.Length > 0 ? CountryOfPrefix(prefix) : named ?? CountryByDomain(address, match.Groups[3].Value.Length);
        var street = StreetBefore(parts, at);
        return street is null && prefix.Length == 0 && (named is null || match.Groups[3].Value.Length == 4) && country is null
            ? null // a number and a word: too little to call it a place
            : street is null && match.Groups[3].Value.Length == 4 && prefix.Length == 0
                ? null
                : new PostalAddress(street, match.Groups[3].Value, match.Groups[4].Value.Trim(), Region: null, country);
    }

    private static string? CountryByDomain(MailAddress address, int digits)
    {
        var country = address.Domain[(address.Domain.LastIndexOf('.') + 1)..].ToUpperInvariant();
        return (digits == 5 ? FiveDigits : FourDigits).Contains(country) ? country : null;
    }

    private static string? StreetBefore(List<(string Text, int Line)> parts, int at)
    {
        if (at == 0 || parts[at].Line - parts[at - 1].Line > 1 || !IsStreet(parts[at - 1].Text))
        {
            return null;
        }

        // "100 Congress Ave, Suite 200": two parts of one line.
        return at > 1 && parts[at - 2].Line == parts[at - 1].Line && IsStreet(parts[at - 2].Text)
            && parts[at - 2].Text.Length + parts[at - 1].Text.Length < MaxLength
                ? $"{parts[at - 2].Text}, {parts[at - 1].Text}"
                : parts[at - 1].Text;
    }

    private static bool IsStreet(string text) =>
        text.Length is >= 4 and <= MaxLength
        && text.Any(char.IsLetter)
        && !text.Contains('@', StringComparison.Ordinal) && !text.Contains("www.", StringComparison.OrdinalIgnoreCase) && !text.Contains(':', StringComparison.Ordinal)
        && !text.StartsWith('+')
        && text.Count(char.IsAsciiDigit) <= 8
        && (text.Any(char.IsAsciiDigit) || Street.IsMatch(text))
        && !text.StartsWith("Tel", StringComparison.OrdinalIgnoreCase);

    private static bool IsCity(string text) => text.Length is >= 2 and <= 60 && text.All(c => char.IsLetter(c) || c is ' ' or '-' or '.' or '\'' or '’') && char.IsUpper(text[0]);
}
