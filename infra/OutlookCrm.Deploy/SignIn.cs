namespace OutlookCrm.Deploy;

/// <summary>Who is signed in to the Azure CLI, and where they work.</summary>
internal sealed record SignIn(Guid Subscription, Guid Tenant, string UserId, string Mail)
{
    /// <exception cref="DeployException">az is missing, nobody is signed in, or there is no subscription.</exception>
    public static async Task<SignIn> AskAsync(AzureCli az, Questions ask)
    {
        var all = (await az.AskAsync("account", "list"))!.AsArray()
            .Select(one => (Id: Guid.Parse((string)one!["id"]!), Name: (string)one["name"]!, Tenant: Guid.Parse((string)one["tenantId"]!), IsUsual: (bool?)one["isDefault"] == true))
            .ToList();
        if (all.Count == 0)
        {
            throw new DeployException("Nobody is signed in to Azure, or there is no subscription. Run `az login`, then try again.");
        }

        var names = string.Join(", ", all.Select(one => one.Name));
        var answer = await ask.AskAsync("subscription", $"Which subscription ({names})?", all.Find(one => one.IsUsual).Name ?? all[0].Name, text =>
            all.Count(one => Is(one.Name, one.Id, text)) switch
            {
                1 => null,
                0 => $"'{text}' is none of: {names}.",
                _ => $"Several are called '{text}'; give its id.",
            });
        var (id, _, tenant, _) = all.Single(one => Is(one.Name, one.Id, answer));
        az.Subscription = id.ToString();
        var me = (await az.AskAsync("ad", "signed-in-user", "show"))!;
        return new SignIn(id, tenant, (string)me["id"]!, (string?)me["mail"] ?? (string)me["userPrincipalName"]!);

        static bool Is(string name, Guid id, string text) =>
            name.Equals(text, StringComparison.OrdinalIgnoreCase) || id.ToString().Equals(text, StringComparison.OrdinalIgnoreCase);
    }
}
