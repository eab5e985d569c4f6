using Microsoft.Extensions.Configuration;

namespace OutlookCrm.Identity;

/// <summary>Whose tokens we accept. From section <c>Identity</c>; a wrong setting stops the start.</summary>
public sealed class IdentityOptions
{
    public const string Section = "Identity";

    internal const string EntraId = "https://login.microsoftonline.com";

    /// <summary>Our API's client id: the only audience that we accept.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>The firms served here. Empty refuses everybody.</summary>
    public required IReadOnlySet<Guid> AllowedTenants { get; init; }

    /// <summary>Where the issuer describes itself: https, or http on this machine only.</summary>
    public required Uri MetadataAddress { get; init; }

    /// <summary>The scope that a token must hold.</summary>
    public required string Scope { get; init; }

    /// <summary>The role of a person to whom the firm has given none of ours.</summary>
    public required Role DefaultRole { get; init; }

    /// <summary>How far the issuer's clock and ours may differ: 0 to 5 minutes, 1 minute unless set.</summary>
    public required TimeSpan ClockSkew { get; init; }

    public static IdentityOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        var authority = section["Authority"] ?? EntraId;
        var metadata = section["MetadataAddress"] ?? $"{authority.TrimEnd('/')}/common/v2.0/.well-known/openid-configuration";
        return new()
        {
            ClientId = Guid.TryParse(section["ClientId"], out var clientId)
                ? clientId
                : throw Wrong("ClientId", "the GUID of the API's app registration"),
            AllowedTenants = AllowedTenantsIn(section),
            MetadataAddress = Uri.TryCreate(metadata, UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
                ? address
                : throw Wrong("MetadataAddress", "an https address; http only on this machine"),
            Scope = section["Scope"] is not { } scope ? "Crm.Access"
                : scope.Length > 0 && !scope.Any(char.IsWhiteSpace) ? scope
                : throw Wrong("Scope", "one scope's name, such as Crm.Access"),
            DefaultRole = section["DefaultRole"] is not { } role ? Role.Member
                : Roles.TryParse(role, out var parsed) ? parsed
                : throw Wrong("DefaultRole", "reader, member or owner"),
            ClockSkew = section["ClockSkew"] is not { } skew ? TimeSpan.FromMinutes(1)
                : TimeSpan.TryParse(skew, System.Globalization.CultureInfo.InvariantCulture, out var span)
                    && span >= TimeSpan.Zero && span <= TimeSpan.FromMinutes(5) ? span
                : throw Wrong("ClockSkew", "a time from 00:00:00 to 00:05:00"),
        };
    }

    // Either a list (Identity:AllowedTenants:0, …) or one text with commas, which is handier in an environment variable.
    private static HashSet<Guid> AllowedTenantsIn(IConfigurationSection section)
    {
        var tenants = section.GetSection("AllowedTenants");
        var texts = tenants.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? tenants.GetChildren().Select(c => c.Value ?? "");
        return [.. texts.Select(t => Guid.TryParse(t, out var tenant) ? tenant : throw Wrong("AllowedTenants", "a list of GUIDs"))];
    }

    private static InvalidOperationException Wrong(string setting, string must) =>
        new($"Setting {Section}:{setting} must be {must}.");
}
