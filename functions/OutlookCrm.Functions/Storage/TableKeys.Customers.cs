using System.Globalization;

namespace OutlookCrm.Storage;

// Of table customers: a partition for each customer, and all that is theirs in it.
public static partial class TableKeys
{
    private const string InteractionPrefix = "e|";
    private const string PurchasePrefix = "p|";

    /// <summary>The customer's own row.</summary>
    public const string Record = "a";

    /// <summary>Record, addresses, people and timeline of a customer: the card in one range read.</summary>
    public static RowKeyRange Card { get; } = new(Record, "f");

    public static RowKeyRange ContactAddresses { get; } = RowKeyRange.StartingWith("b|a|");

    public static RowKeyRange People { get; } = RowKeyRange.StartingWith("b|p|");

    /// <summary>A customer's open follow-ups by due date, then the one that ended last.</summary>
    public static RowKeyRange FollowUpsOnCard { get; } = RowKeyRange.StartingWith("c|");

    /// <summary>A customer's open follow-ups by due date.</summary>
    public static RowKeyRange OpenFollowUps { get; } = new(FollowUpsOnCard.From, EndedFollowUp);

    /// <summary>All interactions, newest first.</summary>
    public static RowKeyRange Timeline { get; } = RowKeyRange.StartingWith(InteractionPrefix);

    /// <summary>What still has to be projected into other tables.</summary>
    public static RowKeyRange Outboxes { get; } = RowKeyRange.StartingWith("o|");

    /// <summary>Partition of one customer in <see cref="Tables.Customers"/>.</summary>
    public static string Customer(Guid tenant, string customerId) => Join(tenant, customerId);

    /// <summary>Row of one contact address of a customer.</summary>
    /// <param name="address">In the form in which addresses are compared.</param>
    public static string Address(string address) => "b|a|" + Escape(address);

    /// <summary>True for a key of what is written of a customer when it is made and worked out by itself from then on.</summary>
    public static bool IsOfUntouched(string rowKey) => rowKey is Record or Standing
        || rowKey.StartsWith(ContactAddresses.From, StringComparison.Ordinal) || rowKey.StartsWith(Outboxes.From, StringComparison.Ordinal);

    /// <summary>True for a key that <see cref="Interaction"/> or <see cref="Details"/> makes.</summary>
    public static bool IsOnTimeline(string rowKey) =>
        rowKey.StartsWith(InteractionPrefix, StringComparison.Ordinal) || rowKey.StartsWith("k|", StringComparison.Ordinal);

    /// <summary>Row of one person of an organisation.</summary>
    public static string Person(string personId) => "b|p|" + Escape(personId);

    /// <summary>Row of all that is known of one follow-up.</summary>
    public static string FollowUp(Guid id) => $"f|{id:N}";

    /// <summary>True for a key that <see cref="FollowUp"/> makes.</summary>
    public static bool IsFollowUp(string rowKey) => rowKey.Length == 34 && rowKey.StartsWith("f|", StringComparison.Ordinal);

    /// <summary>True for a key that <see cref="OpenFollowUp"/> makes.</summary>
    public static bool IsOpenFollowUp(string rowKey) => rowKey.StartsWith("c|", StringComparison.Ordinal) && rowKey != EndedFollowUp;

    /// <summary>Row of what the card shows of an open follow-up.</summary>
    public static string OpenFollowUp(DateOnly dueOn, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"c|{dueOn:yyyyMMdd}{Separator}{id:N}");

    /// <summary>Row of what the card shows of the follow-up that ended last; after every open one.</summary>
    public const string EndedFollowUp = "c|z";

    /// <summary>The rows of follow-ups that were closed by this mail.</summary>
    public static RowKeyRange ClosedBy(string interactionId) => RowKeyRange.StartingWith($"r|{Escape(interactionId)}|");

    /// <summary>Row that finds a follow-up by the mail that closed it.</summary>
    public static string ClosedBy(string interactionId, Guid followUpId) => $"r|{Escape(interactionId)}|{followUpId:N}";

