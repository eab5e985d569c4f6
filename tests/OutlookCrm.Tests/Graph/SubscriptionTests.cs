using System.Text.Json.Nodes;
using OutlookCrm.Graph;
using static OutlookCrm.Tests.Graph.PlannedGraph;

namespace OutlookCrm.Tests.Graph;

public sealed class SubscriptionTests
{
    private static readonly Guid Id = new("22222222-0000-4000-8000-000000000000");
    private static readonly DateTimeOffset ExpiresAt = new(2026, 3, 8, 9, 0, 0, TimeSpan.FromHours(2));

    private static readonly SubscriptionRequest Request = new(
        $"users/{User}/mailFolders/AAMk=/messages", "created,updated,deleted", new Uri("https://crm.example/hook?tenant=1"), new Uri("https://crm.example/life"),
        "secret", ExpiresAt);

    [Fact]
    public async Task A_subscription_says_what_where_to_and_until_when()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(201, Subscription()));

        var subscription = await graph.Subscriptions.SubscribeAsync(Tenant, Request, default);

        Assert.Equal(new GraphSubscription(Id, Request.Resource, ExpiresAt.ToUniversalTime()), subscription);
        var sent = JsonNode.Parse(Assert.Single(graph.Seen).Body)!;
        Assert.Equal(
            (Request.Resource, Request.ChangeTypes, "https://crm.example/hook?tenant=1", "https://crm.example/life", "secret"),
            ((string)sent["resource"]!, (string)sent["changeType"]!, (string)sent["notificationUrl"]!, (string)sent["lifecycleNotificationUrl"]!, (string)sent["clientState"]!));
        Assert.Equal(ExpiresAt, (DateTimeOffset)sent["expirationDateTime"]!);
    }

    [Fact]
    public async Task An_equal_one_with_the_same_secret_is_kept_and_made_to_live_longer()
    {
        await using var graph = await StartAsync();
        var other = Subscription();
        other["resource"] = $"users/{User}/events";
        other["id"] = Guid.NewGuid().ToString();
        var same = Subscription();
        same["resource"] = "/" + Request.Resource.ToUpperInvariant();
        same["changeType"] = "deleted,created,updated";
        graph.Plan(
            Json(409, Error("ExtensionError")),
            Json(200, Page([other], nextLink: graph.Root + "/subscriptions?$skiptoken=1")),
            Json(200, Page([same])),
            Json(200, Subscription()));

        var subscription = await graph.Subscriptions.SubscribeAsync(Tenant, Request, default);

        Assert.Equal(Id, subscription.Id);
        Assert.Equal(["POST", "GET", "GET", "PATCH"], graph.Seen.Select(request => request.Method));
        Assert.Equal($"/v1.0/subscriptions/{Id}", graph.Seen[3].Target);
    }

    [Theory]
    [InlineData("of an earlier run")]
    [InlineData(null)]
    public async Task An_equal_one_whose_secret_nobody_knows_is_replaced(string? secret)
    {
        await using var graph = await StartAsync();
        var unknown = Subscription();
        unknown["clientState"] = secret;
        unknown["id"] = "33333333-0000-4000-8000-000000000000";
        graph.Plan(
            Json(409, Error("ExtensionError")), Json(200, Page([unknown])), Json(404, Error("ResourceNotFound")) /* ended by itself */, Json(201, Subscription()));

        var subscription = await graph.Subscriptions.SubscribeAsync(Tenant, Request, default);

        Assert.Equal(Id, subscription.Id);
        Assert.Equal(["POST", "GET", "DELETE", "POST"], graph.Seen.Select(request => request.Method));
        Assert.EndsWith("33333333-0000-4000-8000-000000000000", graph.Seen[2].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_with_nothing_to_be_found_is_an_error()
    {
        await using var graph = await StartAsync();
        graph.Plan(Json(409, Error("ExtensionError")), Json(200, Page([])));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Subscriptions.SubscribeAsync(Tenant, Request, default));

        Assert.Equal((GraphTrouble.Item, 409), (refusal.Trouble, refusal.Status));
    }

    [Fact]
    public async Task What_is_gone_cannot_be_renewed_and_need_not_be_ended()
    {
        await using var graph = await StartAsync();
        graph.Plan(
            Json(200, Subscription()), Json(404, Error("ResourceNotFound")), Done, Json(404, Error("ResourceNotFound")), Json(403, Error("ErrorAccessDenied")));

        Assert.Equal(Id, (await graph.Subscriptions.RenewAsync(Tenant, Id, ExpiresAt, default))!.Id);
        Assert.Null(await graph.Subscriptions.RenewAsync(Tenant, Id, ExpiresAt, default));
        await graph.Subscriptions.UnsubscribeAsync(Tenant, Id, default);
        await graph.Subscriptions.UnsubscribeAsync(Tenant, Id, default);
        var refusal = await Assert.ThrowsAsync<GraphException>(() => graph.Subscriptions.RenewAsync(Tenant, Id, ExpiresAt, default));

        Assert.Equal(GraphTrouble.Reconnect, refusal.Trouble);
    }

    private static Answer Done { get; } = context =>
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    };

    private static JsonObject Subscription() => new()
    {
        ["id"] = Id.ToString(),
        ["resource"] = Request.Resource,
        ["changeType"] = Request.ChangeTypes,
        ["clientState"] = "secret",
        ["expirationDateTime"] = "2026-03-08T07:00:00Z",
    };
}
