using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;

namespace OutlookCrm.Tests.Http;

/// <summary>One record, two faces: which one, how it is written, and that nothing in it becomes markup.</summary>
public sealed class FacesTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}";

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html", "text/html")]
    [InlineData("text/html, */*;q=0.1", "text/html")]
    [InlineData("text/html, application/json", "application/json")]
    [InlineData("text/html;q=0.9, application/json", "application/json")]
    [InlineData("text/html;q=0.9, application/json;q=0.8", "text/html")]
    [InlineData("text/html;q=0, */*", "application/json")]
    [InlineData("text/*", "text/html")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html")]
    [InlineData("image/png", "application/json")]
    [InlineData("nonsense;;;q=", "application/json")]
    public async Task The_face_is_what_Accept_likes_best(string? accept, string mediaType)
    {
        using var answer = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}", accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(mediaType, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", answer.Headers.Vary);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task The_version_stands_in_the_header_as_in_the_record()
    {
        using var answer = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}", "application/json");
        var card = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(card["eTag"]!.GetValue<string>(), answer.Headers.ETag!.ToString());
        Assert.False(answer.Headers.ETag.IsWeak);
    }

    [Theory]
    [InlineData("/api/card?address=seed@kunde.example")]
    [InlineData("/api/customers/{id}")]
    public async Task A_page_is_sent_again_only_when_it_would_show_something_else(string template)
    {
        var path = template.Replace("{id}", fixture.Seed.CustomerId, StringComparison.Ordinal);
        using var first = await GetAsync(path, "text/html");
        var shown = first.Headers.ETag!.ToString();
        Assert.True(first.Headers.ETag.IsWeak);

        using var same = await GetAsync(path, "text/html", ifNoneMatch: $"\"other\", {shown}");
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(shown, same.Headers.ETag!.ToString());
        Assert.Empty(await same.Content.ReadAsByteArrayAsync());

        // Who may do less, reads otherwise or is a program does not show that page.
        using var rita = fixture.Crm.SignIn(A.Rita);
        using var reads = await GetAsync(path, "text/html", ifNoneMatch: shown, client: rita);
        using var german = await GetAsync(path, "text/html", ifNoneMatch: shown, language: "de-DE");
        using var json = await GetAsync(path, "application/json", ifNoneMatch: shown);
        Assert.All([reads, german, json], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.False(json.Headers.ETag!.IsWeak);

        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{fixture.Seed.CustomerId}")
        {
            Content = Json(new JsonObject { ["tags"] = new JsonArray($"oak {Guid.NewGuid():N}") }),
        };
        edit.Headers.IfMatch.Add(json.Headers.ETag);
        using var edited = await fixture.Anna.SendAsync(edit);
        Assert.Equal(HttpStatusCode.OK, edited.StatusCode);
        using var changed = await GetAsync(path, "text/html", ifNoneMatch: shown);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(shown, changed.Headers.ETag!.ToString());
        Assert.NotEqual(await first.Content.ReadAsStringAsync(), await changed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_a_page_is_called_is_no_version_to_save_with()
    {
        using var page = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}", "text/html");
        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{fixture.Seed.CustomerId}")
        {
            Content = Json(new JsonObject { ["name"] = "Somebody Else" }),
        };
        edit.Headers.TryAddWithoutValidation("If-Match", page.Headers.ETag!.ToString());
        using var refused = await fixture.Anna.SendAsync(edit);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("If-Match", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_has_two_faces_too()
    {
        using var json = await GetAsync("/api/customers/00000000000000000000000000000000", "application/json");
        using var html = await GetAsync("/api/customers/00000000000000000000000000000000", "text/html");

        Assert.Equal("application/problem+json", json.Content.Headers.ContentType?.MediaType);
        Assert.Equal("text/html", html.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, html.StatusCode);
        Assert.Contains("data-status=\"404\"", await html.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_in_every_field_stays_text()
    {
        using var made = await fixture.Anna.PostAsync("/api/customers", Json(new JsonObject
        {
            ["name"] = Script,
            ["address"] = "script@kunde.example",
            ["company"] = Script,
            ["jobTitle"] = Script,
            ["phones"] = new JsonArray(new JsonObject { ["label"] = "<b>work</b>", ["number"] = "123" }),
            ["postalAddress"] = new JsonObject { ["street"] = Script, ["city"] = Script, ["postalCode"] = "<i>1</i>", ["region"] = Script },
        }));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var card = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        var id = card["id"]!.GetValue<string>();
        using var edit = new HttpRequestMessage(HttpMethod.Patch, $"/api/customers/{id}")
        {
            Content = Json(new JsonObject
            {
                ["tags"] = new JsonArray("<script>alert(2)</script>"),
                ["expectations"] = new JsonArray(new JsonObject { ["text"] = Script, ["on"] = "2026-03-01" }),
                ["preferences"] = new JsonObject { ["noCampaigns"] = false, ["note"] = Script },
            }),
        };
        edit.Headers.TryAddWithoutValidation("If-Match", card["eTag"]!.GetValue<string>());
        using var edited = await fixture.Anna.SendAsync(edit);
        Assert.Equal(HttpStatusCode.OK, edited.StatusCode);
        using var note = await fixture.Anna.PostAsync(
            $"/api/customers/{id}/notes", Json(new JsonObject { ["id"] = Guid.NewGuid().ToString("D"), ["text"] = Script }));
        Assert.Equal(HttpStatusCode.Created, note.StatusCode);

        var query = Uri.EscapeDataString(Script);
        foreach (var path in new[]
        {
            $"/api/customers/{id}", $"/api/customers/{id}/timeline", "/api/card?address=script@kunde.example",
            $"/api/card?address=new@elsewhere.example&name={query}", $"/api/search?q={query}", $"/api/search?{query}=1",
            $"/api/customers/{query}",
        })
        {
            using var answer = await GetAsync(path, "text/html");
            var html = await answer.Content.ReadAsStringAsync();
            var page = new HtmlParser().ParseDocument("<!doctype html><body>" + html);

            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            Assert.Empty(page.QuerySelectorAll("script, img"));
            Assert.DoesNotContain(page.All.SelectMany(e => e.Attributes), a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        using var shown = await GetAsync($"/api/customers/{id}", "text/html");
        Assert.Contains(Script, new HtmlParser().ParseDocument(await shown.Content.ReadAsStringAsync()).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public async Task Brotli_holds_the_same_bytes(string accept)
    {
        for (var i = 0; i < 20; i++)
        {
            using var added = await fixture.Anna.PostAsync(
                $"/api/customers/{fixture.Seed.CustomerId}/notes",
                Json(new JsonObject { ["id"] = Guid.NewGuid().ToString("D"), ["text"] = $"Grüße, Łukasz – 日本 🎉 {new string('x', 100)}" }));
        }

        using var full = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}/timeline?size=50", accept);
        using var packed = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}/timeline?size=50", accept, "gzip, br");
        await using var unpacked = new BrotliStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);

        Assert.Equal(["br"], packed.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", packed.Headers.Vary);
        Assert.Equal(await full.Content.ReadAsStringAsync(), await reader.ReadToEndAsync());
        Assert.True(packed.Content.Headers.ContentLength < full.Content.Headers.ContentLength / 4);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public async Task A_kept_card_is_the_same_bytes_packed_or_not_and_goes_with_the_first_change(string accept)
    {
        using var made = await fixture.Anna.PostAsync(
            "/api/customers", Json(new JsonObject { ["name"] = "Kept", ["address"] = $"{Guid.NewGuid():N}@kunde.example" }));
        var path = $"/api/customers/{JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!.GetValue<string>()}";
        for (var i = 0; i < 3; i++)
        {
            var text = $"Łukasz {Guid.NewGuid():N} {new string('x', 1_200)}";
            using var added = await fixture.Anna.PostAsync($"{path}/notes", Json(new JsonObject { ["id"] = Guid.NewGuid().ToString("D"), ["text"] = text }));
            for (var look = 0; look < 2; look++)
            {
                using var full = await GetAsync(path, accept);
                using var packed = await GetAsync(path, accept, "br");
                await using var unpacked = new BrotliStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
                using var reader = new StreamReader(unpacked, Encoding.UTF8);
                var shown = await full.Content.ReadAsStringAsync();

                Assert.Contains(text, shown, StringComparison.Ordinal);
                Assert.Equal(["br"], packed.Content.Headers.ContentEncoding);
                Assert.Equal(shown, await reader.ReadToEndAsync());
                Assert.Equal(full.Headers.ETag, packed.Headers.ETag);
            }
        }
    }

    [Fact]
    public async Task Brotli_that_is_refused_or_gains_nothing_is_not_sent()
    {
        using var refused = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}", "text/html", "br;q=0, *");
        using var small = await GetAsync("/api/colleagues", "application/json", "br");

        Assert.Empty(refused.Content.Headers.ContentEncoding);
        Assert.Empty(small.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("de-DE,de;q=0.9", "Europe/Berlin")]
    [InlineData("xx-klingon, *;q=0.1", "Not/AZone")]
    [InlineData(";;;", "../../etc/passwd")]
    public async Task Any_language_and_zone_draw_a_card(string language, string zone)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/customers/{fixture.Seed.CustomerId}");
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        request.Headers.TryAddWithoutValidation("Time-Zone", zone);
        using var answer = await fixture.Anna.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_reader_sees_no_forms()
    {
        using var rita = fixture.Crm.SignIn(A.Rita);
        rita.DefaultRequestHeaders.Add("Accept", "text/html");
        using var editable = await GetAsync($"/api/customers/{fixture.Seed.CustomerId}", "text/html");

        Assert.DoesNotContain("<form", await rita.GetStringAsync($"/api/customers/{fixture.Seed.CustomerId}"), StringComparison.Ordinal);
        Assert.Contains("<form", await editable.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> GetAsync(
        string path, string? accept, string? encoding = null, string? ifNoneMatch = null, string? language = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in new[]
        {
            ("Accept", accept), ("Accept-Encoding", encoding), ("If-None-Match", ifNoneMatch), ("Accept-Language", language),
        })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await (client ?? fixture.Anna).SendAsync(request);
    }

    private static StringContent Json(JsonObject json) => new(json.ToJsonString(), Encoding.UTF8, "application/json");
}
