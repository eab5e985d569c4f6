using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OutlookCrm.Graph;

namespace OutlookCrm.Tests.Graph;

public sealed class GraphCredentialsTests
{
    [Fact]
    public async Task A_certificate_signs_for_us_and_its_key_stays_here()
    {
        await using var issuer = await TokenEndpoint.StartAsync();
        using var key = RSA.Create(2048);
        using var ours = new CertificateRequest("CN=crm", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var folder = Directory.CreateTempSubdirectory("outlook-crm-test-").FullName;
        var pfx = Path.Combine(folder, "crm.pfx");
        var pem = Path.Combine(folder, "crm.pem");
        await File.WriteAllBytesAsync(pfx, ours.Export(X509ContentType.Pkcs12, "open"));
        await File.WriteAllTextAsync(pem, $"{ours.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");

        foreach (var settings in new[]
        {
            new[] { ("Graph:CertificateFile", pfx), ("Graph:CertificatePassword", "open") },
            [("Graph:CertificateFile", pem)],
        })
        {
            await AskAsync(issuer, [("Graph:Credential", "certificate"), .. settings]);
        }

        Directory.Delete(folder, recursive: true);
        Assert.Equal(2, issuer.Asked.Count);
        foreach (var form in issuer.Asked)
        {
            Assert.Equal("client_credentials", form["grant_type"]);
            Assert.Equal("https://graph.microsoft.com/.default", form["scope"]);
            Assert.False(form.ContainsKey("client_secret"));
            var token = await new JsonWebTokenHandler().ValidateTokenAsync(form["client_assertion"].ToString(), new TokenValidationParameters
            {
                IssuerSigningKey = new X509SecurityKey(ours),
                ValidIssuer = form["client_id"],
                ValidAudience = $"{issuer.Address}{PlannedGraph.Tenant}/oauth2/v2.0/token",
            });
            Assert.True(token.IsValid, token.Exception?.Message);
        }
    }

    [Fact]
    public async Task An_issuer_with_another_certificate_gets_to_know_nothing()
    {
        await using var issuer = await TokenEndpoint.StartAsync();

        var refusal = await Assert.ThrowsAsync<GraphException>(() => AskAsync(
            issuer, ("Graph:Secret", "hush"), ("Graph:AuthorityCertificate", new string('0', 64))));
        var unpinned = await Assert.ThrowsAsync<GraphException>(() => AskAsync(issuer, ("Graph:Secret", "hush"), ("Graph:AuthorityCertificate", "")));

        Assert.Equal(GraphTrouble.Temporary, refusal.Trouble);
        Assert.Equal(GraphTrouble.Temporary, unpinned.Trouble);
        Assert.Empty(issuer.Asked);
    }

    [Fact]
    public async Task A_secret_that_has_ended_needs_somebody_and_an_issuer_in_trouble_needs_patience()
    {
        await using var issuer = await TokenEndpoint.StartAsync();
        issuer.Answer = (401, """{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}""");
        var ended = await Assert.ThrowsAsync<GraphException>(() => AskAsync(issuer, ("Graph:Secret", "hush")));
        issuer.Answer = (503, """{"error":"temporarily_unavailable"}""");
        var busy = await Assert.ThrowsAsync<GraphException>(() => AskAsync(issuer, ("Graph:Secret", "hush")));

        Assert.Equal((GraphTrouble.Reconnect, "invalid_client"), (ended.Trouble, ended.Code));
        Assert.Equal(GraphTrouble.Temporary, busy.Trouble);
        Assert.DoesNotContain("hush", ended.ToString() + busy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_asked_for_once_and_serves_until_it_ends()
    {
        await using var issuer = await TokenEndpoint.StartAsync();
        await using var graph = await PlannedGraph.StartAsync();
        graph.Otherwise = PlannedGraph.Json(200, PlannedGraph.Page([]));
        var options = OptionsFor(issuer, graph.Root, ("Graph:Secret", "hush"));
        using var credentials = new GraphCredentials(options);
        using var clients = new GraphClients(options, credentials.For, TimeProvider.System);
        using var requests = new GraphRequests(options, clients, TimeProvider.System);
        var mailboxes = new GraphMailboxes(requests, options);

        for (var i = 0; i < 5; i++)
        {
            await mailboxes.ListDomainsAsync(PlannedGraph.Tenant, default);
        }

        Assert.Equal("hush", Assert.Single(issuer.Asked)["client_secret"]);
        Assert.All(graph.Seen, request => Assert.Equal("Bearer of-the-issuer", request.Headers["Authorization"]));
    }

    private static async Task AskAsync(TokenEndpoint issuer, params (string Name, string Value)[] settings)
    {
        await using var graph = await PlannedGraph.StartAsync();
        graph.Otherwise = PlannedGraph.Json(200, PlannedGraph.Page([]));
        var options = OptionsFor(issuer, graph.Root, settings);
        using var credentials = new GraphCredentials(options);
        using var clients = new GraphClients(options, credentials.For, TimeProvider.System);
        using var requests = new GraphRequests(options, clients, new JumpingClock());
        await new GraphMailboxes(requests, options).ListDomainsAsync(PlannedGraph.Tenant, default);
    }

    private static GraphOptions OptionsFor(TokenEndpoint issuer, string root, params (string Name, string Value)[] settings) =>
        PlannedGraph.OptionsFor(
            root,
            [("Graph:AuthorityHost", issuer.Address.AbsoluteUri), ("Graph:AuthorityCertificate", issuer.CertificateHash), .. settings]);

    /// <summary>An issuer's token endpoint over https, with a certificate of its own that nobody vouches for.</summary>
    private sealed class TokenEndpoint : IAsyncDisposable
    {
        private readonly WebApplication application;
        private readonly X509Certificate2 certificate;
        private readonly ConcurrentQueue<Dictionary<string, string>> asked = new();

        private TokenEndpoint(WebApplication application, X509Certificate2 certificate)
        {
            this.application = application;
            this.certificate = certificate;
        }

        public Uri Address => new(application.Urls.Single());

        public string CertificateHash => certificate.GetCertHashString(HashAlgorithmName.SHA256);

        public ConcurrentQueue<Dictionary<string, string>> Asked => asked;

        public (int Status, string Body) Answer { get; set; } = (200, """{"token_type":"Bearer","expires_in":3600,"access_token":"of-the-issuer"}""");

        public static async Task<TokenEndpoint> StartAsync()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
            var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
            var endpoint = new TokenEndpoint(builder.Build(), certificate);
            endpoint.application.MapPost("/{tenant}/oauth2/v2.0/token", async (HttpContext context) =>
            {
                var form = await context.Request.ReadFormAsync();
                endpoint.asked.Enqueue(form.ToDictionary(field => field.Key, field => field.Value.ToString()));
                context.Response.StatusCode = endpoint.Answer.Status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(endpoint.Answer.Body);
            });
            await endpoint.application.StartAsync();
            return endpoint;
        }

        public async ValueTask DisposeAsync()
        {
            await application.DisposeAsync();
            certificate.Dispose();
        }
    }
}
