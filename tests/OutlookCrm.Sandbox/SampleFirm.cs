namespace OutlookCrm.Sandbox;

/// <summary>The pretend firm: one tenant, one app registration, three colleagues. Fixed, so that settings can name them.</summary>
public static class SampleFirm
{
    public const string Name = "Birnbaum Joinery";

    /// <summary>The firm's own mail domain.</summary>
    public const string Domain = "birnbaum.example";

    /// <summary>What the directory was opened with; nobody writes from it.</summary>
    public const string FirstDomain = "birnbaumjoinery.onmicrosoft.com";

    /// <summary>The scope's last part, as the access token's <c>scp</c> carries it.</summary>
    public const string ScopeName = "Crm.Access";

    /// <summary>Proves to the issuer that the product is this app. Opens nothing but this sandbox.</summary>
    public const string ClientSecret = "opens-nothing-but-the-sandbox";

    public static readonly Guid TenantId = new("7f1c5a0e-3d0b-4a68-9b57-2c1d5e0f4a11");

    /// <summary>The product's app registration: audience of its access tokens and client of its pane.</summary>
    public static readonly Guid ClientId = new("c0ffee00-5a4d-4b0c-8e21-6b1f0a9d7e22");

    /// <summary>The small Outlook, which is a client of Graph too: Microsoft's own, and no business of the product's.</summary>
    public static readonly Guid OutlookClientId = new("0a71004c-91b3-4c0d-a6d5-3f2e7c9b8d33");

    /// <summary>What the product's app is in this firm's directory.</summary>
    public static readonly Guid ServicePrincipalId = new("44abd6f5-3c81-4fae-94a7-c3e9fa1b2404");

    public static readonly string Scope = $"api://{ClientId}/{ScopeName}";

    /// <summary>Runs the firm; may do everything.</summary>
    public static readonly SampleColleague Mira =
        new(new("11d8a3c2-0f5e-4c7b-a1d4-90b6c7e8f101"), "Mira Birnbaum", "mira", "owner", "Master joiner, owner");

    /// <summary>Measures, fits and talks to customers.</summary>
    public static readonly SampleColleague Tomasz =
        new(new("22e9b4d3-1a6f-4d8c-b2e5-a1c7d8f90202"), "Tomasz Zieliński", "tomasz", "member", "Project manager, fitting");

    /// <summary>Keeps the books; reads, changes nothing.</summary>
    public static readonly SampleColleague Amara =
        new(new("33fac5e4-2b70-4e9d-83f6-b2d8e90a1303"), "Amara Okafor", "amara", "reader", "Office and accounts");

    /// <summary>The first is signed in when the small Outlook opens for the first time.</summary>
    public static readonly IReadOnlyList<SampleColleague> Colleagues = [Mira, Tomasz, Amara];

    public static SampleColleague? FindColleague(string? idOrAddress) => Colleagues.FirstOrDefault(colleague =>
        string.Equals(colleague.Id.ToString(), idOrAddress, StringComparison.OrdinalIgnoreCase)
        || string.Equals(colleague.Address, idOrAddress, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Id">The object id (oid) in the directory.</param>
/// <param name="Mailbox">The part of the address before the at sign.</param>
/// <param name="Role">The app role in access tokens: owner, member or reader.</param>
public sealed record SampleColleague(Guid Id, string Name, string Mailbox, string Role, string JobTitle)
{
    public string Address => $"{Mailbox}@{SampleFirm.Domain}";
}
