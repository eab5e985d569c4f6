using System.Diagnostics.CodeAnalysis;

namespace OutlookCrm.Deploy;

/// <summary>Where the product is reached by every Outlook of the firm: <c>https://</c> and a host name, and nothing after it.</summary>
public sealed class Origin
{
    private Origin(Uri address) => Address = address;

    private Uri Address { get; }

    /// <summary>Host name in ASCII, with a port other than 443.</summary>
    public string Domain => Address.IsDefaultPort ? Address.IdnHost : $"{Address.IdnHost}:{Address.Port}";

    /// <summary>Such as <c>https://crm.example.com</c>: lower case, no slash at the end.</summary>
    public override string ToString() => $"https://{Domain}";

    /// <param name="complaint">Names the rule that <paramref name="text"/> breaks.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Origin? origin, [NotNullWhen(false)] out string? complaint)
    {
        origin = null;
        complaint = !Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0
            ? $"'{text}' is no address. An origin looks like https://crm.example.com."
            : address.Scheme != Uri.UriSchemeHttps ? $"{text}: Outlook loads add-ins by https only."
            : address.HostNameType != UriHostNameType.Dns ? $"{text}: a host name is needed, not the number of a machine. Certificates and Outlook go by names."
            : address.IsLoopback || address.IdnHost.EndsWith(".localhost", StringComparison.Ordinal) ? $"{text}: that is this machine only; other people's Outlook does not reach it."
            : !address.IdnHost.Contains('.', StringComparison.Ordinal) || address.IdnHost.EndsWith(".local", StringComparison.Ordinal)
                ? $"{text}: a full host name is needed, such as crm.example.com. Telephones and Outlook on the web do not know names of one's own network."
            : address.UserInfo.Length > 0 ? $"{text}: no user name or password belongs into an origin."
            : address.AbsolutePath != "/" ? $"{text}: an origin has no path; leave out {address.AbsolutePath}."
            : address.Query.Length > 0 || address.Fragment.Length > 0 ? $"{text}: an origin ends with the host name; leave out {address.Query}{address.Fragment}."
            : null;
        if (complaint is null)
        {
            origin = new Origin(address!);
        }

        return origin is not null;
    }
}
