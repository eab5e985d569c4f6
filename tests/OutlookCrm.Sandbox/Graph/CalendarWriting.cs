using System.Globalization;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Booking, moving, cancelling and answering meetings.</summary>
internal static class CalendarWriting
{
    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapPost("/events", BookAsync).Needing(Needs.WriteCalendars);
        user.MapPost("/calendar/events", BookAsync).Needing(Needs.WriteCalendars);
        user.MapPatch("/events/{event}", ChangeAsync).Needing(Needs.WriteCalendars);
        user.MapDelete("/events/{event}", DeleteAsync).Needing(Needs.WriteCalendars);
        user.MapPost("/events/{event}/cancel", CancelAsync).Needing(Needs.WriteCalendars);
        user.MapPost("/events/{event}/accept", context => RespondAsync(context, "accepted")).Needing(Needs.WriteCalendars);
        user.MapPost("/events/{event}/tentativelyAccept", context => RespondAsync(context, "tentativelyAccepted")).Needing(Needs.WriteCalendars);
        user.MapPost("/events/{event}/decline", context => RespondAsync(context, "declined")).Needing(Needs.WriteCalendars);
    }

    private static Scheduling SchedulingOf(HttpContext context) => context.RequestServices.GetRequiredService<Scheduling>();

    private static async Task BookAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        if (body["start"] is null || body["end"] is null)
        {
            throw GraphError.Refused("ErrorInvalidRequest", "An event needs a start and an end.");
        }

        if (body["transactionId"] is { } transaction
            && mailbox.Calendar.FindByTransaction(MailInput.Text(transaction, "transactionId")) is { } earlier)
        {
            await CalendarReading.WriteAsync(context, mailbox, earlier, StatusCodes.Status201Created);
            return;
        }

        var now = context.RequestServices.GetRequiredService<Post>().Now;
        var empty = new Meeting(
            NewUid(now), new Correspondent(mailbox.Owner.Name, mailbox.Owner.Address), [], "", "", "", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "UTC");
        var input = EventInput.Read(body, empty);
        var kept = SchedulingOf(context).Book(
            mailbox, input.Meeting, input.Rule, made => input.Own(made with { ReminderMinutes = EventInput.DefaultReminderMinutes }));
        await CalendarReading.WriteAsync(context, mailbox, kept, StatusCodes.Status201Created);
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var kept = CalendarReading.EventOf(context, mailbox);
        var changes = await GraphAnswers.ReadBodyAsync(context);
        if (changes.ContainsKey("transactionId"))
        {
            throw GraphError.Refused("ErrorInvalidRequest", "A transactionId can be set only when an event is made.");
        }

        var input = EventInput.Read(changes, kept.Meeting);
        if (kept.SeriesMasterId is not null && (input.Rule is not null || changes.ContainsKey("attendees")))
        {
            throw GraphError.Refused("ErrorInvalidRequest", "Of one occurrence neither the recurrence nor the attendees can be changed here.");
        }

        if (kept.Response != "organizer" && !input.IsOwnOnly(kept.Meeting))
        {
            throw GraphError.Refused("ErrorInvalidRequest", "Your request can't be completed. You need to be an organizer to change a meeting for everybody.");
        }

        var changed = kept.Response == "organizer"
            ? SchedulingOf(context).Replan(mailbox, kept, input.Meeting, input.Rule, input.Own)
            : mailbox.Calendar.Change(kept.Id, context.RequestServices.GetRequiredService<Post>().Now, item => input.Own(item) with { Meeting = input.Meeting });
        await CalendarReading.WriteAsync(context, mailbox, changed ?? throw GraphError.ItemNotFound());
    }

    private static Task DeleteAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        SchedulingOf(context).Remove(mailbox, CalendarReading.EventOf(context, mailbox));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task CancelAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var kept = CalendarReading.EventOf(context, mailbox);
        var comment = Comment(await GraphAnswers.ReadBodyAsync(context));
        if (kept.Response != "organizer")
        {
            throw GraphError.Refused("ErrorInvalidRequest", "Your request can't be completed. You need to be an organizer to cancel a meeting.");
        }

        SchedulingOf(context).Cancel(mailbox, kept, comment);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task RespondAsync(HttpContext context, string response)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var kept = CalendarReading.EventOf(context, mailbox);
        var body = await GraphAnswers.ReadBodyAsync(context);
        if (kept.Response == "organizer")
        {
            throw GraphError.Refused("ErrorInvalidRequest", "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.");
        }

        var send = (body["sendResponse"] ?? body["SendResponse"]) is not { } given || MailInput.Bool(given, "SendResponse");
        SchedulingOf(context).Respond(mailbox, kept, response, Comment(body), send);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static string Comment(JsonObject body) => (body["comment"] ?? body["Comment"]) is { } said ? MailInput.Text(said, "Comment") : "";

    // Exchange's own form (MS-OXOCAL, 2.2.1.27): prefix, no day, time of making, a length, something that nobody else makes.
    private static string NewUid(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CalendarEvent.ExchangePrefix}00000000{Convert.ToHexString(BitConverter.GetBytes(now.ToFileTime()))}000000000000000010000000{Guid.NewGuid():N}").ToUpperInvariant();
}
