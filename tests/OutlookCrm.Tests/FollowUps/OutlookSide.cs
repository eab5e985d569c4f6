using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Pane;
using OutlookCrm.Sandbox;
using OutlookCrm.Sandbox.Mail;
using OutlookCrm.Tests.Capture;

namespace OutlookCrm.Tests.FollowUps;

/// <summary>Both sides of reminders in a <see cref="CaptureWorld"/>: the records, and what the colleagues' Outlook has of them.</summary>
internal sealed class OutlookSide(CaptureWorld world)
{
    public static readonly DateOnly Thursday = new(2026, 3, 5);

    private const string OursBegins = "outlook-crm-";

    public FollowUpStore Store => world.Services.GetRequiredService<FollowUpStore>();

    public Task RemindByAsync(SampleColleague colleague, SinkKind kind) =>
        world.Services.GetRequiredService<ReminderSettingsStore>().SaveAsync(world.Tenant, colleague.Id, new ReminderSettings(kind, TimeZone: null), default);

    public async Task<FollowUp> PlanAsync(
        CustomerId customer, string note = "Send the offer", SampleColleague? owner = null, DateOnly? dueOn = null, TimeOnly? dueTime = null, string? webLink = null,
        string? messageId = null)
    {
        owner ??= SampleFirm.Mira;
        var now = world.Clock.GetUtcNow();
        var source = (webLink, messageId) is (null, null)
            ? null
            : new FollowUpSource(owner.Id, ItemId: null, messageId ?? "<offer@x>", ThreadId: null, webLink, "Offer <7>");
        var draft = new FollowUp(
            Guid.NewGuid(), customer, owner.Id, owner.Name, note, dueOn ?? Thursday, dueTime, "Europe/Berlin", FollowUpKind.WeOwe, source, FollowUpState.Open,
            End: null, now, now, now, Sink: null, [], Before: null, Version: 0);
        return Assert.IsType<PlanOutcome.Planned>(await Store.PlanAsync(world.Tenant, draft, default)).FollowUp;
    }

    public async Task<FollowUp> NowAsync(FollowUp f) => (await Store.GetAsync(world.Tenant, f.Customer, f.Id, default))!;

    public async Task<FollowUp> ChangeAsync(FollowUp f, Func<FollowUp, FollowUp> change) => (await Store.ChangeAsync(
        world.Tenant, f.Customer, f.Id, now => change(now).By(now.OwnerName, "changed", world.Clock.GetUtcNow()), default))!;

    /// <summary>Our events in a calendar.</summary>
    public IReadOnlyList<CalendarEvent> EventsOf(SampleColleague colleague) =>
        [.. world.MailboxOf(colleague).Calendar.Events.Where(kept => kept.TransactionId?.StartsWith(OursBegins, StringComparison.Ordinal) is true)];

    /// <summary>Our tasks in all lists, ticked ones too.</summary>
    public IReadOnlyList<TodoTask> TasksOf(SampleColleague colleague)
    {
        var tasks = world.MailboxOf(colleague).Tasks;
        return [.. tasks.All.SelectMany(tasks.TasksIn).Where(task => task.Links.Any(link => link.ExternalId.StartsWith(OursBegins, StringComparison.Ordinal)))];
    }

    public void ChangeEvent(SampleColleague colleague, CalendarEvent kept, Func<Meeting, Meeting> change) =>
        world.MailboxOf(colleague).Calendar.Change(kept.Id, world.Sandbox.Post.Now, item => item with { Meeting = change(item.Meeting) });

    public void ChangeTask(SampleColleague colleague, TodoTask task, Func<TodoTask, TodoTask> change) =>
        world.MailboxOf(colleague).Tasks.Change(task.Id, world.Sandbox.Post.Now, change);

    /// <summary>Looks at what colleagues did in Outlook, until both sides are still.</summary>
    public Task LookAsync() => world.LookAsync([.. SampleFirm.Colleagues]);

    /// <summary>Nothing that the product wrote invites anybody, and it changed and removed nothing but what it had made itself.</summary>
    public void AssertOnlyOursWasWritten()
    {
        var writes = world.Sandbox.Writes.All;
        var made = writes.Where(write => write is { Method: "POST", Status: 201 }).Select(write => write.Made).ToHashSet();
        Assert.All(writes, write =>
        {
            Assert.False(Mentions(write.Body, "attendees"), "Somebody is invited.");
            Assert.False(Mentions(write.Body, "toRecipients") || Mentions(write.Body, "ccRecipients") || Mentions(write.Body, "bccRecipients"), "Somebody is written to.");
            if (write.Method == "POST")
            {
                Assert.Matches("^/users/[^/]+/(events|messages|todo/lists/[^/]+/tasks)$", write.Path);
            }
            else
            {
                Assert.Contains(write.Method, (string[])["PATCH", "DELETE"]);
                Assert.DoesNotContain("/messages/", write.Path, StringComparison.Ordinal);
                var id = write.Path.Split('/')[^1];
                Assert.True(made.Contains(id) || IsMovedByOwner(id), $"{write.Method} of something that is not ours");
            }
        });
    }

    // To Do gives a task another id in another list; it is ours by its link all the same.
    private bool IsMovedByOwner(string id) => SampleFirm.Colleagues.Any(colleague => world.MailboxOf(colleague).Tasks.Ever(id) is { } task
        && task.Links.Any(link => link.ExternalId.StartsWith(OursBegins, StringComparison.Ordinal)));

    private static bool Mentions(JsonNode? node, string name) => node switch
    {
        JsonObject body => body.Any(pair => pair.Key == name || Mentions(pair.Value, name)),
        JsonArray items => items.Any(item => Mentions(item, name)),
        _ => false,
    };

    /// <summary>Records and Outlook say the same: one open item for each open follow-up, no other.</summary>
    public async Task AssertAgreedAsync(IEnumerable<FollowUp> all)
    {
        var settings = world.Services.GetRequiredService<ReminderSettingsStore>();
        var wanted = new List<string>();
        foreach (var one in all)
        {
            var f = await NowAsync(one);
            var kind = f.State == FollowUpState.Open ? (await settings.OfAsync(world.Tenant, f.OwnerId, default)).Sink : SinkKind.None;
            if (kind != SinkKind.None)
            {
                wanted.Add(Line(f.Id, kind, f.OwnerId, f.Note, f.RemindAt, kind == SinkKind.Task ? f.DueOn : null));
            }
        }

        var there = new List<string>();
        foreach (var colleague in SampleFirm.Colleagues)
        {
            there.AddRange(EventsOf(colleague).Select(kept =>
                Line(IdIn(kept.TransactionId!), SinkKind.CalendarEvent, colleague.Id, kept.Meeting.Subject, kept.Meeting.StartAt, null)));
            there.AddRange(TasksOf(colleague).Where(task => task.Status != TodoTask.Completed).Select(task =>
                Line(IdIn(task.Links[0].ExternalId), SinkKind.Task, colleague.Id, task.Title, task.RemindsAt ?? default, task.DueOn)));
        }

        Assert.Equal(string.Join('\n', wanted.Order(StringComparer.Ordinal)), string.Join('\n', there.Order(StringComparer.Ordinal)));

        static Guid IdIn(string key) => Guid.ParseExact(key.Substring(OursBegins.Length, 32), "N");

        static string Line(Guid id, SinkKind kind, Guid user, string title, DateTimeOffset at, DateOnly? dueOn) =>
            string.Create(CultureInfo.InvariantCulture, $"{id:N} {kind} {user:N} {at.UtcDateTime:s} {dueOn:yyyy-MM-dd} {title}");
    }
}
