using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Interactions;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Rows of table <c>customers</c> in the customer's partition: <c>f|{id}</c> has all of a follow-up and is the record;
/// <c>c|{due}|{id}</c> is there while it is open and has what the card shows; <c>c|z</c> has the one that was done last. They change in one
/// transaction, which the ETag of <c>f</c> guards.
/// </summary>
internal static class FollowUpRow
{
    public const string EndedFollowUpId = "FollowUpId";

    private const string NotInOutlook = "NotInOutlook";
    private const string CanUndo = "CanUndo";
    private const string SourceUserId = "SourceUserId";

    /// <summary>The interaction of the mail it came from.</summary>
    public const string SourceId = "SourceId";

    private const string DateFormat = "yyyy-MM-dd"; // tables have no date type; this one sorts as text
    private const string TimeFormat = "HH:mm";

    public static TableRow From(Guid tenantId, FollowUp f, string? etag = null)
    {
        var properties = Shown(f);
        Put(properties, nameof(FollowUp.PlannedAt), f.PlannedAt.ToUniversalTime());
        Put(properties, nameof(FollowUp.ChangedAt), f.ChangedAt.ToUniversalTime());
        Put(properties, nameof(FollowUp.WatchedFrom), f.WatchedFrom.ToUniversalTime());
        Put(properties, nameof(FollowUp.PlannedAfter), f.PlannedAfter?.ToUniversalTime());
        Put(properties, nameof(FollowUpEnd.ReplyId), f.End?.ReplyId);
        Put(properties, nameof(FollowUp.MeetsAt), f.MeetsAt?.ToUniversalTime());
        if (f.Source is { } source)
        {
            Put(properties, SourceUserId, source.UserId);
            Put(properties, "SourceItemId", source.ItemId);
            Put(properties, nameof(FollowUpSource.InternetMessageId), source.InternetMessageId);
            Put(properties, nameof(FollowUpSource.ThreadId), source.ThreadId);
            Put(properties, nameof(FollowUpSource.WebLink), source.WebLink);
            Put(properties, nameof(FollowUpSource.Subject), source.Subject);
        }

        if (f.Sink is { } sink)
        {
            Put(properties, "Sink", sink.Kind.ToString());
            Put(properties, "SinkUserId", sink.UserId);
            Put(properties, "SinkTrouble", sink.Trouble);
        }

        Put(properties, nameof(FollowUp.History), string.Join('\n', f.History.Select(line =>
            $"{line.At.UtcTicks.ToString(CultureInfo.InvariantCulture)}\t{line.By}\t{line.What}")));
        Put(properties, nameof(FollowUp.Before), f.Before is { } before ? TextOf(before) : null);
        return new TableRow(TableKeys.Customer(tenantId, f.Customer.ToString()), TableKeys.FollowUp(f.Id), properties, etag);
    }

    /// <summary>What the card shows of an open one.</summary>
    public static TableRow CardRow(Guid tenantId, FollowUp f)
    {
        var properties = OnCard(f);
        Put(properties, nameof(FollowUpSource.ThreadId), f.Source?.ThreadId);
        Put(properties, SourceId, f.Source?.InternetMessageId is { } messageId ? InteractionId.OfMail(messageId) : null);
        if (f.Source is { WebLink: { } link } source)
        {
            Put(properties, SourceUserId, source.UserId);
            Put(properties, nameof(FollowUpSource.WebLink), link);
        }

        return new TableRow(TableKeys.Customer(tenantId, f.Customer.ToString()), TableKeys.OpenFollowUp(f.DueOn, f.Id), properties);
    }

    /// <summary>What the card shows of the one that was done last.</summary>
    public static TableRow EndedRow(Guid tenantId, FollowUp f)
    {
        var properties = OnCard(f);
        properties[EndedFollowUpId] = f.Id;
        return new TableRow(TableKeys.Customer(tenantId, f.Customer.ToString()), TableKeys.EndedFollowUp, properties);
    }

