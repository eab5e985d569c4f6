using System.Net;
using System.Text.Json;
using Microsoft.Graph.Models;

namespace OutlookCrm.Graph;

/// <summary>What Graph is to tell of by itself. Subscriptions are the app's own, and take nothing of a mailbox's share of requests.</summary>
public sealed class GraphSubscriptions
{
    private readonly GraphRequests requests;

    internal GraphSubscriptions(GraphRequests requests) => this.requests = requests;

    /// <summary>
    /// Asks Graph to tell of changes. An equal one that is there already is taken when it has the same client state, and replaced
    /// when it has not: what it told could never be believed.
    /// </summary>
    public async Task<GraphSubscription> SubscribeAsync(Guid tenantId, SubscriptionRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await CreateAsync(tenantId, request, cancellation);
        }
        catch (GraphException why) when (why.Status == (int)HttpStatusCode.Conflict)
        {
            if (await FindEqualAsync(tenantId, request, cancellation) is not { } equal)
            {
                throw;
            }

            if (equal.ClientState == request.ClientState && await RenewAsync(tenantId, equal.Id, request.ExpiresAt, cancellation) is { } renewed)
            {
                return renewed;
            }

            await UnsubscribeAsync(tenantId, equal.Id, cancellation);
            return await CreateAsync(tenantId, request, cancellation);
        }
    }

    /// <summary>Makes it live longer, and authorises it anew. Null when it is gone.</summary>
    public async Task<GraphSubscription?> RenewAsync(Guid tenantId, Guid subscriptionId, DateTimeOffset expiresAt, CancellationToken cancellation)
    {
        try
        {
            using var answer = await requests.SendAsync(
                tenantId,
                GraphRequests.NoMailbox,
                client => client.Subscriptions[subscriptionId.ToString("D")].ToPatchRequestInformation(new Subscription { ExpirationDateTime = expiresAt.ToUniversalTime() }),
                cancellation);
            return SubscriptionIn(answer.RootElement);
        }
        catch (GraphException why) when (why.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Of one that is gone nothing is said.</summary>
    public async Task UnsubscribeAsync(Guid tenantId, Guid subscriptionId, CancellationToken cancellation)
    {
        try
        {
            using var answer = await requests.SendAsync(
                tenantId, GraphRequests.NoMailbox, client => client.Subscriptions[subscriptionId.ToString("D")].ToDeleteRequestInformation(), cancellation);
        }
        catch (GraphException why) when (why.Status == (int)HttpStatusCode.NotFound)
        {
        }
    }

    private async Task<GraphSubscription> CreateAsync(Guid tenantId, SubscriptionRequest request, CancellationToken cancellation)
    {
        using var answer = await requests.SendAsync(
            tenantId,
            GraphRequests.NoMailbox,
            client => client.Subscriptions.ToPostRequestInformation(new Subscription
            {
                Resource = request.Resource,
                ChangeType = request.ChangeTypes,
                NotificationUrl = request.NotificationUrl.AbsoluteUri,
                LifecycleNotificationUrl = request.LifecycleUrl.AbsoluteUri,
                ClientState = request.ClientState,
                ExpirationDateTime = request.ExpiresAt.ToUniversalTime(),
            }),
            cancellation);
        return SubscriptionIn(answer.RootElement);
    }

    private async Task<(Guid Id, string? ClientState)?> FindEqualAsync(Guid tenantId, SubscriptionRequest request, CancellationToken cancellation)
    {
        for (string? link = null; ;)
        {
            using var page = await requests.PageAsync(tenantId, GraphRequests.NoMailbox, link, client => client.Subscriptions.ToGetRequestInformation(), cancellation);
            foreach (var json in GraphJson.Items(page.RootElement, "value"))
            {
                if (Same(GraphJson.Text(json, "resource"), request.Resource)
                    && SameWords(GraphJson.Text(json, "changeType"), request.ChangeTypes)
                    && Guid.TryParse(GraphJson.Text(json, "id"), out var id))
                {
                    return (id, GraphJson.Text(json, "clientState"));
                }
            }

            if ((link = requests.LinkIn(page.RootElement, "@odata.nextLink")) is null)
            {
                return null;
            }
        }

        // Graph gives a resource back with a slash before it or without, and the kinds of change in an order of its own.
        static bool Same(string? one, string other) => string.Equals(one?.Trim('/'), other.Trim('/'), StringComparison.OrdinalIgnoreCase);

        static bool SameWords(string? some, string others) => Words(some ?? "").SetEquals(Words(others));

        static HashSet<string> Words(string text) =>
            new(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
    }

    private static GraphSubscription SubscriptionIn(JsonElement json) =>
        Guid.TryParse(GraphJson.Text(json, "id"), out var id) && GraphJson.Time(json, "expirationDateTime") is { } expiresAt
            ? new GraphSubscription(id, GraphJson.Text(json, "resource") ?? "", expiresAt)
            : throw new GraphException(GraphTrouble.Temporary, "noSubscription", null, null, null);
}

/// <param name="Resource">users/{user}/mailFolders/{folder}/messages or users/{user}/events.</param>
/// <param name="ClientState">A secret of at most 128 characters that comes back with every notification.</param>
public sealed record SubscriptionRequest(
    string Resource, string ChangeTypes, Uri NotificationUrl, Uri LifecycleUrl, string ClientState, DateTimeOffset ExpiresAt);

public sealed record GraphSubscription(Guid Id, string Resource, DateTimeOffset ExpiresAt);
