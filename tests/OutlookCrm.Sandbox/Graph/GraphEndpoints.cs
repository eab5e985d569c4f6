using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OutlookCrm.Sandbox.Issuer;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Microsoft Graph v1.0, as much of it as the product and the small Outlook ask for.</summary>
public static class GraphEndpoints
{
    private const string Root = "/graph/v1.0";

    public static void MapGraph(this IEndpointRouteBuilder routes)
    {
        var graph = routes.MapGroup(Root).RequireCors(SandboxCors.Policy).AddEndpointFilter(async (context, next) =>
        {
            try
            {
                await AuthenticateAsync(context.HttpContext);
                return await next(context);
            }
            catch (GraphError error)
            {
                return error.ToResult(context.HttpContext.RequestServices.GetRequiredService<TimeProvider>());
            }
        });

        graph.MapGet("/organization", (HttpRequest request) =>
            new GraphQuery(request).Page("organization", [SampleFirm.TenantId], _ => GraphJson.Organization()));
        graph.MapGet("/users", (HttpRequest request) =>
            new GraphQuery(request).Page("users", SampleFirm.Colleagues, GraphJson.User, pageSize: 100));
        foreach (var prefix in new[] { "/me", "/users/{user}" })
        {
            MapMailbox(graph.MapGroup(prefix));
        }

        graph.Map("/{**rest}", (string? rest) =>
        {
            throw GraphError.BadRequest($"Resource not found for the segment '{rest?.Split('/')[0]}'.");
        });
    }

    private static void MapMailbox(RouteGroupBuilder user)
    {
        user.MapGet("", (HttpContext context) => new GraphQuery(context.Request).Project(GraphJson.User(MailboxOf(context).Owner)));
        user.MapGet("/mailboxSettings", (HttpContext context) =>
        {
            _ = MailboxOf(context);
            return new GraphQuery(context.Request).Project(GraphJson.MailboxSettings());
        });

        user.MapGet("/mailFolders", (HttpContext context) =>
        {
            var mailbox = MailboxOf(context);
            return new GraphQuery(context.Request).Page("mailFolders", mailbox.Folders, folder => GraphJson.Folder(mailbox, folder));
        });
        user.MapGet("/mailFolders/{folder}", (HttpContext context, string folder) =>
        {
            var mailbox = MailboxOf(context);
            return new GraphQuery(context.Request).Project(GraphJson.Folder(mailbox, FolderOf(mailbox, folder)));
        });
        user.MapGet("/mailFolders/{folder}/messages", (HttpContext context, string folder) =>
        {
            var mailbox = MailboxOf(context);
            var id = FolderOf(mailbox, folder).Id;
            return Messages(context, [.. mailbox.Messages.Where(message => message.FolderId == id)]);
        });

        user.MapGet("/messages", (HttpContext context) => Messages(context, MailboxOf(context).Messages));
        user.MapGet("/messages/{message}", (HttpContext context, string message) =>
        {
            var query = new GraphQuery(context.Request);
            return query.Project(GraphJson.Message(MessageOf(MailboxOf(context), message), Preferences.Read(context.Request), query));
        });
        user.MapGet("/messages/{message}/attachments", (HttpContext context, string message) =>
        {
            var found = MessageOf(MailboxOf(context), message);
            var positions = Enumerable.Range(0, found.Letter.Attachments.Count).ToList();
            return new GraphQuery(context.Request).Page("attachments", positions, position => GraphJson.Attachment(found, position), pageSize: 100);
        });
        user.MapPatch("/messages/{message}", (HttpContext context, string message, JsonObject changes) =>
        {
            // All that opening a message changes; the product never writes mail.
            if (changes.Any(change => change.Key is not "isRead" and not ['@', ..])
                || changes["isRead"] is not JsonValue value || !value.TryGetValue(out bool isRead))
            {
                throw GraphError.BadRequest("Only isRead can be changed here.");
            }

            var query = new GraphQuery(context.Request);
            return MailboxOf(context).MarkRead(message, isRead) is { } changed
                ? query.Project(GraphJson.Message(changed, Preferences.Read(context.Request), query))
                : throw GraphError.ItemNotFound();
        });

        user.MapGet("/events", (HttpContext context) =>
        {
            var mailbox = MailboxOf(context);
            var preferences = Preferences.Read(context.Request);
            return new GraphQuery(context.Request).Page(
                "events", [.. mailbox.Events.Where(kept => kept.SeriesMasterId is null)],
                kept => GraphJson.Event(kept, mailbox.Owner, preferences), preferences.PageSize ?? 10);
        });
        user.MapGet("/events/{item}", (HttpContext context, string item) =>
        {
            var mailbox = MailboxOf(context);
            return mailbox.FindEvent(item) is { } kept
                ? new GraphQuery(context.Request).Project(GraphJson.Event(kept, mailbox.Owner, Preferences.Read(context.Request)))
                : throw GraphError.ItemNotFound();
        });
        user.MapGet("/calendarView", CalendarView);
        user.MapGet("/calendar/calendarView", CalendarView);
    }

