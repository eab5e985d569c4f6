using System.Collections.Frozen;
using System.Globalization;

namespace OutlookCrm.Customers;

/// <summary>What a company may be called, going by its mail domain. A guess, for a form that a person reads before saving.</summary>
public static class CompanyName
{
    /// <summary>
    /// Second-level names under which companies register, in the countries that have them, and domains that a provider gives
    /// each of its customers a name under. Not the whole public suffix list: a miss costs a poor guess and nothing else.
    /// </summary>
    private static readonly FrozenSet<string> SecondLevel = new[]
    {
        "ac", "co", "com", "edu", "gen", "go", "gob", "gouv", "gov", "gv", "govt", "gub", "geek", "id", "ind", "info", "ltd", "me", "mil", "ne",
        "net", "nom", "or", "org", "plc", "pro", "sch", "school", "web", "biz", "asso", "tm", "firm", "kiwi", "maori", "art", "adv", "eng", "med",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Providers = new[]
    {
        "onmicrosoft.com", "onmicrosoft.de", "myshopify.com", "wixsite.com", "wordpress.com", "weebly.com", "jimdo.com", "jimdosite.com",
        "eu.com", "uk.com", "us.com", "de.com", "br.com", "cn.com", "co.com", "gb.net", "uk.net", "jp.net", "in.net", "github.io", "blogspot.com",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Null for free mail, and for a domain that has nothing before its public suffix.</summary>
    public static string? FromDomain(MailAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (FreeMail.IsFree(address.Domain))
        {
            return null;
        }

        var labels = address.ShownDomain.Split('.');
        var suffix = labels.Length > 2
            && (Providers.Contains($"{labels[^2]}.{labels[^1]}")
                || (labels[^1].Length == 2 && SecondLevel.Contains(labels[^2]))) ? 2 : 1;
        var name = string.Join(' ', labels[^(suffix + 1)].Split(['-', '_'], StringSplitOptions.RemoveEmptyEntries).Select(Capitalised));
        return name.Length > 0 ? name : null;
    }

    // bmw.de is BMW and ey.com EY; a longer word is a name.
    private static string Capitalised(string word) =>
        word.Length <= 3
            ? word.ToUpperInvariant()
            : StringInfo.GetNextTextElement(word) is var first ? first.ToUpperInvariant() + word[first.Length..] : word;
}
