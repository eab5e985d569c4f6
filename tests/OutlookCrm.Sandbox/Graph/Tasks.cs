using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OutlookCrm.Sandbox.Mail;

namespace OutlookCrm.Sandbox.Graph;

/// <summary>
/// To Do. As strict as what is known of it: a due date has no time of day and comes back as midnight in UTC; links come only when asked for and
/// never in a delta; a task that moves to another list has another id there.
/// </summary>
internal static class Tasks
{
    private const int PageSize = 10;
    private const string DateFormat = "yyyy-MM-dd";

    private static readonly string[] Statuses = ["notStarted", "inProgress", TodoTask.Completed, "waitingOnOthers", "deferred"];

    private static readonly Shape<TaskList> Lists = new(
        "todoTaskList",
        [
            new("displayName", (json, list, _) => json.WriteStringValue(list.Name)),
            new("isOwner", (json, _, _) => json.WriteBooleanValue(true)),
            new("isShared", (json, _, _) => json.WriteBooleanValue(false)),
            new("wellknownListName", (json, list, _) => json.WriteStringValue(list.IsDefault ? "defaultList" : "none")),
        ],
        new Dictionary<string, Func<TaskList, object?>> { ["displayName"] = list => list.Name });

    private static readonly Shape<TodoTask> Items = new(
        "todoTask",
        [
            new("importance", (json, task, _) => json.WriteStringValue(task.Importance.Word())),
            new("isReminderOn", (json, task, _) => json.WriteBooleanValue(task.IsReminderOn)),
            new("status", (json, task, _) => json.WriteStringValue(task.Status)),
            new("title", (json, task, _) => json.WriteStringValue(task.Title)),
            new("createdDateTime", (json, task, _) => json.WriteInstant(task.CreatedAt)),
            new("lastModifiedDateTime", (json, task, _) => json.WriteInstant(task.ModifiedAt)),
            new("hasAttachments", (json, _, _) => json.WriteBooleanValue(false)),
            new("categories", (json, task, _) => json.WriteTexts(task.Categories)),
            new("body", (json, task, to) => json.WriteBody(task.Text, task.Html, to.Preferences)),
            new("dueDateTime", (json, task, _) => WriteDay(json, task.DueOn)),
            new("startDateTime", (json, task, _) => WriteDay(json, task.StartsOn)),
            new("reminderDateTime", (json, task, _) => WriteTime(json, task.RemindsAt)),
            new("completedDateTime", (json, task, _) => WriteDay(json, task.CompletedAt is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null)),
        ],
        new Dictionary<string, Func<TodoTask, object?>>
        {
            ["id"] = task => task.Id,
            ["title"] = task => task.Title,
            ["status"] = task => task.Status,
            ["createdDateTime"] = task => task.CreatedAt,
            ["lastModifiedDateTime"] = task => task.ModifiedAt,
        });

    public static void Map(IEndpointRouteBuilder user, Needs write)
    {
        user.MapGet("/todo/lists", context => GraphEndpoints.WriteAllAsync(
            context, "todoTaskList", Lists, GraphEndpoints.MailboxOf(context).Tasks.All, list => list.Id, PageSize)).Needing(Needs.ReadTasks);
        user.MapPost("/todo/lists", AddListAsync).Needing(write);
        user.MapGet("/todo/lists/{list}", context => WriteListAsync(context, ListOf(context), StatusCodes.Status200OK)).Needing(Needs.ReadTasks);
        user.MapGet("/todo/lists/{list}/tasks", ListAsync).Needing(Needs.ReadTasks);
        user.MapPost("/todo/lists/{list}/tasks", AddAsync).Needing(write);
        user.MapGet("/todo/lists/{list}/tasks/delta", DeltaAsync).Needing(Needs.ReadTasks);
        user.MapGet("/todo/lists/{list}/tasks/delta()", DeltaAsync).Needing(Needs.ReadTasks);
        user.MapGet("/todo/lists/{list}/tasks/{task}", context => WriteAsync(context, TaskOf(context), StatusCodes.Status200OK)).Needing(Needs.ReadTasks);
        user.MapPatch("/todo/lists/{list}/tasks/{task}", ChangeAsync).Needing(write);
        user.MapDelete("/todo/lists/{list}/tasks/{task}", DeleteAsync).Needing(write);
    }

    private static TaskList ListOf(HttpContext context) =>
        GraphEndpoints.MailboxOf(context).Tasks.FindList((string)context.Request.RouteValues["list"]!) ?? throw GraphError.ItemNotFound();

    private static TodoTask TaskOf(HttpContext context) =>
        GraphEndpoints.MailboxOf(context).Tasks.Find((string)context.Request.RouteValues["task"]!) is { } task && task.ListId == ListOf(context).Id
            ? task
            : throw GraphError.ItemNotFound();

