using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Graph;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Row <c>f|{follow-up}</c> of table <c>reminders</c>: the event or task that shows a follow-up. Whoever works on it holds the row until
/// <see cref="BusyUntil"/>; beside it row <c>i|{user}|{item}</c> finds it by the item.
/// </summary>
/// <param name="UserId">In whose mailbox.</param>
/// <param name="Key">The item was, or will be, made with it: asked for again it is the same item.</param>
/// <param name="ListId">The task's list; null for an event.</param>
/// <param name="ItemId">Null until it is known that the item was made.</param>
/// <param name="Written">What Outlook had when we last wrote or read it: anything else is its owner's doing.</param>
/// <param name="Wanted">What was asked to be written when nobody knows yet whether it was; null otherwise.</param>
/// <param name="WrittenAt">Ours, by our clock: what is changed in Outlook is changed later.</param>
/// <param name="Text">Tells one text of the item from another.</param>
/// <param name="BusyUntil">Somebody works on it, or did and died; null when nobody does.</param>
/// <param name="Failures">Tries in a row that Graph refused.</param>
internal sealed record ShownReminder(
    Guid FollowUpId,
    CustomerId Customer,
    SinkKind Kind,
    Guid UserId,
    string Key,
    string? ListId,
    string? ItemId,
    ShownText? Written,
    ShownText? Wanted,
    DateTimeOffset WrittenAt,
    string? Text,
    DateTimeOffset? BusyUntil,
    int Failures,
    DateTimeOffset? TroubleSince)
{
    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>Of what is not shown yet.</summary>
    public static ShownReminder New(FollowUp f, SinkKind kind) => new(
        f.Id, f.Customer, kind, f.OwnerId, KeyOf(f), ListId: null, ItemId: null, Written: null, Wanted: null, WrittenAt: f.PlannedAt, Text: null, BusyUntil: null,
        Failures: 0, TroubleSince: null);

    public static ShownReminder From(TableRow row) => new(
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        CustomerId.Parse((string)row.Properties[nameof(Customer)]),
        Enum.Parse<SinkKind>((string)row.Properties[nameof(Kind)]),
        (Guid)row.Properties[nameof(UserId)],
        (string)row.Properties[nameof(Key)],
        row.Properties.GetValueOrDefault(nameof(ListId)) as string,
        row.Properties.GetValueOrDefault(nameof(ItemId)) as string,
        TextOf(row, nameof(Written)),
        TextOf(row, nameof(Wanted)),
        (DateTimeOffset)row.Properties[nameof(WrittenAt)],
        row.Properties.GetValueOrDefault(nameof(Text)) as string,
        row.Properties.GetValueOrDefault(nameof(BusyUntil)) as DateTimeOffset?,
        (int)row.Properties[nameof(Failures)],
        row.Properties.GetValueOrDefault(nameof(TroubleSince)) as DateTimeOffset?);

    public TableRow ToTableRow(Guid tenantId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Customer)] = Customer.ToString(),
            [nameof(Kind)] = Kind.ToString(),
            [nameof(UserId)] = UserId,
            [nameof(Key)] = Key,
            [nameof(WrittenAt)] = WrittenAt.ToUniversalTime(),
            [nameof(Failures)] = Failures,
        };
        Put(nameof(ListId), ListId);
        Put(nameof(ItemId), ItemId);
        PutText(nameof(Written), Written);
        PutText(nameof(Wanted), Wanted);
        Put(nameof(Text), Text);
        Put(nameof(BusyUntil), BusyUntil?.ToUniversalTime());
        Put(nameof(TroubleSince), TroubleSince?.ToUniversalTime());
        return new TableRow(TableKeys.Reminders(tenantId), TableKeys.Reminder(FollowUpId), properties);

        void Put(string name, object? value)
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }

        void PutText(string name, ShownText? text)
        {
            Put(name, text?.Title);
            Put(name + "StartAt", text?.StartAt?.ToUniversalTime());
            Put(name + "DueOn", text?.DueOn?.ToString(DateFormat, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The row by which the item is found.</summary>
    public TableRow ToItemRow(Guid tenantId) => new(
        TableKeys.Reminders(tenantId),
        TableKeys.ReminderItem(UserId, ItemId!),
        new Dictionary<string, object>(StringComparer.Ordinal) { [nameof(FollowUpId)] = FollowUpId, [nameof(Customer)] = Customer.ToString() });

    /// <summary>Nothing of it is its owner's doing in Outlook.</summary>
    public bool IsAsWritten(ReminderItem item) => !item.IsDone && (Written?.IsShownBy(item) is true || Wanted?.IsShownBy(item) is true);

    /// <summary>What its owner did with it in Outlook; null when nothing.</summary>
    public OutlookChange? ChangeIn(ReminderItem item, FollowUp f, DateTimeOffset now)
    {
        // Graph tells the second, and maybe by another clock; what is not as we left it was done later than we left it.
        var told = item.ChangedAt == default ? now : item.ChangedAt;
        var at = told > WrittenAt ? told : WrittenAt;
        if (item.IsDone)
        {
            return new OutlookChange(at, IsCompleted: true);
        }

        if (IsAsWritten(item) || (Written ?? Wanted) is not { } before)
        {
            return null;
        }

        var zone = FollowUpTimes.ZoneOf(f.TimeZone);
        var local = item.StartAt is { } start ? (DateTime?)TimeZoneInfo.ConvertTime(start, zone).DateTime : null;
        (DateOnly Day, TimeOnly? Time)? moved =
            item.IsAllDay ? (item.StartAt!.Value.DayInUtc(), null)
            : Kind == SinkKind.Task && item.DueOn != before.DueOn && item.DueOn is { } due ? (due, f.DueTime)
            : item.StartAt != before.StartAt && local is { } wall ? (DateOnly.FromDateTime(wall), TimeOf(TimeOnly.FromDateTime(wall), f))
            : null;
        return new OutlookChange(
            at, DueOn: moved?.Day, DueTime: moved?.Time, Note: item.Title is { Length: > 0 } title && title != before.Title ? title : null);
    }

    /// <summary>Of a follow-up that is shown anew the version, and so the key, is another: of a removed item no second one is made.</summary>
    private static string KeyOf(FollowUp f) => string.Create(CultureInfo.InvariantCulture, $"{OutlookReminders.KeyPrefix}{f.Id:N}-{f.Version}");

    // A whole day's follow-up that is dragged to another day is one of that whole day.
    private static TimeOnly? TimeOf(TimeOnly time, FollowUp f)
    {
        var minute = new TimeOnly(time.Hour, time.Minute);
        return f.DueTime is null && minute == FollowUpTimes.StartOfDay ? null : minute;
    }

    private static ShownText? TextOf(TableRow row, string name) => row.Properties.GetValueOrDefault(name) is string title
        ? new ShownText(
            title,
            row.Properties.GetValueOrDefault(name + "StartAt") as DateTimeOffset?,
            row.Properties.GetValueOrDefault(name + "DueOn") is string day ? DateOnly.ParseExact(day, DateFormat, CultureInfo.InvariantCulture) : null)
        : null;
}

/// <summary>What an item in Outlook says.</summary>
/// <param name="StartAt">An event's start, a task's reminder.</param>
/// <param name="DueOn">A task's due date; null for an event.</param>
internal sealed record ShownText(string Title, DateTimeOffset? StartAt, DateOnly? DueOn)
{
    /// <summary>A task whose reminder was dismissed shows all but its time.</summary>
    public bool IsShownBy(ReminderItem item) => !item.IsAllDay && this == Of(item, StartAt);

    /// <param name="dismissed">When a task would remind, had its reminder not been dismissed.</param>
    public static ShownText Of(ReminderItem item, DateTimeOffset? dismissed) => new(item.Title ?? "", item.StartAt ?? dismissed, item.DueOn);

    public static ShownText Of(ReminderText text, SinkKind kind) => new(text.Title, text.At, kind == SinkKind.Task ? text.DueOn : null);
}
