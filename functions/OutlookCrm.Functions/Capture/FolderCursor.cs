using System.Globalization;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>Row <c>f|{user}|{folder}</c> of table <c>mailboxes</c>: how far a folder was read, or the calendar. See decision 0010.</summary>
/// <param name="Folder">Graph's id, or <see cref="Calendar"/>.</param>
/// <param name="Link">Of the next page of changes; null when the folder is to be anchored.</param>
/// <param name="From">The anchor: changes of what was received from then on, of the calendar what begins from then on.</param>
/// <param name="Until">Of the calendar: the end of the window.</param>
/// <param name="Given">Messages that came since the anchor was set: under a filter Graph gives at most 5,000.</param>
/// <param name="GoodAt">When the last round began that came to its end; null before the first.</param>
/// <param name="Since">From which date on its history was asked for.</param>
/// <param name="Done">Things of its history that were looked at.</param>
/// <param name="Ranges">What is still to be read by plain pages.</param>
internal sealed record FolderCursor(
    string Folder,
    string? Link,
    DateTimeOffset From,
    DateTimeOffset? Until,
    int Given,
    DateTimeOffset? GoodAt,
    DateOnly Since,
    int Done,
    IReadOnlyList<PageRange> Ranges)
{
    /// <summary>Stands for the calendar, which has no folder's id.</summary>
    public const string Calendar = "calendar";

    /// <summary>When <see cref="Since"/> begins.</summary>
    public DateTimeOffset SinceAt => new(Since.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private const string DateFormat = "yyyy-MM-dd"; // tables have no date type; this one sorts as text

    /// <summary>
    /// A place from which the folder's changes are told anew. What lies before it and was not seen is read by plain pages,
    /// of which there may be any number.
    /// </summary>
    /// <param name="missedFrom">Null when nothing was missed.</param>
    /// <param name="now">What came before is missed.</param>
    public FolderCursor Anchored(DateTimeOffset from, DateTimeOffset? until, DateTimeOffset? missedFrom, DateTimeOffset now)
    {
        var anchored = this with { Link = null, From = from, Until = until, Given = 0 };
        return missedFrom is { } missed && missed < now
            ? anchored with { Ranges = [PageRange.Of(PageRangeKind.History, missed, now), .. Ranges] }
            : anchored;
    }

    /// <summary>The history from an earlier date on is not wanted any more.</summary>
    /// <param name="start">Of that date.</param>
    public FolderCursor Shortened(DateOnly since, DateTimeOffset start) => this with
    {
        Since = since,
        Ranges =
        [
            .. Ranges.Where(range => range.Before > start).Select(range => range.From >= start ? range : range.Rest() with { From = start }),
        ],
    };

    public static FolderCursor Read(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        row.Properties.GetValueOrDefault(nameof(Link)) as string,
        (DateTimeOffset)row.Properties[nameof(From)],
        row.Properties.GetValueOrDefault(nameof(Until)) as DateTimeOffset?,
        (int)row.Properties[nameof(Given)],
        row.Properties.GetValueOrDefault(nameof(GoodAt)) as DateTimeOffset?,
        DateOnly.ParseExact((string)row.Properties[nameof(Since)], DateFormat, CultureInfo.InvariantCulture),
        (int)row.Properties[nameof(Done)],
        [.. ((row.Properties.GetValueOrDefault(nameof(Ranges)) as string)?.Split('\n') ?? []).Select(PageRange.Parse)]);

    public TableRow ToTableRow(Guid tenantId, Guid userId)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(From)] = From.ToUniversalTime(),
            [nameof(Given)] = Given,
            [nameof(Since)] = Since.ToString(DateFormat, CultureInfo.InvariantCulture),
            [nameof(Done)] = Done,
        };
        if (Link is not null)
        {
            properties[nameof(Link)] = Link;
        }

        if (Until is { } until)
        {
            properties[nameof(Until)] = until.ToUniversalTime();
        }

        if (GoodAt is { } goodAt)
        {
            properties[nameof(GoodAt)] = goodAt.ToUniversalTime();
        }

        if (Ranges.Count > 0)
        {
            properties[nameof(Ranges)] = string.Join('\n', Ranges.Select(range => range.ToString()));
        }

        return new TableRow(TableKeys.Mailboxes(tenantId), TableKeys.MailboxCursor(userId, Folder), properties);
    }
}

/// <summary>A span of time of one folder that is read by plain pages, newest first.</summary>
/// <param name="From">Received, or beginning, from then on.</param>
/// <param name="Before">And before then.</param>
/// <param name="Reached">All that is later was looked at.</param>
/// <param name="Link">The next page; null at the beginning.</param>
internal sealed record PageRange(
    PageRangeKind Kind, DateTimeOffset From, DateTimeOffset Before, DateTimeOffset Reached, string? Link)
{
    /// <summary>Two times of Graph differ by no less.</summary>
    public static readonly TimeSpan Grain = TimeSpan.FromSeconds(1);

    public static PageRange Of(PageRangeKind kind, DateTimeOffset from, DateTimeOffset before) => new(kind, from, before, before, Link: null);

    /// <summary>What is left of it, asked for anew: its link is no longer good.</summary>
    public PageRange Rest()
    {
        // What was received in the same second may have been on either side of a page's end.
        var before = Reached + Grain < Before ? Reached + Grain : Before;
        return this with { Before = before, Reached = before, Link = null };
    }

    /// <summary>Two halves, the newer first; none when it is too short for halves: one of its pages cannot be had, and this finds which.</summary>
    public IReadOnlyList<PageRange> Halves()
    {
        var middle = From + TimeSpan.FromSeconds(Math.Floor((Before - From).TotalSeconds / 2));
        return middle - From < Grain ? [] : [this with { From = middle, Link = null, Reached = Before }, Of(Kind, From, middle)];
    }

    /// <returns>A line of text: links hold no line breaks or tabs.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind}\t{From.UtcTicks}\t{Before.UtcTicks}\t{Reached.UtcTicks}\t{Link}");

    public static PageRange Parse(string line)
    {
        var parts = line.Split('\t', 5);
        return new PageRange(
            Enum.Parse<PageRangeKind>(parts[0]),
            At(parts[1]),
            At(parts[2]),
            At(parts[3]),
            parts[4].Length == 0 ? null : parts[4]);
    }

    private static DateTimeOffset At(string ticks) => new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);
}

internal enum PageRangeKind
{
    /// <summary>Not looked at yet.</summary>
    History,

    /// <summary>Looked at before: is all of it recorded?</summary>
    Recount,
}
