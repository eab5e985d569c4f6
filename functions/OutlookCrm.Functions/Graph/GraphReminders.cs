using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;

namespace OutlookCrm.Graph;

/// <summary>
/// What the product writes through Graph of follow-ups: its own reminders, as events of the default calendar or as tasks of To Do. Events are private, take no
/// time and have no attendees. Only items that were made here, by their ids, are changed or removed.
/// </summary>
public sealed class GraphReminders
{
    /// <summary>A named property by which our events are found again when the answer that had their id was lost.</summary>
    internal const string KeyProperty = "String {6f1b9a52-7c1e-4a3e-9d5c-0b8f2e4d7a61} Name OutlookCrmReminder";

    /// <summary>How long an event lasts in the calendar.</summary>
    internal static readonly TimeSpan EventLength = TimeSpan.FromMinutes(15);

    private const string ApplicationName = "Outlook CRM";
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss";

    internal static readonly string[] EventFields = ["id", "subject", "start", "isAllDay", "lastModifiedDateTime"];
    internal static readonly string[] TaskFields = ["id", "title", "status", "dueDateTime", "reminderDateTime", "isReminderOn", "lastModifiedDateTime"];

    private readonly GraphRequests requests;
    private readonly GraphOptions options;

    internal GraphReminders(GraphRequests requests, GraphOptions options)
    {
        this.requests = requests;
        this.options = options;
    }

    /// <summary>False when no credential is set: then nothing can be written, and to try is a fault.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>Makes an event; with the same key it is the same event, however often it is asked for.</summary>
    public async Task<ReminderItem> CreateEventAsync(Guid tenantId, string user, string key, ReminderText text, CancellationToken cancellation)
    {
        try
        {
            using var answer = await requests.SendAsync(
                tenantId,
                user,
                client =>
                {
                    var made = ToEvent(text);
                    made.TransactionId = key;
                    made.SingleValueExtendedProperties = [new() { Id = KeyProperty, Value = key }];
                    return client.Users[user].Events.ToPostRequestInformation(made);
                },
                cancellation);
            return ReadEvent(answer.RootElement) ?? throw NoItem();
        }
        catch (GraphException why) when (why.Status == (int)HttpStatusCode.Conflict)
        {
            // Some mailboxes refuse a known transaction where others answer with what it made.
            if (await FindEventByKeyAsync(tenantId, user, key, cancellation) is not { } made)
            {
                throw;
            }

            return made;
        }
    }

    /// <summary>Null when it is gone.</summary>
    public Task<ReminderItem?> ChangeEventAsync(Guid tenantId, string user, string itemId, ReminderText text, CancellationToken cancellation) =>
        UnlessGoneAsync(tenantId, user, client => client.Users[user].Events[itemId].ToPatchRequestInformation(ToEvent(text)), ReadEvent, cancellation);

