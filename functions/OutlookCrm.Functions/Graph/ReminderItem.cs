namespace OutlookCrm.Graph;

/// <summary>What a reminder shall say, and when it rings. It has no place for anybody else: nobody is ever invited.</summary>
/// <param name="Title">One line, at most 255 characters.</param>
/// <param name="Html">Its text; whatever a person wrote is encoded in it.</param>
/// <param name="At">When it rings, to the second.</param>
/// <param name="DueOn">A calendar date where its owner lives: of a task the due date.</param>
/// <param name="WebLink">Opens the mail or meeting it is about; null without one.</param>
public sealed record ReminderText(string Title, string Html, DateTimeOffset At, DateOnly DueOn, string? WebLink);

/// <summary>One of our reminders as Outlook has it now.</summary>
/// <param name="ListId">The list of a task; null for an event.</param>
/// <param name="StartAt">An event's start, a task's reminder. Null for a task that does not remind.</param>
/// <param name="DueOn">A task's due date; null for an event and for a task without one.</param>
/// <param name="IsAllDay">Of an event; its start is then midnight UTC of that date.</param>
/// <param name="IsDone">A task that was ticked.</param>
/// <param name="ChangedAt">By Graph's clock, to the second.</param>
public sealed record ReminderItem(
    string ItemId, string? ListId, string? Title, DateTimeOffset? StartAt, DateOnly? DueOn, bool IsAllDay, bool IsDone, DateTimeOffset ChangedAt);

/// <param name="Items">Tasks as they are now, of whatever origin.</param>
/// <param name="Link">The next page, or what is new next time.</param>
/// <param name="IsLast">Nothing more is new.</param>
public sealed record TaskChanges(IReadOnlyList<ReminderItem> Items, IReadOnlyList<string> RemovedIds, string Link, bool IsLast);
