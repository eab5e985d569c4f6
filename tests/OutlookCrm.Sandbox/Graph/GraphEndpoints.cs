using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Microsoft Graph v1.0, as much of it as the product and the small Outlook ask for.</summary>
internal static class GraphEndpoints
{
    public const string Root = "/graph/v1.0";

    public static void MapGraph(this IEndpointRouteBuilder routes)
    {
        var graph = routes.MapGroup(Root).RequireCors(SandboxCors.Policy);
        graph.MapGet("/organization", context => WriteAllAsync(
            context, "organization", DirectoryShapes.Organization, [SampleFirm.TenantId], id => id.ToString(), pageSize: 100)).Needing(Needs.ReadFirm);
        graph.MapGet("/domains", context => WriteAllAsync(
            context, "domains", DirectoryShapes.OwnDomain, [SampleFirm.Domain, SampleFirm.FirstDomain], name => name, pageSize: 100)).Needing(Needs.ReadDomains);
        graph.MapGet("/users", context => WriteAllAsync(
            context, "users", DirectoryShapes.User, SampleFirm.Colleagues, colleague => colleague.Id.ToString(), pageSize: 100)).Needing(Needs.ReadUsers);
        foreach (var prefix in new[] { "/me", "/users/{user}" })
        {
            var user = graph.MapGroup(prefix);
            user.MapGet("", ReadUserAsync).Needing(prefix == "/me" ? Needs.ReadMe : Needs.ReadUsers);
            user.MapGet("/mailboxSettings", context =>
            {
                _ = MailboxOf(context);
                return GraphAnswers.WriteAsync(context, StatusCodes.Status200OK, DirectoryShapes.WriteMailboxSettings);
            }).Needing(Needs.ReadSettings);
            MailReading.Map(user);
            MailDelta.Map(user);
            MailWriting.Map(user);
            CalendarReading.Map(user);
            CalendarDelta.Map(user);
            CalendarWriting.Map(user);
            Reminders.Map(user);
            Tasks.Map(user, prefix == "/me" ? Needs.WriteMyTasks : Needs.WriteTasks);
        }

        SubscriptionEndpoints.Map(graph);
        GraphBatch.Map(graph);
        graph.Map("/{**rest}", context => throw GraphError.BadRequest(
            $"Resource not found for the segment '{context.Request.RouteValues["rest"]?.ToString()?.Split('/')[0]}'."));
    }

    /// <summary>The mailbox a request means, if the caller may see it: an app those it was given, a person their own.</summary>
    /// <exception cref="GraphError">There is no such mailbox, or it is not for this caller.</exception>
    public static Mailbox MailboxOf(HttpContext context)
    {
        var caller = GraphCaller.Of(context);
        var mailboxes = context.RequestServices.GetRequiredService<Mailboxes>();
        if (context.Request.RouteValues["user"] is not string user)
        {
            return mailboxes.Of(caller.Colleague ?? throw GraphError.BadRequest("/me request is only valid with delegated authentication flow."));
        }

        var colleague = SampleFirm.FindColleague(user)
            ?? throw new GraphError(StatusCodes.Status404NotFound, "ErrorInvalidUser", $"The requested user '{user}' is invalid.");
        if (context.RequestServices.GetRequiredService<Faults>().Plan.Left.Contains(colleague.Address, StringComparer.OrdinalIgnoreCase))
        {
            throw new GraphError(StatusCodes.Status404NotFound, "ErrorInvalidUser", $"The requested user '{user}' is invalid.");
        }

        if (caller.Colleague is not null && caller.Colleague != colleague)
        {
            throw GraphError.Forbidden();
        }

        return mailboxes.Of(colleague);
    }

    /// <summary>How items of that mailbox are written for whoever asks.</summary>
    public static Rendering RenderingFor(HttpContext context, Mailbox mailbox, Needs content) => new(
        Preferences.Read(context.Request), mailbox.Owner, context.RequestServices.GetRequiredService<SandboxAddresses>().Outlook,
        IsBasic: !content.AnyOf.Any(permission => GraphCaller.Of(context).Has(permission)));

    /// <summary>A short list, whole but for filter, order and page.</summary>
    public static Task WriteAllAsync<T>(
        HttpContext context, string resource, Shape<T> shape, IReadOnlyList<T> items, Func<T, string> id, int pageSize, Action<Utf8JsonWriter, T, Rendering>? more = null)
    {
        var query = new GraphQuery(context.Request);
        var selection = shape.Select(query.Select);
        var rendering = new Rendering(Preferences.Read(context.Request), null, context.RequestServices.GetRequiredService<SandboxAddresses>().Outlook, IsBasic: false);
        var filter = GraphFilter<T>.Parse(query.Filter, shape);
        IEnumerable<T> kept = filter is null ? items : items.Where(filter.Test);
        if (query.Order is var (path, descending))
        {
            kept = Sort(kept, shape.Value(path), descending);
        }

        var all = kept.ToList();
        var size = query.Top ?? rendering.Preferences.PageSize ?? pageSize;
        var next = query.Behind + size;
        return GraphAnswers.WritePageAsync(
            context, resource, all.Skip(query.Behind).Take(size),
            (json, item) => WriteItem(json, item, selection, rendering, id(item), more),
            next < all.Count ? ("@odata.nextLink", query.NextLink(next)) : null,
            query.WantsCount ? all.Count : null);
    }

    public static void WriteItem<T>(
        Utf8JsonWriter json, T item, Selection<T> selection, Rendering to, string id, Action<Utf8JsonWriter, T, Rendering>? more = null)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        foreach (var property in selection.Properties)
        {
            json.WritePropertyName(property.Key);
            property.Write(json, item, to);
        }

        more?.Invoke(json, item, to);
        json.WriteEndObject();
    }

    public static IEnumerable<T> Sort<T>(IEnumerable<T> items, Func<T, object?> value, bool descending) => descending
        ? items.OrderByDescending(value, Order)
        : items.OrderBy(value, Order);

    private static readonly Comparer<object?> Order = Comparer<object?>.Create((one, other) => (one, other) switch
    {
        (string a, string b) => StringComparer.OrdinalIgnoreCase.Compare(a, b),
        _ => Comparer<object?>.Default.Compare(one, other),
    });

    private static Task ReadUserAsync(HttpContext context)
    {
        var caller = GraphCaller.Of(context);
        var user = context.Request.RouteValues["user"] as string;
        var colleague = user is null
            ? caller.Colleague ?? throw GraphError.BadRequest("/me request is only valid with delegated authentication flow.")
            : SampleFirm.FindColleague(user) ?? throw GraphError.UserNotFound(user);
        var selection = DirectoryShapes.User.Select(new GraphQuery(context.Request).Select);
        var rendering = new Rendering(Preferences.Read(context.Request), null, context.RequestServices.GetRequiredService<SandboxAddresses>().Outlook, IsBasic: false);
        return GraphAnswers.WriteAsync(
            context, StatusCodes.Status200OK, json => WriteItem(json, colleague, selection, rendering, colleague.Id.ToString()));
    }
}
