using System.Globalization;
using OutlookCrm.Customers;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// Row <c>k|{id}</c> of table <c>customers</c>: all that is known of a captured mail or meeting, by the items of mailboxes that it was
/// found in. Everything else that is kept of it is worked out from this, so whatever came in whatever order ends in the same rows.
/// </summary>
/// <param name="Sightings">By mailbox and item. What was found and is there no more stays, emptied, so that no late reading brings it back.</param>
/// <param name="Customers">Everybody whose timeline it was ever for.</param>
internal sealed record Details(
    string Id, InteractionKind Kind, IReadOnlyList<Sighting> Sightings, IReadOnlyList<CustomerId> Customers)
{
    /// <summary>More items than a firm of thirty can have of one thing; beyond it nothing is added.</summary>
    public const int MaxSightings = 100;

    // A row takes 1 MiB, two bytes a character; forty mailboxes may differ in all they say.
    private const int MaxReadingsLength = 450_000;

    private const int MaxFolderLength = 120;

    /// <summary>Where the line stands; of a note, where it stands or stood.</summary>
    public const string InteractionKey = "InteractionKey";

    private const string ReadingColumn = "Reading";

    /// <summary>Those that put it on the timeline, the one that speaks for all first.</summary>
    public IReadOnlyList<Sighting> Here =>
    [
        // Its organizer knows best when a meeting is; of others the one that heard last.
        .. Sightings.Where(sighting => sighting.Reading is not null)
            .OrderByDescending(sighting => sighting.IsAuthors)
            .ThenByDescending(sighting => Kind == InteractionKind.Meeting ? sighting.ChangedAt : default)
            .ThenBy(sighting => sighting.UserId)
            .ThenBy(sighting => sighting.ItemId, StringComparer.Ordinal),
    ];

    public bool IsOnTimeline => Sightings.Any(sighting => sighting.Reading is not null);

    /// <summary>Of <see cref="IsOnTimeline"/> only: what holds for whoever may see it and has no item of their own.</summary>
    public Reading Common => Here[0].Reading!;

    public string? LineKey => IsOnTimeline ? TableKeys.Interaction(Common.At, Id) : null;

    /// <summary>The thread. What was sent may lack what names it, so what was received goes first.</summary>
    public string? ThreadId => Here.OrderBy(sighting => sighting.IsAuthors).Select(sighting => sighting.Reading!.ThreadId).FirstOrDefault(id => id is not null);

    public bool NeedsNoAnswer => Here.Any(sighting => sighting.Reading!.NeedsNoAnswer);

    /// <summary>Whose mailboxes have it, by mailbox.</summary>
    public Mailboxes SeenIn => Mailboxes.Of(Here.Select(sighting => (sighting.UserId, sighting.IsOnlyMine)));

    /// <summary>What it says for "who waits for whom"; null when it says nothing.</summary>
    public ThreadEnd? End =>
        IsOnTimeline && Kind == InteractionKind.Mail && !NeedsNoAnswer && Common.Direction != Direction.None && ThreadId is { } thread
            ? new ThreadEnd(SeenIn, thread, Common.At, Common.Direction == Direction.Incoming)
            : null;

    public static Details None(string id, InteractionKind kind) => new(id, kind, [], []);

    /// <summary>With one more reading.</summary>
    public (Details Next, RecordOutcome Outcome) With(Recording recording, CustomerId customer, DateTimeOffset now)
    {
        var found = recording.Interaction;
        var item = found.SeenIn;
        var old = Find(item);
        var reading = Reading.Of(found, recording.Matches.FirstOrDefault(match => match.Customer == customer)?.Address);
        var sighting = new Sighting(
            item.UserId,
            item.ItemId,
            found.ChangedAt.ToUniversalTime(),
            found.IsAuthors,
            found.IsByHand || old?.IsByHand is true,
            found.IsOnlyMine || Sightings.Any(other => other.UserId == item.UserId && other.IsOnlyMine),
            old?.Reading is null ? now.ToUniversalTime() : old.TakenAt,
            reading)
        {
            Folder = OneLine.Of(found.Folder, MaxFolderLength),
        };
        if (old is not null && !sighting.Supersedes(old, found.Kind))
        {
            sighting = old with { IsByHand = old.Reading is not null && sighting.IsByHand, IsOnlyMine = sighting.IsOnlyMine };
        }

        var next = Put(sighting) with { Kind = found.Kind, Customers = [.. Customers.Union(recording.Matches.Select(match => match.Customer)).OrderBy(id => id.Value)] };
        if (next.Sightings.Count > MaxSightings || next.ReadingTexts().Sum(text => text.Length) > MaxReadingsLength)
        {
            return (this, RecordOutcome.Unchanged);
        }

        return (next, !next.IsOnTimeline ? RecordOutcome.Unchanged
            : !IsOnTimeline ? RecordOutcome.Added
            : old?.Reading is null && sighting.Reading is not null ? RecordOutcome.SeenAgain
            : old is not null && !Equals(old.Reading?.ToText(), sighting.Reading?.ToText()) ? RecordOutcome.Updated
            : RecordOutcome.Unchanged);
    }

    /// <summary>Without one item: it is in no folder any more from which things are taken, or did not happen.</summary>
    /// <remarks>An item that was never found is remembered too: a slow worker may be about to say that it was.</remarks>
    public (Details Next, ForgetOutcome Outcome) Without(MailboxItem item, DateTimeOffset asOf)
    {
        var old = Find(item);
        if (old?.ChangedAt > asOf || (old is { Reading: null } && old.ChangedAt == asOf))
        {
            return (this, ForgetOutcome.NotThere);
        }

        var gone = old ?? new Sighting(item.UserId, item.ItemId, asOf, IsAuthors: false, IsByHand: false, IsOnlyMine: false, TakenAt: null, Reading: null);
        var next = Put(gone with { ChangedAt = asOf.ToUniversalTime(), IsAuthors = false, IsByHand = false, TakenAt = null, Reading = null, Folder = null });
        return (next, old?.Reading is null ? ForgetOutcome.NotThere : next.IsOnTimeline ? ForgetOutcome.SeenElsewhere : ForgetOutcome.Gone);
    }

    /// <summary>With each of the sightings that put it on the timeline as somebody wants it to be.</summary>
    /// <param name="change">Null when that one goes, as if its item had never been found.</param>
    public Details With(Func<Sighting, Sighting?> change) =>
        this with { Sightings = [.. Sightings.Select(sighting => sighting.Reading is null ? sighting : change(sighting)).OfType<Sighting>()] };

    public static bool IsDetails(TableRow row) => row.Properties.ContainsKey(nameof(Sightings));

    public static Details From(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        Enum.Parse<InteractionKind>((string)row.Properties[nameof(Kind)]),
        [.. ((string)row.Properties[nameof(Sightings)]).Split('\n').Select(line => Sighting.Parse(
            line, number => Reading.Parse((string)row.Properties[ReadingColumn + number])))],
        [.. (row.Properties.GetValueOrDefault(nameof(Customers)) as string)?.Split('\n').Select(CustomerId.Parse) ?? []]);

    public TableRow ToTableRow(string partition)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [nameof(Kind)] = Kind.ToString() };
        if (LineKey is { } key)
        {
            properties[InteractionKey] = key;
        }

        var readings = ReadingTexts();
        for (var i = 0; i < readings.Count; i++)
        {
            properties[ReadingColumn + (i + 1).ToString(CultureInfo.InvariantCulture)] = readings[i];
        }

        properties[nameof(Sightings)] = string.Join('\n', Sightings.Select(sighting => sighting.ToText(readings)));
        if (Customers.Count > 0)
        {
            properties[nameof(Customers)] = string.Join('\n', Customers);
        }

        return new TableRow(partition, TableKeys.Details(Id), properties);
    }

    private List<string> ReadingTexts() => [.. Here.Select(sighting => sighting.Reading!.ToText()).Distinct(StringComparer.Ordinal)];

    private Sighting? Find(MailboxItem item) =>
        Sightings.FirstOrDefault(sighting => sighting.UserId == item.UserId && sighting.ItemId == item.ItemId);

    private Details Put(Sighting sighting) => new(
        Id,
        Kind,
        [
            .. Sightings.Where(other => other.UserId != sighting.UserId || other.ItemId != sighting.ItemId)
                .Append(sighting)
                .OrderBy(other => other.UserId)
                .ThenBy(other => other.ItemId, StringComparer.Ordinal),
        ],
        Customers);
}

