using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Graph;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
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

    /// <summary>Microsoft's own client, with the token that the small Outlook has.</summary>
    public GraphServiceClient GraphAs(SampleColleague colleague) => GraphWith(Application.Issuer.CreateGraphToken(colleague));

    /// <summary>Microsoft's own client, with the product's own token.</summary>
    public GraphServiceClient GraphAsApp() => GraphWith(Application.Issuer.CreateGraphAppToken());

    public GraphServiceClient GraphWith(string token) =>
        new(new WithToken(token), new Uri(Application.Addresses.BackChannel, "/graph/v1.0").ToString());

    /// <summary>A request to Graph with the product's token, as it is on the wire.</summary>
    /// <param name="path">Below the version, or a whole link.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? token = null, params string[] prefer)
    {
        using var request = new HttpRequestMessage(
            method, path.StartsWith("http", StringComparison.Ordinal) ? new Uri(path) : new Uri(Application.Addresses.Outlook, $"/graph/v1.0{path}"))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Application.Issuer.CreateGraphAppToken());
        request.Headers.Add("Prefer", prefer);
        return await Client.SendAsync(request);
    }

    /// <summary>What <see cref="SendAsync"/> brings, which must be good.</summary>
    public async Task<JsonObject> GetAsync(string path, params string[] prefer)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, null, prefer);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await ReadAsync(answer);
    }

    /// <summary>What Microsoft's client says when Graph refuses.</summary>
    public static async Task<(int Status, string? Code)> RefusalAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<ODataError>(call);
        return (error.ResponseStatusCode, error.Error?.Code);
    }

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>A clock that stands still: what a token or a mail is dated is then known.</summary>
    public sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class WithToken(string token) : IAuthenticationProvider
    {
        public Task AuthenticateRequestAsync(
            RequestInformation request, Dictionary<string, object>? additionalAuthenticationContext = null, CancellationToken cancellationToken = default)
        {
            request.Headers.TryAdd("Authorization", $"Bearer {token}");
            return Task.CompletedTask;
        }
    }
}
