using System.IO.Compression;
using System.Net;
using System.Text;

namespace OutlookCrm.Tests.Http;

/// <summary>The pane's files as a browser, and somebody who means harm, ask for them.</summary>
public sealed class PaneFilesTests : IAsyncLifetime
{
    private const string Page = """
        <!doctype html><meta name="a" content="__PANE_CLIENT_ID__"><meta name="b" content="__PANE_AUTHORITY__"><meta name="c" content="__PANE_SCOPE__">
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("outlook-crm-pane-").FullName;
    private readonly string script = "export const text = '" + new string('a', 5_000) + "';";
    private TestCrm crm = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        var dist = Directory.CreateDirectory(Path.Combine(folder, "dist", "assets")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(dist, "taskpane.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(dist, "assets", "taskpane-B4x_9-Qz.js"), script);
        await File.WriteAllTextAsync(Path.Combine(dist, "icon-large.png"), "not hashed");
        await File.WriteAllTextAsync(Path.Combine(folder, "secret.txt"), "outside");
        crm = await TestCrm.StartAsync(new Dictionary<string, string?>
        {
            ["Pane:Folder"] = dist,
            ["Pane:Authority"] = "https://login.example/tenant?a=1&b=\"2\"",
            ["Pane:Scope"] = "api://x/<Crm.Access>",
        });
        client = crm.WithToken(null);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await crm.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_page_is_filled_in_and_asked_for_again_each_time()
    {
        using var page = await client.GetAsync("/api/pane/taskpane.html?_host_Info=Outlook$Web$16.01$en-US");
        var html = await page.Content.ReadAsStringAsync();

        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
        Assert.True(page.Headers.CacheControl?.NoCache);
        Assert.DoesNotContain("__PANE", html, StringComparison.Ordinal);
        Assert.Contains(TestIssuer.ClientId.ToString("D"), html, StringComparison.Ordinal);
        Assert.Contains("content=\"api://x/&lt;Crm.Access&gt;\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<Crm.Access>", html, StringComparison.Ordinal);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/pane/taskpane.html");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using var unchanged = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_page_runs_only_what_we_and_Office_serve_and_only_Outlook_frames_it()
    {
        using var page = await client.GetAsync("/api/pane/taskpane.html");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single().Split("; ")
            .Select(d => d.Split(' ', 2)).ToDictionary(d => d[0], d => d[1]);

        Assert.Equal("'none'", policy["default-src"]);
        Assert.Equal("'self' https://appsforoffice.microsoft.com https://*.cdn.office.net https://ajax.aspnetcdn.com", policy["script-src"]);
        Assert.Equal("'self' https://login.example", policy["connect-src"]);
        Assert.Equal("'none'", policy["base-uri"]);
        Assert.Equal("'none'", policy["object-src"]);
        Assert.Equal("'self'", policy["form-action"]);
        Assert.Contains("https://outlook.office.com", policy["frame-ancestors"], StringComparison.Ordinal);
        Assert.All(policy.Values, v => Assert.DoesNotContain("unsafe", v, StringComparison.Ordinal));
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task A_hashed_file_is_kept_for_a_year_and_comes_as_small_as_the_browser_can_read(string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/pane/assets/taskpane-B4x_9-Qz.js");
        if (encoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        }

        using var answer = await client.SendAsync(request);
        var stream = await answer.Content.ReadAsStreamAsync();
        await using var plain = encoding switch
        {
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);

        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("text/javascript; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(encoding is null ? [] : [encoding], answer.Content.Headers.ContentEncoding);
        Assert.Equal(script, await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_name_that_only_looks_hashed_by_its_dash_is_not_kept()
    {
        using var icon = await client.GetAsync("/api/pane/icon-large.png");

        Assert.True(icon.Headers.CacheControl?.NoCache);
    }

    [Fact]
    public async Task Head_says_what_get_would_and_sends_nothing()
    {
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/pane/assets/taskpane-B4x_9-Qz.js"));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(script.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/api/pane/")]
    [InlineData("/api/pane/assets")]
    [InlineData("/api/pane/TASKPANE.HTML")]
    [InlineData("/api/pane/../secret.txt")]
    [InlineData("/api/pane/..%2Fsecret.txt")]
    [InlineData("/api/pane/%2e%2e/secret.txt")]
    [InlineData("/api/pane/assets/..%2f..%2f..%2fsecret.txt")]
    [InlineData("/api/pane/..%5Csecret.txt")]
    [InlineData("/api/pane//etc/passwd")]
    [InlineData("/api/pane/%2Fetc%2Fpasswd")]
    [InlineData("/api/pane/taskpane.html%00.js")]
    public async Task Nothing_else_is_served(string path)
    {
        // A Uri would tidy the path before it is sent.
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, crm.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 4(00|04) ", answer);
        Assert.DoesNotContain("outside", answer, StringComparison.Ordinal);
    }
}
