namespace OutlookCrm.Sandbox;

/// <summary>Where the sandbox answers; known once its ports are open.</summary>
public sealed class SandboxAddresses
{
    private Uri? outlook;
    private Uri? pane;
    private Uri? backChannel;

    /// <summary>https: the small Outlook, and the issuer's own name in every token.</summary>
    public Uri Outlook => outlook ?? throw NotYet();

    /// <summary>https, another port of the same hostname.</summary>
    public Uri Pane => pane ?? throw NotYet();

    /// <summary>Plain http on the loopback address: metadata, keys and Graph for programs.</summary>
    public Uri BackChannel => backChannel ?? throw NotYet();

    /// <summary>What <c>iss</c> says in this tenant's tokens.</summary>
    public string IssuerOf(string tenant) => $"{Outlook.GetLeftPart(UriPartial.Authority)}/{tenant}/v2.0";

    internal void Set(int port, int panePort, int httpPort)
    {
        outlook = new Uri($"https://localhost:{port}");
        pane = new Uri($"https://localhost:{panePort}");
        backChannel = new Uri($"http://127.0.0.1:{httpPort}");
    }

    private static InvalidOperationException NotYet() => new("The sandbox has not started.");
}
