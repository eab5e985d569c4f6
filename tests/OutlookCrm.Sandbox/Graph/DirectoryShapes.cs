using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>The firm, its people and their folders in Graph's words.</summary>
internal static class DirectoryShapes
{
    public static readonly Shape<Guid> Organization = new(
        "organization",
        [
            new("displayName", (json, _, _) => json.WriteStringValue(SampleFirm.Name)),
            new("city", (json, _, _) => json.WriteStringValue("Freiburg im Breisgau")),
            new("countryLetterCode", (json, _, _) => json.WriteStringValue("DE")),
            new("preferredLanguage", (json, _, _) => json.WriteStringValue("de")),
            new("tenantType", (json, _, _) => json.WriteStringValue("AAD")),
            new("businessPhones", (json, _, _) => json.WriteTexts(["+49 761 5550 140"])),
            new("verifiedDomains", (json, _, _) => WriteDomains(json)),
        ],
        new Dictionary<string, Func<Guid, object?>> { ["displayName"] = _ => SampleFirm.Name });

    public static readonly Shape<string> OwnDomain = new(
        "domain",
        [
            new("authenticationType", (json, _, _) => json.WriteStringValue("Managed")),
            new("isAdminManaged", (json, _, _) => json.WriteBooleanValue(true)),
            new("isDefault", (json, name, _) => json.WriteBooleanValue(name == SampleFirm.Domain)),
            new("isInitial", (json, name, _) => json.WriteBooleanValue(name == SampleFirm.FirstDomain)),
            new("isRoot", (json, _, _) => json.WriteBooleanValue(true)),
            new("isVerified", (json, _, _) => json.WriteBooleanValue(true)),
            new("supportedServices", (json, _, _) => json.WriteTexts(["Email", "OfficeCommunicationsOnline"])),
        ],
        new Dictionary<string, Func<string, object?>> { ["id"] = name => name });

    public static readonly Shape<SampleColleague> User = new(
        "user",
        [
            new("displayName", (json, colleague, _) => json.WriteStringValue(colleague.Name)),
            new("givenName", (json, colleague, _) => json.WriteStringValue(colleague.Name.Split(' ')[0])),
            new("surname", (json, colleague, _) => json.WriteStringValue(colleague.Name.Split(' ')[1])),
            new("jobTitle", (json, colleague, _) => json.WriteStringValue(colleague.JobTitle)),
            new("mail", (json, colleague, _) => json.WriteStringValue(colleague.Address)),
            new("userPrincipalName", (json, colleague, _) => json.WriteStringValue(colleague.Address)),
            new("preferredLanguage", (json, _, _) => json.WriteStringValue("en")),
            new("officeLocation", (json, _, _) => json.WriteNullValue()),
            new("mobilePhone", (json, _, _) => json.WriteNullValue()),
            new("businessPhones", (json, _, _) => json.WriteTexts([])),
        ],
        new Dictionary<string, Func<SampleColleague, object?>>
        {
            ["id"] = colleague => colleague.Id.ToString(),
            ["displayName"] = colleague => colleague.Name,
            ["mail"] = colleague => colleague.Address,
            ["userPrincipalName"] = colleague => colleague.Address,
        });

    public static readonly Shape<FolderOf> Folder = new(
        "mailFolder",
        [
            new("displayName", (json, of, _) => json.WriteStringValue(of.Folder.Name)),
            new("parentFolderId", (json, of, _) => json.WriteStringValue(of.Folder.ParentId)),
            new("childFolderCount", (json, of, _) => json.WriteNumberValue(of.Counts.Folders)),
            new("unreadItemCount", (json, of, _) => json.WriteNumberValue(of.Counts.Unread)),
            new("totalItemCount", (json, of, _) => json.WriteNumberValue(of.Counts.Total)),
            new("isHidden", (json, _, _) => json.WriteBooleanValue(false)),
        ],
        new Dictionary<string, Func<FolderOf, object?>>
        {
            ["id"] = of => of.Folder.Id,
            ["displayName"] = of => of.Folder.Name,
        });

    public static void WriteMailboxSettings(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("timeZone", "W. Europe Standard Time");
        json.WriteString("dateFormat", "dd.MM.yyyy");
        json.WriteString("timeFormat", "HH:mm");
        json.WriteStartObject("language");
        json.WriteString("locale", "en-GB");
        json.WriteString("displayName", "English (United Kingdom)");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDomains(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (name, isDefault) in new[] { (SampleFirm.Domain, true), (SampleFirm.FirstDomain, false) })
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("isDefault", isDefault);
            json.WriteBoolean("isInitial", !isDefault);
            json.WriteString("type", "Managed");
            json.WriteString("capabilities", "Email, OfficeCommunicationsOnline");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>A folder with what is in it, counted once.</summary>
internal sealed record FolderOf(Mailbox Mailbox, MailFolder Folder)
{
    public (int Total, int Unread, int Folders) Counts { get; } = Mailbox.Count(Folder);
}