    public static FollowUp ToFollowUp(TableRow row) => new(
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        CustomerId.Parse(TableKeys.Last(row.PartitionKey)),
        (Guid)row.Properties[nameof(FollowUp.OwnerId)],
        Text(row, nameof(FollowUp.OwnerName)) ?? "",
        Text(row, nameof(FollowUp.Note))!,
        DateOf(Text(row, nameof(FollowUp.DueOn))!),
        TimeOf(Text(row, nameof(FollowUp.DueTime))),
        Text(row, nameof(FollowUp.TimeZone))!,
        Enum.Parse<FollowUpKind>(Text(row, nameof(FollowUp.Kind))!),
        SourceOf(row),
        Enum.Parse<FollowUpState>(Text(row, nameof(FollowUp.State))!),
        EndOf(row),
        (DateTimeOffset)row.Properties[nameof(FollowUp.PlannedAt)],
        (DateTimeOffset)row.Properties[nameof(FollowUp.ChangedAt)],
        (DateTimeOffset)row.Properties[nameof(FollowUp.WatchedFrom)],
        Text(row, "Sink") is { } sink
            ? new FollowUpSink(Enum.Parse<SinkKind>(sink), (Guid)row.Properties["SinkUserId"], Text(row, "SinkTrouble"))
            : null,
        [.. (Text(row, nameof(FollowUp.History)) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(EventOf)],
        Text(row, nameof(FollowUp.Before)) is { } before ? BeforeOf(before) : null,
        (int)row.Properties[nameof(FollowUp.Version)])
    {
        PlannedAfter = row.Properties.GetValueOrDefault(nameof(FollowUp.PlannedAfter)) as DateTimeOffset?,
        MeetsAt = row.Properties.GetValueOrDefault(nameof(FollowUp.MeetsAt)) as DateTimeOffset?,
    };

    /// <summary>Asks for what an open one's row <c>c</c> is shown in elsewhere to be made anew.</summary>
    public static FollowUpChanged ToChanged(Guid tenantId, TableRow row) => new(
        tenantId,
        (Guid)row.Properties[nameof(FollowUp.OwnerId)],
        TableKeys.Last(row.PartitionKey),
        Guid.ParseExact(TableKeys.Last(row.RowKey), "N"),
        (int)row.Properties[nameof(FollowUp.Version)]);

    /// <summary>True when a row <c>c</c> has a link that leads into this reader's mailbox.</summary>
    public static bool HasLinkOf(TableRow row, Guid readerId) => row.Properties.GetValueOrDefault(SourceUserId) is Guid userId && userId == readerId;

    /// <summary>The line of a row <c>c</c>.</summary>
    /// <param name="readerId">Who looks: the link leads into one person's mailbox.</param>
    public static FollowUpLine ToLine(TableRow row, Guid readerId) => new(
        row.Properties.TryGetValue(EndedFollowUpId, out var id) ? ((Guid)id).ToString("N") : TableKeys.Last(row.RowKey),
        TableKeys.Last(row.PartitionKey),
        FollowUpStore.ETagOf((int)row.Properties[nameof(FollowUp.Version)]),
        CustomerName: null,
        Enum.Parse<FollowUpKind>(Text(row, nameof(FollowUp.Kind))!),
        Text(row, nameof(FollowUp.Note))!,
        DateOf(Text(row, nameof(FollowUp.DueOn))!),
        Text(row, nameof(FollowUp.DueTime)),
        Text(row, nameof(FollowUp.TimeZone))!,
        new Colleague(((Guid)row.Properties[nameof(FollowUp.OwnerId)]).ToString("D"), Text(row, nameof(FollowUp.OwnerName)) ?? ""),
        Enum.Parse<FollowUpState>(Text(row, nameof(FollowUp.State))!),
        EndOf(row)?.Ending,
        EndOf(row)?.At,
        EndOf(row)?.By,
        HasLinkOf(row, readerId) ? Text(row, nameof(FollowUpSource.WebLink)) : null,
        CanUndo: row.Properties.GetValueOrDefault(CanUndo) is true,
        NotInOutlook: row.Properties.GetValueOrDefault(NotInOutlook) is true);

    /// <param name="readerId">Who looks: the link leads into one person's mailbox.</param>
    public static FollowUpLine ToLine(FollowUp f, Guid readerId, string? customerName) => new(
        f.Id.ToString("N"),
        f.Customer.ToString(),
        FollowUpStore.ETagOf(f.Version),
        customerName,
        f.Kind,
        f.Note,
        f.DueOn,
        TextOf(f.DueTime),
        f.TimeZone,
        new Colleague(f.OwnerId.ToString("D"), f.OwnerName),
        f.State,
        f.End?.Ending,
        f.End?.At,
        f.End?.By,
        f.Source?.UserId == readerId ? f.Source.WebLink : null,
        f.Before is not null,
        f.Sink?.Trouble is not null);

    public static string? TextOf(TimeOnly? time) => time?.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public static string TextOf(DateOnly day) => day.ToString(DateFormat, CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static Dictionary<string, object> OnCard(FollowUp f)
    {
        var properties = Shown(f);
        if (f.Before is not null)
        {
            properties[CanUndo] = true;
        }

        return properties;
    }

    private static Dictionary<string, object> Shown(FollowUp f)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(FollowUp.OwnerId)] = f.OwnerId,
            [nameof(FollowUp.OwnerName)] = f.OwnerName,
            [nameof(FollowUp.Note)] = f.Note,
            [nameof(FollowUp.DueOn)] = TextOf(f.DueOn),
            [nameof(FollowUp.TimeZone)] = f.TimeZone,
            [nameof(FollowUp.Kind)] = f.Kind.ToString(),
            [nameof(FollowUp.State)] = f.State.ToString(),
            [nameof(FollowUp.Version)] = f.Version,
        };
        Put(properties, nameof(FollowUp.DueTime), TextOf(f.DueTime));
        Put(properties, "EndedAt", f.End?.At.ToUniversalTime());
        Put(properties, "EndedBy", f.End?.By);
        Put(properties, nameof(FollowUpEnd.Ending), f.End?.Ending.ToString());
        if (f.Sink?.Trouble is not null)
        {
            properties[NotInOutlook] = true;
        }

