using System.Text.Json.Nodes;

namespace OutlookCrm.Deploy;

/// <summary>
/// The app registration: by what people sign in, with the scope that the pane asks for and the roles that an owner gives out. Each step looks
/// first and changes only what is not so. There is no secret and no certificate: the server needs none.
/// </summary>
internal sealed class EntraApp(AzureCli az, Deployment deployment, Patience patience)
{
    public const string Scope = "Crm.Access";

    private const string GraphAppId = "00000003-0000-0000-c000-000000000000";

    private static readonly (string Value, string Name, string Says)[] Roles =
    [
        ("owner", "Owner", "Sets Outlook CRM up for the firm, and sees and changes everything that colleagues share."),
        ("member", "Member", "Sees and changes customers. Whoever is given no role is one."),
        ("reader", "Reader", "Sees customers and changes nothing."),
    ];

    /// <summary>Its object id and client id; null when it is not there yet.</summary>
    public async Task<(string ObjectId, Guid ClientId)?> FindAsync() => Found(await AppAsync());

    /// <returns>Client id, and how many things were changed.</returns>
    public async Task<(Guid ClientId, int Changes)> EnsureAsync(string ownerId)
    {
        var changes = 0;
        var wanted = Wanted();
        var app = await AppAsync();
        if (app is null)
        {
            await az.DirectoryAsync("PATCH", $"applications(uniqueName='{deployment.AppName}')", wanted, prefer: "create-if-missing");
            app = await patience.ForAsync(AppAsync, "the new app registration");
            changes++;
        }
        else if (Differs(app, wanted))
        {
            await az.DirectoryAsync("PATCH", $"applications/{(string)app["id"]!}", wanted);
            changes++;
        }

        var (objectId, clientId) = Found(app)!.Value;
        var address = $"api://{clientId}";
        if (app["identifierUris"]?.AsArray().Any(uri => (string)uri! == address) != true)
        {
            await az.DirectoryAsync("PATCH", $"applications/{objectId}", new JsonObject { ["identifierUris"] = new JsonArray(address) });
            changes++;
        }

        var principal = await PrincipalAsync(clientId);
        if (principal is null)
        {
            await az.DirectoryAsync("POST", "servicePrincipals", new JsonObject { ["appId"] = clientId.ToString() });
            principal = await patience.ForAsync(() => PrincipalAsync(clientId), "the app's entry in the directory");
            changes++;
        }

        // Consent for the firm: nobody is asked by a window whether the pane may talk to its own server.
        var grants = await az.DirectoryAsync("GET", $"oauth2PermissionGrants?$filter=clientId eq '{principal}'");
        if (!Values(grants).Any(grant => (string?)grant!["resourceId"] == principal && ((string?)grant["scope"])?.Split(' ').Contains(Scope) == true))
        {
            await az.DirectoryAsync("POST", "oauth2PermissionGrants", new JsonObject
            {
                ["clientId"] = principal,
                ["consentType"] = "AllPrincipals",
                ["resourceId"] = principal,
                ["scope"] = Scope,
            });
            changes++;
        }

        var ownerRole = deployment.Id("role owner").ToString();
        var assigned = await az.DirectoryAsync("GET", $"servicePrincipals/{principal}/appRoleAssignedTo");
        if (!Values(assigned).Any(one => (string?)one!["appRoleId"] == ownerRole))
        {
            await az.DirectoryAsync("POST", $"servicePrincipals/{principal}/appRoleAssignedTo", new JsonObject
            {
                ["principalId"] = ownerId,
                ["resourceId"] = principal,
                ["appRoleId"] = ownerRole,
            });
            changes++;
        }

        return (clientId, changes);
    }

    /// <summary>Gives the app's own identity these permissions on Graph, and takes back those of ours that it is no longer to have.</summary>
    /// <returns>How many were given or taken.</returns>
    public async Task<int> GrantAsync(string principalId, IReadOnlyList<string> permissions)
    {
        var (graph, ids) = await GraphAsync();
        // A new identity takes a while until the directory shows it.
        var given = Values(await patience.ForAsync(
            () => az.DirectoryAsync("GET", $"servicePrincipals/{principalId}/appRoleAssignments"), "the app's identity")).ToList();
        var changes = 0;
        foreach (var permission in permissions.Where(permission => given.TrueForAll(one => (string?)one!["appRoleId"] != ids[permission])))
        {
            await az.DirectoryAsync("POST", $"servicePrincipals/{principalId}/appRoleAssignments", new JsonObject
            {
                ["principalId"] = principalId,
                ["resourceId"] = graph,
                ["appRoleId"] = ids[permission],
            });
            changes++;
        }

        var known = Permissions.All.Except(permissions).Select(permission => ids[permission]);
        foreach (var tooMuch in given.Where(one => known.Contains((string)one!["appRoleId"]!)))
        {
            await az.DirectoryAsync("DELETE", $"servicePrincipals/{principalId}/appRoleAssignments/{(string)tooMuch!["id"]!}");
            changes++;
        }

        return changes;
    }

