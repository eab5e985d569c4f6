using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>What changed in a folder: first all that is there, newest first, then what happened since.</summary>
internal static class MailDelta
{
    private const int PageSize = 10;

    // With a filter on the time Graph gives no more (api-reference/v1.0/api/message-delta.md).
    private const int MostFiltered = 5_000;

    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapGet("/mailFolders/{folder}/messages/delta", ReadAsync).Needing(Needs.ReadMail);
        user.MapGet("/mailFolders/{folder}/messages/delta()", ReadAsync).Needing(Needs.ReadMail);
    }

    private static Task ReadAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var folder = MailReading.FolderOf(context, mailbox);
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Needs.ReadMailContent);
        var tokens = context.RequestServices.GetRequiredService<DeltaTokens>();
        var state = (query.Option("$skiptoken") ?? query.Option("$deltatoken")) is { } token
            ? tokens.Read(token, mailbox.Owner.Id, folder.Id, query.Address)
            : Begin(mailbox, folder, query);
        var selection = MessageShape.Instance.Select(state.Select?.Split(','));
        if (rendering.IsBasic && (state.WithAttachments || (!selection.IsWhole && selection.Properties.Any(property => property.IsContent))))
        {
            throw GraphError.Forbidden();
        }

        var size = rendering.Preferences.PageSize ?? state.PageSize ?? PageSize;
        var faults = context.RequestServices.GetRequiredService<Faults>().For(context);
        var (changes, next, isLast) = faults.IsEmptyPage() ? ([], state, false)
            : state.IsSnapshot ? ReadSnapshot(mailbox, folder, state, size)
            : ReadChanges(mailbox, folder, faults.Replay(state, size), size);
        var expansion = Expansion.None with { Attachments = state.WithAttachments ? AttachmentShape.Instance.Select(null) : null };
        var link = $"{query.Address}?{(isLast ? "%24deltatoken" : "%24skiptoken")}={tokens.Write(next)}";
        return GraphAnswers.WritePageAsync(
            context, "Collection(message)", faults.Double(changes),
            (json, change) => Write(json, change, selection, expansion, rendering),
            (isLast ? "@odata.deltaLink" : "@odata.nextLink", link));
    }

    private static DeltaState Begin(Mailbox mailbox, MailFolder folder, GraphQuery query)
    {
        if (query.Given("$search", "$skip", "$count") is [_, ..] refused)
        {
            throw GraphError.BadRequest(
                $"The following parameters are not supported with change tracking over the 'Messages' resource: '{string.Join(", ", refused)}'.");
        }

        if (query.Order is not null and not { Path: MessageShape.Received, Descending: true })
        {
            throw GraphError.BadRequest("With change tracking messages are ordered by 'receivedDateTime desc' or not at all.");
        }

        // A function takes no options within an expansion (microsoft-graph-docs-contrib issue 8431).
        if (query.Option("$expand")?.Contains('(', StringComparison.Ordinal) == true || query.Expand.ExtendedProperties is not null)
        {
            throw GraphError.BadRequest("Options within $expand are not supported with change tracking.");
        }

        var changeType = query.Option("changeType");
        if (changeType is not (null or "created" or "updated" or "deleted"))
        {
            throw GraphError.BadRequest($"Invalid value '{changeType}' for changeType.");
        }

        _ = MessageShape.Instance.Select(query.Select);
        return new DeltaState(mailbox.Owner.Id, folder.Id, IsSnapshot: true, mailbox.Version, IssuedAt: 0, Epoch: 0)
        {
            From = ReadFrom(query),
            Select = query.Select is null ? null : string.Join(',', query.Select),
            WithAttachments = query.Expand.Attachments is not null,
            ChangeType = changeType,
            PageSize = query.Top,
        };
    }

    // Zero: no filter.
    private static long ReadFrom(GraphQuery query) => GraphFilter<MailboxMessage>.Parse(query.Filter, MessageShape.Instance) switch
    {
        null => 0,
        { IsPlain: true, Required: [{ Path: MessageShape.Received, Literal: DateTimeOffset from, Operation: "ge" }] } => from.UtcTicks,
        { IsPlain: true, Required: [{ Path: MessageShape.Received, Literal: DateTimeOffset after, Operation: "gt" }] } => after.UtcTicks + 1,
        _ => throw GraphError.BadRequest("With change tracking messages can be filtered by 'receivedDateTime ge' or 'receivedDateTime gt' only."),
    };

    private static (IEnumerable<FolderChange> Changes, DeltaState Next, bool IsLast) ReadSnapshot(Mailbox mailbox, MailFolder folder, DeltaState state, int size)
    {
        var take = state.ChangeType is "updated" or "deleted" ? 0 : Math.Min(size, Left(state));
        var slice = mailbox.Read(new MailQuery
        {
            Folder = folder,
            FromTicks = state.From == 0 ? long.MinValue : state.From,
            After = state.AfterNumber is { } number ? new ItemPosition(state.AfterTicks, number) : null,
            Take = take,
        });
        var given = state.Given + slice.Messages.Count;
        var isLast = take == 0 || !slice.HasMore || Left(state with { Given = given }) == 0;
        var next = isLast
            ? state with { IsSnapshot = false, Told = state.Since, Given = given, AfterNumber = null }
            : state with { Given = given, AfterTicks = slice.Messages[^1].ReceivedAt.UtcTicks, AfterNumber = slice.Messages[^1].Number };
        return (slice.Messages.Select(message => new FolderChange(message.Version, message, Departure.None)), next, isLast);
    }

    private static (IEnumerable<FolderChange> Changes, DeltaState Next, bool IsLast) ReadChanges(Mailbox mailbox, MailFolder folder, DeltaState state, int size)
    {
        var left = Left(state);
        var slice = mailbox.ReadChanges(folder, state.Told, size, change =>
            change.Message.ReceivedAt.UtcTicks >= state.From
            && (state.ChangeType is null || state.ChangeType == KindOf(change, state.Since))
            && (change.Departure != Departure.None || left-- > 0));
        var next = state with
        {
            Told = slice.Version,
            Since = slice.HasMore ? state.Since : slice.Version,
            Given = state.Given + slice.Changes.Count(change => change.Departure == Departure.None),
        };
        return (slice.Changes, next, !slice.HasMore);
    }

    private static int Left(DeltaState state) => state.From == 0 ? int.MaxValue : Math.Max(0, MostFiltered - state.Given);

    private static string KindOf(FolderChange change, long since) =>
        change.Departure != Departure.None ? "deleted" : change.Message.ArrivedVersion > since ? "created" : "updated";

    private static void Write(Utf8JsonWriter json, FolderChange change, Selection<MailboxMessage> selection, Expansion expansion, Rendering to)
    {
        if (change.Departure == Departure.None)
        {
            MessageShape.Write(json, change.Message, selection, expansion, to);
            return;
        }

        json.WriteStartObject();
        json.WriteString("@odata.type", "#microsoft.graph.message");
        json.WriteString("id", to.Id(change.Message.Id, change.Message.ImmutableId));
        json.WriteStartObject("@removed");
        json.WriteString("reason", change.Departure == Departure.Moved ? "changed" : "deleted");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
