using OutlookCrm.Customers;
using OutlookCrm.FollowUps;
using OutlookCrm.Identity;
using OutlookCrm.Pane;
using OutlookCrm.Storage;

namespace OutlookCrm.Interactions;

/// <summary>
/// What happened with customers, as capture found it, and their timelines: rows of table <c>customers</c>, in the customer's partition. What
/// somebody wrote down comes there by <see cref="WrittenStore"/>.
/// </summary>
public sealed class InteractionStore(ITableStore tables, Sights sights, FollowUpReplies replies, WaitingAgenda waiting, QuietAgenda quiet, TimeProvider clock)
{
    /// <summary>Lines of a first page, with the card and on its own.</summary>
    public const int FirstPageSize = 20;

    // Each failed attempt means that another writer got through, so this many failing needs as many busy writers on one customer.
    private const int MaxAttempts = 200;

    /// <summary>So many digits name a line among ten thousand for certain but one time in half a million; then the answer is "absent".</summary>
    internal const int MinIdStart = 8;

    private const int MaxReadsAtOnce = 32;
    private const int MaxRows = 1_000;
    private const int PageRows = 100;

    // Of one transaction: a hundred changes, three for each recording and one for the record; and 4 MiB, of which a text can take six bytes a character.
    private const int MaxRecordings = 33;
    private const int MaxTransactionChars = 400_000;

    /// <summary>
    /// Puts what capture found on one customer's timeline: as few transactions as hold it, each all or nothing. The same again,
    /// from any number of workers at once, ends in the same rows and writes nothing.
    /// </summary>
    /// <param name="recordings">Any number; each names <paramref name="customer"/> among its matches.</param>
    /// <returns>An outcome for each, in the order given.</returns>
    public async Task<IReadOnlyList<RecordOutcome>> RecordAsync(
        Guid tenantId, CustomerId customer, IReadOnlyList<Recording> recordings, CancellationToken cancellation)
    {
        var outcomes = new List<RecordOutcome>(recordings.Count);
        var max = MaxRecordings;
        while (outcomes.Count < recordings.Count)
        {
            var some = recordings.Skip(outcomes.Count).Take(max).ToList();
            var change = await ChangeAsync(
                tenantId,
                customer,
                [.. some.Select(recording => (recording.Interaction.Id, recording.Interaction.Kind)).DistinctBy(one => one.Id)],
                plan => some.Select(recording => Apply(plan, recording)).ToList(),
                cancellation);
            if (change.Result == ChangeResult.TooLarge)
            {
                max = some.Count / 2;
                continue;
            }

            outcomes.AddRange(change.Answer ?? [.. some.Select(_ => RecordOutcome.NoSuchCustomer)]);
        }

        return outcomes;

        RecordOutcome Apply(TimelinePlan plan, Recording recording)
        {
            (plan[recording.Interaction.Id], var outcome) = plan[recording.Interaction.Id].With(recording, customer, clock.GetUtcNow());
            return outcome;
        }
    }

    /// <summary>
    /// A mailbox's item is no longer what it was: moved to Junk, cancelled, declined. Its sighting goes, and the interaction with the
    /// last one. What was read of the item before then no longer brings it back.
    /// </summary>
    /// <param name="asOf">When the item changed to this; of one that is deleted, when that was learned.</param>
    public async Task<ForgetOutcome> ForgetItemAsync(
        Guid tenantId, CustomerId customer, string interactionId, MailboxItem item, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var change = await ChangeAsync(
            tenantId,
            customer,
            [(interactionId, default(InteractionKind))],
            plan =>
            {
                (plan[interactionId], var outcome) = plan[interactionId].Without(item, asOf);
                return outcome;
            },
            cancellation);
        return change.Result == ChangeResult.Done ? change.Answer : ForgetOutcome.NotThere;
    }

    /// <summary>Changes what is known of some captured things, in as few transactions as hold it. What is not known is left so.</summary>
    /// <param name="changes">Each thing once; may be called more than once.</param>
    internal async Task UpdateAsync(
        Guid tenantId, CustomerId customer, IReadOnlyList<(string Id, Func<Details, Details> Change)> changes, CancellationToken cancellation)
    {
        var max = MaxRecordings;
        for (var done = 0; done < changes.Count;)
        {
            var some = changes.Skip(done).Take(max).ToList();
            var outcome = await ChangeAsync(
                tenantId,
                customer,
                [.. some.Select(one => (one.Id, default(InteractionKind)))],
                plan =>
                {
                    foreach (var (id, change) in some)
                    {
                        plan[id] = change(plan[id]);
                    }

                    return true;
                },
                cancellation);
            if (outcome.Result == ChangeResult.TooLarge)
            {
                max = some.Count / 2;
                continue;
            }

            done += some.Count;
        }
    }

