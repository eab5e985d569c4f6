using System.Text.Json.Nodes;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using OutlookCrm.Sandbox;

namespace OutlookCrm.Tests.Sandbox;

/// <summary>To Do and reminders of the pretend Graph, through Microsoft's own client.</summary>
public sealed class TaskTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static string User => SampleFirm.Tomasz.Id.ToString();

    private static DateTimeTimeZone At(string time, string zone = "UTC") => new() { DateTime = time, TimeZone = zone };

    [Fact]
    public async Task A_task_keeps_its_day_and_the_hour_of_its_reminder_and_nothing_else_of_the_time()
    {
        var graph = sandbox.GraphAsApp();
        var list = await DefaultListAsync(graph);

        var made = (await list.Tasks.PostAsync(new TodoTask
        {
            Title = "Send the offer",
            DueDateTime = At("2026-12-04T16:30:00"),
            ReminderDateTime = At("2026-12-04T09:00:00", "W. Europe Standard Time"),
            IsReminderOn = true,
            LinkedResources = [new LinkedResource { ApplicationName = "Somebody", ExternalId = "7", DisplayName = "The mail", WebUrl = "https://somewhere.example/7" }],
        }))!;

        Assert.Equal("2026-12-04T00:00:00.0000000", made.DueDateTime!.DateTime);
        Assert.Equal("2026-12-04T08:00:00.0000000", made.ReminderDateTime!.DateTime);
        Assert.Null(made.LinkedResources);
        var linked = (await list.Tasks.GetAsync(request => { request.QueryParameters.Expand = ["linkedResources"]; request.QueryParameters.Top = 100; }))!.Value!;
        Assert.Equal("7", linked.Single(task => task.Id == made.Id).LinkedResources!.Single().ExternalId);

        await list.Tasks[made.Id].PatchAsync(new TodoTask { Status = Microsoft.Graph.Models.TaskStatus.Completed });
        Assert.NotNull((await list.Tasks[made.Id].GetAsync())!.CompletedDateTime);
        await list.Tasks[made.Id].DeleteAsync();
        Assert.Equal((404, "ErrorItemNotFound"), await RunningSandbox.RefusalAsync(() => list.Tasks[made.Id].GetAsync()));
        Assert.Equal((400, "invalidRequest"), await RunningSandbox.RefusalAsync(() => list.Tasks.PostAsync(new TodoTask { Importance = Importance.Low })));
    }

    [Fact]
    public async Task Delta_tells_each_task_as_it_is_and_the_one_that_moved_away_as_removed()
    {
        var tasks = sandbox.Application.MailboxOf(SampleFirm.Amara).Tasks;
        var at = RunningSandbox.Now;
        var (kept, moved) = (tasks.Add(tasks.Default, new("Keep"), at), tasks.Add(tasks.Default, new("Move"), at));
        var path = $"/users/{SampleFirm.Amara.Id}/todo/lists/{tasks.Default.Id}/tasks/delta";

        var first = await sandbox.GetAsync(path);
        Assert.Equal(new[] { kept.Id, moved.Id }.Order(), first["value"]!.AsArray().Select(task => (string)task!["id"]!).Order());

        tasks.Change(kept.Id, at.AddMinutes(1), task => task with { Title = "Kept" });
        var elsewhere = tasks.Move(moved.Id, tasks.AddList("Later"), at.AddMinutes(1))!;
        var second = await sandbox.GetAsync((string)first["@odata.deltaLink"]!);

        Assert.NotEqual(moved.Id, elsewhere.Id);
        Assert.Equal(["Kept", null], second["value"]!.AsArray().Select(task => (string?)task!["title"]));
        Assert.NotNull(second["value"]![1]!["@removed"]);
        Assert.Empty((await sandbox.GetAsync((string)second["@odata.deltaLink"]!))["value"]!.AsArray());
    }

    [Fact]
    public async Task An_event_is_made_once_whatever_is_lost_on_the_way_and_found_by_its_property()
    {
        const string property = "String {6f1b9a52-7c1e-4a3e-9d5c-0b8f2e4d7a61} Name Key";
        var graph = sandbox.GraphAsApp();
        Event New() => new()
        {
            Subject = "Once",
            Start = At("2026-12-04T09:00:00", "Europe/Berlin"),
            End = At("2026-12-04T09:15:00", "Europe/Berlin"),
            TransactionId = "once-1",
            SingleValueExtendedProperties = [new() { Id = property, Value = "o'ne" }],
        };

        var (first, second) = ((await graph.Users[User].Events.PostAsync(New()))!, (await graph.Users[User].Events.PostAsync(New()))!);
        var found = (await graph.Users[User].Events.GetAsync(request =>
            request.QueryParameters.Filter = $"singleValueExtendedProperties/Any(ep: ep/id eq '{property}' and ep/value eq 'o''ne')"))!.Value!;

        Assert.Equal(first.Id, second.Id);
        Assert.Equal([first.Id], found.Select(one => one.Id));
        Assert.Equal(
            (400, "ErrorInvalidRequest"),
            await RunningSandbox.RefusalAsync(() => graph.Users[User].Events[first.Id].PatchAsync(new Event { TransactionId = "once-2" })));
        await graph.Users[User].Events[first.Id].DeleteAsync();
        Assert.NotEqual(first.Id, (await graph.Users[User].Events.PostAsync(New()))!.Id);
    }

    [Fact]
    public async Task A_reminder_rings_until_it_is_dismissed_and_again_when_its_event_moves()
    {
        var token = sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira);
        var graph = sandbox.GraphWith(token);
        var made = (await graph.Me.Events.PostAsync(new Event
        {
            Subject = "Ring",
            Start = At("2026-12-04T09:00:00"),
            End = At("2026-12-04T09:15:00"),
            IsReminderOn = true,
            ReminderMinutesBeforeStart = 0,
        }))!;

        Assert.Equal([made.Id], await RingingAsync());
        await graph.Me.Events[made.Id].SnoozeReminder.PostAsync(new() { NewReminderTime = At("2026-12-05T09:00:00") });
        Assert.Empty(await RingingAsync());
        await graph.Me.Events[made.Id].DismissReminder.PostAsync();
        Assert.Empty(await RingingAsync("2026-12-06T00:00:00Z"));
        await graph.Me.Events[made.Id].PatchAsync(new Event { Start = At("2026-12-04T10:00:00"), End = At("2026-12-04T10:15:00") });
        Assert.Equal([made.Id], await RingingAsync());

        async Task<IEnumerable<string?>> RingingAsync(string until = "2026-12-04T12:00:00Z")
        {
            using var answer = await sandbox.SendAsync(
                HttpMethod.Get, $"/me/reminderView(startDateTime='2026-12-04T08:00:00Z',endDateTime='{until}')", token: token);
            return [.. (await RunningSandbox.ReadAsync(answer))["value"]!.AsArray().Select(one => (string?)one!["eventId"])];
        }
    }

    [Fact]
    public async Task What_the_product_writes_is_kept_and_what_it_may_not_write_is_refused()
    {
        var before = sandbox.Application.Writes.All.Count;
        var graph = sandbox.GraphAsApp();
        var made = (await graph.Users[User].Events.PostAsync(new Event { Subject = "Kept", Start = At("2026-12-07T09:00:00"), End = At("2026-12-07T09:15:00") }))!;
        var read = sandbox.GraphWith(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Tomasz));
        await read.Me.Events[made.Id].PatchAsync(new Event { Subject = "By its owner" });
        Assert.Equal((403, "ErrorAccessDenied"), await RunningSandbox.RefusalAsync(() => graph.Users[User].Messages["x"].Send.PostAsync()));

        var written = sandbox.Application.Writes.All.Skip(before).ToList();
        Assert.Equal([("POST", 201, made.Id), ("POST", 403, null)], written.Select(write => (write.Method, write.Status, write.Made)));
        Assert.Equal("Kept", (string?)written[0].Body!["subject"]);
    }

    [FactWith(GraphMetadata.File)]
    public async Task Tasks_and_reminders_are_in_the_published_metadata_with_these_types()
    {
        var metadata = new GraphMetadata(FactWithAttribute.Find(GraphMetadata.File)!);
        var tasks = sandbox.Application.MailboxOf(SampleFirm.Mira).Tasks;
        tasks.Add(tasks.Default, new("Every property") { DueOn = new(2026, 12, 4), RemindsAt = RunningSandbox.Now, IsReminderOn = true, Links = [new("1", "a", "b", "c", "d")] }, RunningSandbox.Now);
        var faults = new List<string>();
        var user = $"/users/{SampleFirm.Mira.Id}";

        Check("todoTaskList", (await sandbox.GetAsync($"{user}/todo/lists"))["value"]!.AsArray());
        Check("todoTask", (await sandbox.GetAsync($"{user}/todo/lists/{tasks.Default.Id}/tasks?$expand=linkedResources"))["value"]!.AsArray());
        await sandbox.GraphWith(sandbox.Application.Issuer.CreateGraphToken(SampleFirm.Mira)).Me.Events.PostAsync(
            new Event { Subject = "Ring", Start = At("2027-01-04T09:00:00"), End = At("2027-01-04T09:15:00"), IsReminderOn = true });
        Check("reminder", (await sandbox.GetAsync($"{user}/reminderView(startDateTime='2027-01-01',endDateTime='2027-02-01')"))["value"]!.AsArray());
        Assert.Empty(faults.Distinct());

        void Check(string type, JsonArray items)
        {
            Assert.NotEmpty(items);
            Assert.All(items, item => metadata.Check(item!, type, type, faults));
        }
    }

    private static async Task<Microsoft.Graph.Users.Item.Todo.Lists.Item.TodoTaskListItemRequestBuilder> DefaultListAsync(GraphServiceClient graph)
    {
        var lists = (await graph.Users[User].Todo.Lists.GetAsync())!.Value!;
        return graph.Users[User].Todo.Lists[lists.Single(list => list.WellknownListName == WellknownListName.DefaultList).Id];
    }
}
