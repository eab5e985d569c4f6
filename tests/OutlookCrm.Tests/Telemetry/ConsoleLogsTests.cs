using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using OutlookCrm.LocalHost;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Telemetry;

/// <summary>What the product's own process writes when its logs are for programs.</summary>
public sealed class ConsoleLogsTests
{
    private const string Secret = "kim.secret@example.com";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = $"00-{Trace}-00f067aa0ba902b7-01";

    [Fact]
    public async Task Logs_for_programs_are_one_object_a_line_with_the_trace_and_nothing_of_people()
    {
        var folder = Directory.CreateTempSubdirectory("outlook-crm-logs-");
        var file = Path.Combine(folder.FullName, "crm.db");
        await using var issuer = await TestIssuer.StartAsync();
        var token = issuer.TokenFor(A.Anna, TimeProvider.System.GetUtcNow());
        var lines = new ConcurrentQueue<string>();
        using (var product = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(ToBeKilled).Assembly.Location, "logs", file, issuer.MetadataAddress.AbsoluteUri])
        {
            RedirectStandardOutput = true,
        })!)
        {
            product.OutputDataReceived += (_, said) => lines.Enqueue(said.Data ?? "");
            product.BeginOutputReadLine();
            try
            {
                await Waiting.UntilAsync(() => Said("Listening on ").Any());
                using var client = new HttpClient { BaseAddress = new Uri((string)Said("Listening on ").Single()["State"]!["Address"]!) };
                client.DefaultRequestHeaders.Add("traceparent", Parent);
                Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync($"/api/card?address={Secret}&token={Secret}.{Secret}.{Secret}")).StatusCode);
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", $"{Secret}.{Secret}.{Secret}");
                Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/my-day")).StatusCode);
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/search?q={Uri.EscapeDataString(Secret)}")).StatusCode);
                Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/api/customers", new StringContent($"{{\"name\":\"{Secret}", mediaType: new("application/json")))).StatusCode);
                Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync($"/api/broken?address={Secret}")).StatusCode);
                Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("/api/traced", null)).StatusCode);
                using (var queue = new SqliteWorkQueue(file, TimeSpan.FromSeconds(5), TimeProvider.System))
                {
                    await queue.SendAsync("traced-work", $"{{\"traceparent\":\"{Parent}\",\"hand\":\"{Secret}\"}}", null, default);
                }

                await Waiting.UntilAsync(() => Said("second hand").Any() && Said("WorkTraced failed on message").Any());
            }
            finally
            {
                product.Kill();
                await product.WaitForExitAsync();
            }
        }

        Assert.All(lines.Where(line => line.Length > 0), line => Assert.IsType<JsonObject>(JsonNode.Parse(line)));
        foreach (var within in new[] { "asked", "second hand", "Refused a token", "Function AskBroken, invocation" })
        {
            Assert.Contains(Said(within), line => line["Scopes"]!.AsArray().Any(scope => scope is JsonObject && (string?)scope["TraceId"] == Trace));
        }

        Assert.Equal(Trace, (string?)Said("WorkTraced failed on message").First()["State"]!["TraceId"]);
        var all = string.Join('\n', lines);
        foreach (var secret in new[] { Secret, "kim.secret", "kim@example.com", Uri.EscapeDataString(Secret), "/api/", token, token.Split('.')[2] })
        {
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
        }

        folder.Delete(recursive: true);

        IEnumerable<JsonNode> Said(string message) => lines.Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
            .Where(line => ((string)line["Message"]!).Contains(message, StringComparison.Ordinal));
    }

    /// <summary>What the test starts: the host with the console that it has by itself.</summary>
    internal static Task RunAsync(string file, string metadata) => ToBeKilled.ServeAsync(new LocalHostOptions
    {
        Settings = new Dictionary<string, string?>(ToBeKilled.SettingsOf(file, metadata))
        {
            ["AzureFunctionsJobHost:extensions:queues:maxPollingInterval"] = "00:00:00.200",
            ["Logging:Console:FormatterName"] = "json",
        },
        FunctionTypes = [.. LocalHostOptions.TypesOf(typeof(OutlookCrmServices).Assembly), typeof(TraceTests.TracedWork)],
    });
}
