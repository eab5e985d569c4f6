using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Making, renewing and ending subscriptions.</summary>
internal static class SubscriptionEndpoints
{
    private const int MaxClientStateLength = 128;

    public static void Map(IEndpointRouteBuilder graph)
    {
        graph.MapGet("/subscriptions", ListAsync);
        graph.MapPost("/subscriptions", CreateAsync);
        graph.MapGet("/subscriptions/{id}", context => WriteAsync(context, Of(context), StatusCodes.Status200OK));
        graph.MapPatch("/subscriptions/{id}", RenewAsync);
        graph.MapDelete("/subscriptions/{id}", DeleteAsync);
        graph.MapPost("/subscriptions/{id}/reauthorize", ReauthorizeAsync);
    }

    public static string Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Created => "created",
        ChangeKind.Updated => "updated",
        _ => "deleted",
    };

    private static Subscriptions SubscriptionsOf(HttpContext context) => context.RequestServices.GetRequiredService<Subscriptions>();

    // Another app's, or another person's, is none.
    private static bool IsCallers(Subscription subscription, GraphCaller caller) => subscription.AppId == caller.AppId && subscription.Creator == caller.Colleague;

    private static Subscription Of(HttpContext context) =>
        Guid.TryParse(context.Request.RouteValues["id"] as string, out var id) && SubscriptionsOf(context).Find(id) is { } found
        && IsCallers(found, GraphCaller.Of(context)) ? found : throw NotFound();

    private static GraphError NotFound() => new(StatusCodes.Status404NotFound, "ResourceNotFound", "The object was not found.");

    private static Task ListAsync(HttpContext context)
    {
        var caller = GraphCaller.Of(context);
        return GraphAnswers.WritePageAsync(
            context, "subscriptions", SubscriptionsOf(context).All.Where(subscription => IsCallers(subscription, caller)), Write);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        var caller = GraphCaller.Of(context);
        var subscriptions = SubscriptionsOf(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var resource = MailInput.Text(body["resource"], "resource");
        var (mailbox, item, folder) = subscriptions.FindResource(resource, caller.Colleague) ?? throw Invalid($"Resource '{resource}' is not supported.");
        RequireAccess(context, caller, mailbox, item);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var clientState = body["clientState"] is { } state ? MailInput.Text(state, "clientState") : null;
        if (clientState?.Length > MaxClientStateLength)
        {
            throw Invalid($"Maximum length of clientState is {MaxClientStateLength}.");
        }

        if (body["includeResourceData"] is { } include && MailInput.Bool(include, "includeResourceData"))
        {
            throw Invalid("The sandbox tells that something changed, not what: includeResourceData must be false.");
        }

        var subscription = new Subscription(
            Guid.NewGuid(), resource, mailbox, item, folder, ReadKinds(MailInput.Text(body["changeType"], "changeType")),
            ReadUrl(body, "notificationUrl") ?? throw Invalid("notificationUrl is missing."), ReadUrl(body, "lifecycleNotificationUrl"), clientState,
            ReadExpiry(body, now), caller.AppId, caller.Colleague, Preferences.Read(context.Request).ImmutableIds);
        subscriptions.RequireRoom(subscription);
        var sender = context.RequestServices.GetRequiredService<NotificationSender>();
        foreach (var url in new[] { subscription.NotificationUrl, subscription.LifecycleUrl }.OfType<Uri>())
        {
            if (await sender.ValidateAsync(url, context.RequestAborted) is { } why)
            {
                throw GraphError.Refused("ValidationError", $"Subscription validation request failed. {why}");
            }
        }

        subscriptions.Add(subscription);
        await WriteAsync(context, subscription, StatusCodes.Status201Created);
    }

    private static async Task RenewAsync(HttpContext context)
    {
        var found = Of(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        if (body.FirstOrDefault(change => change.Key is not "expirationDateTime" and not ['@', ..]) is { Key: { } other })
        {
            throw Invalid($"'{other}' cannot be changed.");
        }

        var expiresAt = ReadExpiry(body, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var renewed = SubscriptionsOf(context).Change(found.Id, subscription => subscription with { ExpiresAt = expiresAt, IsPaused = false });
        await WriteAsync(context, renewed ?? throw NotFound(), StatusCodes.Status200OK);
    }

    private static Task ReauthorizeAsync(HttpContext context)
    {
        _ = SubscriptionsOf(context).Change(Of(context).Id, subscription => subscription with { IsPaused = false }) ?? throw NotFound();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task DeleteAsync(HttpContext context)
    {
        if (!SubscriptionsOf(context).Remove(Of(context).Id))
        {
            throw NotFound();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void RequireAccess(HttpContext context, GraphCaller caller, Mailbox mailbox, ItemKind item)
    {
        var needs = item == ItemKind.Message ? Needs.ReadMail : CalendarReading.Content;
        var mayOpen = caller.Colleague is { } colleague
            ? colleague == mailbox.Owner
            : context.RequestServices.GetRequiredService<Issuer.AppRegistration>().MayOpen(mailbox.Owner.Address);
        if (!mayOpen || !needs.AnyOf.Any(permission => caller.Has(permission)))
        {
            throw new GraphError(StatusCodes.Status403Forbidden, "ExtensionError", "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access is denied. Check credentials and try again.]");
        }
    }

    private static List<ChangeKind> ReadKinds(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries).Select(word =>
            Enum.TryParse<ChangeKind>(word, ignoreCase: true, out var kind) && word.All(char.IsAsciiLetter) ? kind : throw Invalid($"'{word}' is no changeType.")),
    ];

    // The real one calls https only; this one calls this machine only, and there http will do.
    private static Uri? ReadUrl(JsonObject body, string name) => body[name] is not { } given ? null
        : Uri.TryCreate(MailInput.Text(given, name), UriKind.Absolute, out var url) && url.IsLoopback && url.Scheme is "http" or "https" ? url
        : throw Invalid($"{name} must be an http or https address of this machine.");

    private static DateTimeOffset ReadExpiry(JsonObject body, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(MailInput.Text(body["expirationDateTime"], "expirationDateTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            throw Invalid("expirationDateTime is no time.");
        }

        return at <= now ? throw Invalid("expirationDateTime must be in the future.")
            : at - now > Subscriptions.MostLife ? throw Invalid($"Subscription expiration can only be {Subscriptions.MostLife.TotalMinutes} minutes in the future for requested resource.")
            : at - now < Subscriptions.LeastLife ? now + Subscriptions.LeastLife
            : at.ToUniversalTime();
    }

    private static GraphError Invalid(string why) => GraphError.Refused("InvalidRequest", why);

    private static Task WriteAsync(HttpContext context, Subscription subscription, int status) =>
        GraphAnswers.WriteAsync(context, status, json => Write(json, subscription));

    private static void Write(Utf8JsonWriter json, Subscription subscription)
    {
        json.WriteStartObject();
        json.WriteString("id", subscription.Id);
        json.WriteString("resource", subscription.Resource);
        json.WriteString("applicationId", subscription.AppId);
        json.WriteString("changeType", string.Join(',', subscription.Kinds.Select(Word)));
        json.WriteString("clientState", subscription.ClientState);
        json.WriteString("notificationUrl", subscription.NotificationUrl.AbsoluteUri);
        json.WriteString("lifecycleNotificationUrl", subscription.LifecycleUrl?.AbsoluteUri);
        json.WriteString("expirationDateTime", subscription.ExpiresAt);
        json.WriteString("creatorId", (subscription.Creator?.Id ?? SampleFirm.ServicePrincipalId).ToString());
        json.WriteBoolean("includeResourceData", false);
        json.WriteString("latestSupportedTlsVersion", "v1_2");
        json.WriteEndObject();
    }
}
