using System.Text.Json;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// What changed in a calendar within a window of time, which stays the same as long as the token. A series comes whole, and of an occurrence
/// that is as planned only what is not in the series: microsoft-graph-docs-contrib issues 34 and 5602.
/// </summary>
internal static class CalendarDelta
{
    private const int PageSize = 10;

    public static void Map(IEndpointRouteBuilder user)
    {
        foreach (var view in new[] { "/calendarView", "/calendar/calendarView" })
        {
            user.MapGet($"{view}/delta", ReadAsync).Needing(Needs.ReadCalendars);
            user.MapGet($"{view}/delta()", ReadAsync).Needing(Needs.ReadCalendars);
        }
    }

    private static Task ReadAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, CalendarReading.Content);
        if (rendering.IsBasic)
        {
            throw GraphError.Forbidden();
        }

        var tokens = context.RequestServices.GetRequiredService<DeltaTokens>();
        var state = (query.Option("$skiptoken") ?? query.Option("$deltatoken")) is { } token
            ? tokens.Read(token, mailbox.Owner.Id, null, query.Address)
            : Begin(mailbox, query);
        var size = rendering.Preferences.PageSize ?? PageSize;
        var faults = context.RequestServices.GetRequiredService<Faults>().For(context);
        var (changes, next, isLast) = faults.IsEmptyPage() ? ([], state, false)
            : state.IsSnapshot ? ReadSnapshot(mailbox.Calendar, state, size)
            : ReadChanges(mailbox.Calendar, faults.Replay(state, size), size);
        var selection = EventShape.Instance.Select(null);
        var link = $"{query.Address}?{(isLast ? "%24deltatoken" : "%24skiptoken")}={tokens.Write(next)}";
        return GraphAnswers.WritePageAsync(
            context, "Collection(event)", faults.Double(changes), (json, change) => Write(json, change, selection, rendering),
            (isLast ? "@odata.deltaLink" : "@odata.nextLink", link));
    }

    private static DeltaState Begin(Mailbox mailbox, GraphQuery query)
    {
        if (query.Given("$select", "$expand", "$filter", "$orderby", "$search", "$top", "$skip", "$count") is [_, ..] refused)
        {
            throw GraphError.BadRequest(
                $"The following parameters are not supported with change tracking over the 'CalendarView' resource: '{string.Join(", ", refused)}'.");
        }

        var (from, to) = CalendarReading.Window(query);
        return new DeltaState(mailbox.Owner.Id, null, IsSnapshot: true, mailbox.Calendar.Version, IssuedAt: 0, Epoch: 0)
        {
            From = from.UtcTicks,
            To = to.UtcTicks,
        };
    }

    private static (IEnumerable<EventChange> Changes, DeltaState Next, bool IsLast) ReadSnapshot(Calendar calendar, DeltaState state, int size)
    {
        var (events, hasMore) = calendar.ReadAll(At(state.From), At(state.To), state.AfterNumber ?? -1, size);
        var next = hasMore
            ? state with { AfterNumber = events[^1].Number }
            : state with { IsSnapshot = false, Told = state.Since, AfterNumber = null };
        return (events.Select(kept => new EventChange(kept.Version, null, kept)), next, !hasMore);
    }

    private static (IEnumerable<EventChange> Changes, DeltaState Next, bool IsLast) ReadChanges(Calendar calendar, DeltaState state, int size)
    {
        var slice = calendar.ReadChanges(At(state.From), At(state.To), state.Since, state.Told, size);
        return (slice.Changes, state with { Told = slice.Version, Since = slice.HasMore ? state.Since : slice.Version }, !slice.HasMore);
    }

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    private static void Write(Utf8JsonWriter json, EventChange change, Selection<CalendarEvent> selection, Rendering to)
    {
        if (change.After is { Type: "occurrence" } occurrence)
        {
            EventShape.WriteBare(json, occurrence, to);
        }
        else if (change.After is { } kept)
        {
            EventShape.Write(json, kept, selection, to, isDelta: true);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("@odata.type", "#microsoft.graph.event");
            json.WriteString("id", to.Id(change.Before!.Id, change.Before.ImmutableId));
            json.WriteStartObject("@removed");
            json.WriteString("reason", "deleted");
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
