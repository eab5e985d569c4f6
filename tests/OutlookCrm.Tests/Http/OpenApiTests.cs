using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using OutlookCrm.Capture.Pages;
using OutlookCrm.Http;
using OutlookCrm.Interactions;

namespace OutlookCrm.Tests.Http;

/// <summary>The document says what the product does: every endpoint is in it, and real requests and answers fit its schemas.</summary>
public sealed class OpenApiTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    public static TheoryData<string> Endpoints => [.. HttpEndpoint.All.Select(e => e.Name)];

    [Fact]
    public async Task It_can_be_read_without_a_complaint()
    {
        using var nobody = fixture.Crm.WithToken(null);
        using var answer = await nobody.GetAsync("/api/openapi.json");
        var read = OpenApiDocument.Parse(await answer.Content.ReadAsStringAsync(), "json");

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Empty(read.Diagnostic!.Errors.Select(e => e.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(e => e.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public async Task No_endpoint_is_missing()
    {
        var paths = (await DocumentAsync())["paths"]!;

        // Read off the triggers themselves, as the host does.
        foreach (var (function, trigger) in typeof(OutlookCrmServices).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetParameters(), (m, p) => (m, Trigger: p.GetCustomAttribute<HttpTriggerAttribute>()))
            .Where(f => f.Trigger is not null))
        {
            var path = "/api/" + trigger!.Route!.Replace("{*", "{", StringComparison.Ordinal);
            foreach (var method in trigger.Methods!)
            {
                Assert.True(paths[path]?[method] is not null, $"{method} {path} ({function.DeclaringType!.Name})");
            }
        }
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Real_requests_and_answers_fit(string name)
    {
        var document = await DocumentAsync();
        var check = new JsonSchemaCheck(document);
        var endpoint = HttpEndpoint.All.Single(e => e.Name == name);
        await using var crm = await TestCrm.StartAsync();
        var seed = await Seed.PlantAsync(crm);
        using var anna = crm.SignIn(A.Anna);
        using var nobody = crm.WithToken(null);
        var seen = new HashSet<int>();

        foreach (var method in endpoint.Methods)
        {
            var operation = document["paths"]!["/api/" + endpoint.Route.Replace("{*", "{", StringComparison.Ordinal)]![method.ToLowerInvariant()]!;
            var path = SampleRequests.PathOf(endpoint, seed);
            var good = path + SampleRequests.QueryOf(endpoint);
            var body = endpoint.Takes is null ? null : SampleRequests.Of(endpoint);
            if (body is not null)
            {
                Assert.Empty(check.Check(operation["requestBody"]!["content"]!["application/json"]!["schema"]!, body));
            }

            await SendAsync(anna, path + "?nobodyKnowsMe=1", body);
            await SendAsync(anna, good.Replace(seed.CustomerId, new string('0', 32), StringComparison.Ordinal), body);
            await SendAsync(nobody, good, body);
            await SendAsync(anna, good, body, etag: "\"stale\"");
            await SendAsync(anna, good, body, etag: null);
            await SendAsync(anna, good, body, mediaType: "text/plain");
            await SendAsync(anna, good, body);
            await SendAsync(anna, good, body);

            async Task SendAsync(HttpClient client, string to, JsonObject? json, string? etag = "", string mediaType = "application/json")
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), to);
                if (json is not null)
                {
                    request.Content = new StringContent(json.ToJsonString(), Encoding.UTF8, mediaType);
                }
                else if (endpoint.TakesFile is not null)
                {
                    request.Content = new ByteArrayContent(Seed.Invoices);
                }

                if (etag is not null)
                {
                    request.Headers.TryAddWithoutValidation("If-Match", etag.Length == 0 ? seed.ETagFor(endpoint) : etag);
                }

                using var answer = await client.SendAsync(request);
                var status = (int)answer.StatusCode;
                seen.Add(status);
                var text = await answer.Content.ReadAsStringAsync();
                var response = operation["responses"]![status.ToString(System.Globalization.CultureInfo.InvariantCulture)];
                Assert.True(response is not null, $"{method} {to} answered {status}, which the document does not know: {text}");
                if (method != "HEAD" && response["content"] is JsonObject content)
                {
                    var schema = content[answer.Content.Headers.ContentType!.MediaType!]?["schema"];
                    Assert.True(schema is not null, $"{answer.Content.Headers.ContentType}");
                    Assert.Empty(check.Check(schema, JsonNode.Parse(text)));
                }
            }
        }

        // Each way in which the function says it succeeds was seen, but a file that this test has not built, and what is read from a mailbox.
        if (endpoint.Name is not (nameof(GetPaneFile) or nameof(ListMailFolders) or nameof(ChooseFolder) or nameof(LogMail)))
        {
            Assert.Contains(seen, s => s is >= 200 and < 300);
        }

        if (endpoint.Requires is not null)
        {
            Assert.Contains((int)HttpStatusCode.Unauthorized, seen);
        }
    }

    private async Task<JsonNode> DocumentAsync()
    {
        using var nobody = fixture.Crm.WithToken(null);
        return JsonNode.Parse(await nobody.GetStringAsync("/api/openapi.json"))!;
    }
}
