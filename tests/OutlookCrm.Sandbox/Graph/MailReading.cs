using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Folders, messages and attachments as they are read.</summary>
internal static class MailReading
{
    private const int PageSize = 10; // Graph's, where nobody asks for another

    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapGet("/mailFolders", context => ListFoldersAsync(context, mailbox => mailbox.RootFolderId)).Needing(Needs.ReadMail);
        user.MapGet("/mailFolders/{folder}", ReadFolderAsync).Needing(Needs.ReadMail);
        user.MapGet("/mailFolders/{folder}/childFolders", context => ListFoldersAsync(context, mailbox => FolderIdOf(context, mailbox))).Needing(Needs.ReadMail);
        user.MapGet("/mailFolders/{folder}/messages", context => ListAsync(context, FolderOf(context, GraphEndpoints.MailboxOf(context)))).Needing(Needs.ReadMail);
        user.MapGet("/messages", context => ListAsync(context, folder: null)).Needing(Needs.ReadMail);
        user.MapGet("/messages/delta", NoDelta).Needing(Needs.ReadMail);
        user.MapGet("/messages/{message}", ReadAsync).Needing(Needs.ReadMail);
        user.MapGet("/messages/{message}/attachments", ListAttachmentsAsync).Needing(Needs.ReadMailContent);
    }

    /// <exception cref="GraphError">There is no such folder.</exception>
    public static MailFolder FolderOf(HttpContext context, Mailbox mailbox) => FolderOf(mailbox, (string)context.Request.RouteValues["folder"]!);

    public static MailFolder FolderOf(Mailbox mailbox, string folder) => mailbox.FindFolder(folder)
        ?? throw new GraphError(StatusCodes.Status404NotFound, "ErrorItemNotFound", "The specified folder could not be found in the store.");

    /// <exception cref="GraphError">There is no such message.</exception>
    public static MailboxMessage MessageOf(HttpContext context, Mailbox mailbox) =>
        mailbox.FindMessage((string)context.Request.RouteValues["message"]!) ?? throw GraphError.ItemNotFound();

    public static Task WriteAsync(HttpContext context, Mailbox mailbox, MailboxMessage message, int status = StatusCodes.Status200OK)
    {
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Needs.ReadMailContent);
        var selection = Select(query, rendering);
        GraphWrites.Tell(context, message.Id);
        return GraphAnswers.WriteAsync(context, status, json => MessageShape.Write(json, message, selection, query.Expand, rendering));
    }

    public static Task WriteFolderAsync(HttpContext context, Mailbox mailbox, MailFolder folder, int status)
    {
        var selection = DirectoryShapes.Folder.Select(new GraphQuery(context.Request).Select);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Needs.ReadMailContent);
        return GraphAnswers.WriteAsync(
            context, status, json => GraphEndpoints.WriteItem(json, new FolderOf(mailbox, folder), selection, rendering, folder.Id));
    }

    /// <exception cref="GraphError">It selects what this caller may not see.</exception>
    public static Selection<MailboxMessage> Select(GraphQuery query, Rendering rendering)
    {
        var selection = MessageShape.Instance.Select(query.Select);
        return rendering.IsBasic && ((!selection.IsWhole && selection.Properties.Any(property => property.IsContent)) || query.Expand != Expansion.None)
            ? throw GraphError.Forbidden()
            : selection;
    }

    private static string FolderIdOf(HttpContext context, Mailbox mailbox) =>
        (string)context.Request.RouteValues["folder"]! is var folder && (folder == "msgfolderroot" || folder == mailbox.RootFolderId)
            ? mailbox.RootFolderId
            : FolderOf(mailbox, folder).Id;

    private static Task ListFoldersAsync(HttpContext context, Func<Mailbox, string> parent)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var parentId = parent(mailbox);
        var query = new GraphQuery(context.Request);
        var folders = mailbox.Folders;
        return GraphEndpoints.WriteAllAsync(
            context, "mailFolders", DirectoryShapes.Folder, [.. folders.Where(folder => folder.ParentId == parentId).Select(folder => new FolderOf(mailbox, folder))],
            of => of.Folder.Id, PageSize,
            !query.Expand.ChildFolders ? null : (json, of, to) =>
            {
                var selection = DirectoryShapes.Folder.Select(query.Select);
                json.WriteStartArray("childFolders");
                foreach (var child in folders.Where(folder => folder.ParentId == of.Folder.Id))
                {
                    GraphEndpoints.WriteItem(json, new FolderOf(mailbox, child), selection, to, child.Id);
                }

                json.WriteEndArray();
            });
    }

    private static Task ReadFolderAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        return WriteFolderAsync(context, mailbox, FolderOf(context, mailbox), StatusCodes.Status200OK);
    }

    private static Task ReadAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var message = MessageOf(context, mailbox);
        context.RequestServices.GetRequiredService<Faults>().For(context).Show(message);
        return WriteAsync(context, mailbox, message);
    }

    private static Task ListAttachmentsAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var message = MessageOf(context, mailbox);
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Needs.ReadMailContent);
        var selection = AttachmentShape.Instance.Select(query.Select);
        return GraphAnswers.WritePageAsync(
            context, "attachments", Enumerable.Range(0, message.Letter.Attachments.Count).Select(position => new AttachmentOf(message, position)),
            (json, one) => AttachmentShape.Write(json, one, selection, rendering));
    }

    private static Task NoDelta(HttpContext context) =>
        throw GraphError.BadRequest("Unsupported request: Change tracking is not supported against 'microsoft.graph.message'.");

    private static Task ListAsync(HttpContext context, MailFolder? folder)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Needs.ReadMailContent);
        var selection = Select(query, rendering);
        var size = query.Top ?? rendering.Preferences.PageSize ?? PageSize;
        var isByName = ExtendedProperty.TryReadSearch(query.Filter, out var name, out var value);
        var filter = isByName ? null : GraphFilter<MailboxMessage>.Parse(query.Filter, MessageShape.Instance);
        void Write(Utf8JsonWriter json, MailboxMessage message) => MessageShape.Write(json, message, selection, query.Expand, rendering);
        var faults = context.RequestServices.GetRequiredService<Faults>().For(context);
        Task WriteListAsync(List<MailboxMessage> all)
        {
            List<MailboxMessage> shown = [.. all.Skip(query.Behind).Take(size)];
            faults.Show([.. shown]);
            return GraphAnswers.WritePageAsync(
                context, "messages", shown, Write,
                query.Behind + size < all.Count ? ("@odata.nextLink", query.NextLink(query.Behind + size)) : null,
                query.WantsCount ? all.Count : null);
        }

        if (isByName)
        {
            return WriteListAsync([.. mailbox.Read(new MailQuery { Folder = folder, Test = message => message.Letter.NamedProperties.GetValueOrDefault(name) == value }).Messages]);
        }

        if (query.Search is { } search)
        {
            if (query.Given("$filter", "$orderby") is [var other, ..])
            {
                throw GraphError.Refused("SearchWithOtherOptions", $"The query parameter '{other}' is not supported with '$search'.");
            }

            return rendering.IsBasic ? throw GraphError.Forbidden() : WriteListAsync(MailSearch.Find(mailbox, folder, search));
        }

        // Exchange sorts by what it filters by, in that order, or not at all.
        if (filter is not null && query.Order is { } wanted && filter.Paths[0] != wanted.Path)
        {
            throw GraphError.Refused("InefficientFilter", "The restriction or sort order is too complex for this operation.");
        }

        var known = filter?.Required.FirstOrDefault(one => one is { Path: MessageShape.InternetMessageId, Operation: "eq", Literal: string });
        if (known is not null)
        {
            return WriteListAsync([
                .. mailbox.FindByInternetMessageId((string)known.Literal!)
                    .Where(message => (folder is null || message.Folder == folder) && filter!.Test(message))
                    .OrderByDescending(message => message.ReceivedAt),
            ]);
        }

        var span = Span(new MailQuery { Folder = folder }, filter);
        if (query.Order is not null and not { Path: MessageShape.Received })
        {
            return WriteListAsync([
                .. GraphEndpoints.Sort(mailbox.Read(span).Messages, MessageShape.Instance.Value(query.Order.Value.Path), query.Order.Value.Descending),
            ]);
        }

        var slice = mailbox.Read(span with
        {
            NewestFirst = query.Order?.Descending ?? true,
            After = query.After,
            Skip = query.SkipToken is null ? query.Skip : 0,
            Take = size,
        });
        faults.Show([.. slice.Messages]);
        return GraphAnswers.WritePageAsync(
            context, "messages", slice.Messages, Write,
            slice.HasMore ? ("@odata.nextLink", query.NextLink(new ItemPosition(slice.Messages[^1].ReceivedAt.UtcTicks, slice.Messages[^1].Number))) : null,
            query.WantsCount ? mailbox.Count(span) : null);
    }

    // What a filter says of the time of arrival is looked up; the rest is tested.
    private static MailQuery Span(MailQuery query, GraphFilter<MailboxMessage>? filter)
    {
        if (filter is null)
        {
            return query;
        }

        var rest = !filter.IsPlain;
        foreach (var one in filter.Required)
        {
            if (one is not { Path: MessageShape.Received, Literal: DateTimeOffset at })
            {
                rest = true;
                continue;
            }

            // What is compared is what is shown: a moment to the second.
            var ticks = at.UtcTicks;
            query = one.Operation switch
            {
                "ge" => query with { FromTicks = Math.Max(query.FromTicks, ticks) },
                "gt" => query with { FromTicks = Math.Max(query.FromTicks, ticks + 1) },
                "lt" => query with { BeforeTicks = Math.Min(query.BeforeTicks, ticks) },
                "le" => query with { BeforeTicks = Math.Min(query.BeforeTicks, ticks + 1) },
                "eq" => query with { FromTicks = Math.Max(query.FromTicks, ticks), BeforeTicks = Math.Min(query.BeforeTicks, ticks + 1) },
                _ => query,
            };
            rest |= one.Operation == "ne";
        }

        return rest ? query with { Test = filter.Test } : query;
    }
}