    /// <summary>All that is known of one captured thing: one point read.</summary>
    internal async Task<Details?> FindDetailsAsync(Guid tenantId, CustomerId customer, string interactionId, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.Details(interactionId), cancellation) is { } row
        && Details.IsDetails(row)
            ? Details.From(row)
            : null;

    /// <summary>As the other, by the first digits of an id; null too when there are several.</summary>
    /// <param name="start">From <see cref="MinIdStart"/> hexadecimal digits on; anything else is no id.</param>
    internal async Task<Details?> FindDetailsStartingWithAsync(Guid tenantId, CustomerId customer, string start, CancellationToken cancellation) =>
        await FindStartingWithAsync(tables, tenantId, customer, start, cancellation) is { } row && Details.IsDetails(row) ? Details.From(row) : null;

    /// <summary>The one row of details, or of something written down, whose id begins so.</summary>
    internal static async Task<TableRow?> FindStartingWithAsync(ITableStore tables, Guid tenantId, CustomerId customer, string start, CancellationToken cancellation)
    {
        if (start.Length is < MinIdStart or > 32 || !start.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var rows = await tables.RangeAsync(
            Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), RowKeyRange.StartingWith(TableKeys.Details(start)), 2, cancellation);
        return rows is [var only] ? only : null;
    }

    /// <summary>All that is known of everything captured of a customer, in no order that means anything.</summary>
    internal IAsyncEnumerable<Details> AllDetailsAsync(Guid tenantId, CustomerId customer, CancellationToken cancellation) =>
        tables.ReadAllAsync(Tables.Customers, TableKeys.Customer(tenantId, customer.ToString()), TableKeys.AllDetails, PageRows, cancellation)
            .Where(Details.IsDetails).Select(Details.From);

    /// <summary>A page of the timeline; null when there is no such customer.</summary>
    /// <param name="afterKey">The key after which it begins, out of a <see cref="TimelineCursor"/>; null for the newest.</param>
    /// <param name="size">1 to 100.</param>
    public async Task<Timeline?> ReadAsync(Caller caller, CustomerId customer, string? afterKey, int size, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(caller.TenantId, customer.ToString());
        var sight = await sights.OfAsync(caller, cancellation);
        var range = afterKey is null ? TableKeys.TimelineUpTo(sight.Until) : TableKeys.TimelineAfter(afterKey);
        var reading = tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation);
        var rows = await tables.RangeAsync(Tables.Customers, partition, range, size + 1, cancellation);
        if (await reading is not { } record)
        {
            return null;
        }

