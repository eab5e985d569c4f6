using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Capture;
using OutlookCrm.Customers;
using OutlookCrm.Http;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Http;

/// <summary>
/// What the world sends, broken at random: whatever reads it refuses it or takes it, and never breaks. The seed is in the message of a failure, and
/// gives the same again.
/// </summary>
public sealed class FuzzTests(BadInputTests.Fixture fixture) : IClassFixture<BadInputTests.Fixture>
{
    private const int Seed = 20260302;

    [Fact]
    public async Task A_token_that_was_touched_opens_nothing()
    {
        var good = fixture.Crm.TokenFor(A.Anna);
        var random = new Random(Seed);
        using var client = new HttpClient { BaseAddress = fixture.Crm.Address };
        for (var i = 0; i < 500; i++)
        {
            var bad = Mutation.Of(good, random);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/colleagues");
            if (bad == good || bad.Any(c => c is < ' ' or > '~') || !request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bad}"))
            {
                continue;
            }

            using var answer = await client.SendAsync(request);
            Assert.True((int)answer.StatusCode is 400 or 401 or 403 or 431, $"{(int)answer.StatusCode} to mutation {i} of seed {Seed}: {bad}");
        }
    }

    [Fact]
    public async Task A_notification_that_was_touched_is_refused_or_taken_and_never_breaks_anything()
    {
        var secrets = fixture.Crm.Services.GetRequiredService<NotificationSecrets>();
        var state = await secrets.ClientStateOfAsync(A.Firm, A.Anna.Id, default);
        var good = new JsonObject
        {
            ["value"] = new JsonArray(new JsonObject
            {
                ["subscriptionId"] = "8f1d6e3a-0000-4000-8000-000000000001",
                ["clientState"] = state,
                ["tenantId"] = A.Firm,
                ["changeType"] = "created",
                ["resource"] = "users/x/messages/y",
            }),
        }.ToJsonString();
        var random = new Random(Seed);
        using var graph = fixture.Crm.WithToken(null);
        for (var i = 0; i < 300; i++)
        {
            var bad = Mutation.Of(good, random);
            using var answer = await graph.PostAsync("/api/graph/notifications", new StringContent(bad, Encoding.UTF8, "application/json"));
            Assert.True((int)answer.StatusCode is 202 or (>= 400 and < 500), $"{(int)answer.StatusCode} to mutation {i} of seed {Seed}: {bad}");
        }
    }

    [Fact]
    public async Task A_body_that_was_touched_is_refused_or_taken_and_never_breaks_anything()
    {
        var random = new Random(Seed);
        foreach (var endpoint in HttpEndpoint.All.Where(endpoint => endpoint.Takes is not null))
        {
            var good = SampleRequests.Of(endpoint).ToJsonString();
            for (var i = 0; i < 25; i++)
            {
                // First what a parser finds only when it is asked for the text.
                var bad = i == 0 ? good[..^1] + ",\"\\ud800\":1}" : i == 1 ? good.Replace("\":\"", "\":\"\\udc00", StringComparison.Ordinal) : Mutation.Of(good, random);
                using var request = new HttpRequestMessage(HttpMethod.Parse(endpoint.Methods[0]), SampleRequests.PathOf(endpoint, fixture.Seed) + SampleRequests.QueryOf(endpoint))
                {
                    Content = new StringContent(bad, new UTF8Encoding(false, false), "application/json"),
                };
                request.Headers.TryAddWithoutValidation("If-Match", fixture.Seed.ETagFor(endpoint));
                using var answer = await fixture.Anna.SendAsync(request);

                // 503: there is no Microsoft 365 here to choose a folder of.
                Assert.True((int)answer.StatusCode is < 500 or 503, $"{(int)answer.StatusCode} of {endpoint.Name} to mutation {i} of seed {Seed}: {bad}");
            }
        }
    }

    [Fact]
    public void An_address_that_was_touched_is_one_that_can_be_kept_and_compared_or_none()
    {
        var random = new Random(Seed);
        string[] good = ["kim.sommer@hotel-sonne.example", "\"quoted name\"@example.com", "o'brien+crm@sub.example.co.uk", "info@bücher.example", "李@例え.テスト"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = Mutation.Of(good[i % good.Length], random);
            if (!MailAddress.TryParse(text, out var address))
            {
                continue;
            }

            var why = $"mutation {i} of seed {Seed}: {text}";
            Assert.True(MailAddress.TryParse(address.ToString(), out var again) && again == address, why);
            Assert.True(MailAddress.TryParse(address.Key, out var key) && key == address, why);
            TableLimits.CheckKeys(TableKeys.AddressPartition(A.Firm, address.Domain), TableKeys.AddressRow(address.Key));
        }
    }

    [Fact]
    public void A_mail_that_was_touched_is_read_for_a_signature_without_harm()
    {
        var random = new Random(Seed);
        Assert.True(MailAddress.TryParse("kim@hotel-sonne.example", out var kim));
        var draft = new CustomerDraft("kim@hotel-sonne.example", CustomerKind.Person, "Kim", null, null, null, null, null, null, null, []);
        const string good = "Hello Anna,\r\n\r\nplease send the offer.\r\n\r\nKind regards\r\nKim Sommer\r\nManager | Hotel Sonne GmbH\r\nLindenallee 1, 79098 Freiburg\r\nTel. +49 761 5550\r\nwww.hotel-sonne.example\r\n> On Monday Anna wrote:\r\n> ...";
        for (var i = 0; i < 3_000; i++)
        {
            var improved = SignatureGuess.Improve(draft, kim, "Kim Sommer", Mutation.Of(good, random));
            Assert.True(improved.Name is null or { Length: <= 200 } && improved.JobTitle is null or { Length: <= 200 }, $"mutation {i} of seed {Seed}");
        }
    }

    /// <summary>A few changes at random: of one sign, of a stretch, of what readers stumble over.</summary>
    private static class Mutation
    {
        private static readonly string[] Stumbling =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", ".", "@", "..", "\0", "\r\n", "\ufeff", "\ufffd", "\u202e", "\ud83d\ude00", "%00", "null", "true", "-1", "1e999", "NaN",
            "9999999999999999999999", "../", "<script>", "';--", "{{}}", "${x}", "é", "\u2028", new string('A', 300), new string('[', 200), "\\ud800", "\\u0000", "=", "eyJhbGciOiJub25lIn0",
        ];

        public static string Of(string text, Random random)
        {
            var changed = new StringBuilder(text);
            for (var left = random.Next(1, 4); left > 0; left--)
            {
                var at = random.Next(changed.Length + 1);
                var length = Math.Min(random.Next(1, 20), changed.Length - at);
                switch (random.Next(6))
                {
                    case 0 when at < changed.Length:
                        changed[at] = (char)random.Next(32, 127);
                        break;
                    case 1:
                        changed.Remove(at, length);
                        break;
                    case 2:
                        changed.Insert(at, changed.ToString(at, length));
                        break;
                    case 3:
                        changed.Length = at;
                        break;
                    default:
                        changed.Insert(at, Stumbling[random.Next(Stumbling.Length)]);
                        break;
                }
            }

            return changed.ToString();
        }
    }
}
