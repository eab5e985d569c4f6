namespace OutlookCrm.Sandbox;

/// <summary>
/// What a product must be told to take this sandbox for its Microsoft 365: the settings that a firm's own directory would give.
/// </summary>
public static class ProductSettings
{
    private const string Unlimited = "10000000";

    public static IReadOnlyDictionary<string, string?> For(SandboxAddresses addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var outlook = addresses.Outlook.GetLeftPart(UriPartial.Authority);
        var tenant = SampleFirm.TenantId.ToString();
        return new Dictionary<string, string?>
        {
            ["Identity:ClientId"] = SampleFirm.ClientId.ToString(),
            ["Identity:AllowedTenants:0"] = tenant,
            ["Identity:MetadataAddress"] = new Uri(addresses.BackChannel, $"/{tenant}/v2.0/.well-known/openid-configuration").AbsoluteUri,
            ["Identity:Scope"] = SampleFirm.ScopeName,
            ["Pane:ClientId"] = SampleFirm.ClientId.ToString(),
            ["Pane:Authority"] = addresses.IssuerOf(tenant),
            ["Pane:Scope"] = SampleFirm.Scope,
            ["Pane:FrameAncestors"] = $"{outlook} {addresses.Pane.GetLeftPart(UriPartial.Authority)}",
            ["Firm:Domains:0"] = SampleFirm.Domain,

            // One person with one token stands for a whole firm here, and for a load client.
            ["Limits:UserPerMinute"] = Unlimited,
            ["Limits:UserBurst"] = Unlimited,
            ["Limits:FirmPerMinute"] = Unlimited,
            ["Limits:FirmBurst"] = Unlimited,
            ["Graph:BaseUrl"] = new Uri(addresses.BackChannel, "/graph/v1.0").AbsoluteUri,
            ["Graph:Credential"] = "secret",
            ["Graph:Secret"] = SampleFirm.ClientSecret,
            ["Graph:AuthorityHost"] = outlook,
            ["Graph:AuthorityCertificate"] = addresses.CertificateHash,
        };
    }
}
