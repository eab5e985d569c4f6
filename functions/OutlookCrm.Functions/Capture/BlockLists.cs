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
        var items = new List<string>();
        var threads = new List<string>();
        var range = new RowKeyRange("", Before: null);
        TableRange rows;
        do
        {
            rows = await tables.RangeAsync(Tables.Blocks, TableKeys.Blocks(tenantId, userId), range, PageRows, cancellation);
            foreach (var row in rows)
            {
                switch (row.RowKey[0])
                {
                    case 'i':
                        items.Add(TableKeys.Last(row.RowKey));
                        break;
                    case 't':
                        threads.Add(TableKeys.Last(row.RowKey));
                        break;
                    default:
                        people.Add(EntryOf(row));
                        break;
                }
            }

            range = rows.Count == 0 ? range : RowKeyRange.After(rows[^1].RowKey, range.Before);
        }
        while (rows.Count == PageRows);

        return new BlockList(people, new ExcludedThings(items, threads));
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

    /// <summary>Not this mail or meeting, as far as it lies in this mailbox.</summary>
    public Task ExcludeItemAsync(Guid tenantId, Guid userId, string interactionId, CancellationToken cancellation) =>
        PutAsync(tenantId, userId, TableKeys.ExcludedItem(interactionId), what: null, by: null, cancellation);

    /// <summary>Not this thread, as far as it lies in this mailbox.</summary>
    public Task ExcludeThreadAsync(Guid tenantId, Guid userId, string threadId, CancellationToken cancellation) =>
        PutAsync(tenantId, userId, TableKeys.ExcludedThread(threadId), what: null, by: null, cancellation);

    /// <summary>Takes back <see cref="ExcludeItemAsync"/>.</summary>
    public Task IncludeItemAsync(Guid tenantId, Guid userId, string interactionId, CancellationToken cancellation) =>
        tables.DeleteAsync(
            Tables.Blocks, TableKeys.Blocks(tenantId, userId), TableKeys.ExcludedItem(interactionId), etag: null, cancellation);

    /// <summary>Takes back <see cref="ExcludeThreadAsync"/>.</summary>
    public Task IncludeThreadAsync(Guid tenantId, Guid userId, string threadId, CancellationToken cancellation) =>
        tables.DeleteAsync(
            Tables.Blocks, TableKeys.Blocks(tenantId, userId), TableKeys.ExcludedThread(threadId), etag: null, cancellation);

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

public sealed record BlockList(IReadOnlyList<BlockEntry> People, ExcludedThings Excluded);
