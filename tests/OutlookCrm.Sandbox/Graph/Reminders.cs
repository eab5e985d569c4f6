using System.Globalization;
using System.Text.RegularExpressions;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>Events' reminders: which ring when, and putting them off. What nobody dismisses goes on ringing.</summary>
internal static partial class Reminders
{
    public static void Map(IEndpointRouteBuilder user)
    {
        user.MapGet("/reminderView({window})", ViewAsync).Needing(Needs.ReadCalendars);
        user.MapPost("/events/{event}/snoozeReminder", SnoozeAsync).Needing(Needs.WriteCalendars);
        user.MapPost("/events/{event}/dismissReminder", DismissAsync).Needing(Needs.WriteCalendars);
    }

    private static Task ViewAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        if (Window().Match((string)context.Request.RouteValues["window"]!) is not { Success: true } window)
        {
            throw GraphError.BadRequest("reminderView needs startDateTime and endDateTime, each in quotes.");
        }

        var (from, to) = (Moment(window.Groups["from"].Value), Moment(window.Groups["to"].Value));
        var rendering = GraphEndpoints.RenderingFor(context, mailbox, CalendarReading.Content);
        return GraphAnswers.WritePageAsync(
            context,
            "Collection(reminder)",
            mailbox.Calendar.Events.Where(kept => kept.RemindsAt >= from && kept.RemindsAt < to && !kept.Meeting.IsCancelled).OrderBy(kept => kept.RemindsAt),
            (json, kept) =>
            {
                json.WriteStartObject();
                json.WriteString("eventId", rendering.Id(kept.Id, kept.ImmutableId));
                json.WritePropertyName("eventStartTime");
                json.WriteLocalTime(kept.Meeting.StartAt, kept.Meeting.IsAllDay, rendering.Preferences);
                json.WritePropertyName("eventEndTime");
                json.WriteLocalTime(kept.Meeting.EndAt, kept.Meeting.IsAllDay, rendering.Preferences);
                json.WriteString("changeKey", EventShape.ChangeKey(kept));
                json.WriteString("eventSubject", kept.Meeting.Subject);
                json.WritePropertyName("eventLocation");
                EventShape.WriteLocation(json, kept.Meeting);
                json.WriteString("eventWebLink", $"{rendering.Outlook}?event={Uri.EscapeDataString(kept.Id)}");
                json.WritePropertyName("reminderFireTime");
                json.WriteLocalTime(kept.RemindsAt!.Value, isAllDay: false, rendering.Preferences);
                json.WriteEndObject();
            });
    }

    private static async Task SnoozeAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var kept = CalendarReading.EventOf(context, mailbox);
        var body = await GraphAnswers.ReadBodyAsync(context);
        var (at, _) = EventInput.ReadTime(body["newReminderTime"] ?? body["NewReminderTime"], "newReminderTime");
        Change(context, mailbox, kept, item => item with { SnoozedUntil = at, DismissedFor = null });
    }

    private static Task DismissAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        Change(context, mailbox, CalendarReading.EventOf(context, mailbox), item => item with { SnoozedUntil = null, DismissedFor = item.Meeting.StartAt });
        return Task.CompletedTask;
    }

    private static void Change(HttpContext context, Mailbox mailbox, CalendarEvent kept, Func<CalendarEvent, CalendarEvent> change)
    {
        mailbox.Calendar.Change(kept.Id, context.RequestServices.GetRequiredService<Post>().Now, change);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        ? at
        : throw GraphError.BadRequest($"'{text}' is no time.");

    [GeneratedRegex("^startDateTime='(?<from>[^']+)',endDateTime='(?<to>[^']+)'$", RegexOptions.IgnoreCase)]
    private static partial Regex Window();
}