    /// <summary>Which of ours the app's own identity has on Graph.</summary>
    public async Task<IReadOnlyList<string>> GrantedAsync(string principalId)
    {
        var (_, ids) = await GraphAsync();
        var given = Values(await az.DirectoryAsync("GET", $"servicePrincipals/{principalId}/appRoleAssignments")).Select(one => (string?)one!["appRoleId"]).ToHashSet();
        return [.. Permissions.All.Where(permission => given.Contains(ids[permission]))];
    }

    public async Task<bool> RemoveAsync()
    {
        if (await FindAsync() is not { } app)
        {
            return false;
        }

        await az.DirectoryAsync("DELETE", $"applications/{app.ObjectId}");
        return true;
    }

    /// <summary>Graph's own object id, and the id of each permission by its name.</summary>
    private async Task<(string Id, IReadOnlyDictionary<string, string> Permissions)> GraphAsync()
    {
        var graph = await az.DirectoryAsync("GET", $"servicePrincipals(appId='{GraphAppId}')?$select=id,appRoles")
            ?? throw new DeployException("This directory has no Microsoft Graph: is it a Microsoft 365 tenant?");
        return (
            (string)graph["id"]!,
            graph["appRoles"]!.AsArray().ToDictionary(role => (string)role!["value"]!, role => (string)role!["id"]!, StringComparer.Ordinal));
    }

    private async Task<JsonNode?> AppAsync() =>
        Values(await az.DirectoryAsync("GET", $"applications?$filter=uniqueName eq '{deployment.AppName}'")).SingleOrDefault();

    private async Task<string?> PrincipalAsync(Guid clientId) =>
        (string?)Values(await az.DirectoryAsync("GET", $"servicePrincipals?$filter=appId eq '{clientId}'")).SingleOrDefault()?["id"];

    private JsonObject Wanted() => new()
    {
        ["displayName"] = "Outlook CRM",
        ["signInAudience"] = "AzureADMyOrg",
        ["api"] = new JsonObject
        {
            ["requestedAccessTokenVersion"] = 2,
            ["oauth2PermissionScopes"] = new JsonArray(new JsonObject
            {
                ["id"] = deployment.Id("scope").ToString(),
                ["value"] = Scope,
                ["type"] = "User",
                ["isEnabled"] = true,
                ["adminConsentDisplayName"] = "Use Outlook CRM",
                ["adminConsentDescription"] = "The pane in Outlook talks to Outlook CRM as the person who is signed in.",
                ["userConsentDisplayName"] = "Use Outlook CRM",
                ["userConsentDescription"] = "The pane in Outlook talks to Outlook CRM as you.",
            }),
        },
        ["spa"] = new JsonObject
        {
            // Outlook's own sign-in wants the host only; the window is for an Outlook without it.
            ["redirectUris"] = new JsonArray($"brk-multihub://{deployment.Origin.Domain}", $"{deployment.Origin}/api/pane/signIn.html"),
        },
        ["appRoles"] = new JsonArray([.. Roles.Select(role => new JsonObject
        {
            ["id"] = deployment.Id($"role {role.Value}").ToString(),
            ["value"] = role.Value,
            ["displayName"] = role.Name,
            ["description"] = role.Says,
            ["allowedMemberTypes"] = new JsonArray("User"),
            ["isEnabled"] = true,
        })]),
    };

    private static (string ObjectId, Guid ClientId)? Found(JsonNode? app) =>
        app is null ? null : ((string)app["id"]!, Guid.Parse((string)app["appId"]!));

    private static JsonArray Values(JsonNode? answer) => answer?["value"]?.AsArray() ?? [];

    /// <summary>Whether something that is wanted is not so; what else stands there is nobody's business.</summary>
    private static bool Differs(JsonNode? there, JsonNode? wanted) => wanted switch
    {
        JsonObject all => all.Any(one => Differs(there?[one.Key], one.Value)),
        JsonArray list => there is not JsonArray others || list.Count != others.Count
            || list.Any(one => !others.Any(other => !Differs(other, one))),
        _ => there?.ToJsonString() != wanted?.ToJsonString(),
    };
}
