using OutlookCrm.Storage;

namespace OutlookCrm.FollowUps;

/// <summary>
/// Rows <c>g|{user}</c> of table <c>reminders</c>: mailboxes that Graph says are not there, mostly of people who left. What cannot be shown in one is not
/// tried again there until it changes, or the mailbox is there again: <see cref="LookForMissingMailboxes"/>.
/// </summary>
public sealed class MissingMailboxes(ITableStore tables, TimeProvider clock)
{
    private const int MaxMailboxes = 1_000;
    private const string Since = nameof(Since);

    /// <summary>Of one that is known to be missing the first time stays.</summary>
    internal Task NoteAsync(Guid tenantId, Guid userId, CancellationToken cancellation) => tables.InsertAsync(
        Tables.Reminders,
        new TableRow(TableKeys.Reminders(tenantId), TableKeys.MissingMailbox(userId), new Dictionary<string, object> { [Since] = clock.GetUtcNow() }),
        cancellation);

    /// <summary>Those of a firm, with when it was noticed: one range read.</summary>
    internal async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> ListAsync(Guid tenantId, CancellationToken cancellation)
    {
        var rows = await tables.RangeAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.MissingMailboxes, MaxMailboxes, cancellation);
        return rows.ToDictionary(row => Guid.ParseExact(TableKeys.Last(row.RowKey), "N"), row => (DateTimeOffset)row.Properties[Since]);
    }

    /// <summary>It is there again.</summary>
    internal Task ForgetAsync(Guid tenantId, Guid userId, CancellationToken cancellation) =>
        tables.DeleteAsync(Tables.Reminders, TableKeys.Reminders(tenantId), TableKeys.MissingMailbox(userId), etag: null, cancellation);
}
