using Microsoft.Extensions.Configuration;
using OutlookCrm.Identity;

namespace OutlookCrm.Http;

/// <summary>Where the pane's files are and what they are told. From section <c>Pane</c>; a wrong setting stops the start.</summary>
internal sealed class PaneOptions
{
    public const string Section = "Pane";

    /// <summary>The folder of the built shell; null when it was not found, and then the pane is not served.</summary>
    public required string? Folder { get; init; }

    /// <summary>The app registration that the pane signs in with; the API's own unless set.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where the pane signs in.</summary>
    public required Uri Authority { get; init; }

    /// <summary>What the pane asks for, in full: <c>api://…/Crm.Access</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The pages that may frame the pane: Outlook on the web unless set. On the desktop nothing frames it.</summary>
    public required IReadOnlyList<string> FrameAncestors { get; init; }

    public static PaneOptions From(IConfiguration configuration, IdentityOptions identity)
    {
        var section = configuration.GetSection(Section);
        var issuer = configuration.GetSection(IdentityOptions.Section)["Authority"] ?? IdentityOptions.EntraId;
        return new()
        {
            Folder = section["Folder"] is not { } folder ? FindFolder()
                : Directory.Exists(folder) ? Path.GetFullPath(folder)
                : throw Wrong("Folder", "a folder that exists"),
            ClientId = section["ClientId"] is not { } client ? identity.ClientId.ToString("D")
                : Guid.TryParse(client, out var clientId) ? clientId.ToString("D")
                : throw Wrong("ClientId", "the GUID of an app registration"),
            Authority = Uri.TryCreate(section["Authority"] ?? $"{issuer.TrimEnd('/')}/organizations", UriKind.Absolute, out var authority)
                && authority.Scheme == Uri.UriSchemeHttps
                ? authority
                : throw Wrong("Authority", "an https address"),
            Scope = section["Scope"] ?? $"api://{identity.ClientId:D}/{identity.Scope}",
            FrameAncestors = FrameAncestorsIn(section["FrameAncestors"]),
        };
    }

    private static string[] FrameAncestorsIn(string? setting)
    {
        if (setting is null)
        {
            return
            [
                "https://outlook.office.com", "https://outlook.office365.com", "https://outlook.cloud.microsoft", "https://outlook.live.com",
            ];
        }

        var origins = setting.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return origins.All(o => o == "'self'" || (Uri.TryCreate(o, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps && uri.PathAndQuery == "/" && !o.Contains(';', StringComparison.Ordinal)))
            ? origins
            : throw Wrong("FrameAncestors", "https origins with spaces between, or 'self'");
    }

    // Published, the files lie in folder pane beside the app; in a clone, where the shell's build puts them.
    private static string? FindFolder()
    {
        var published = Path.Combine(AppContext.BaseDirectory, "pane");
        if (Directory.Exists(published))
        {
            return published;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "addin", "shell", "dist");
            if (Directory.Exists(built))
            {
                return built;
            }
        }

        return null;
    }

    private static InvalidOperationException Wrong(string setting, string must) =>
        new($"Setting {Section}:{setting} must be {must}.");
}
