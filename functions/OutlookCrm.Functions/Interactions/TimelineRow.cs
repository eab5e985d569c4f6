using System.Globalization;
using OutlookCrm.Capture;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// A timeline row of table <c>customers</c>: what a line shows. Time and id are in its key, which sorts the newest first; the card
/// reads these rows together with the record.
/// </summary>
internal static class TimelineRow
{
    public const string EndsAt = "EndsAt";
    public const string PeopleCount = "PeopleCount";
    public const string Attachments = "Attachments";
    public const string AttachmentCount = "AttachmentCount";
    public const string Thread = "Thread";
    public const string NeedsNoAnswer = "NeedsNoAnswer";
    public const string SeenIn = "SeenIn";

    private const int MaxTitleLength = 255; // Outlook's own limit; a longer one is whole in the details
    private const int MaxAttachments = 3;
    private const int MaxAttachmentLength = 80;

    /// <summary>What somebody wrote down: a note, a call.</summary>
    public static TableRow Of(string partition, Interaction interaction)
    {
        var properties = Properties(interaction.Kind);
        properties[nameof(Interaction.Direction)] = interaction.Direction.ToString();
        Put(properties, nameof(Interaction.By), interaction.By);
        Put(properties, EndsAt, interaction.EndsAt);
        Put(properties, nameof(Interaction.Title), interaction.Title);
        Put(properties, nameof(Interaction.Text), interaction.Text);
        return new TableRow(partition, TableKeys.Interaction(interaction.At, interaction.Id), properties);
    }

    public static Interaction ToInteraction(TableRow row) => new(
        TableKeys.Last(row.RowKey),
        Enum.Parse<InteractionKind>((string)row.Properties[nameof(Interaction.Kind)]),
        Enum.Parse<Direction>((string)row.Properties[nameof(Interaction.Direction)]),
        AtOf(row),
        row.Properties.GetValueOrDefault(nameof(Interaction.Title)) as string,
        row.Properties.GetValueOrDefault(nameof(Interaction.Text)) as string,
        row.Properties.GetValueOrDefault(nameof(Interaction.By)) as string,
        row.Properties.GetValueOrDefault(EndsAt) as DateTimeOffset?);

    /// <summary>
    /// The line of a captured thing; null when it is on no timeline. Where a mailbox's copy says something else than the common one, that stands
    /// in columns of its own, numbered from 2, and the mailbox's flags say which (<see cref="VariantOf"/>).
    /// </summary>
    public static TableRow? Of(string partition, Details details)
    {
        if (details.LineKey is not { } key)
        {
            return null;
        }

        var common = details.Common;
        var properties = Properties(details.Kind);
        Put(properties, Thread, details.ThreadId);
        if (details.NeedsNoAnswer)
        {
            properties[NeedsNoAnswer] = true;
        }

        var variants = new List<Shown>();
        var seenIn = details.SeenIn.ToArray();
        for (var i = 0; i < seenIn.Length; i += Mailboxes.BytesEach)
        {
            // Of two items in one mailbox the first speaks.
            var user = new Guid(seenIn.AsSpan(i, 16));
            seenIn[i + Mailboxes.BytesEach - 1] |= (byte)(IndexOf(Shown.Of(details.Here.First(sighting => sighting.UserId == user).Reading!)) << 1);
        }

        // The common one is the first, whoever's it is.
        int IndexOf(Shown shown)
        {
            if (variants.Count == 0)
            {
                variants.Add(Shown.Of(common));
            }

            if (!variants.Contains(shown))
            {
                variants.Add(shown);
            }

            return variants.IndexOf(shown);
        }

        properties[SeenIn] = seenIn;
        for (var i = 0; i < variants.Count; i++)
        {
            variants[i].PutInto(properties, SuffixOf(i));
        }

        return new TableRow(partition, key, properties);
    }

    /// <summary>Whether two rows say the same.</summary>
    public static bool AreAlike(TableRow a, TableRow b) =>
        a.RowKey == b.RowKey
        && a.Properties.Count == b.Properties.Count
        && a.Properties.All(property => b.Properties.TryGetValue(property.Key, out var other)
            && (property.Value is byte[] bytes ? other is byte[] others && bytes.AsSpan().SequenceEqual(others) : Equals(property.Value, other)));

