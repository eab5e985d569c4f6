using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Http;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>
/// Every parameter of every path that the OpenAPI document lists, with what no good client sends: refused with problem details that name the
/// parameter, or taken for what it says; never a fault, and what was refused has changed nothing.
/// </summary>
public sealed class RubbishTests
{
    private static readonly string[] AllTables =
        [.. typeof(Tables).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    // In a path: keys' own characters, half a surrogate pair, no characters at all, ids of nobody and of nothing, a detour.
    private static readonly string[] InPaths =
    [
        "%2F..%2F", "a%5Cb", "%23", "%3F", "%25", "a%7Cb", "a!b", "'", "%ED%A0%80", "%EF%BF%BE", "%E2%80%AEabc", "%F0%9F%98%80", "0", "-1",
        "00000000-0000-0000-0000-000000000000", "{5c1b2f0e-6d5f-4bb5-9a9f-0d5a3b7c1d23}", "00000000000000000000000000000000", "nobody%40x.example", new('x', 1_500),
    ];

    private static readonly string[] InQueries =
    [
        "", "%20", "a%00b", "%ED%A0%80", "%EF%BF%BE", "%E2%80%AEabc", "%2F%5C%23%3F%7C!", "-1", "0", "1.5", "NaN", "1e999", "99999999999999999999", "%D9%A1", "0001-01-01",
        "1601-01-01", "9999-12-31", "2026-02-30", "AAAAAAAAAAAAAAAA", "00010101-00000000000000000000000000000000", "p%7C0000000%7C00000000000000000000000000000000", new('x', 2_000),
    ];

    private static readonly string[] InIfMatch = ["*", "\"\"", "\"%00\"", "W/\"1\"", "\"1\", \"2\"", "\"" + new string('x', 3_000) + "\"", "\"%EF%BF%BE\"", "\"0\"", "\"-1\""];

    [Fact]
    public async Task Whatever_stands_in_a_path_a_query_or_a_header_breaks_nothing()
    {
        await using var crm = await TestCrm.StartAsync(services: services => services.AddSingleton<IWorkQueue>(new SilentQueue()));
        var seed = await Seed.PlantAsync(crm);
        using var anna = crm.SignIn(A.Anna);
        var paths = JsonNode.Parse(await anna.GetStringAsync("/api/openapi.json"))!["paths"]!.AsObject();
        var tried = 0;
        foreach (var (route, operations) in paths)
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var endpoint = HttpEndpoint.All.Single(one => operation!["operationId"]!.GetValue<string>().Split('.')[0] == one.Name);
                if (endpoint.Requires is null)
                {
                    continue; // what anybody may call has no records
                }

                var before = await crm.DumpAsync(AllTables);
                foreach (var (path, ifMatch, query) in Bad(route, operation!, endpoint, seed))
                {
                    using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(crm.Address.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
                    request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
                    request.Content = endpoint.Takes is not null ? new StringContent(SampleRequests.Of(endpoint).ToJsonString(), Encoding.UTF8, "application/json")
                        : endpoint.TakesFile is not null ? new ByteArrayContent(Seed.Invoices)
                        : null;
                    using var answer = await anna.SendAsync(request);
                    var said = await answer.Content.ReadAsStringAsync();
                    var what = $"{method} {(path.Length > 200 ? path[..200] + "…" : path)} If-Match {(ifMatch.Length > 40 ? "long" : ifMatch)}: {(int)answer.StatusCode} {said}";
                    tried++;

                    // 503: there is no Microsoft 365 here to read a mailbox of.
                    Assert.True(answer.StatusCode is < HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable, what);
                    if (answer.StatusCode < HttpStatusCode.BadRequest)
                    {
                        before = method == "get" ? before : await crm.DumpAsync(AllTables);
                        continue;
                    }

                    // 412 shows both versions instead.
                    Assert.True(
                        answer.StatusCode == HttpStatusCode.PreconditionFailed || answer.Content.Headers.ContentType?.MediaType == "application/problem+json", what);
                    if (query is not null && answer.StatusCode == HttpStatusCode.BadRequest)
                    {
                        Assert.True(JsonNode.Parse(said)!["errors"]?[query] is JsonArray, what);
                    }
                }

                Assert.True(before == await crm.DumpAsync(AllTables), $"{method} {route} was refused and changed something.");
            }
        }

        Assert.True(tried > 2_000, $"{tried}");
        Assert.DoesNotContain(crm.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>One thing wrong at a time.</summary>
    private static IEnumerable<(string Path, string IfMatch, string? Query)> Bad(string route, JsonNode operation, HttpEndpoint endpoint, Seed seed)
    {
        var path = SampleRequests.PathOf(endpoint, seed);
        var query = SampleRequests.QueryOf(endpoint);
        var etag = seed.ETagFor(endpoint);
        var steps = route.Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var bad in steps[i].StartsWith('{') ? InPaths : [])
            {
                yield return (string.Join('/', path.Split('/').Select((step, at) => at == i ? bad : step)) + query, etag, null);
            }
        }

        yield return ($"{path}{query}{(query.Length == 0 ? '?' : '&')}nobodyKnowsMe=1", etag, "nobodyKnowsMe");
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var name = parameter!["name"]!.GetValue<string>();
            switch (parameter["in"]!.GetValue<string>())
            {
                case "query":
                    var others = string.Concat(query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(one => !one.StartsWith(name + "=", StringComparison.Ordinal)).Select(one => "&" + one));
                    yield return ($"{path}?{name}=1&{name}=1{others}", etag, name);
                    foreach (var bad in InQueries)
                    {
                        yield return ($"{path}?{name}={bad}{others}", etag, name);
                    }

                    break;
                case "header":
                    foreach (var bad in InIfMatch)
                    {
                        yield return (path + query, bad, null);
                    }

                    break;
            }
        }
    }
}
