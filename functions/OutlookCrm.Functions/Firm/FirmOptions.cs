using Microsoft.Extensions.Configuration;
using OutlookCrm.Customers;

namespace OutlookCrm.Firm;

/// <summary>Settings under <c>Firm:</c>, checked when the process starts.</summary>
/// <param name="Domains">
/// <c>Firm:Domains:0</c>, …: the firm's own mail domains, besides those of colleagues who have signed in. At most 100; none by
/// default. As <see cref="MailAddress.Domain"/> has them.
/// </param>
public sealed record FirmOptions(IReadOnlyList<string> Domains)
{
    private const int MaxDomains = 100;

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static FirmOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Firm:Domains");
        var settings = section.GetChildren().ToList();
        if (section.Value is { Length: > 0 })
        {
            throw new InvalidOperationException("Firm:Domains must be a list: Firm:Domains:0, Firm:Domains:1, ….");
        }

        if (settings.Count > MaxDomains)
        {
            throw new InvalidOperationException($"Firm:Domains has {settings.Count} domains; at most {MaxDomains} are allowed.");
        }

        return new FirmOptions([.. settings.Select(setting => Read(setting.Path, setting.Value))]);
    }

    private static string Read(string path, string? value)
    {
        if (!MailAddress.TryParseDomain(value, out var domain))
        {
            throw new InvalidOperationException($"{path} must be a mail domain such as example.com, not \"{value}\".");
        }

        return FreeMail.IsFree(domain)
            ? throw new InvalidOperationException(
                $"{path} is \"{value}\", where anybody may have a mailbox: all its users would count as colleagues.")
            : domain;
    }
}
