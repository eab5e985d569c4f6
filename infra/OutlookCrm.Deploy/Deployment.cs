using System.Security.Cryptography;
using System.Text;

namespace OutlookCrm.Deploy;

/// <summary>One deployment: its names follow from subscription and resource group, so that a second run finds what the first made.</summary>
internal sealed record Deployment(Guid Subscription, string Name)
{
    /// <summary>Eight characters that nobody else has, allowed in every kind of name.</summary>
    public string Suffix { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Subscription:D}/{Name}")))[..8];

    public string AppName => $"outlook-crm-{Suffix}";

    public string StorageAccount => $"crm{Suffix}";

    public Origin Origin => Origin.TryParse($"https://{AppName}.azurewebsites.net", out var origin, out var complaint)
        ? origin
        : throw new InvalidOperationException(complaint);

    /// <summary>The same for the same deployment and <paramref name="what"/>.</summary>
    public Guid Id(string what) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{AppName} {what}")).AsSpan(0, 16));
}