    /// <summary>Row of one interaction; a later one sorts first. Two at one tick sort by id.</summary>
    public static string Interaction(DateTimeOffset at, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks:D19}{Separator}{Escape(id)}");

    /// <summary>Row that says where the customer stands among all; read with the card.</summary>
    public const string Standing = "b|i";

    /// <summary>Record, addresses and standing.</summary>
    public static RowKeyRange RecordToStanding { get; } = new(Record, "b|j");

    /// <summary>All answers of a customer; no part of the card.</summary>
    public static RowKeyRange AllFeedback { get; } = RowKeyRange.StartingWith("s|");

    /// <summary>Row of one answer of a customer.</summary>
    public static string Feedback(Guid id) => $"s|{id:N}";

    /// <summary>True for a key that <see cref="Feedback"/> makes.</summary>
    public static bool IsFeedback(string rowKey) => rowKey.Length == 34 && rowKey.StartsWith("s|", StringComparison.Ordinal);

    /// <summary>All purchases of a customer, newest first; no part of the card.</summary>
    public static RowKeyRange Purchases { get; } = RowKeyRange.StartingWith(PurchasePrefix);

    /// <summary>Row of one purchase; a later day sorts first.</summary>
    public static string Purchase(DateOnly on, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{PurchasePrefix}{DateOnly.MaxValue.DayNumber - on.DayNumber:D7}{Separator}{id:N}");

    /// <summary>Row that remembers that a purchase was added, so that adding it again adds nothing.</summary>
    public static string PurchaseMarker(Guid id) => $"q|{id:N}";

    /// <summary>The markers of all purchases that a customer ever had.</summary>
    public static RowKeyRange PurchaseMarkers { get; } = RowKeyRange.StartingWith("q|");

    /// <summary>True for a key that <see cref="Purchase"/> makes.</summary>
    public static bool IsPurchase(string rowKey) =>
        rowKey.Length == PurchasePrefix.Length + 7 + 1 + 32
        && rowKey.StartsWith(PurchasePrefix, StringComparison.Ordinal)
        && rowKey[PurchasePrefix.Length + 7] == Separator
        && !rowKey.AsSpan(PurchasePrefix.Length, 7).ContainsAnyExceptInRange('0', '9')
        && Guid.TryParseExact(rowKey.AsSpan(PurchasePrefix.Length + 8), "N", out _);

    /// <summary>Row of all that is known of a captured interaction; of what was written down, that it was, so that adding it again adds nothing.</summary>
    public static string Details(string id) => "k|" + Escape(id);

    /// <summary>What is known of all of them.</summary>
    public static RowKeyRange AllDetails { get; } = RowKeyRange.StartingWith("k|");

    /// <summary>The interactions up to this time, for a timeline that does not begin years ahead.</summary>
    public static RowKeyRange TimelineUpTo(DateTimeOffset at) => new(
        string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks:D19}"), Timeline.Before);

    /// <summary>The interactions from this time on.</summary>
    public static RowKeyRange TimelineSince(DateTimeOffset at) => new(
        Timeline.From, string.Create(CultureInfo.InvariantCulture, $"{InteractionPrefix}{DateTime.MaxValue.Ticks - at.UtcTicks + 1:D19}"));

    /// <summary>Row of one change that still has to be projected into other tables.</summary>
    public static string Outbox(string id) => "o|" + Escape(id);

    /// <summary>The interactions after the one with this key, for the next page of a timeline.</summary>
    public static RowKeyRange TimelineAfter(string interactionKey) => RowKeyRange.After(interactionKey, Timeline.Before);

    /// <summary>When the interaction with this row key was; null when the key is of another kind.</summary>
    public static DateTimeOffset? InteractionAt(string rowKey) =>
        rowKey.Length > InteractionPrefix.Length + 19
        && rowKey.StartsWith(InteractionPrefix, StringComparison.Ordinal)
        && rowKey[InteractionPrefix.Length + 19] == Separator
        && long.TryParse(rowKey.AsSpan(InteractionPrefix.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var inverted)
        && inverted <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(DateTime.MaxValue.Ticks - inverted, TimeSpan.Zero)
            : null;
}
