using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OutlookCrm.Http;

namespace OutlookCrm.Tests.Http;

/// <summary>Every endpoint that reads a body, every field of it, every way to be wrong: a 4xx that names the field, and nothing changes.</summary>
public sealed class BadInputTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private static readonly string[] Tables = ["customers", "addresses", "search"];

    public static TheoryData<string> Writers => [.. HttpEndpoint.All.Where(e => e.Takes is not null).Select(e => e.Name)];

    [Theory, MemberData(nameof(Writers))]
    public async Task Each_field_is_held_to_its_rules(string name)
    {
        var endpoint = HttpEndpoint.All.Single(e => e.Name == name);
        var before = await fixture.Crm.DumpAsync(Tables);
        var shape = RequestShape.Of(endpoint.Takes!.Request);
        var tried = 0;

        foreach (var (path, value, wrong) in Wrongs(SampleRequests.Of(endpoint), shape))
        {
            var bad = SampleRequests.Of(endpoint);
            Put(bad, path, value?.DeepClone());
            await AssertRefusedAsync(endpoint, bad.ToJsonString(), path, wrong);
            tried++;
        }

        Assert.True(tried > shape.Fields.Count);
        Assert.Equal(before, await fixture.Crm.DumpAsync(Tables));
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task A_body_that_cannot_be_read_is_told_why(string name)
    {
        var endpoint = HttpEndpoint.All.Single(e => e.Name == name);
        var before = await fixture.Crm.DumpAsync(Tables);
        var good = SampleRequests.Of(endpoint).ToJsonString();

        await AssertRefusedAsync(endpoint, "", "body", "nothing");
        await AssertRefusedAsync(endpoint, "null", "body", "null");
        await AssertRefusedAsync(endpoint, "[]", "body", "a list");
        await AssertRefusedAsync(endpoint, "\"x\"", "body", "a text");
        await AssertRefusedAsync(endpoint, good[..^1], "body", "broken off");
        await AssertRefusedAsync(endpoint, good + "}", "body", "more after the end");
        await AssertRefusedAsync(endpoint, good.Replace(":", "=", StringComparison.Ordinal), "body", "no JSON");
        await AssertRefusedAsync(endpoint, good[..^1] + ",\"nobodyKnowsMe\":1}", "nobodyKnowsMe", "unknown field");
        await AssertRefusedAsync(endpoint, good[..^1] + ",\"__proto__\":{}}", "__proto__", "unknown field");
        var first = SampleRequests.Of(endpoint).First().Key;
        await AssertRefusedAsync(endpoint, good[..^1] + $",\"{first}\":null}}", first, "field twice");
        await AssertRefusedAsync(endpoint, good[..^1] + $",\"{char.ToUpperInvariant(first[0])}{first[1..]}\":1}}", char.ToUpperInvariant(first[0]) + first[1..], "other case");
        await AssertRefusedAsync(endpoint, string.Concat(Enumerable.Repeat("[", 500)), "body", "too deep");

        using var notUtf8 = Request(endpoint, "");
        notUtf8.Content = new ByteArrayContent([0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D]);
        notUtf8.Content.Headers.ContentType = new("application/json");
        await AssertRefusedAsync(notUtf8, HttpStatusCode.BadRequest, "body", "no UTF-8");

        Assert.Equal(before, await fixture.Crm.DumpAsync(Tables));
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task Two_megabytes_are_refused_said_or_unsaid(string name)
    {
        var endpoint = HttpEndpoint.All.Single(e => e.Name == name);
        var before = await fixture.Crm.DumpAsync(Tables);
        var huge = SampleRequests.Of(endpoint);
        huge["nobodyKnowsMe"] = new string('x', 2_000_000);

        using var said = Request(endpoint, huge.ToJsonString());
        said.Headers.ExpectContinue = true;
        await AssertRefusedAsync(said, HttpStatusCode.RequestEntityTooLarge, "body", "2 MB");

        using var unsaid = Request(endpoint, huge.ToJsonString()[..900_000]);
        unsaid.Headers.TransferEncodingChunked = true;
        await AssertRefusedAsync(unsaid, HttpStatusCode.RequestEntityTooLarge, "body", "900 kB in chunks");

        using var justOver = Request(endpoint, new string(' ', RequestBody.MaxBytes + 1));
        justOver.Headers.TransferEncodingChunked = true;
        await AssertRefusedAsync(justOver, HttpStatusCode.RequestEntityTooLarge, "body", "one byte over");

        Assert.Equal(before, await fixture.Crm.DumpAsync(Tables));
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task What_is_not_json_is_refused_by_its_type(string name)
    {
        var endpoint = HttpEndpoint.All.Single(e => e.Name == name);
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; charset=utf-16" })
        {
            using var request = Request(endpoint, SampleRequests.Of(endpoint).ToJsonString());
            request.Content!.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await fixture.Anna.SendAsync(request);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("people", "people", 101, HttpStatusCode.BadRequest)]
    [InlineData("people", "body", 10_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task More_people_than_a_mail_has_are_refused(string route, string field, int count, HttpStatusCode status)
    {
        var people = new JsonArray([.. Enumerable.Range(0, count).Select(i => new JsonObject { ["address"] = $"p{i}@x.example" })]);
        using var request = Request(HttpEndpoint.All.Single(e => e.Route == route), new JsonObject { ["people"] = people }.ToJsonString());

        await AssertRefusedAsync(request, status, field, $"{count} people");
    }

    [Theory]
    [InlineData("/api/card", "address")]
    [InlineData("/api/card?address=", "address")]
    [InlineData("/api/card?address=%20", "address")]
    [InlineData("/api/card?address=nobody", "address")]
    [InlineData("/api/card?address=a%00b@x.example", "address")]
    [InlineData("/api/card?address=a@x.example&address=b@x.example", "address")]
    [InlineData("/api/card?address=a@x.example&nane=Kim", "nane")]
    [InlineData("/api/card?Address=a@x.example", "Address")]
    [InlineData("/api/card?address=a@x.example&name=K%07im", "name")]
    [InlineData("/api/search", "q")]
    [InlineData("/api/search?q=a%0Ab", "q")]
    [InlineData("/api/colleagues?page=2", "page")]
    public async Task A_query_is_held_to_its_rules(string path, string field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        await AssertRefusedAsync(request, HttpStatusCode.BadRequest, field, path);
    }

    [Theory]
    [InlineData("size=0")]
    [InlineData("size=101")]
    [InlineData("size=-1")]
    [InlineData("size=1.5")]
    [InlineData("size=ten")]
    [InlineData("size=99999999999")]
    [InlineData("size=%D9%A1")]
    public async Task A_page_size_is_a_whole_number_within_its_range(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/customers/{fixture.Seed.CustomerId}/timeline?{query}");
        await AssertRefusedAsync(request, HttpStatusCode.BadRequest, "size", query);
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("1")]
    [InlineData("%2B1")]
    [InlineData("-1")]
    [InlineData("thread,person")]
    public async Task An_undo_is_of_one_of_what_it_can_be_of(string scope)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/api/customers/{fixture.Seed.CustomerId}/timeline/{fixture.Seed.LineId}/undo?scope={scope}");
        await AssertRefusedAsync(request, HttpStatusCode.BadRequest, "scope", scope);
    }

    [Fact]
    public async Task Over_long_query_values_are_refused_by_name()
    {
        foreach (var endpoint in HttpEndpoint.All)
        {
            foreach (var query in endpoint.Query.Where(q => !q.IsNumber))
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Parse(endpoint.Methods[0]), $"{SampleRequests.PathOf(endpoint, fixture.Seed)}?{query.Name}={new string('a', query.MaxLength + 1)}");
                await AssertRefusedAsync(request, HttpStatusCode.BadRequest, query.Name, endpoint.Name);
            }
        }
    }

    [Theory]
    [InlineData("/api/customers/{0}")]
    [InlineData("/api/customers/{0}/timeline")]
    public async Task An_id_with_characters_that_no_key_may_have_is_not_found(string path)
    {
        foreach (var id in new[] { "%2F..%2F", "a%5Cb", "%23", "%3F", "%00", "a%7Cb", "'", "%EF%BF%BF", new string('a', 2_000), "AAAA", fixture.Seed.CustomerId.ToUpperInvariant() + "0" })
        {
            using var answer = await fixture.Anna.GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id));
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{id}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("a/b@x.example")]
    [InlineData("a\\b@x.example")]
    [InlineData("a#b@x.example")]
    [InlineData("a?b@x.example")]
    [InlineData("a|b@x.example")]
    [InlineData("a%b@x.example")]
    [InlineData("o'brien@x.example")]
    public async Task Characters_that_no_key_may_have_are_no_trouble_in_an_address(string address)
    {
        using var answer = await fixture.Anna.GetAsync("/api/card?address=" + Uri.EscapeDataString(address));

        // Either it is an address, and nobody's, or it is none and the answer says so: never a fault of ours.
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
    }

    [Theory]
    [InlineData(null, HttpStatusCode.PreconditionRequired)]
    [InlineData("*", HttpStatusCode.BadRequest)]
    [InlineData("abc", HttpStatusCode.BadRequest)]
    [InlineData("\"\"", HttpStatusCode.BadRequest)]
    [InlineData("\"a\", \"b\"", HttpStatusCode.BadRequest)]
    [InlineData("\"%00\"", HttpStatusCode.BadRequest)]
    [InlineData("\"stale\"", HttpStatusCode.PreconditionFailed)]
    public async Task An_edit_must_name_the_version_that_was_read(string? ifMatch, HttpStatusCode status)
    {
        var before = await fixture.Crm.DumpAsync(Tables);
        using var request = Request(HttpEndpoint.All.Single(e => e.Name == "UpdateCustomer"), """{"name":"Somebody Else"}""");
        request.Headers.Remove("If-Match");
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var answer = await fixture.Anna.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(before, await fixture.Crm.DumpAsync(Tables));
    }

    private async Task AssertRefusedAsync(HttpEndpoint endpoint, string json, string field, string wrong)
    {
        using var request = Request(endpoint, json);
        await AssertRefusedAsync(request, HttpStatusCode.BadRequest, field, wrong);
    }

    private async Task AssertRefusedAsync(HttpRequestMessage request, HttpStatusCode status, string field, string wrong)
    {
        var what = $"{request.Method} {request.RequestUri}, {field}: {wrong}";
        using var answer = await fixture.Anna.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.True(status == answer.StatusCode, $"{what}: {answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((int)status, problem["status"]!.GetValue<int>());
        var errors = problem["errors"] as JsonObject;
        Assert.True(errors?.ContainsKey(field) == true, $"{what}: {text}");
    }

    private HttpRequestMessage Request(HttpEndpoint endpoint, string json)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(endpoint.Methods[0]), SampleRequests.PathOf(endpoint, fixture.Seed))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", fixture.Seed.ETagFor(endpoint));
        return request;
    }

    /// <summary>Each field with each value that breaks one of its rules.</summary>
    private static IEnumerable<(string Path, JsonNode? Value, string Wrong)> Wrongs(JsonNode good, RequestShape shape, string path = "")
    {
        if (path.Length > 0)
        {
            yield return (path, shape.Kind == ShapeKind.Record ? JsonValue.Create(7) : new JsonObject { ["x"] = 1 }, "wrong type");
            if (!shape.IsNullable)
            {
                yield return (path, null, "null");
            }
        }

        switch (shape.Kind)
        {
            case ShapeKind.Record:
                foreach (var (name, field) in shape.Fields)
                {
                    if (good[name] is { } value)
                    {
                        foreach (var wrong in Wrongs(value, field.Shape, path.Length == 0 ? name : $"{path}.{name}"))
                        {
                            yield return wrong;
                        }
                    }
                }

                break;
            case ShapeKind.List:
                yield return (path, new JsonArray([.. Enumerable.Repeat(good[0], shape.MaxLength + 1).Select(i => i!.DeepClone())]), "too many");
                foreach (var wrong in Wrongs(good[0]!, shape.Item!, path + "[0]"))
                {
                    yield return wrong;
                }

                break;
            case ShapeKind.Text:
                yield return (path, JsonValue.Create(new string('x', shape.MaxLength + 1)), "over-long");
                yield return (path, JsonValue.Create("a\u0000b"), "NUL");
                yield return (path, JsonValue.Create("a\u001Bb"), "escape");
                yield return (path, JsonValue.Create("a\u0085b"), "next line");
                yield return (path, JsonValue.Create(7), "number");
                if (!shape.IsMultiLine)
                {
                    yield return (path, JsonValue.Create("a\nb"), "line break");
                }

                if (shape.MinLength > 0)
                {
                    yield return (path, JsonValue.Create(" \u00A0 "), "blank");
                }

                break;
            default:
                yield return (path, JsonValue.Create("nonsense"), "nonsense");
                yield return (path, JsonValue.Create(7.5), "fraction");
                break;
        }
    }

    private static void Put(JsonNode root, string path, JsonNode? value)
    {
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        for (var i = 0; i < steps.Length - 1; i++)
        {
            root = steps[i].StartsWith('[') ? root[int.Parse(steps[i][1..^1], null)]! : root[steps[i]]!;
        }

        if (steps[^1].StartsWith('['))
        {
            root[int.Parse(steps[^1][1..^1], null)] = value;
        }
        else
        {
            root[steps[^1]] = value;
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public TestCrm Crm { get; private set; } = null!;

        public HttpClient Anna { get; private set; } = null!;

        internal Seed Seed { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Crm = await TestCrm.StartAsync();
            Anna = Crm.SignIn(A.Anna);
            Seed = await Seed.PlantAsync(Crm);
        }

        public async Task DisposeAsync()
        {
            Anna.Dispose();
            await Crm.DisposeAsync();
        }
    }
}
