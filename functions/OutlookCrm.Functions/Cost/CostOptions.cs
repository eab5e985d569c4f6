using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace OutlookCrm.Cost;

/// <summary>What is paid for in Azure. A wrong setting stops the start.</summary>
public sealed partial record CostOptions
{
    /// <summary>
    /// <c>Cost:ResourceGroup</c>: where all of it lies, as <c>/subscriptions/{id}/resourceGroups/{name}</c>. Null outside Azure: then nobody is asked.
    /// </summary>
    public required string? ResourceGroup { get; init; }

    /// <summary>Azure Resource Manager: what gets our token.</summary>
    public Uri Management { get; init; } = new("https://management.azure.com");

    /// <exception cref="InvalidOperationException">The setting is wrong; the message names it.</exception>
    public static CostOptions From(IConfiguration configuration) => new()
    {
        ResourceGroup = configuration["Cost:ResourceGroup"] is not { Length: > 0 } text ? null
            : Id().IsMatch(text) ? text
            : throw new InvalidOperationException("Setting Cost:ResourceGroup must be like /subscriptions/{id}/resourceGroups/{name}."),
    };

    [GeneratedRegex(@"^/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[\w.()-]{1,90}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Id();
}
