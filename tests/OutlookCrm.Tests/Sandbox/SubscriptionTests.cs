using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Graph;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Tests.Sandbox;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private readonly RunningSandbox sandbox = new();
    private Listener listener = null!;

    public async Task InitializeAsync()
    {
        await sandbox.InitializeAsync();
        listener = await Listener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await listener.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task Both_addresses_are_asked_first_and_the_token_comes_encoded()
    {
        var made = await SubscribeAsync("mailFolders('inbox')/messages", lifecycle: "/told?life=1");

        Assert.Equal(2, listener.Handshakes.Count);
        Assert.All(listener.Handshakes, token => Assert.Contains("& <markup>", token, StringComparison.Ordinal));
        Assert.Equal("created,updated,deleted", (string?)made["changeType"]);
        Assert.Equal(RunningSandbox.Now.AddDays(3), DateTimeOffset.Parse((string)made["expirationDateTime"]!, null));
    }

    [Theory]
    [InlineData("/silent")]
    [InlineData("/encoded")]
    [InlineData("/html")]
    [InlineData("/nowhere")]
    public async Task Who_does_not_answer_the_handshake_gets_no_subscription(string path)
    {
        using var refused = await PostAsync(Body("messages", path));

        Assert.Equal((HttpStatusCode.BadRequest, "ValidationError"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Empty(sandbox.Application.Subscriptions);
    }

    [Fact]
    public async Task What_happens_is_told_with_the_secret_and_the_form_of_id_that_was_asked_for()
    {
        var made = await SubscribeAsync("mailFolders('inbox')/messages");
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);
        var message = Arrive("News");
        mailbox.Change(message.Id, RunningSandbox.Now, now => now with { IsRead = true });
        mailbox.Move(message.Id, mailbox.FindFolder("archive")!, RunningSandbox.Now);
        Arrive("Elsewhere", "archive");

        var told = await listener.ReadAsync(3);

        // Several are on their way at once, as from the real one: which comes first is not promised.
        Assert.Equal(["created", "deleted", "updated"], told.Select(one => (string?)one["changeType"]).Order(StringComparer.Ordinal));
        Assert.All(told, one =>
        {
            Assert.Equal(((string?)made["id"], "the-secret", SampleFirm.TenantId.ToString()), ((string?)one["subscriptionId"], (string?)one["clientState"], (string?)one["tenantId"]));
            Assert.Equal((message.ImmutableId, $"Users/{SampleFirm.Mira.Id}/Messages/{message.ImmutableId}"), ((string?)one["resourceData"]!["id"], (string?)one["resource"]));
        });
        await SettledAsync();
    }

    [Fact]
    public async Task Events_are_told_too()
    {
        await SubscribeAsync("events");
        sandbox.Application.MailboxOf(SampleFirm.Mira).Calendar.Add(new Meeting("told@x.example", null, [], "Told", "", "", RunningSandbox.Now, RunningSandbox.Now.AddHours(1), "UTC"));

        Assert.Equal(("created", "#Microsoft.Graph.Event"), ((await listener.ReadAsync(1))[0] is var one ? (string?)one["changeType"] : null, (string?)listener.All[0]["resourceData"]!["@odata.type"]));
    }

    [Fact]
    public async Task What_is_not_taken_comes_again_for_four_hours_and_is_lost_then()
    {
        await SubscribeAsync("messages");
        listener.Status = HttpStatusCode.ServiceUnavailable;
        Arrive("Again");
        await Waiting.UntilAsync(() => listener.Attempts == 1);
        await WhileTimePassesAsync(TimeSpan.FromSeconds(1), () => listener.Attempts == 2);
        listener.Status = HttpStatusCode.Accepted;
        await WhileTimePassesAsync(TimeSpan.FromSeconds(1), () => listener.All.Count == 1);
        Assert.Equal("created", (string?)listener.All[0]["changeType"]);

        listener.Status = HttpStatusCode.ServiceUnavailable;
        var arrivedAt = sandbox.Application.Clock.GetUtcNow();
        Arrive("Lost");
        await Waiting.UntilAsync(() => listener.Attempts == 4);
        await WhileTimePassesAsync(TimeSpan.FromMinutes(20), () => sandbox.Application.WaitingNotifications == 0);

        Assert.True(sandbox.Application.Clock.GetUtcNow() - arrivedAt >= TimeSpan.FromHours(4));
        Assert.Single(listener.All);
    }

    [Fact]
    public async Task Lifecycle_is_told_apart_and_what_happens_meanwhile_waits_for_authority()
    {
        var id = Guid.Parse((string)(await SubscribeAsync("messages", lifecycle: "/told?life=1"))["id"]!);
        using (var answer = await sandbox.Client.PostAsJsonAsync("/sandbox/subscriptions/lifecycle", new { @event = "reauthorizationRequired" }))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var required = (await listener.ReadAsync(1))[0];
        Assert.Equal(("reauthorizationRequired", "the-secret"), ((string?)required["lifecycleEvent"], (string?)required["clientState"]));
        Assert.False(required.ContainsKey("resourceData"));
        await SettledAsync();
        Arrive("Waits");
        Assert.Equal(1, sandbox.Application.WaitingNotifications);

        using (var authorised = await sandbox.SendAsync(HttpMethod.Post, $"/subscriptions/{id}/reauthorize"))
        {
            Assert.Equal(HttpStatusCode.NoContent, authorised.StatusCode);
        }

        Assert.Equal("created", (string?)(await listener.ReadAsync(2))[1]["changeType"]);
        Assert.True(sandbox.Application.TellLifecycle(id, LifecycleEvent.SubscriptionRemoved));
        Assert.Equal("subscriptionRemoved", (string?)(await listener.ReadAsync(3))[2]["lifecycleEvent"]);
        Assert.Empty(sandbox.Application.Subscriptions);
    }

    [Fact]
    public async Task A_subscription_lives_from_45_minutes_to_a_week_and_is_renewed()
    {
        using var tooLong = await PostAsync(Body("messages", "/told", minutes: 10_081));
        var made = await SubscribeAsync("messages", minutes: 5);
        var id = (string)made["id"]!;
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Equal(RunningSandbox.Now.AddMinutes(45), DateTimeOffset.Parse((string)made["expirationDateTime"]!, null));

        sandbox.Application.Clock.Advance(TimeSpan.FromMinutes(30));
        using (var renewed = await sandbox.SendAsync(HttpMethod.Patch, $"/subscriptions/{id}", new { expirationDateTime = RunningSandbox.Now.AddHours(3) }))
        {
            Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        }

        sandbox.Application.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(id, (string?)Assert.Single((await sandbox.GetAsync("/subscriptions"))["value"]!.AsArray())!["id"]);
        sandbox.Application.Clock.Advance(TimeSpan.FromMinutes(91));
        using var gone = await sandbox.SendAsync(HttpMethod.Get, $"/subscriptions/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await SubscribeAsync("messages");

        using var equal = await PostAsync(Body("messages", "/told", changeType: "deleted,created,updated"));
        using var longState = await PostAsync(Body("events", "/told", clientState: new string('x', 129)));
        using var elsewhere = await PostAsync(Body("events", "https://crm.example/told"));
        using var unknown = await PostAsync(Body("contacts", "/told"));
        using var kind = await PostAsync(Body("events", "/told", changeType: "renamed"));
        sandbox.Application.App.Roles = ["Mail.Read"];
        using var calendar = await PostAsync(Body("events", "/told"));
        sandbox.Application.App.Mailboxes = [SampleFirm.Tomasz.Address];
        using var outOfScope = await PostAsync(Body("mailFolders('inbox')/messages", "/told"));

        Assert.Equal(
            [HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden],
            new[] { equal, longState, elsewhere, unknown, kind, calendar, outOfScope }.Select(answer => answer.StatusCode));
    }

    [Fact]
    public async Task Notifications_get_lost_and_doubled_when_that_is_planned()
    {
        await SubscribeAsync("messages");
        sandbox.Application.Faults.Plan = new FaultPlan { Seed = 7, NotificationsLost = 1 };
        var arrivedAt = sandbox.Application.Clock.GetUtcNow();
        Arrive("Lost");
        sandbox.Application.Faults.Plan = new FaultPlan { Seed = 7, NotificationsDoubled = 1 };
        var doubled = Arrive("Doubled");

        var told = await listener.ReadAsync(2);

        Assert.All(told, one => Assert.Equal(doubled.ImmutableId, (string?)one["resourceData"]!["id"]));
        await SettledAsync();
        Assert.Equal(2, listener.All.Count);
    }

    [FactWith(GraphMetadata.File)]
    public async Task Subscriptions_and_notifications_are_in_the_published_metadata()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(GraphMetadata.File)!);
        var faults = new List<string>();
        var made = await SubscribeAsync("messages", lifecycle: "/told?life=1");
        Arrive("Told");
        sandbox.Application.TellLifecycle(Guid.Parse((string)made["id"]!), LifecycleEvent.Missed);

        metadata.Check(made, "subscription", "subscription", faults);
        foreach (var told in await listener.ReadAsync(2))
        {
            told.Remove("resourceData"); // an open type: nothing of it is published
            metadata.Check(told, "changeNotification", "changeNotification", faults);
        }

        Assert.Empty(faults);
    }

    private MailboxMessage Arrive(string subject, string folder = "inbox")
    {
        var mailbox = sandbox.Application.MailboxOf(SampleFirm.Mira);
        return mailbox.Add(
            new Letter($"<{Guid.NewGuid()}@x.example>", subject, new("", "a@x.example"), [], [], subject, RunningSandbox.Now, "", null, [], []),
            mailbox.FindFolder(folder)!, RunningSandbox.Now, isRead: false);
    }

    private Dictionary<string, object?> Body(
        string resource, string path, int minutes = 3 * 24 * 60, string changeType = "created,updated,deleted", string clientState = "the-secret", string? lifecycle = null) => new()
        {
            ["resource"] = $"users/{SampleFirm.Mira.Id}/{resource}",
            ["changeType"] = changeType,
            ["notificationUrl"] = path.StartsWith("https:", StringComparison.Ordinal) ? path : $"{listener.Address}{path}",
            ["lifecycleNotificationUrl"] = lifecycle is null ? null : $"{listener.Address}{lifecycle}",
            ["clientState"] = clientState,
            ["expirationDateTime"] = sandbox.Application.Clock.GetUtcNow().AddMinutes(minutes),
        };

    private Task<HttpResponseMessage> PostAsync(Dictionary<string, object?> body) =>
        sandbox.SendAsync(HttpMethod.Post, "/subscriptions", body, null, "IdType=\"ImmutableId\"");

    private async Task<JsonObject> SubscribeAsync(string resource, int minutes = 3 * 24 * 60, string? lifecycle = null)
    {
        using var answer = await PostAsync(Body(resource, "/told", minutes, lifecycle: lifecycle));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await RunningSandbox.ReadAsync(answer);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (string?)(await RunningSandbox.ReadAsync(answer))["error"]!["code"];

    private Task SettledAsync() => Waiting.UntilAsync(() => sandbox.Application.WaitingNotifications == 0);

    /// <summary>In steps: whoever waits begins to wait only when the refusal has come back to them.</summary>
    private Task WhileTimePassesAsync(TimeSpan step, Func<bool> until) => Waiting.UntilAsync(() =>
    {
        if (!until())
        {
            sandbox.Application.Clock.Advance(step);
        }

        return until();
    });

    /// <summary>An endpoint of a product: takes the handshake as it should, or as a faulty one would.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly WebApplication web;
        private readonly ConcurrentQueue<JsonObject> told = [];
        private int attempts;

        private Listener(WebApplication web) => this.web = web;

        public string Address => web.Urls.First();

        public ConcurrentBag<string> Handshakes { get; } = [];

        public List<JsonObject> All => [.. told];

        public int Attempts => Volatile.Read(ref attempts);

        public HttpStatusCode Status { get; set; } = HttpStatusCode.Accepted;

        public static async Task<Listener> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var web = builder.Build();
            web.Urls.Add("http://127.0.0.1:0");
            var listener = new Listener(web);
            web.MapPost("/told", listener.TakeAsync);
            web.MapPost("/silent", () => Results.Ok());
            web.MapPost("/encoded", (HttpRequest request) => Results.Text(request.QueryString.Value!.Split('=')[^1], "text/plain"));
            web.MapPost("/html", (string validationToken) => Results.Text(validationToken, "text/html"));
            await web.StartAsync();
            return listener;
        }

        public async Task<List<JsonObject>> ReadAsync(int count)
        {
            await Waiting.UntilAsync(() => told.Count >= count);
            return All;
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();

        private async Task<IResult> TakeAsync(HttpRequest request)
        {
            if (request.Query["validationToken"] is [{ } token])
            {
                Handshakes.Add(token);
                return Results.Text(token, "text/plain");
            }

            Interlocked.Increment(ref attempts);
            if (Status == HttpStatusCode.Accepted)
            {
                foreach (var one in (await request.ReadFromJsonAsync<JsonObject>())!["value"]!.AsArray())
                {
                    told.Enqueue(one!.AsObject());
                }
            }

            return Results.StatusCode((int)Status);
        }
    }
}