    private static JsonObject Messages(HttpContext context, IReadOnlyList<MailboxMessage> messages)
    {
        var query = new GraphQuery(context.Request);
        var preferences = Preferences.Read(context.Request);
        return query.Page("messages", messages, message => GraphJson.Message(message, preferences, query), preferences.PageSize ?? 10);
    }

    private static JsonObject CalendarView(HttpContext context)
    {
        var mailbox = MailboxOf(context);
        var preferences = Preferences.Read(context.Request);
        var from = Moment(context.Request, "startDateTime");
        var to = Moment(context.Request, "endDateTime");
        return new GraphQuery(context.Request).Page(
            "calendarView",
            [.. mailbox.Events.Where(kept => kept.Meeting is { Series: not { IsMaster: true } } meeting && meeting.StartAt < to && meeting.EndAt > from)],
            kept => GraphJson.Event(kept, mailbox.Owner, preferences), preferences.PageSize ?? 10);
    }

    private static DateTimeOffset Moment(HttpRequest request, string name) =>
        DateTimeOffset.TryParse(request.Query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw new GraphError(StatusCodes.Status400BadRequest, "ErrorInvalidParameter", $"This request requires a time window: {name} is missing or no time.");

    private static MailFolder FolderOf(Mailbox mailbox, string folder) =>
        mailbox.FindFolder(folder)
        ?? throw new GraphError(StatusCodes.Status404NotFound, "ErrorItemNotFound", "The specified folder could not be found in the store.");

    private static MailboxMessage MessageOf(Mailbox mailbox, string message) => mailbox.FindMessage(message) ?? throw GraphError.ItemNotFound();

    /// <summary>The mailbox a request means, if the caller may read it: an app reads all, a person their own.</summary>
    private static Mailbox MailboxOf(HttpContext context)
    {
        var caller = (GraphCaller)context.Items[typeof(GraphCaller)]!;
        var mailboxes = context.RequestServices.GetRequiredService<Mailboxes>();
        if (context.Request.RouteValues["user"] is not string user)
        {
            return mailboxes.Of(caller.Colleague ?? throw GraphError.BadRequest("/me request is only valid with delegated authentication flow."));
        }

        var colleague = SampleFirm.FindColleague(user) ?? throw GraphError.UserNotFound(user);
        return caller.Colleague is null || caller.Colleague == colleague ? mailboxes.Of(colleague) : throw GraphError.Forbidden();
    }

    private static async Task AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            throw GraphError.Unauthenticated("Access token is empty.");
        }

        var services = context.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var token = await new JsonWebTokenHandler().ValidateTokenAsync(header["Bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = services.GetRequiredService<SandboxAddresses>().IssuerOf(SampleFirm.TenantId.ToString()),
            ValidAudience = TokenIssuer.GraphAudience,
            IssuerSigningKeys = services.GetRequiredService<TokenIssuer>().Keys.Published,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = (from, until, _, _) => from <= now && now < until,
        });
        if (!token.IsValid)
        {
            throw GraphError.Unauthenticated($"The token is not for us: {token.Exception.GetType().Name}.");
        }

        context.Items[typeof(GraphCaller)] = new GraphCaller(
            token.Claims.ContainsKey("scp") ? SampleFirm.FindColleague((string)token.Claims["oid"]) : null);
    }

    /// <param name="Colleague">In whose name the token speaks; null for the product's own.</param>
    private sealed record GraphCaller(SampleColleague? Colleague);
}
