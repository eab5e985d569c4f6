using OutlookCrm.Customers;
using OutlookCrm.Storage;

namespace OutlookCrm.Capture;

/// <summary>
/// Table <c>blocks</c>: whom and what to leave out, a partition for each mailbox and one for the firm. A mailbox's own list is
/// shown to nobody but its user: whom somebody leaves out says as much as whom they write with.
/// </summary>
public sealed class BlockLists(ITableStore tables, TimeProvider clock)
{
    /// <summary>Of one list.</summary>
    public const int MaxEntries = 1_000;

    private const int PageRows = 1_000;
    private const string AddedAt = "AddedAt";
    private const string By = "By";
    private const string What = "What";

    /// <summary>What one list says, in one range read unless it is very long.</summary>
    /// <param name="userId">Whose mailbox; null is the firm's.</param>
    public async Task<BlockList> ReadAsync(Guid tenantId, Guid? userId, CancellationToken cancellation)
    {
        var people = new List<BlockEntry>();
        var undone = new List<UndoneThing>();
        await foreach (var row in tables.ReadAllAsync(
            Tables.Blocks, TableKeys.Blocks(tenantId, userId), new RowKeyRange("", Before: null), PageRows, cancellation))
        {
            switch (row.RowKey[0])
            {
                case 'i' or 't' or 'o':
                    undone.Add(UndoneThing.From(row));
                    break;
                default:
                    people.Add(EntryOf(row));
                    break;
            }
        }

        return new BlockList(people, [.. undone.Where(thing => thing.LiftedAt is null)]);
    }

    /// <summary>Adds an entry once. False when the list is full.</summary>
    /// <param name="by">Who did, for the firm's list.</param>
    public async Task<bool> AddAsync(Guid tenantId, Guid? userId, BlockTarget target, string by, CancellationToken cancellation)
    {
        var people = (await ReadAsync(tenantId, userId, cancellation)).People;
        if (people.Count >= MaxEntries && !people.Any(entry => entry.Target == target))
        {
            return false;
        }

        await PutAsync(tenantId, userId, target.RowKey, target.Text, by, cancellation);
        return true;
    }

    public async Task<bool> RemoveAsync(Guid tenantId, Guid? userId, BlockTarget target, CancellationToken cancellation) =>
        await tables.DeleteAsync(Tables.Blocks, TableKeys.Blocks(tenantId, userId), target.RowKey, etag: null, cancellation) == WriteResult.Written;

    /// <summary>What its user said of one thing or thread, though it may be taken back already; null when nothing.</summary>
    /// <param name="key">As <see cref="UndoneThing.RowKey"/> has it.</param>
    internal async Task<UndoneThing?> FindUndoneAsync(Guid tenantId, Guid userId, string key, CancellationToken cancellation) =>
        await tables.FindAsync(Tables.Blocks, TableKeys.Blocks(tenantId, userId), key, cancellation) is { } row ? UndoneThing.From(row) : null;

    /// <summary>From now on the rules know of it.</summary>
    internal Task PutUndoneAsync(Guid tenantId, Guid userId, UndoneThing thing, CancellationToken cancellation) => tables.TransactAsync(
        Tables.Blocks,
        TableKeys.Blocks(tenantId, userId),
        [new TableChange.Put(thing.ToTableRow(TableKeys.Blocks(tenantId, userId)))],
        cancellation);

    /// <summary>From now on the rules know no more of it; the row stays until what it took off was asked for again.</summary>
    /// <returns>False when somebody changed it meanwhile.</returns>
    internal Task<bool> LiftUndoneAsync(Guid tenantId, Guid userId, UndoneThing thing, CancellationToken cancellation) =>
        ChangeUndoneAsync(tenantId, userId, thing with { LiftedAt = clock.GetUtcNow().ToUniversalTime() }, cancellation);

    /// <param name="thing">With the ETag as it was read.</param>
    /// <returns>False when somebody changed it meanwhile.</returns>
    internal async Task<bool> ChangeUndoneAsync(Guid tenantId, Guid userId, UndoneThing thing, CancellationToken cancellation) =>
        (await tables.ReplaceAsync(Tables.Blocks, thing.ToTableRow(TableKeys.Blocks(tenantId, userId)), thing.ETag!, cancellation)).IsWritten;

    /// <param name="etag">Null removes any version.</param>
    internal Task RemoveUndoneAsync(Guid tenantId, Guid userId, string key, string? etag, CancellationToken cancellation) =>
        tables.DeleteAsync(Tables.Blocks, TableKeys.Blocks(tenantId, userId), key, etag, cancellation);

    private Task<WriteOutcome> PutAsync(Guid tenantId, Guid? userId, string rowKey, string? what, string? by, CancellationToken cancellation)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [AddedAt] = clock.GetUtcNow().ToUniversalTime() };
        if (what is not null)
        {
            properties[What] = what;
        }

        if (by is not null)
        {
            properties[By] = by;
        }

        return tables.InsertAsync(Tables.Blocks, new TableRow(TableKeys.Blocks(tenantId, userId), rowKey, properties), cancellation);
    }

    private static BlockEntry EntryOf(TableRow row) => new(
        BlockTarget.TryParse((string)row.Properties[What], out var target)
            ? target
            : throw new FormatException("A block list holds neither address nor domain."),
        (DateTimeOffset)row.Properties[AddedAt],
        row.Properties.GetValueOrDefault(By) as string);
}

/// <param name="By">Our colleague's name.</param>
public sealed record BlockEntry(BlockTarget Target, DateTimeOffset AddedAt, string? By);

/// <param name="Undone">Mails, meetings and threads of which its user said something, without what was taken back.</param>
public sealed record BlockList(IReadOnlyList<BlockEntry> People, IReadOnlyList<UndoneThing> Undone)
{
    public ExcludedThings Excluded { get; } = new(
        Undone.Where(thing => thing.What == UndoneKind.Thing).Select(thing => thing.Id),
        Undone.Where(thing => thing.What == UndoneKind.Thread).SelectMany(thing => thing.Threads.Append(thing.Id)));

    /// <summary>Ids of interactions that nobody else shall see.</summary>
    public IReadOnlySet<string> OnlyMine { get; } =
        Undone.Where(thing => thing.What == UndoneKind.OnlyMine).Select(thing => thing.Id).ToHashSet(StringComparer.Ordinal);
}
