using System.Collections.Frozen;

namespace OutlookCrm.Customers;

/// <summary>
/// Domains where anyone may have a mailbox: free mail and internet providers. A sender there is a person, never their
/// "company" or anybody's colleague. The list is <c>FreeMailDomains.txt</c>.
/// </summary>
public static class FreeMail
{
    private static readonly FrozenSet<string> Domains;
    private static readonly FrozenSet<string> Families;

    static FreeMail()
    {
        using var stream = typeof(FreeMail).Assembly.GetManifestResourceStream("OutlookCrm.Customers.FreeMailDomains.txt")
            ?? throw new InvalidOperationException("The list of free-mail domains is not in the assembly.");
        using var reader = new StreamReader(stream);
        var entries = reader.ReadToEnd()
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToLookup(entry => entry.EndsWith(".*", StringComparison.Ordinal));
        Domains = entries[false].ToFrozenSet(StringComparer.Ordinal);
        Families = entries[true].Select(entry => entry[..^2]).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <param name="domain">As <see cref="MailAddress.Domain"/> has it.</param>
    public static bool IsFree(string domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (Domains.Contains(domain))
        {
            return true;
        }

        // A family's name before a country: yahoo.fr, yahoo.com.br, yahoo.co.jp. Not yahoo.shop, not mail.yahoo.fr.
        var labels = domain.Split('.');
        return Families.Contains(labels[0]) && labels[1..] switch
        {
            [var last] => IsCommon(last) || last.Length == 2,
            [var second, var last] => last.Length == 2 && (second is "co" || IsCommon(second)),
            _ => false,
        };
    }

    private static bool IsCommon(string label) => label is "com" or "net" or "org";
}
