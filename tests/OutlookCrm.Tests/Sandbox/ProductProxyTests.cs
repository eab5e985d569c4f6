using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace OutlookCrm.Tests.Sandbox;

public sealed class ProductProxyTests : IAsyncLifetime
{
    private const string Page = """
        <!doctype html><html lang="en"><head data-x="1"><meta charset="utf-8">
        <script src="https://appsforoffice.microsoft.com/lib/1/hosted/office.js"></script></head><body></body></html>
        """;

    private readonly RunningSandbox sandbox = new();
    private WebApplication product = null!;

    public async Task InitializeAsync()
    {
        await sandbox.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        product = builder.Build();
        product.MapGet("/api/pane/taskpane.html", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "script-src 'self'";
            context.Response.Headers.ETag = "\"page\"";
            return context.Request.Headers.IfNoneMatch.Count > 0 ? Results.StatusCode(304) : Results.Content(Page, "text/html; charset=utf-8");
        });
        product.MapGet("/api/pane/other.html", () => Results.Content(Page, "text/html; charset=utf-8"));
        product.Map("/api/echo/{**rest}", async (HttpContext context) =>
        {
            context.Response.Headers["X-Target"] = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            context.Response.Headers["X-Cookie"] = context.Request.Headers.Cookie;
            context.Response.StatusCode = 418;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        product.MapGet("/api/slow", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await product.StartAsync();
        sandbox.Application.Product = new Uri(product.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await product.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task The_pane_page_gets_two_scripts_first_and_office_js_from_here()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/pane/taskpane.html");
        request.Headers.TryAddWithoutValidation("If-None-Match", "\"page\"");

        var answer = await sandbox.Client.SendAsync(request);
        var html = await answer.Content.ReadAsStringAsync();

        var stubs = html.IndexOf("/sandbox/pane/ajax-stand-ins.js", StringComparison.Ordinal);
        var bridge = html.IndexOf("/sandbox/pane/naa-bridge.js", StringComparison.Ordinal);
        var office = html.IndexOf("src=\"/office-js/office.js\"", StringComparison.Ordinal);
        Assert.True(html.IndexOf("<head data-x=\"1\">", StringComparison.Ordinal) < stubs && stubs < bridge && bridge < office, html);
        Assert.DoesNotContain("appsforoffice", html, StringComparison.Ordinal);
        Assert.Equal("script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(Encoding.UTF8.GetByteCount(html), answer.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Client.GetAsync("/sandbox/pane/naa-bridge.js")).StatusCode);
    }

    [Fact]
    public async Task No_other_page_is_touched() =>
        Assert.Equal(Page, await sandbox.Client.GetStringAsync("/api/pane/other.html"));

    [Fact]
    public async Task Method_target_body_and_status_pass_as_they_are()
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/echo/a%2Fb?q=%C3%A4%20b")
        {
            Content = new StringContent("""{"name":"Grün"}""", Encoding.UTF8, "application/json"),
        };

        var answer = await sandbox.Client.SendAsync(request);

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal("/api/echo/a%2Fb?q=%C3%A4%20b", answer.Headers.GetValues("X-Target").Single());
        Assert.Equal("""{"name":"Grün"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_streams_before_it_is_complete()
    {
        using var answer = await sandbox.Client.GetAsync("/api/slow", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[5];

        await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("first", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task A_product_that_is_down_is_a_502_problem()
    {
        await product.StopAsync();

        var answer = await sandbox.Client.GetAsync("/api/card?address=a%40b.example");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