/// <summary>An interaction as one item of one mailbox shows it.</summary>
/// <param name="ChangedAt">Of the newest reading that said something new; of a meeting of the newest.</param>
/// <param name="IsAuthors">In the mailbox of who sent or organises it.</param>
/// <param name="IsOnlyMine">Its user wants nobody else to see it.</param>
/// <param name="TakenAt">When it was first found there; null for what was taken before that was kept, and for what is gone.</param>
/// <param name="Reading">Null when it does not put anything on the timeline any more.</param>
internal sealed record Sighting(
    Guid UserId,
    string ItemId,
    DateTimeOffset ChangedAt,
    bool IsAuthors,
    bool IsByHand,
    bool IsOnlyMine,
    DateTimeOffset? TakenAt,
    Reading? Reading)
{
    /// <summary>Of a mail: what its folder is called, one line; null when that is not known.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether this reading of the item counts, and not the one that is known.</summary>
    public bool Supersedes(Sighting old, InteractionKind kind)
    {
        if (old.Reading is null)
        {
            return ChangedAt > old.ChangedAt;
        }

        // A mail changes whenever it is read or flagged: that alone is not worth a write. A meeting is moved and moved back.
        var (says, said) = (Reading!.ToText(), old.Reading.ToText());
        return says == said && IsAuthors == old.IsAuthors && Folder == old.Folder
            ? kind == InteractionKind.Meeting && ChangedAt > old.ChangedAt
            : ChangedAt > old.ChangedAt || (ChangedAt == old.ChangedAt && string.CompareOrdinal(says, said) > 0);
    }

    public static Sighting Parse(string text, Func<string, Reading> readingOf)
    {
        var parts = text.Split('\t');
        var flags = parts[3];
        return new Sighting(
            Guid.ParseExact(parts[0], "N"),
            parts[1],
            new DateTimeOffset(long.Parse(parts[2], CultureInfo.InvariantCulture), TimeSpan.Zero),
            flags.Contains('a'),
            flags.Contains('h'),
            flags.Contains('o'),
            parts.Length > 5 && parts[5].Length > 0 ? new DateTimeOffset(long.Parse(parts[5], CultureInfo.InvariantCulture), TimeSpan.Zero) : null,
            parts[4].Length > 0 ? readingOf(parts[4]) : null)
        {
            Folder = parts.Length > 6 ? parts[6] : null,
        };
    }

    public string ToText(List<string> readings) => string.Create(
        CultureInfo.InvariantCulture,
        $"{UserId:N}\t{ItemId}\t{ChangedAt.UtcTicks}\t{(IsAuthors ? "a" : "")}{(IsByHand ? "h" : "")}{(IsOnlyMine ? "o" : "")}\t{(Reading is null ? "" : readings.IndexOf(Reading.ToText()) + 1)}{(TakenAt is { } at ? $"\t{at.UtcTicks}" : Folder is null ? "" : "\t")}{(Folder is null ? "" : $"\t{Folder}")}");
}
