using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Identity;

namespace OutlookCrm.Tests.Http;

public sealed class SecurityTests
{
    [Fact]
    public async Task Who_asks_for_too_much_is_told_when_to_ask_again_and_holds_up_nobody_else()
    {
        await using var crm = await TestCrm.StartAsync(new Dictionary<string, string?>
        {
            ["Limits:UserBurst"] = "5",
            ["Limits:UserPerMinute"] = "1",
            ["Limits:FirmBurst"] = "12",
            ["Limits:FirmPerMinute"] = "1",
        });
        var refusals = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, by) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, crm.Services.GetRequiredService<RateLimits>()))
                {
                    by.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => refusals.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count));
        listener.Start();
        using var anna = crm.SignIn(A.Anna);
        using var ben = crm.SignIn(A.Ben);
        using var rita = crm.SignIn(A.Rita);
        using var olga = crm.SignIn(A.Olga);

        Assert.Equal((5, 3), await AskAsync(anna, 8));
        var before = await crm.DumpAsync("customers");
        using var refused = await anna.PostAsJsonAsync("/api/customers", new { name = "One too many", kind = "organisation" });
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal("https://www.rfc-editor.org/rfc/rfc6585#section-4", (string?)problem["type"]);
        Assert.StartsWith("You asked for more than is done for one person at once (Limits:UserBurst, Limits:UserPerMinute).", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(before, await crm.DumpAsync("customers"));

        Assert.Equal((5, 0), await AskAsync(ben, 5));
        Assert.Equal((2, 2), await AskAsync(rita, 4)); // the firm's bucket: 12 in all
        using var ofFirm = await rita.GetAsync("/api/colleagues");
        Assert.StartsWith("Your firm asked for more", (string?)(await ofFirm.Content.ReadFromJsonAsync<JsonObject>())!["detail"], StringComparison.Ordinal);
        Assert.Equal((5, 0), await AskAsync(olga, 5)); // another firm's is another
        using var nobody = crm.WithToken(null);
        Assert.Equal((0, 20, 0), await CountAsync(nobody, 20)); // who is nobody is refused as such, and takes nothing from anybody
        Assert.Equal((4, 3), (refusals.GetValueOrDefault("user"), refusals.GetValueOrDefault("firm")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(90)]
    [InlineData(6_000)]
    [InlineData(10_000_000)]
    public void What_may_be_asked_in_a_minute_is_what_the_setting_says(int perMinute)
    {
        var bucket = RateLimits.Bucket(perMinute, burst: 1);
        Assert.Equal(perMinute, bucket.TokensPerPeriod * (TimeSpan.FromMinutes(1) / bucket.ReplenishmentPeriod), perMinute * 0.001);
        Assert.InRange(bucket.ReplenishmentPeriod, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task No_other_origin_is_let_in_and_every_answer_says_what_a_browser_may_do_with_it()
    {
        await using var crm = await TestCrm.StartAsync();
        using var anna = crm.SignIn(A.Anna);
        foreach (var (method, path, accept) in new[]
        {
            (HttpMethod.Options, "/api/card", "*/*"), (HttpMethod.Options, "/api/customers", "*/*"), (HttpMethod.Get, "/api/my-day", "application/json"),
            (HttpMethod.Get, "/api/my-day", "text/html"), (HttpMethod.Get, "/api/openapi.json", "*/*"), (HttpMethod.Get, "/api/health/live", "*/*"),
            (HttpMethod.Get, "/api/customers/none", "application/json"),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Origin", "https://evil.example");
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Accept.ParseAdd(accept);
            using var answer = await anna.SendAsync(request);

            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
            Assert.False(answer.Headers.Contains("Server"));
            Assert.False(answer.Headers.Contains("X-Powered-By"));
            if (method == HttpMethod.Get && path != "/api/openapi.json")
            {
                Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
                Assert.Equal(["same-origin"], answer.Headers.GetValues("Cross-Origin-Resource-Policy"));
                Assert.True(answer.Headers.CacheControl!.NoStore);
            }

            if (answer.Content.Headers.ContentType?.MediaType == "text/html")
            {
                Assert.StartsWith("default-src 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
                Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
            }
        }
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_called_off_and_said()
    {
        await using var crm = await TestCrm.StartAsync(new Dictionary<string, string?> { ["LocalHost:RequestTimeout"] = "00:00:01" }, [typeof(Endless)]);
        using var anna = crm.SignIn(A.Anna);

        using var answer = await anna.GetAsync("/api/endless");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("It took too long and was called off. Try again in a moment.", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]);
        Assert.True(Endless.WasCalledOff);
    }

    [Fact]
    public async Task Heads_that_never_end_hold_no_connection()
    {
        await using var crm = await TestCrm.StartAsync(new Dictionary<string, string?> { ["LocalHost:RequestTimeout"] = "00:00:01" });
        using var slow = new TcpClient();
        await slow.ConnectAsync(crm.Address.Host, crm.Address.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/health/live HTTP/1.1\r\nHost: x\r\nX-Slow: "));

        // The server ends it; within the test's own patience, whatever the machine is doing.
        var read = await slow.GetStream().ReadAsync(new byte[1024]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(read >= 0);
        while (read > 0)
        {
            read = await slow.GetStream().ReadAsync(new byte[1024]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private static async Task<(int Ok, int TooMany)> AskAsync(HttpClient client, int times)
    {
        var (ok, _, tooMany) = await CountAsync(client, times);
        return (ok, tooMany);
    }

    private static async Task<(int Ok, int Unauthorized, int TooMany)> CountAsync(HttpClient client, int times)
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, times).Select(async _ =>
        {
            using var answer = await client.GetAsync("/api/colleagues");
            return answer.StatusCode;
        }));
        return (statuses.Count(s => s == HttpStatusCode.OK), statuses.Count(s => s == HttpStatusCode.Unauthorized), statuses.Count(s => s == HttpStatusCode.TooManyRequests));
    }

    public static class Endless
    {
        public static bool WasCalledOff { get; private set; }

        [Function(nameof(Endless)), Requires(Role.Reader)]
        [Answers(200)]
        public static async Task<IResult> RunAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "endless")] HttpRequest request, CancellationToken cancellation)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            catch (OperationCanceledException)
            {
                WasCalledOff = true;
                throw;
            }

            return Results.Ok();
        }
    }
}
