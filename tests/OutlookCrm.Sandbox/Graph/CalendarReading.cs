using System.Globalization;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Events as they are read.</summary>
internal static class CalendarReading
{
    private const int PageSize = 10; // Graph's, where nobody asks for another

    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapGet("/events", ListAsync).Needing(Needs.ReadCalendars);
        user.MapGet("/events/{event}", ReadAsync).Needing(Needs.ReadCalendars);
        user.MapGet("/events/{event}/instances", ListInstancesAsync).Needing(Needs.ReadCalendars);
        user.MapGet("/calendarView", ViewAsync).Needing(Needs.ReadCalendars);
        user.MapGet("/calendar/calendarView", ViewAsync).Needing(Needs.ReadCalendars);
    }

    /// <exception cref="GraphError">There is no such event.</exception>
    public static CalendarEvent EventOf(HttpContext context, Mailbox mailbox) =>
        mailbox.Calendar.Find((string)context.Request.RouteValues["event"]!) ?? throw GraphError.ItemNotFound();

    public static Task WriteAsync(HttpContext context, Mailbox mailbox, CalendarEvent kept, int status = StatusCodes.Status200OK)
    {
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Content);
        var selection = Select(query, rendering);
        GraphWrites.Tell(context, rendering.Id(kept.Id, kept.ImmutableId));
        return GraphAnswers.WriteAsync(context, status, json => EventShape.Write(json, kept, selection, rendering));
    }

    public static Needs Content { get; } = new(["Calendars.Read", "Calendars.ReadWrite"]);

    /// <summary>The window that a view must name.</summary>
    /// <exception cref="GraphError">It names none, or one without length.</exception>
    public static (DateTimeOffset From, DateTimeOffset To) Window(GraphQuery query)
    {
        var (from, to) = (Moment(query, "startDateTime"), Moment(query, "endDateTime"));
        return from <= to
            ? (from, to)
            : throw GraphError.Refused("ErrorInvalidParameter", "The end of the time window is before its start.");
    }

    private static Selection<CalendarEvent> Select(GraphQuery query, Rendering rendering)
    {
        if (query.Expand != Expansion.None)
        {
            throw GraphError.BadRequest("Nothing of an event can be expanded here.");
        }

        var selection = EventShape.Instance.Select(query.Select);
        return rendering.IsBasic && !selection.IsWhole && selection.Properties.Any(property => property.IsContent) ? throw GraphError.Forbidden() : selection;
    }

    private static DateTimeOffset Moment(GraphQuery query, string name) =>
        DateTimeOffset.TryParse(query.Option(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw GraphError.Refused("ErrorInvalidParameter", $"This request requires a time window: {name} is missing or no time.");

    private static Task ReadAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        return WriteAsync(context, mailbox, EventOf(context, mailbox));
    }

    // Occurrences are in the view; here stand single events and series, as in Graph.
    private static Task ListAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var events = mailbox.Calendar.Events.Where(kept => kept.SeriesMasterId is null);
        if (ExtendedProperty.TryReadSearch(new GraphQuery(context.Request).Filter, out var id, out var value))
        {
            return WriteListAsync(context, mailbox, "events", events.Where(kept => kept.NamedProperties.GetValueOrDefault(id) == value), isFiltered: true);
        }

        return WriteListAsync(context, mailbox, "events", events);
    }

    private static Task ListInstancesAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var series = EventOf(context, mailbox);
        var (from, to) = Window(new GraphQuery(context.Request));
        return WriteListAsync(
            context, mailbox, "instances",
            mailbox.Calendar.OccurrencesOf(series).Where(kept => kept.Meeting.StartAt < to && kept.Meeting.EndAt > from));
    }

    private static Task WriteListAsync(HttpContext context, Mailbox mailbox, string resource, IEnumerable<CalendarEvent> events, bool isFiltered = false)
    {
        var query = new GraphQuery(context.Request);
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Content);
        var selection = Select(query, rendering);
        var filter = isFiltered ? null : GraphFilter<CalendarEvent>.Parse(query.Filter, EventShape.Instance);
        var kept = filter is null ? events : events.Where(filter.Test);
        if (query.Order is var (path, descending))
        {
            kept = GraphEndpoints.Sort(kept, EventShape.Instance.Value(path), descending);
        }

        var all = kept.ToList();
        var size = query.Top ?? rendering.Preferences.PageSize ?? PageSize;
        var next = query.Behind + size;
        return GraphAnswers.WritePageAsync(
            context, resource, all.Skip(query.Behind).Take(size), (json, item) => EventShape.Write(json, item, selection, rendering),
            next < all.Count ? ("@odata.nextLink", query.NextLink(next)) : null,
            query.WantsCount ? all.Count : null);
    }

    private static Task ViewAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var query = new GraphQuery(context.Request);
        var (from, to) = Window(query);
        if (query.Order is not null and not { Path: EventShape.Start, Descending: false } || query.Skip > 0)
        {
            return WriteListAsync(context, mailbox, "calendarView", mailbox.Calendar.Read(from, to, null, int.MaxValue).Events);
        }

        var rendering = GraphEndpoints.RenderingFor(context, mailbox, Content);
        var selection = Select(query, rendering);
        var filter = GraphFilter<CalendarEvent>.Parse(query.Filter, EventShape.Instance);
        var (events, hasMore) = mailbox.Calendar.Read(from, to, query.After, query.Top ?? rendering.Preferences.PageSize ?? PageSize, filter is null ? null : filter.Test);
        return GraphAnswers.WritePageAsync(
            context, "calendarView", events, (json, kept) => EventShape.Write(json, kept, selection, rendering),
            hasMore ? ("@odata.nextLink", query.NextLink(new ItemPosition(events[^1].Meeting.StartAt.UtcTicks, events[^1].Number))) : null,
            query.WantsCount ? mailbox.Calendar.Read(from, to, null, int.MaxValue, filter is null ? null : filter.Test).Events.Count : null);
    }
}