    /// <summary>Of one that is gone nothing is said.</summary>
    public Task RemoveEventAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation) =>
        UnlessGoneAsync(tenantId, user, client => client.Users[user].Events[itemId].ToDeleteRequestInformation(), _ => null, cancellation);

    /// <summary>Null when it is gone.</summary>
    public Task<ReminderItem?> FindEventAsync(Guid tenantId, string user, string itemId, CancellationToken cancellation) =>
        UnlessGoneAsync(
            tenantId, user, client => client.Users[user].Events[itemId].ToGetRequestInformation(request => request.QueryParameters.Select = EventFields), ReadEvent, cancellation);

    /// <summary>Null when there is none that was made with this key.</summary>
    public async Task<ReminderItem?> FindEventByKeyAsync(Guid tenantId, string user, string key, CancellationToken cancellation)
    {
        using var page = await requests.SendAsync(
            tenantId,
            user,
            client => client.Users[user].Events.ToGetRequestInformation(request =>
            {
                request.QueryParameters.Select = EventFields;
                request.QueryParameters.Filter = $"singleValueExtendedProperties/Any(ep: ep/id eq '{KeyProperty}' and ep/value eq '{key}')";
                request.QueryParameters.Top = 1;
            }),
            cancellation);
        return GraphJson.Items(page.RootElement, "value").Select(ReadEvent).FirstOrDefault(item => item is not null);
    }

    /// <summary>The lists of To Do, the one that tasks go to unless told otherwise first.</summary>
    public async Task<IReadOnlyList<string>> ListTaskListsAsync(Guid tenantId, string user, CancellationToken cancellation)
    {
        var found = new List<string>();
        var page = await requests.SendAsync(
            tenantId, user, client => client.Users[user].Todo.Lists.ToGetRequestInformation(request => request.QueryParameters.Top = GraphRequests.PageSize), cancellation);
        while (true)
        {
            string? next;
            using (page)
            {
                foreach (var list in GraphJson.Items(page.RootElement, "value"))
                {
                    if (GraphJson.Text(list, "id") is { Length: > 0 } id)
                    {
                        found.Insert(GraphJson.Text(list, "wellknownListName") == "defaultList" ? 0 : found.Count, id);
                    }
                }

                next = requests.LinkIn(page.RootElement, "@odata.nextLink");
            }

            if (next is null)
            {
                return found;
            }

            page = await requests.FollowAsync(tenantId, user, next, cancellation);
        }
    }

    /// <summary>Makes a task. To Do knows no retry: where the answer was lost, <see cref="FindTaskByKeyAsync"/> tells whether it was made.</summary>
    public async Task<ReminderItem> CreateTaskAsync(
        Guid tenantId, string user, string listId, string key, ReminderText text, CancellationToken cancellation)
    {
        using var answer = await requests.SendOnceAsync(
            tenantId,
            user,
            client =>
            {
                var made = ToTask(text);
                made.LinkedResources =
                [
                    new() { ApplicationName = ApplicationName, DisplayName = text.Title, ExternalId = key, WebUrl = text.WebLink },
                ];
                return client.Users[user].Todo.Lists[listId].Tasks.ToPostRequestInformation(made);
            },
            cancellation);
        return ReadTask(answer.RootElement, listId) ?? throw NoItem();
    }

    /// <summary>Null when it is gone.</summary>
    /// <param name="untick">It was ticked and is to be done after all.</param>
    public Task<ReminderItem?> ChangeTaskAsync(
        Guid tenantId, string user, string listId, string itemId, ReminderText text, bool untick, CancellationToken cancellation) =>
        UnlessGoneAsync(
            tenantId,
            user,
            client =>
            {
                var changed = ToTask(text);
                if (untick)
                {
                    changed.Status = Microsoft.Graph.Models.TaskStatus.NotStarted;
                }

                return client.Users[user].Todo.Lists[listId].Tasks[itemId].ToPatchRequestInformation(changed);
            },
            json => ReadTask(json, listId),
            cancellation);

    /// <summary>Of one that is gone nothing is said.</summary>
    public Task RemoveTaskAsync(Guid tenantId, string user, string listId, string itemId, CancellationToken cancellation) =>
        UnlessGoneAsync(tenantId, user, client => client.Users[user].Todo.Lists[listId].Tasks[itemId].ToDeleteRequestInformation(), _ => null, cancellation);

    /// <summary>Null when it is gone from this list.</summary>
    public Task<ReminderItem?> FindTaskAsync(Guid tenantId, string user, string listId, string itemId, CancellationToken cancellation) =>
        UnlessGoneAsync(
            tenantId, user,
            client => client.Users[user].Todo.Lists[listId].Tasks[itemId].ToGetRequestInformation(request => request.QueryParameters.Select = TaskFields),
            json => ReadTask(json, listId), cancellation);

    /// <summary>
    /// Null when no list has one that was made with this key. Reads every list: a task that was moved to another list has another id there, and no
    /// filter for links is documented.
    /// </summary>
    public async Task<ReminderItem?> FindTaskByKeyAsync(Guid tenantId, string user, string key, CancellationToken cancellation)
    {
        foreach (var listId in await ListTaskListsAsync(tenantId, user, cancellation))
        {
            var page = await requests.SendAsync(
                tenantId, user, client => client.Users[user].Todo.Lists[listId].Tasks.ToGetRequestInformation(request =>
                {
                    request.QueryParameters.Expand = ["linkedResources"];
                    request.QueryParameters.Top = GraphRequests.PageSize;
                }), cancellation);
            while (true)
            {
                string? next;
                using (page)
                {
                    foreach (var json in GraphJson.Items(page.RootElement, "value"))
                    {
                        if (GraphJson.Items(json, "linkedResources").Any(link => GraphJson.Text(link, "externalId") == key) && ReadTask(json, listId) is { } found)
                        {
                            return found;
                        }
                    }

                    next = requests.LinkIn(page.RootElement, "@odata.nextLink");
                }

                if (next is null)
                {
                    break;
                }

                page = await requests.FollowAsync(tenantId, user, next, cancellation);
            }
        }

        return null;
    }

    /// <summary>One page of what changed in a list since the link was given; without a link, of all that is in it.</summary>
    /// <exception cref="GraphException"><see cref="GraphTrouble.Resync"/>: the link is no longer good.</exception>
    public async Task<TaskChanges> ReadTaskChangesAsync(Guid tenantId, string user, string listId, string? link, CancellationToken cancellation)
    {
        using var page = await requests.PageAsync(
            tenantId, user, link, client => client.Users[user].Todo.Lists[listId].Tasks.Delta.ToGetRequestInformation(), cancellation);
        var items = new Dictionary<string, ReminderItem>(StringComparer.Ordinal);
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var json in GraphJson.Items(page.RootElement, "value"))
        {
            if (GraphJson.Text(json, "id") is not { Length: > 0 } id)
            {
                continue;
            }

            if (GraphJson.Child(json, "@removed").ValueKind != JsonValueKind.Undefined)
            {
                items.Remove(id);
                removed.Add(id);
            }
            else if (ReadTask(json, listId) is { } item)
            {
                removed.Remove(id);
                items[id] = item;
            }
        }

        var next = requests.LinkIn(page.RootElement, "@odata.nextLink");
        return new TaskChanges(
            [.. items.Values], [.. removed], next ?? requests.LinkIn(page.RootElement, "@odata.deltaLink") ?? throw NoItem(), IsLast: next is null);
    }

    private async Task<ReminderItem?> UnlessGoneAsync(
        Guid tenantId, string user, Func<GraphServiceClient, RequestInformation> build, Func<JsonElement, ReminderItem?> read, CancellationToken cancellation)
    {
        using var found = await requests.FindAsync(tenantId, user, build, cancellation);
        return found is null ? null : read(found.RootElement);
    }

    private static Event ToEvent(ReminderText text) => new()
    {
        Subject = text.Title,
        Body = new ItemBody { ContentType = BodyType.Html, Content = text.Html },
        Start = At(text.At.UtcDateTime),
        End = At((text.At + EventLength).UtcDateTime),
        IsAllDay = false,
        Sensitivity = Microsoft.Graph.Models.Sensitivity.Private,
        ShowAs = FreeBusyStatus.Free,
        IsReminderOn = true,
        ReminderMinutesBeforeStart = 0,
    };

    // To Do drops the time of a due date, and takes the date as it is in UTC: only the reminder has an hour.
    private static TodoTask ToTask(ReminderText text) => new()
    {
        Title = text.Title,
        Body = new ItemBody { ContentType = BodyType.Html, Content = text.Html },
        DueDateTime = At(text.DueOn.ToDateTime(TimeOnly.MinValue)),
        ReminderDateTime = At(text.At.UtcDateTime),
        IsReminderOn = true,
    };

    // An instant, which no clock shows twice or skips.
    private static DateTimeTimeZone At(DateTime utc) => new() { DateTime = utc.ToString(TimeFormat, CultureInfo.InvariantCulture), TimeZone = "UTC" };

    private static ReminderItem? ReadEvent(JsonElement json)
    {
        var isAllDay = GraphJson.Flag(json, "isAllDay");
        return GraphJson.Text(json, "id") is { Length: > 0 } id && MeetingJson.Time(json, "start", isAllDay) is { } start
            ? new ReminderItem(id, null, GraphJson.Text(json, "subject"), start, null, isAllDay, IsDone: false, GraphJson.Time(json, "lastModifiedDateTime") ?? default)
            : null;
    }

    private static ReminderItem? ReadTask(JsonElement json, string listId) => GraphJson.Text(json, "id") is not { Length: > 0 } id ? null : new ReminderItem(
        id,
        listId,
        GraphJson.Text(json, "title"),
        GraphJson.Flag(json, "isReminderOn") ? MeetingJson.Time(json, "reminderDateTime", isAllDay: false) : null,
        MeetingJson.Time(json, "dueDateTime", isAllDay: true) is { } due ? due.DayInUtc() : null,
        IsAllDay: false,
        GraphJson.Text(json, "status") == "completed",
        GraphJson.Time(json, "lastModifiedDateTime") ?? default);

    private static GraphException NoItem() => new(GraphTrouble.Temporary, "noItem", null, null, null);
}