    /// <summary>What a stored line says for "who waits for whom"; null when it says nothing.</summary>
    public static ThreadEnd? EndOf(TableRow row) =>
        row.Properties.GetValueOrDefault(Thread) is string thread
        && !row.Properties.ContainsKey(NeedsNoAnswer)
        && (string)row.Properties[nameof(Interaction.Direction)] is var direction and not nameof(Direction.None)
            ? new ThreadEnd(Mailboxes.From((byte[])row.Properties[SeenIn]), thread, AtOf(row), direction == nameof(Direction.Incoming))
            : null;

    /// <summary>How much of a line a reader sees.</summary>
    public static Seen SeenBy(TableRow row, Sight sight) =>
        row.Properties.GetValueOrDefault(SeenIn) is byte[] seenIn ? sight.Of(seenIn) : new Seen(MailboxVisibility.Shared, Variant: 0);

    /// <summary>True when it says that we were in contact; a note is about a customer, not with them.</summary>
    public static bool IsContact(TableRow row) => (string)row.Properties[nameof(Interaction.Kind)] != nameof(InteractionKind.Note);

    /// <summary>The line as one reader sees it, who sees something of it.</summary>
    public static TimelineLine ToLine(TableRow row, Sight sight, ThreadWaits waits)
    {
        var seen = SeenBy(row, sight);
        var suffix = SuffixOf(seen.Variant);
        var isWhole = seen.As == MailboxVisibility.Shared;
        return new(
            TableKeys.Last(row.RowKey),
            Enum.Parse<InteractionKind>((string)row.Properties[nameof(Interaction.Kind)]),
            Enum.Parse<Direction>((string)row.Properties[nameof(Interaction.Direction) + suffix]),
            AtOf(row),
            isWhole ? row.Properties.GetValueOrDefault(nameof(Interaction.Title) + suffix) as string : null,
            isWhole ? row.Properties.GetValueOrDefault(nameof(Interaction.Text) + suffix) as string : null,
            row.Properties.GetValueOrDefault(nameof(Interaction.By) + suffix) as string,
            row.Properties.GetValueOrDefault(EndsAt + suffix) as DateTimeOffset?,
            row.Properties.GetValueOrDefault(PeopleCount + suffix) as int?,
            isWhole ? (row.Properties.GetValueOrDefault(Attachments + suffix) as string)?.Split('\n') : null,
            isWhole ? row.Properties.GetValueOrDefault(AttachmentCount + suffix) as int? : null,
            waits.Since(EndOf(row)));
    }

    public static DateTimeOffset AtOf(TableRow row) =>
        TableKeys.InteractionAt(row.RowKey) ?? throw new ArgumentException("Not a row of a timeline.", nameof(row));

    private static string SuffixOf(int variant) => variant == 0 ? "" : (variant + 1).ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, object> Properties(InteractionKind kind) =>
        new(StringComparer.Ordinal) { [nameof(Interaction.Kind)] = kind.ToString() };

    private static void Put(Dictionary<string, object> properties, string name, object? value)
    {
        if (value is not null)
        {
            properties[name] = value;
        }
    }

    /// <summary>What of a reading a line shows.</summary>
    /// <param name="Attachments">Names, one a line; null for none.</param>
    private sealed record Shown(
        Direction Direction, string? By, DateTimeOffset? EndsAt, string? Title, string? Text, int PeopleCount, string? Attachments, int AttachmentCount)
    {
        public static Shown Of(Reading reading) => new(
            reading.Direction,
            reading.By,
            reading.EndsAt,
            OneLine.Of(reading.Title, MaxTitleLength),
            reading.Preview,
            reading.PeopleCount,
            reading.AttachmentNames.Count == 0
                ? null
                : string.Join('\n', reading.AttachmentNames.Take(MaxAttachments).Select(name => OneLine.Of(name, MaxAttachmentLength))),
            reading.AttachmentCount);

        public void PutInto(Dictionary<string, object> properties, string suffix)
        {
            Put(properties, nameof(Direction) + suffix, Direction.ToString());
            Put(properties, nameof(By) + suffix, By);
            Put(properties, TimelineRow.EndsAt + suffix, EndsAt);
            Put(properties, nameof(Title) + suffix, Title);
            Put(properties, nameof(Text) + suffix, Text);
            Put(properties, TimelineRow.PeopleCount + suffix, PeopleCount);
            Put(properties, TimelineRow.Attachments + suffix, Attachments);
            if (AttachmentCount > MaxAttachments)
            {
                Put(properties, TimelineRow.AttachmentCount + suffix, AttachmentCount);
            }
        }
    }
}
