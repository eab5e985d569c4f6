using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

/// <summary>A sandbox on free ports, and a client that trusts its certificate, keeps no cookies and follows no redirects.</summary>
public sealed class RunningSandbox : IAsyncLifetime
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    public SandboxApplication Application { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Application = await SandboxApplication.StartAsync(
            new SandboxOptions { Port = 0, PanePort = 0, HttpPort = 0 }, new FixedClock(Now));
        Client = ClientOf(Application);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Application.DisposeAsync();
    }

    public static HttpClient ClientOf(SandboxApplication sandbox) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => sandbox.Certificate.Equals(shown) },
    })
    {
        BaseAddress = sandbox.Addresses.Outlook,
    };

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>A clock that stands still: what a token or a mail is dated is then known.</summary>
    public sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