        RowKeyRange? rest = rows.Count > size ? RowKeyRange.After(rows[^1].RowKey, range.Before) : null;
        var lines = await ReadLinesAsync(record, sight.KeyFor(record), rows, firstLine: 0, rest, size + 1, sight, withLastContact: false, cancellation);
        return Page(caller.TenantId, customer, [.. lines.Shown], size, sight, ThreadWaits.Of(record, sight));
    }

    /// <summary>One captured line as a page of its own; null when it is there no more.</summary>
    internal async Task<Timeline?> ReadLineAsync(Caller caller, CustomerId customer, Details details, CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(caller.TenantId, customer.ToString());
        var sight = await sights.OfAsync(caller, cancellation);
        return details.LineKey is { } key
            && await tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation) is { } record
            && await tables.FindAsync(Tables.Customers, partition, key, cancellation) is { } row
            && !TimelineRow.SeenBy(row, sight).IsHidden
                ? Page(caller.TenantId, customer, [row], size: 1, sight, ThreadWaits.Of(record, sight))
                : null;
    }

    /// <summary>A page as the contract has it.</summary>
    /// <param name="lines">What the reader sees in key order, one more than <paramref name="size"/> when there is more.</param>
    internal static Timeline Page(
        Guid tenantId, CustomerId customer, IReadOnlyList<TableRow> lines, int size, Sight sight, ThreadWaits waits) => new(
        customer.ToString(),
        [.. lines.Take(size).Select(row => TimelineRow.ToLine(row, sight, waits))],
        lines.Count > size ? TimelineCursor.After(tenantId, customer, lines[size - 1].RowKey) : null);

    /// <summary>The newest lines that a reader sees something of. Reads on only when what was read already does not fill the page.</summary>
    /// <param name="sightKey">What <see cref="Sight.KeyFor"/> says of the record.</param>
    /// <param name="begun">What was read already, in key order; its lines from <paramref name="firstLine"/> on.</param>
    /// <param name="rest">What lies behind it; null when nothing does.</param>
    /// <param name="max">How many are wanted.</param>
    internal async Task<TimelineLines> ReadLinesAsync(
        TableRow record,
        string sightKey,
        IReadOnlyList<TableRow> begun,
        int firstLine,
        RowKeyRange? rest,
        int max,
        Sight sight,
        bool withLastContact,
        CancellationToken cancellation)
    {
        bool IsSeen(TableRow row) => sightKey.Length == 0 || !TimelineRow.SeenBy(row, sight).IsHidden;
        bool IsLastContact(TableRow row) => TimelineRow.AtOf(row) <= sight.Now && TimelineRow.IsContact(row);

        while (firstLine < begun.Count && TimelineRow.AtOf(begun[firstLine]) > sight.Until)
        {
            firstLine++;
        }

        if (rest is not null && firstLine == begun.Count && TableKeys.TimelineUpTo(sight.Until) is var upToNow
            && string.CompareOrdinal(rest.Value.From, upToNow.From) < 0)
        {
            rest = upToNow;
        }

        // Where nothing is hidden no row is looked at before it is shown.
        var hasAhead = (firstLine < begun.Count && TimelineRow.AtOf(begun[firstLine]) > sight.Now) || (firstLine == begun.Count && rest is not null);
        var seen = sightKey.Length == 0 ? Tail(begun, firstLine) : [.. Tail(begun, firstLine).Where(IsSeen)];
        var count = sightKey.Length == 0 ? begun.Count - firstLine : seen.Count();
        var lastContact = withLastContact ? seen.FirstOrDefault(IsLastContact) : null;
        if (rest is null || (count >= max && (lastContact is not null || !withLastContact)))
        {
            return new TimelineLines(seen.Take(max), lastContact, hasAhead, []);
        }

        var shown = seen.Take(max).ToList();
        var reads = new List<TableRange>();
        while (rest is { } range && (shown.Count < max || (withLastContact && lastContact is null)))
        {
            var rows = await tables.RangeAsync(Tables.Customers, record.PartitionKey, range, PageRows, cancellation);
            reads.Add(rows);
            rest = rows.Count == PageRows ? RowKeyRange.After(rows[^1].RowKey, range.Before) : null;
            shown.AddRange(rows.Where(IsSeen).Take(max - shown.Count));
            lastContact = withLastContact ? lastContact ?? rows.Where(IsSeen).FirstOrDefault(IsLastContact) : null;
        }

        return new TimelineLines(shown, lastContact, hasAhead, reads);
    }

    private static IEnumerable<TableRow> Tail(IReadOnlyList<TableRow> rows, int from)
    {
        for (var i = from; i < rows.Count; i++)
        {
            yield return rows[i];
        }
    }

    /// <summary>Whether a thing was put on a customer's timeline, though it may be off it again: one point read.</summary>
    public async Task<bool> KnowsAsync(Guid tenantId, CustomerId customer, string interactionId, CancellationToken cancellation) =>
        await tables.FindAsync(
            Tables.Customers,
            TableKeys.Customer(tenantId, customer.ToString()),
            TableKeys.Details(interactionId),
            cancellation) is not null;

    /// <summary>Reads what is known of some interactions, has it changed, and writes it in one transaction; again while others come first.</summary>
    /// <param name="change">May be called more than once.</param>
    private async Task<(ChangeResult Result, T? Answer)> ChangeAsync<T>(
        Guid tenantId,
        CustomerId customer,
        IReadOnlyList<(string Id, InteractionKind Kind)> interactions,
        Func<TimelinePlan, T> change,
        CancellationToken cancellation)
    {
        var partition = TableKeys.Customer(tenantId, customer.ToString());
        var absentLines = new HashSet<string>(StringComparer.Ordinal);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var record = tables.FindAsync(Tables.Customers, partition, TableKeys.Record, cancellation);
            var known = await FindDetailsAsync(partition, interactions, cancellation);
            if (await record is not { } row)
            {
                return (ChangeResult.NoSuchCustomer, default);
            }

            var plan = new TimelinePlan(row, clock.GetUtcNow());
            foreach (var (details, detailsRow) in known)
            {
                plan.Know(details, detailsRow);
            }

            var answer = change(plan);
            var recentLines = plan.NeedsRecentLines ? await ReadSinceAsync(partition, plan.Since, cancellation) : null;
            var changes = plan.Changes(recentLines, absentLines);
            if (changes.Count == 0)
            {
                // Whoever wrote it may not have come this far.
                await FollowAsync(tenantId, customer, plan, cancellation);
                return (ChangeResult.Done, answer);
            }

            if (interactions.Count > 1 && TimelinePlan.LengthOf(changes) > MaxTransactionChars)
            {
                return (ChangeResult.TooLarge, default);
            }

            var outcome = await tables.TransactAsync(Tables.Customers, partition, changes, cancellation);
            if (outcome.IsWritten)
            {
                await FollowAsync(tenantId, customer, plan, cancellation);
                return (ChangeResult.Done, answer);
            }

            if (outcome is { Result: WriteResult.Absent, FailedIndex: { } index } && changes[index] is TableChange.Delete { ETag: null } line)
            {
                absentLines.Add(line.RowKey);
            }
        }

        throw new TableStoreUnavailableException("The customer's timeline changed again and again; nothing was written.");
    }

    /// <summary>What follows elsewhere of what a timeline says now.</summary>
    private async Task FollowAsync(Guid tenantId, CustomerId customer, TimelinePlan plan, CancellationToken cancellation)
    {
        await replies.FollowAsync(tenantId, customer, plan.Known, cancellation);
        await waiting.FollowAsync(tenantId, customer, [.. plan.Waiting.Union(plan.Silenced)], cancellation);
        if (plan.LatestContactAt is { } at)
        {
            await quiet.HearAsync(tenantId, customer, plan.Record, [.. plan.Waiting, .. plan.Known.SelectMany(known => known.SeenIn.ToList().Select(one => one.UserId))], at, cancellation);
        }
    }

    private async Task<IReadOnlyList<(Details Details, TableRow? Row)>> FindDetailsAsync(
        string partition, IReadOnlyList<(string Id, InteractionKind Kind)> interactions, CancellationToken cancellation)
    {
        var found = new List<(Details, TableRow?)>(interactions.Count);
        foreach (var some in interactions.Chunk(MaxReadsAtOnce))
        {
            var rows = await Task.WhenAll(some.Select(one =>
                tables.FindAsync(Tables.Customers, partition, TableKeys.Details(one.Id), cancellation)));
            found.AddRange(rows.Select((row, i) => (row is null ? Details.None(some[i].Id, some[i].Kind) : Details.From(row), row)));
        }

        return found;
    }

    private async Task<IReadOnlyList<TableRow>> ReadSinceAsync(string partition, DateTimeOffset since, CancellationToken cancellation) =>
        await tables.ReadAllAsync(Tables.Customers, partition, TableKeys.TimelineSince(since), MaxRows, cancellation).ToListAsync(cancellation);

    private enum ChangeResult
    {
        Done,
        NoSuchCustomer,

        /// <summary>For one transaction; nothing was written.</summary>
        TooLarge,
    }
}

/// <summary>What a reader sees of a timeline, as the store has it.</summary>
/// <param name="LastContact">The newest line up to now that is contact, be it shown or older; null when there is none, or it was not asked for.</param>
/// <param name="HasAhead">False when all that was read up to <see cref="Sight.Until"/> has been.</param>
/// <param name="Reads">What had to be read for it besides.</param>
internal sealed record TimelineLines(IEnumerable<TableRow> Shown, TableRow? LastContact, bool HasAhead, IReadOnlyList<TableRange> Reads)
{
    /// <summary>A meeting becomes the last contact when it begins; after some days nobody waits any more.</summary>
    public long TimeStamp(DateTimeOffset now) =>
        ((LastContact is null ? 0 : TimelineRow.AtOf(LastContact).UtcTicks) * 31) + now.DayInUtc().DayNumber;
}
