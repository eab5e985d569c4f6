using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// A row of table <c>blocks</c>: what a mailbox's user said of one mail, meeting or thread. It holds nothing of what the mail said; what was
/// taken off is read again from the mailbox when that is taken back.
/// </summary>
/// <param name="Id">Of the interaction, or of the thread.</param>
/// <param name="Kind">Of the thing on whose line it was said.</param>
/// <param name="At">When that was.</param>
/// <param name="Customers">On whose timelines it was; the first is the one where it was said.</param>
/// <param name="Threads">Other names that this mailbox has for the thread: its own copies may lack what names it.</param>
/// <param name="Items">Graph's ids of what has to be asked for one by one when it is taken back.</param>
/// <param name="LiftedAt">It is taken back: the rules know no more of it, and what was taken off is being asked for.</param>
/// <param name="ETag">As read; null for a new one.</param>
public sealed record UndoneThing(
    UndoneKind What,
    string Id,
    InteractionKind Kind,
    DateTimeOffset At,
    DateTimeOffset AddedAt,
    IReadOnlyList<CustomerId> Customers,
    IReadOnlyList<string> Threads,
    IReadOnlyList<UndoneItem> Items,
    DateTimeOffset? LiftedAt = null,
    string? ETag = null)
{
    /// <summary>Of one mailbox; each is read with every page of it.</summary>
    public const int MaxOfMailbox = 5_000;

    // What fits a property of 64 KiB, by far.
    internal const int MaxItems = 100;
    internal const int MaxCustomers = 500;
    internal const int MaxThreads = 500;

    public string RowKey => What switch
    {
        UndoneKind.Thing => TableKeys.ExcludedItem(Id),
        UndoneKind.Thread => TableKeys.ExcludedThread(Id),
        _ => TableKeys.OnlyMine(Id),
    };

    internal static UndoneThing From(TableRow row) => new(
        row.RowKey[0] switch { 'i' => UndoneKind.Thing, 't' => UndoneKind.Thread, _ => UndoneKind.OnlyMine },
        TableKeys.Last(row.RowKey),
        Enum.Parse<InteractionKind>((string)row.Properties[nameof(Kind)]),
        (DateTimeOffset)row.Properties[nameof(At)],
        (DateTimeOffset)row.Properties[nameof(AddedAt)],
        [.. Lines(row, nameof(Customers)).Select(CustomerId.Parse)],
        Lines(row, nameof(Threads)),
        [.. Lines(row, nameof(Items)).Select(UndoneItem.Parse)],
        row.Properties.GetValueOrDefault(nameof(LiftedAt)) as DateTimeOffset?,
        row.ETag);

    internal TableRow ToTableRow(string partition)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(Kind)] = Kind.ToString(),
            [nameof(At)] = At.ToUniversalTime(),
            [nameof(AddedAt)] = AddedAt.ToUniversalTime(),
        };
        Put(nameof(Customers), Customers.Select(customer => customer.ToString()));
        Put(nameof(Threads), Threads);
        Put(nameof(Items), Items.Select(item => item.ToString()));
        if (LiftedAt is { } liftedAt)
        {
            properties[nameof(LiftedAt)] = liftedAt.ToUniversalTime();
        }

        return new TableRow(partition, RowKey, properties);

        void Put(string name, IEnumerable<string> lines)
        {
            if (string.Join('\n', lines) is { Length: > 0 } text)
            {
                properties[name] = text;
            }
        }
    }

    private static string[] Lines(TableRow row, string name) => (row.Properties.GetValueOrDefault(name) as string)?.Split('\n') ?? [];
}

/// <param name="ItemId">Graph's immutable id in the mailbox.</param>
public sealed record UndoneItem(string ItemId, bool IsMeeting, bool IsByHand)
{
    /// <summary>A letter for what it is, another when it was logged by hand, and the id.</summary>
    public override string ToString() => $"{(IsMeeting ? 'e' : 'm')}{(IsByHand ? 'h' : '-')}{ItemId}";

    internal static UndoneItem Parse(string text) => new(text[2..], text[0] == 'e', text[1] == 'h');
}

public enum UndoneKind
{
    /// <summary>Not this mail, not this meeting.</summary>
    Thing,

    /// <summary>Not this thread.</summary>
    Thread,

    /// <summary>Only me.</summary>
    OnlyMine,
}
