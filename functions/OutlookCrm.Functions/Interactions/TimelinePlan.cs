using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// What captured things change in one customer's partition, worked out from its rows as they were read. Looks at nothing else.
/// </summary>
/// <param name="record">The customer's row. What touches the last weeks replaces it, so that two who do cannot miss each other's mail.</param>
internal sealed class TimelinePlan(TableRow record, DateTimeOffset now)
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly OpenThreads threads = OpenThreads.From(record);
    private readonly DateTimeOffset since = now - OpenThreads.Horizon;

    /// <summary>The lines from here on say who waits for whom.</summary>
    public DateTimeOffset Since => since;

    /// <summary>Adds what is known of an interaction.</summary>
    /// <param name="row">Null when nothing is.</param>
    public void Know(Details details, TableRow? row) => entries[details.Id] = new Entry(details, details, row);

    /// <summary>All of them as they will be.</summary>
    public IReadOnlyList<Details> Known => [.. entries.Values.Select(entry => entry.Next)];

    /// <summary>The latest contact of the last weeks among them as they will be, or to come; null when there is none.</summary>
    public DateTimeOffset? LatestContactAt => entries.Values.Select(entry => entry.Next)
        .Where(details => details.IsOnTimeline && !details.NeedsNoAnswer)
        .Select(details => (DateTimeOffset?)details.Common.At)
        .Where(at => at >= since)
        .Max();

    public TableRow Record => record;

    /// <summary>Whose threads may wait otherwise than before; none when nothing of the last weeks is touched.</summary>
    public IReadOnlyCollection<Guid> Waiting
    {
        get
        {
            var ends = entries.Values.SelectMany(entry => new[] { EndOf(entry.Old), EndOf(entry.Next) }).OfType<ThreadEnd>().ToList();
            return ends.Count == 0
                ? []
                : [.. ends.SelectMany(end => end.SeenIn.ToList().Select(one => one.UserId)).Concat(OpenThreads.MailboxesIn(record)).Distinct()];
        }
    }

    /// <summary>Whose mail says no more who waits, or said it before: whoever wrote that may have died before they told it.</summary>
    public IEnumerable<Guid> Silenced => entries.Values.Select(entry => entry.Next)
        .Where(details => details.Kind == InteractionKind.Mail && (!details.IsOnTimeline || details.Common.At >= since))
        .SelectMany(details => details.Sightings.Where(sighting => sighting.Reading is null || details.End is null))
        .Select(sighting => sighting.UserId);

    /// <summary>As it will be.</summary>
    public Details this[string id]
    {
        get => entries[id].Next;
        set => entries[id] = entries[id] with { Next = value };
    }

    /// <summary>True when a mail goes that was the newest of its thread: only the lines know which one is it now.</summary>
    public bool NeedsRecentLines => entries.Values.Any(entry =>
        EndOf(entry.Old) is { } old && !Equals(old, EndOf(entry.Next)) && threads.IsNewest(old));

    /// <param name="recentLines">All from <see cref="Since"/> on when they are needed; else null.</param>
    /// <param name="absentLines">Keys of lines that are known not to be there, so that they need not go.</param>
    /// <returns>At most three for each interaction and one for the record; none when all is as it shall be.</returns>
    public IReadOnlyList<TableChange> Changes(IReadOnlyList<TableRow>? recentLines, IReadOnlySet<string> absentLines)
    {
        var changes = new List<TableChange>();
        var changed = entries.Values.Select(entry => (Entry: entry, Change: ChangeOf(entry))).Where(one => one.Change is not null).ToList();
        var newest = recentLines is null ? threads : Count(recentLines, [.. changed.Select(one => one.Entry.Old.Id)]);
        var isRecent = false;
        var seenIn = Mailboxes.From(record.Properties.GetValueOrDefault(TimelineRow.SeenIn) as byte[]);
        var all = seenIn;
        foreach (var ((old, next, _), change) in changed)
        {
            changes.Add(change!);
            var (oldLine, line) = (TimelineRow.Of(record.PartitionKey, old), TimelineRow.Of(record.PartitionKey, next));
            if (line is not null && (oldLine is null || !TimelineRow.AreAlike(oldLine, line)))
            {
                changes.Add(new TableChange.Put(line)); // the details' own row guards it
            }

            if (oldLine is not null && oldLine.RowKey != line?.RowKey && !absentLines.Contains(oldLine.RowKey))
            {
                changes.Add(new TableChange.Delete(oldLine.RowKey, ETag: null));
            }

            if (EndOf(next) is { } end)
            {
                newest.Add(end);
            }

            isRecent |= EndOf(old) is not null || EndOf(next) is not null;
            all = all.With(next.SeenIn);
        }

        if (isRecent || !all.Equals(seenIn))
        {
            changes.Add(new TableChange.Replace(WithColumns(all, newest.ToBytes(since)), record.ETag!));
        }

        return changes;
    }

    /// <summary>Characters of text, as far as their number is in others' hands.</summary>
    public static int LengthOf(IReadOnlyList<TableChange> changes) => changes
        .Select(change => change switch { TableChange.Insert insert => insert.Row, TableChange.Replace replace => replace.Row, TableChange.Put put => put.Row, _ => null })
        .Sum(row => row?.Properties.Values.OfType<string>().Sum(text => text.Length) ?? 0);

    private TableChange? ChangeOf(Entry entry)
    {
        var (old, next, row) = entry;
        if (ReferenceEquals(old, next))
        {
            return null;
        }

        if (next.Sightings.Count == 0)
        {
            return row is null ? null : new TableChange.Delete(row.RowKey, row.ETag);
        }

        var nextRow = next.ToTableRow(record.PartitionKey);
        return row is null ? new TableChange.Insert(nextRow)
            : TimelineRow.AreAlike(row, nextRow) ? null
            : new TableChange.Replace(nextRow, row.ETag!);
    }

    /// <summary>The threads by the lines as they are, without what is about to change.</summary>
    private static OpenThreads Count(IReadOnlyList<TableRow> lines, HashSet<string> changing)
    {
        var counted = new OpenThreads();
        foreach (var end in lines.Where(line => !changing.Contains(TableKeys.Last(line.RowKey))).Select(TimelineRow.EndOf).OfType<ThreadEnd>())
        {
            counted.Add(end);
        }

        return counted;
    }

    private ThreadEnd? EndOf(Details details) => details.End is { } end && end.At >= since ? end : null;

    private TableRow WithColumns(Mailboxes seenIn, byte[] newest)
    {
        var properties = new Dictionary<string, object>(record.Properties, StringComparer.Ordinal) { [TimelineRow.SeenIn] = seenIn.ToArray() };
        if (newest.Length > 0)
        {
            properties[OpenThreads.Column] = newest;
        }
        else
        {
            properties.Remove(OpenThreads.Column);
        }

        NoAnswers.Tidy(properties, record);
        return record with { Properties = properties };
    }

    /// <param name="Row">As read; null when there is none.</param>
    private sealed record Entry(Details Old, Details Next, TableRow? Row);
}