        return properties;
    }

    private static FollowUpEnd? EndOf(TableRow row) => Text(row, nameof(FollowUpEnd.Ending)) is { } ending
        ? new FollowUpEnd(
            (DateTimeOffset)row.Properties["EndedAt"], Text(row, "EndedBy"), Enum.Parse<FollowUpEnding>(ending), Text(row, nameof(FollowUpEnd.ReplyId)))
        : null;

    private static FollowUpSource? SourceOf(TableRow row) => row.Properties.GetValueOrDefault(SourceUserId) is Guid userId
        ? new FollowUpSource(
            userId,
            Text(row, "SourceItemId"),
            Text(row, nameof(FollowUpSource.InternetMessageId)),
            Text(row, nameof(FollowUpSource.ThreadId)),
            Text(row, nameof(FollowUpSource.WebLink)),
            Text(row, nameof(FollowUpSource.Subject)))
        : null;

    private static FollowUpEvent EventOf(string line)
    {
        var parts = line.Split('\t', 3);
        return new FollowUpEvent(InstantOf(parts[0]), parts[1].Length > 0 ? parts[1] : null, parts[2]);
    }

    // A field a tab; the note comes last, as it may hold tabs.
    private static string TextOf(FollowUpBefore b) => string.Join(
        '\t',
        b.OwnerId.ToString("N"), Clean(b.OwnerName), TextOf(b.DueOn), TextOf(b.DueTime) ?? "", b.TimeZone, b.Kind, b.State,
        b.End?.At.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "", Clean(b.End?.By ?? ""), b.End?.Ending.ToString() ?? "", b.End?.ReplyId ?? "", b.Note);

    private static FollowUpBefore BeforeOf(string text)
    {
        var parts = text.Split('\t', 12);
        return new FollowUpBefore(
            Guid.ParseExact(parts[0], "N"),
            parts[1],
            parts[11],
            DateOf(parts[2]),
            TimeOf(parts[3]),
            parts[4],
            Enum.Parse<FollowUpKind>(parts[5]),
            Enum.Parse<FollowUpState>(parts[6]),
            parts[7].Length > 0
                ? new FollowUpEnd(InstantOf(parts[7]), OrNull(parts[8]), Enum.Parse<FollowUpEnding>(parts[9]), OrNull(parts[10]))
                : null);
    }

    private static string Clean(string name) => name.Replace('\t', ' ').ReplaceLineEndings(" ");

    private static string? OrNull(string text) => text.Length > 0 ? text : null;

    private static DateTimeOffset InstantOf(string ticks) => new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);

    internal static DateOnly DateOf(string text) => DateOnly.ParseExact(text, DateFormat, CultureInfo.InvariantCulture);

    internal static TimeOnly? TimeOf(string? text) =>
        string.IsNullOrEmpty(text) ? null : TimeOnly.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture);

    private static string? Text(TableRow row, string property) => row.Properties.GetValueOrDefault(property) as string;

    private static void Put(Dictionary<string, object> properties, string name, object? value)
    {
        if (value is not null)
        {
            properties[name] = value;
        }
    }
}
