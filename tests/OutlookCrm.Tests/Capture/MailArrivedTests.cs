using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OutlookCrm.Capture;
using OutlookCrm.Storage;

namespace OutlookCrm.Tests.Capture;

/// <summary>What Graph, and whoever pretends to be Graph, may tell us.</summary>
public sealed class MailArrivedTests : IAsyncLifetime
{
    private const string Path = "/api/graph/notifications";

    private readonly SwitchedQueue queue = new();
    private TestCrm crm = null!;
    private HttpClient graph = null!;

    public async Task InitializeAsync()
    {
        crm = await TestCrm.StartAsync(
            // The messages are looked at here, not worked on.
            settings: new Dictionary<string, string?> { ["AzureWebJobs.LookAtMailbox.Disabled"] = "true" },
            services: services =>
            {
                var real = services.Last(service => service.ServiceType == typeof(IWorkQueue));
                services.RemoveAll<IWorkQueue>();
                services.AddSingleton<IWorkQueue>(provider => queue.Over((IWorkQueue)real.ImplementationFactory!(provider)));
            });
        graph = crm.WithToken(null);
    }

    public async Task DisposeAsync()
    {
        graph.Dispose();
        await crm.DisposeAsync();
    }

    [Theory]
    [InlineData("Validation: Testing client application reachability for subscription Request-Id: 3b8d")]
    [InlineData("<script>alert(1)</script><img src=x onerror=alert(1)>")]
    [InlineData("a+b%2Fc=&d ü 漢字")]
    public async Task A_handshake_is_answered_with_the_token_decoded_and_never_as_markup(string token)
    {
        using var answer = await graph.PostAsync($"{Path}?validationToken={Uri.EscapeDataString(token)}", null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(token, await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Empty(queue.Sent);
    }

    [Theory]
    [InlineData("?validationToken=")]
    [InlineData("?validationToken=a&validationToken=b")]
    [InlineData("?validationToken=%00")]
    [InlineData("?validationToken=a%0d%0aSet-Cookie:%20x")]
    public async Task A_handshake_that_Graph_would_not_ask_for_is_refused(string query)
    {
        using var answer = await graph.PostAsync(Path + query, null);
        await AssertRefusedAsync(answer, HttpStatusCode.BadRequest, "validationToken");
    }

    [Fact]
    public async Task An_endless_token_is_refused()
    {
        using var answer = await graph.PostAsync($"{Path}?validationToken={new string('x', 2_001)}", null);
        await AssertRefusedAsync(answer, HttpStatusCode.BadRequest, "validationToken");
    }

    [Fact]
    public async Task One_message_is_kept_for_all_mailboxes_that_a_request_tells_of()
    {
        using var answer = await PostAsync(Mail(await StateOfAsync(A.Anna)), Mail(await StateOfAsync(A.Ben)), Mail(await StateOfAsync(A.Anna)));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
        Assert.Equal(
            [new MailboxToLookAt(A.Firm, A.Anna.Id), new MailboxToLookAt(A.Firm, A.Ben.Id)],
            Assert.Single(queue.Sent).Mailboxes.OrderBy(mailbox => mailbox.UserId));
    }

    [Theory]
    [InlineData("missed", false)]
    [InlineData("subscriptionRemoved", true)]
    [InlineData("reauthorizationRequired", true)]
    [InlineData("somethingNewIn2030", true)]
    public async Task What_becomes_of_a_subscription_is_looked_after(string lifecycle, bool subscriptions)
    {
        using var answer = await PostAsync(new JsonObject
        {
            ["subscriptionId"] = Guid.NewGuid(),
            ["clientState"] = await StateOfAsync(A.Anna),
            ["tenantId"] = A.Firm,
            ["lifecycleEvent"] = lifecycle,
        });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(new MailboxToLookAt(A.Firm, A.Anna.Id, subscriptions), Assert.Single(Assert.Single(queue.Sent).Mailboxes));
    }

    [Fact]
    public async Task Whoever_does_not_know_the_secret_moves_nothing_and_learns_nothing()
    {
        var good = await StateOfAsync(A.Anna);
        var ofStranger = A.Stranger.ToString("N") + good[32..];
        var ofOther = good[..32] + A.Ben.Id.ToString("N") + good[64..];
        using var told = await PostAsync(Mail(good));
        queue.Sent.Clear();
        foreach (var forged in new JsonNode?[] { null, "", "wrong", good[..^1], good + "A", good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), ofStranger, ofOther, 17, new JsonArray(good), new string('x', 5_000) })
        {
            using var answer = await PostAsync(Mail(forged));

            Assert.Equal((told.StatusCode, await told.Content.ReadAsStringAsync()), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            Assert.Equal(Names(told), Names(answer));
        }

        Assert.Empty(queue.Sent);
        Assert.DoesNotContain(crm.Logs.Lines, line => line.Contains(good, StringComparison.Ordinal) || line.Contains("wrong", StringComparison.Ordinal));

        static IEnumerable<string> Names(HttpResponseMessage answer) => answer.Headers.Select(header => header.Key).Order();
    }

    [Fact]
    public async Task One_forged_item_does_not_spoil_the_others()
    {
        using var answer = await PostAsync(Mail("forged"), "text", null, new JsonArray(), Mail(await StateOfAsync(A.Anna)));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(A.Anna.Id, Assert.Single(Assert.Single(queue.Sent).Mailboxes).UserId);
    }

    [Fact]
    public async Task A_secret_outlives_the_process_and_fits_into_Graphs_field()
    {
        var state = await StateOfAsync(A.Anna);
        var another = new NotificationSecrets(
            crm.Services.GetRequiredService<ITableStore>(), crm.Services.GetRequiredService<OutlookCrm.Identity.IdentityOptions>());

        Assert.InRange(state.Length, 1, 128);
        Assert.Equal((A.Firm, A.Anna.Id), await another.ReadAsync(state, default));
        Assert.NotEqual(state, await StateOfAsync(A.Ben));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"value\":{}}")]
    [InlineData("{\"value\":[}")]
    [InlineData("{\"value\":[]")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task A_body_that_is_no_list_of_notifications_is_refused(string body)
    {
        using var answer = await graph.PostAsync(Path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(queue.Sent);
    }

    [Theory]
    [InlineData(5_000_000, true)]
    [InlineData(1_020_000, false)]
    public async Task A_body_of_megabytes_is_refused_and_not_kept(int length, bool saysItsLength)
    {
        var state = await StateOfAsync(A.Anna);
        var text = new JsonObject { ["value"] = new JsonArray(Mail(state), Mail(new string('x', length))) }.ToJsonString();
        using var content = new StringContent(text, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
        request.Headers.TransferEncodingChunked = !saysItsLength;
        request.Headers.ExpectContinue = saysItsLength; // refused before it is sent

        using var answer = await graph.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(queue.Sent);
    }

    [Fact]
    public async Task Three_thousand_items_are_refused()
    {
        using var answer = await PostAsync([.. Enumerable.Repeat("x", 3_000).Select(item => (JsonNode)item)]);
        await AssertRefusedAsync(answer, HttpStatusCode.BadRequest, "value");
    }

    [Fact]
    public async Task What_could_not_be_kept_is_not_acknowledged()
    {
        var state = await StateOfAsync(A.Anna);
        queue.IsDown = true;
        using var refused = await PostAsync(Mail(state));
        queue.IsDown = false;
        using var again = await PostAsync(Mail(state));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Single(queue.Sent); // the refused one covers nothing
    }

    [Fact]
    public async Task Nothing_but_a_post_is_taken()
    {
        using var answer = await graph.GetAsync($"{Path}?validationToken=x");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private Task<string> StateOfAsync(TestPerson person) =>
        crm.Services.GetRequiredService<NotificationSecrets>().ClientStateOfAsync(person.Tenant, person.Id, default);

    private Task<HttpResponseMessage> PostAsync(params JsonNode?[] items) => graph.PostAsJsonAsync(Path, new JsonObject { ["value"] = new JsonArray(items) });

    private static JsonObject Mail(JsonNode? clientState) => new()
    {
        ["subscriptionId"] = Guid.NewGuid(),
        ["subscriptionExpirationDateTime"] = "2026-03-20T11:00:00Z",
        ["changeType"] = "created",
        ["resource"] = "Users/x/Messages/y",
        ["clientState"] = clientState,
        ["tenantId"] = A.Firm,
        ["resourceData"] = new JsonObject { ["@odata.type"] = "#Microsoft.Graph.Message", ["id"] = "AAMk" },
    };

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string field)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]?[field]);
    }

    /// <summary>Notes what is sent to the queue of looks, and passes everything on, unless it is down.</summary>
    private sealed class SwitchedQueue : IWorkQueue
    {
        private IWorkQueue real = null!;

        public bool IsDown { get; set; }

        public List<LookAtMailboxes> Sent { get; } = [];

        public SwitchedQueue Over(IWorkQueue queue)
        {
            real = queue;
            return this;
        }

        public async Task SendAsync(string queue, string message, TimeSpan? delay, CancellationToken cancellation)
        {
            if (IsDown)
            {
                throw new WorkQueueUnavailableException("The test has switched it off.");
            }

            await real.SendAsync(queue, message, delay, cancellation);
            if (queue == CaptureRequests.MailboxQueue)
            {
                Sent.Add(JsonSerializer.Deserialize<LookAtMailboxes>(message)!);
            }
        }

        public Task<IReadOnlyList<WorkMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellation) =>
            real.ReceiveAsync(queue, max, visibility, cancellation);

        public Task<bool> DeleteAsync(WorkMessage message, CancellationToken cancellation) => real.DeleteAsync(message, cancellation);

        public Task<WorkMessage?> HideAsync(WorkMessage message, TimeSpan visibility, CancellationToken cancellation) =>
            real.HideAsync(message, visibility, cancellation);

        public Task<long> CountAsync(string queue, CancellationToken cancellation) => real.CountAsync(queue, cancellation);

        public Task WaitAsync(string queue, TimeSpan atMost, CancellationToken cancellation) => real.WaitAsync(queue, atMost, cancellation);
    }
}
