using System.Text.Json.Nodes;

namespace OutlookCrm.Deploy;

/// <summary>
/// The unified manifest, for Outlook on the web and on Windows; Outlook on Mac and on telephones does not read it
/// (OfficeDev/office-js-docs-pr docs/develop/unified-manifest-overview.md).
/// </summary>
internal static class UnifiedManifest
{
    private const string SchemaVersion = "1.24";

    public static JsonObject Of(AddinDescription addin)
    {
        var manifest = new JsonObject
        {
            ["$schema"] = $"https://developer.microsoft.com/json-schemas/teams/v{SchemaVersion}/MicrosoftTeams.schema.json",
            ["manifestVersion"] = SchemaVersion,
            ["id"] = addin.Id("json").ToString(),
            ["version"] = AddinDescription.Version,
            ["name"] = new JsonObject { ["short"] = AddinDescription.Name, ["full"] = AddinDescription.Name },
            ["description"] = new JsonObject { ["short"] = AddinDescription.ShortDescription, ["full"] = AddinDescription.LongDescription },
            ["developer"] = new JsonObject
            {
                ["name"] = AddinDescription.Maker,
                ["websiteUrl"] = addin.AboutUrl,
                ["privacyUrl"] = addin.AboutUrl + "#privacy",
                ["termsOfUseUrl"] = addin.AboutUrl + "#terms",
            },
            ["icons"] = new JsonObject { ["color"] = "color.png", ["outline"] = "outline.png" },
            ["accentColor"] = AddinDescription.Accent,
            ["localizationInfo"] = new JsonObject { ["defaultLanguageTag"] = AddinDescription.Language.ToLowerInvariant(), ["additionalLanguages"] = new JsonArray() },
            ["validDomains"] = new JsonArray(addin.Origin.Domain),
            ["authorization"] = new JsonObject
            {
                ["permissions"] = new JsonObject
                {
                    ["resourceSpecific"] = new JsonArray(new JsonObject { ["name"] = "MailboxItem.Read.User", ["type"] = "Delegated" }),
                },
            },
            ["extensions"] = new JsonArray(new JsonObject
            {
                ["requirements"] = new JsonObject
                {
                    ["scopes"] = new JsonArray("mail"),
                    ["capabilities"] = new JsonArray(new JsonObject { ["name"] = "Mailbox", ["minVersion"] = AddinDescription.MailboxSet }),
                },
                ["runtimes"] = new JsonArray(new JsonObject
                {
                    ["id"] = "TaskPaneRuntime",
                    ["type"] = "general",
                    ["lifetime"] = "short",
                    ["code"] = new JsonObject { ["page"] = addin.PaneUrl },
                    ["actions"] = new JsonArray(ActionOf(canPin: true), ActionOf(canPin: false)),
                }),
                ["ribbons"] = new JsonArray([.. AddinDescription.Surfaces.Select(surface => Ribbon(addin, surface))]),
                // Where both are installed, the older kind gives way: one button, not two.
                ["alternates"] = new JsonArray(new JsonObject
                {
                    ["hide"] = new JsonObject { ["customOfficeAddin"] = new JsonObject { ["officeAddinId"] = addin.Id("xml").ToString() } },
                }),
            }),
        };
        if (addin.ClientId is { } client)
        {
            manifest["webApplicationInfo"] = new JsonObject { ["id"] = client.ToString(), ["resource"] = $"api://{client}" };
        }

        return manifest;
    }

    private static string ActionId(bool canPin) => canPin ? "ShowCustomer" : "ShowCustomerOfMeeting";

    private static JsonObject ActionOf(bool canPin) => new()
    {
        ["id"] = ActionId(canPin),
        ["type"] = "openPage",
        ["view"] = canPin ? "customer" : "customerOfMeeting",
        ["pinnable"] = canPin,
    };

    private static JsonObject Ribbon(AddinDescription addin, Surface surface) => new()
    {
        ["contexts"] = new JsonArray(surface.Json),
        ["tabs"] = new JsonArray(new JsonObject
        {
            ["builtInTabId"] = "TabDefault",
            ["groups"] = new JsonArray(new JsonObject
            {
                ["id"] = $"crm.{surface.Name}.group",
                ["label"] = AddinDescription.Name,
                ["icons"] = Icons(addin),
                ["controls"] = new JsonArray(new JsonObject
                {
                    ["id"] = $"crm.{surface.Name}.button",
                    ["type"] = "button",
                    ["label"] = AddinDescription.Button,
                    ["icons"] = Icons(addin),
                    ["supertip"] = new JsonObject { ["title"] = AddinDescription.Button, ["description"] = surface.Tip },
                    ["actionId"] = ActionId(surface.CanPin),
                }),
            }),
        }),
    };

    private static JsonArray Icons(AddinDescription addin) =>
        [.. AddinDescription.ButtonSizes.Select(size => new JsonObject { ["size"] = size, ["url"] = addin.IconUrl(size) })];
}