    private static async Task AddListAsync(HttpContext context)
    {
        var body = await GraphAnswers.ReadBodyAsync(context);
        await WriteListAsync(context, GraphEndpoints.MailboxOf(context).Tasks.AddList(MailInput.Text(body["displayName"], "displayName")), StatusCodes.Status201Created);
    }

    private static Task WriteListAsync(HttpContext context, TaskList list, int status)
    {
        var (selection, rendering) = (Lists.Select(new GraphQuery(context.Request).Select), RenderingFor(context));
        return GraphAnswers.WriteAsync(context, status, json => GraphEndpoints.WriteItem(json, list, selection, rendering, list.Id));
    }

    private static Task ListAsync(HttpContext context)
    {
        var withLinks = WantsLinks(context);
        return GraphEndpoints.WriteAllAsync(
            context, "todoTask", Items, GraphEndpoints.MailboxOf(context).Tasks.TasksIn(ListOf(context)), task => task.Id, PageSize,
            (json, task, _) => WriteMore(json, task, withLinks));
    }

    private static async Task AddAsync(HttpContext context)
    {
        var list = ListOf(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        if (body["title"] is null)
        {
            throw GraphError.Refused("invalidRequest", "A task needs a title.");
        }

        var made = GraphEndpoints.MailboxOf(context).Tasks.Add(list, Read(body, new TodoTask(""), isNew: true), Now(context));
        await WriteAsync(context, made, StatusCodes.Status201Created);
    }

    private static async Task ChangeAsync(HttpContext context)
    {
        var before = TaskOf(context);
        var body = await GraphAnswers.ReadBodyAsync(context);
        _ = Read(body, before, isNew: false);
        var after = GraphEndpoints.MailboxOf(context).Tasks.Change(before.Id, Now(context), task => Read(body, task, isNew: false));
        await WriteAsync(context, after ?? throw GraphError.ItemNotFound(), StatusCodes.Status200OK);
    }

    private static Task DeleteAsync(HttpContext context)
    {
        GraphEndpoints.MailboxOf(context).Tasks.Remove(TaskOf(context).Id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, TodoTask task, int status)
    {
        var (selection, rendering, withLinks) = (Items.Select(new GraphQuery(context.Request).Select), RenderingFor(context), WantsLinks(context));
        GraphWrites.Tell(context, task.Id);
        return GraphAnswers.WriteAsync(
            context, status, json => GraphEndpoints.WriteItem(json, task, selection, rendering, task.Id, (writer, item, _) => WriteMore(writer, item, withLinks)));
    }

    private static Task DeltaAsync(HttpContext context)
    {
        var mailbox = GraphEndpoints.MailboxOf(context);
        var list = ListOf(context);
        var query = new GraphQuery(context.Request);
        var tokens = context.RequestServices.GetRequiredService<DeltaTokens>();
        var state = (query.Option("$skiptoken") ?? query.Option("$deltatoken")) is { } token
            ? tokens.Read(token, mailbox.Owner.Id, list.Id, query.Address)
            : query.Given("$expand", "$filter", "$orderby", "$search", "$skip") is [_, ..] refused
                ? throw GraphError.BadRequest($"The sandbox tracks all of a list's tasks: '{string.Join(", ", refused)}' cannot be given.")
                : new DeltaState(mailbox.Owner.Id, list.Id, IsSnapshot: true, mailbox.Tasks.Version, IssuedAt: 0, Epoch: 0);
        var rendering = RenderingFor(context);
        var size = rendering.Preferences.PageSize ?? PageSize;
        var faults = context.RequestServices.GetRequiredService<Faults>().For(context);
        var (changes, next, isLast) = faults.IsEmptyPage() ? ([], state, false)
            : state.IsSnapshot ? Snapshot(mailbox.Tasks, list, state, size)
            : Changes(mailbox.Tasks, list, faults.Replay(state, size), size);
        var selection = Items.Select(null);
        var link = $"{query.Address}?{(isLast ? "%24deltatoken" : "%24skiptoken")}={tokens.Write(next)}";
        return GraphAnswers.WritePageAsync(
            context, "Collection(todoTask)", faults.Double(changes), (json, change) =>
            {
                if (!change.IsGone)
                {
                    GraphEndpoints.WriteItem(json, change.Task, selection, rendering, change.Task.Id, (writer, item, _) => WriteMore(writer, item, withLinks: false));
                    return;
                }

                json.WriteStartObject();
                json.WriteString("id", change.Task.Id);
                json.WriteStartObject("@removed");
                json.WriteString("reason", "deleted");
                json.WriteEndObject();
                json.WriteEndObject();
            },
            (isLast ? "@odata.deltaLink" : "@odata.nextLink", link));
    }

    private static (IEnumerable<TaskChange> Changes, DeltaState Next, bool IsLast) Snapshot(TaskLists tasks, TaskList list, DeltaState state, int size)
    {
        var (found, hasMore) = tasks.ReadAll(list.Id, state.AfterNumber ?? -1, size);
        return (
            found.Select(task => new TaskChange(task.Version, list.Id, task, IsGone: false)),
            hasMore ? state with { AfterNumber = found[^1].Number } : state with { IsSnapshot = false, AfterNumber = null },
            !hasMore);
    }

    private static (IEnumerable<TaskChange> Changes, DeltaState Next, bool IsLast) Changes(TaskLists tasks, TaskList list, DeltaState state, int size)
    {
        var (found, version, hasMore) = tasks.ReadChanges(list.Id, state.Since, size);
        return (found, state with { Since = version }, !hasMore);
    }

    private static TodoTask Read(JsonObject body, TodoTask task, bool isNew)
    {
        foreach (var (name, value) in body)
        {
            task = name switch
            {
                "title" => task with { Title = MailInput.Text(value, name) is { Length: > 0 } title ? title : throw GraphError.Refused("invalidRequest", "A task needs a title.") },
                "status" => task with { Status = Statuses.Contains(MailInput.Text(value, name)) ? MailInput.Text(value, name) : throw MailInput.Wrong(name) },
                "importance" => task with { Importance = Enum.TryParse<Importance>(MailInput.Text(value, name), true, out var weight) ? weight : throw MailInput.Wrong(name) },
                "body" when MailInput.ReadBody(value, name) is var (text, html) => task with { Text = text, Html = html },
                "categories" => task with { Categories = MailInput.Texts(value, name) },
                "isReminderOn" => task with { IsReminderOn = MailInput.Bool(value, name) },
                "dueDateTime" => task with { DueOn = ReadDay(value, name) },
                "startDateTime" => task with { StartsOn = ReadDay(value, name) },
                "reminderDateTime" => task with { RemindsAt = value is null ? null : EventInput.ReadTime(value, name).At, IsReminderOn = value is not null && task.IsReminderOn },
                "linkedResources" when isNew => task with { Links = [.. MailInput.Items(value, name).Select((item, number) => ReadLink(item, number))] },
                ['@', ..] => task,
                _ => throw GraphError.BadRequest($"The property '{name}' cannot be set here."),
            };
        }

        // Whether and when come in any order.
        task = body["isReminderOn"] is { } on ? task with { IsReminderOn = MailInput.Bool(on, "isReminderOn") } : task;
        return task is { IsReminderOn: true, RemindsAt: null } ? task with { IsReminderOn = false } : task;
    }

    private static TaskLink ReadLink(JsonNode? item, int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"link-{number}"), Optional(item, "applicationName"), Optional(item, "displayName"), Optional(item, "externalId"), Optional(item, "webUrl"));

    private static string Optional(JsonNode? item, string name) => item?[name] is { } given ? MailInput.Text(given, name) : "";

    // The day in UTC, whatever zone was named: who means another day must say so.
    private static DateOnly? ReadDay(JsonNode? value, string name) => value is null ? null : DateOnly.FromDateTime(EventInput.ReadTime(value, name).At.UtcDateTime);

    private static void WriteDay(Utf8JsonWriter json, DateOnly? day)
    {
        if (day is { } date)
        {
            json.WriteLocalTime($"{date.ToString(DateFormat, CultureInfo.InvariantCulture)}T00:00:00.0000000", "UTC");
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset? at)
    {
        if (at is { } moment)
        {
            json.WriteLocalTime(JsonWriting.LocalTime(moment.ToUniversalTime()), "UTC");
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteMore(Utf8JsonWriter json, TodoTask task, bool withLinks)
    {
        json.WriteString("@odata.etag", $"W/\"{JsonWriting.ChangeKey(task.Id, task.Version)}\"");
        if (!withLinks)
        {
            return;
        }

        json.WriteStartArray("linkedResources");
        foreach (var link in task.Links)
        {
            json.WriteStartObject();
            json.WriteString("id", link.Id);
            json.WriteString("applicationName", link.ApplicationName);
            json.WriteString("displayName", link.DisplayName);
            json.WriteString("externalId", link.ExternalId);
            json.WriteString("webUrl", link.WebUrl);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static bool WantsLinks(HttpContext context) => new GraphQuery(context.Request).Expand.LinkedResources;

    private static Rendering RenderingFor(HttpContext context) => GraphEndpoints.RenderingFor(context, GraphEndpoints.MailboxOf(context), Needs.ReadTasks);

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<Post>().Now;
}
