namespace OutlookCrm.Sandbox.Mail;

/// <summary>One colleague's lists of tasks, and a log of what happened to them. Safe to use from many threads at once.</summary>
public sealed class TaskLists
{
    private readonly Mailbox mailbox;
    private readonly Lock changing = new();
    private readonly List<TaskList> lists = [];
    private readonly List<TodoTask?> tasks = []; // by number; null for one that is gone
    private readonly Dictionary<string, int> numbers = [];
    private readonly List<TaskChange> changes = [];
    private long version;

    internal TaskLists(Mailbox mailbox)
    {
        this.mailbox = mailbox;
        Default = MakeList("Tasks", isDefault: true);
    }

    public TaskList Default { get; }

    public IReadOnlyList<TaskList> All
    {
        get
        {
            lock (changing)
            {
                return [.. lists];
            }
        }
    }

    internal long Version
    {
        get
        {
            lock (changing)
            {
                return version;
            }
        }
    }

    public TaskList? FindList(string id)
    {
        lock (changing)
        {
            return lists.Find(list => list.Id == id);
        }
    }

    public TaskList AddList(string name)
    {
        lock (changing)
        {
            return MakeList(name, isDefault: false);
        }
    }

    /// <summary>A copy, in order of arrival.</summary>
    public IReadOnlyList<TodoTask> TasksIn(TaskList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        lock (changing)
        {
            return [.. tasks.OfType<TodoTask>().Where(task => task.ListId == list.Id)];
        }
    }

    public TodoTask? Find(string id)
    {
        lock (changing)
        {
            return Current(id);
        }
    }

    /// <summary>A task that is or was there, as it was at first.</summary>
    public TodoTask? Ever(string id)
    {
        lock (changing)
        {
            return changes.Find(change => change.Task.Id == id)?.Task;
        }
    }

    public TodoTask Add(TaskList list, TodoTask task, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(task);
        lock (changing)
        {
            var made = task with { Id = NewId(), ListId = list.Id, Number = tasks.Count, CreatedAt = at, ModifiedAt = at, Version = ++version };
            tasks.Add(made);
            numbers[made.Id] = made.Number;
            changes.Add(new TaskChange(version, list.Id, made, IsGone: false));
            return made;
        }
    }

    /// <summary>Null when there is none of that id.</summary>
    public TodoTask? Change(string id, DateTimeOffset at, Func<TodoTask, TodoTask> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (changing)
        {
            if (Current(id) is not { } before)
            {
                return null;
            }

            var wanted = change(before);
            if (wanted == before)
            {
                return before;
            }

            var after = wanted with
            {
                ModifiedAt = at,
                Version = ++version,
                CompletedAt = wanted.Status == TodoTask.Completed ? before.CompletedAt ?? at : null,
            };
            tasks[after.Number] = after;
            changes.Add(new TaskChange(version, after.ListId, after, IsGone: false));
            return after;
        }
    }

    /// <summary>Into another list, under another id: as To Do does. Null when there is none of that id.</summary>
    public TodoTask? Move(string id, TaskList list, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(list);
        lock (changing)
        {
            return Current(id) is { } before && Remove(id) ? Add(list, before, at) : null;
        }
    }

    /// <summary>False when there is none of that id.</summary>
    public bool Remove(string id)
    {
        lock (changing)
        {
            if (Current(id) is not { } gone)
            {
                return false;
            }

            tasks[gone.Number] = null;
            changes.Add(new TaskChange(++version, gone.ListId, gone, IsGone: true));
            return true;
        }
    }

    /// <summary>What is in a list now, in order of arrival, from a place on.</summary>
    internal (IReadOnlyList<TodoTask> Tasks, bool HasMore) ReadAll(string listId, int after, int take)
    {
        lock (changing)
        {
            var found = new List<TodoTask>();
            for (var i = after + 1; i < tasks.Count; i++)
            {
                if (tasks[i] is not { } task || task.ListId != listId)
                {
                    continue;
                }

                if (found.Count == take)
                {
                    return (found, true);
                }

                found.Add(task);
            }

            return (found, false);
        }
    }

    /// <summary>What happened in a list after a version, each task once and as it is now.</summary>
    internal (IReadOnlyList<TaskChange> Changes, long Version, bool HasMore) ReadChanges(string listId, long since, int take)
    {
        lock (changing)
        {
            var found = new List<TaskChange>();
            for (var i = FirstAfter(since); i < changes.Count; i++)
            {
                var change = changes[i];
                if (change.ListId != listId || (!change.IsGone && tasks[change.Task.Number]?.Version != change.Version))
                {
                    continue;
                }

                if (found.Count == take)
                {
                    return (found, found[^1].Version, true);
                }

                found.Add(change);
            }

            return (found, version, false);
        }
    }

    private int FirstAfter(long since)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = changes[middle].Version <= since ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private TodoTask? Current(string id) => numbers.TryGetValue(id, out var number) ? tasks[number] : null;

    private TaskList MakeList(string name, bool isDefault)
    {
        var list = new TaskList(mailbox.MakeId("task list", $"{name} {lists.Count}"), name, isDefault);
        lists.Add(list);
        return list;
    }

    private string NewId() => mailbox.MakeId("task", $"{tasks.Count}");
}

public sealed record TaskList(string Id, string Name, bool IsDefault);

/// <summary>A task, as it is at one moment: a change makes another record.</summary>
public sealed record TodoTask(string Title)
{
    public const string Completed = "completed";

    public string Id { get; init; } = "";

    public string ListId { get; init; } = "";

    /// <summary>Which one it is in its mailbox, in order of arrival.</summary>
    public int Number { get; init; }

    /// <summary>notStarted, inProgress, completed, waitingOnOthers, deferred.</summary>
    public string Status { get; init; } = "notStarted";

    public Importance Importance { get; init; } = Importance.Normal;

    public string Text { get; init; } = "";

    public string? Html { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>A date: To Do drops the time of day.</summary>
    public DateOnly? DueOn { get; init; }

    public DateOnly? StartsOn { get; init; }

    public DateTimeOffset? RemindsAt { get; init; }

    public bool IsReminderOn { get; init; }

    public IReadOnlyList<TaskLink> Links { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The mailbox's count of changes to tasks when this one happened.</summary>
    public long Version { get; init; }
}

/// <summary>Where a task came from.</summary>
public sealed record TaskLink(string Id, string ApplicationName, string DisplayName, string ExternalId, string WebUrl);

internal sealed record TaskChange(long Version, string ListId, TodoTask Task, bool IsGone);
